"""Progress: what a run is doing now, as a value that a screen can show."""

from __future__ import annotations

from dataclasses import dataclass

from selftaught.app.patch.names import COMMAND as PATCH
from selftaught.app.patch.names import DETAIL
from selftaught.app.patch.result import BEST_OF_N
from selftaught.cli import figures
from selftaught.engine.settings import Caps, Products, Settings
from selftaught.values.facts import RunStarted
from selftaught.values.records import Spent
from selftaught.values.state import RunState

SHOWN = 4
"""Invocations under way that are named."""


@dataclass(frozen=True)
class Progress:
    """A run at one moment.

    Attributes:
        title: the run, its tasks and its model.
        stage: what is going on, e.g. ``round 1 of 3: pairs for the decision``.
        running: what is under way.
        best: the best so far.
        left: what of the budgets is left.
        spent: what was used up.
        detail: how far the stage is, where it is told.
    """

    title: str
    stage: str
    running: str
    best: str
    left: str
    spent: str
    detail: str = ""

    def line(self) -> str:
        """Return the moment in one line, for where there is no terminal."""
        parts = (self.stage, self.detail, self.best, self.spent)
        return "; ".join(part for part in parts if part)


def progress_of(run: str, state: RunState, most: Products) -> Progress:
    """Return where a run is.

    Args:
        run: its id.
        state: after its newest event.
        most: what it can use at most.
    """
    started = state.started
    if started is None:
        return Progress(run, "starts", "", "", "", "")
    settings = Settings.from_data(started.settings, Caps(**state.limits))
    running = sorted(state.running)
    tasks = ", ".join(task.name for task in started.tasks)
    return Progress(
        title=f"{run} · {tasks} · {started.model} · seed {started.seed}",
        stage=_stage(started, state, running, settings),
        running=_running(running),
        best=_best(state),
        left=_left(started, state.spent, settings, most),
        spent=_spent(state.spent),
    )


def _stage(started: RunStarted, state: RunState, running: list[str], settings: Settings) -> str:
    if any(name.startswith("test/") for name in running):
        return "final measurement on test"
    if started.command == PATCH:
        return _patching(state, running, _arms(started))
    if started.command == "improve":
        return "the improver is working" if running else "scoring"
    if started.command != "run":
        return f"{started.command}: {state.invocations:,} invocations finished"
    return _recursion(state, running, settings.scale.rounds)


def _recursion(state: RunState, running: list[str], rounds: int) -> str:
    """Return the stage of a run of STOP."""
    if not state.rounds:
        return "measuring the starting improver"
    current = state.rounds[-1]
    arm = "control, " if current.arm else ""
    stage = f"{arm}round {current.number} of {rounds}"
    names = [name.removeprefix(current.arm) for name in running]
    if any("/gate/" in name for name in names):
        return f"{stage}: measuring pairs for the decision"
    if any("/proposed/" in name for name in names):
        return f"{stage}: measuring the proposal"
    if current.finished or any(name.startswith("r0/") for name in names):
        return f"{stage}: measuring"
    return f"{stage}: the improver is rewriting itself"


def _arms(started: RunStarted) -> int:
    """Return how many searches have the whole budget each."""
    return 2 if started.details.get(DETAIL, {}).get("best_of_n") else 1


def _patching(state: RunState, running: list[str], arms: int) -> str:
    """Return the stage of a run on a repository, in the order in which they follow."""
    if BEST_OF_N in running:
        return "best-of-N is working with the same budget"
    if running:
        return "the improver is working"
    if not state.invocations:
        return "scoring the original"
    if state.invocations < arms:
        return "scoring what the improver returned"
    if not state.compared:
        return "measuring the best version against the original afresh"
    if not state.minimised:
        return "dropping edits that do not help"
    return "measuring the smaller version against the original afresh"


def _running(running: list[str]) -> str:
    if not running:
        return "nothing"
    more = f" and {len(running) - SHOWN} more" if len(running) > SHOWN else ""
    return ", ".join(running[-SHOWN:]) + more


def _best(state: RunState) -> str:
    if state.best:
        started = state.started
        goal = started.details.get(DETAIL, {}).get("goal", {}) if started else {}
        sign = -1.0 if goal.get("minimise") else 1.0
        return f"best so far {figures.score(sign * state.best[1] + 0.0)} on train"
    train = [fact for fact in state.measured if fact.split == "train"]
    if not train:
        return ""
    best = max(train, key=lambda fact: fact.score)
    return (
        f"best improver {figures.short(best.improver)} at {figures.score(best.score)} on train, "
        f"first {figures.score(train[0].score)}"
    )


def _left(started: RunStarted, spent: Spent, settings: Settings, most: Products) -> str:
    scale, caps = settings.scale, settings.caps
    parts = [f"{max(0, most.responses - spent.responses):,} responses at most"]
    if started.command in ("improve", PATCH):
        calls, asks = _arms(started) * scale.calls, _arms(started) * scale.utility_calls
        parts = [
            f"{max(0, calls - spent.model_calls)} of {calls} model calls",
            f"{max(0, asks - spent.utility_calls)} of {asks} utility calls",
        ]
    used = {
        "responses": spent.responses,
        "tokens": spent.tokens_in + spent.tokens_out,
        "evaluations": spent.evaluations,
        "cost_usd": spent.cost_usd or 0.0,
    }
    for name, amount in used.items():
        limit = getattr(caps, name)
        if limit is not None:
            parts.append(f"{max(0.0, limit - amount):g} of --max-{name.replace('_', '-')}")
    return ", ".join(parts)


def _spent(spent: Spent) -> str:
    return (
        f"{spent.responses:,} responses, {spent.tokens_in + spent.tokens_out:,} tokens, "
        f"{figures.dollars(spent.cost_usd)}, {spent.evaluations:,} evaluations"
    )
