"""Progress: what a run is doing now, as a value that a screen can show."""

from __future__ import annotations

from dataclasses import dataclass

from selftaught.cli import figures
from selftaught.engine.settings import Caps, Products, Settings
from selftaught.experiments.registry import experiment_of
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
        stage=_stage(started, state),
        running=_running(running),
        best=_best(started, state),
        left=_left(started, state.spent, settings, most),
        spent=_spent(state.spent),
    )


def _stage(started: RunStarted, state: RunState) -> str:
    if any(name.startswith("test/") for name in state.running):
        return "final measurement on test"
    return experiment_of(started).stage(started, state)


def _running(running: list[str]) -> str:
    if not running:
        return "nothing"
    more = f" and {len(running) - SHOWN} more" if len(running) > SHOWN else ""
    return ", ".join(running[-SHOWN:]) + more


def _best(started: RunStarted, state: RunState) -> str:
    if state.best:
        score = experiment_of(started).shown_score(started, state.best[1])
        return f"best so far {figures.score(score)} on train"
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
    searches = experiment_of(started).searches(started)
    if searches:
        calls, asks = searches * scale.calls, searches * scale.utility_calls
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
