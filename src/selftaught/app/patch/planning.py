"""Planning: from a goal to a plan, by way of everything that can go wrong before it costs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path

from selftaught.app.patch.aim import Aim, gathered, task_of
from selftaught.app.patch.equals import Equals
from selftaught.app.patch.names import COMMAND, DETAIL
from selftaught.app.patch.pace import Pace, speed_plan
from selftaught.app.plans import Plan
from selftaught.app.signals import whole
from selftaught.budget import WallTime
from selftaught.engine.settings import Settings
from selftaught.errors import LimitReached, UsageError
from selftaught.improver import registry as improvers
from selftaught.models.registry import check_kind
from selftaught.repository.baseline import Baseline
from selftaught.repository.context import Context
from selftaught.repository.gain import OPTION
from selftaught.repository.preflight import Preflight
from selftaught.repository.probe import Probes
from selftaught.repository.secrets import find_secrets, refuse_secrets, secret_values
from selftaught.repository.settings import Goal
from selftaught.repository.site import Site, open_site
from selftaught.repository.tell import Tell
from selftaught.repository.workshop import Workshop
from selftaught.sandbox.commands import open_commands
from selftaught.values.program import Program

IMPROVER = "reflect"
"""What starts where none is named: the library's improver that shows why a check failed."""


@dataclass(frozen=True)
class Wish:
    """What a user asked for, before anything was looked at.

    Attributes:
        folder: where the user is.
        goal: what to improve and how it is judged.
        improver: its name or file; None: `IMPROVER`.
        model: the name that the model is opened by.
        settings: every number.
        best_of_n: whether best-of-N is given the same budget beside the search.
        unsafe: run commands unconfined.
        stays: whether nothing that the model is shown can leave this machine.
        arguments: the command line that makes the run again, without the shared options.
    """

    folder: Path
    goal: Goal
    improver: str | None
    model: str
    settings: Settings
    best_of_n: bool
    unsafe: bool
    arguments: tuple[str, ...]
    stays: bool = False


def patch_plan(wish: Wish, say: Tell, wall: WallTime | None = None) -> Plan:
    """Return the plan of a run on a repository, whose check and score were tried.

    Args:
        wish: what is wanted.
        say: told what is being done.
        wall: the time that is left for it; None: any.

    Raises:
        UnknownNameError: a target, an improver or the kind of model does not exist.
        UsageError: the repository, the check or the score can't be used, a secret would be
            sent, or the wall time ends before anything could be searched.
        SandboxUnavailableError: the machine allows no confinement.
    """
    wall = wall or WallTime()
    check_kind(wish.model)
    improver = improvers.find(wish.improver or IMPROVER)
    site = looked_at(wish)
    try:
        baseline = _looked_through(wish, site, say, wall)
    except LimitReached as reached:
        raise UsageError(
            "a --max-seconds that leaves time for a search",
            f"--max-seconds {reached.limit:g}, which ran out during the check and the score of the "
            "unchanged copy",
            f"allow more time, e.g. --max-seconds {10 * reached.limit:g}",
        ) from reached
    return _plan(wish, site, improver, baseline)


def _looked_through(wish: Wish, site: Site, say: Tell, wall: WallTime) -> Baseline:
    """Return how the unchanged repository fares.

    Raises:
        UsageError: its commands can't judge anything.
        LimitReached: no wall time is left for them.
    """
    with ExitStack() as stack:
        commands = open_commands(unsafe=wish.unsafe)
        stack.callback(commands.close)
        workshop = Workshop(site, commands, wall)
        stack.callback(workshop.close)
        try:
            baseline = Preflight(workshop, say).run(wish.settings.seed)
            if wish.goal.faster:
                say("running the benchmark on the unchanged copy, and recording its inputs")
                baseline = _tried_out(workshop, baseline, seed=wish.settings.seed, say=say)
            elif not wish.goal.results_may_differ:
                say("recording results of the unchanged copy on the inputs of the commands")
                baseline = _compared(workshop, baseline, wish.settings.seed)
            baseline = replace(baseline, notes=(*baseline.notes, _worth(wish.goal, baseline)))
        finally:
            with whole():
                stack.close()
    return baseline


def _plan(wish: Wish, site: Site, improver: Program, baseline: Baseline) -> Plan:
    aim = Aim(wish.folder, wish.goal, baseline, wish.best_of_n)
    return Plan(
        command=COMMAND,
        tasks=(task_of(site, baseline),),
        improver=improver,
        model=wish.model,
        settings=wish.settings,
        details={DETAIL: aim.as_data(), "arguments": list(wish.arguments)},
    )


def _tried_out(workshop: Workshop, baseline: Baseline, *, seed: int, say: Tell) -> Baseline:
    """Return the baseline with notes on what a faster version is compared on.

    Raises:
        UsageError: the benchmark does not work.
    """
    pace = Pace(workshop.site, workshop, workshop, baseline, tell=say)
    try:
        problem, notes = pace.try_out(seed)
    finally:
        pace.close()
    if problem:
        raise UsageError(
            "a benchmark that works before anything is changed",
            problem,
            "name a command, or a function without parameters as path/bench.py::run",
        )
    notes = (*baseline.notes, *notes)
    return replace(baseline, notes=notes, score_seconds=pace.run_seconds)


def _compared(workshop: Workshop, baseline: Baseline, seed: int) -> Baseline:
    """Return the baseline with notes on whether results can be compared, and how long it takes."""
    with closing(Probes()) as probes:
        equals = Equals(workshop, probes, baseline)
        notes = equals.notes(seed)
        start = time.monotonic()
        if equals.examined:
            equals.compare(workshop, seed)
        seconds = time.monotonic() - start
    return replace(baseline, notes=(*baseline.notes, *notes), results_seconds=seconds)


def _worth(goal: Goal, baseline: Baseline) -> str:
    """Return which gain a version has to have, in words."""
    minimum = goal.least_gain
    said = f"a version is offered where it gains {minimum.text} or more"
    if goal.faster or not minimum.relative:
        return f"{said} ({OPTION})"
    if not baseline.score:
        return (
            "the original's score is 0, so that any gain is enough: give one in the unit of the "
            f"score, e.g. {OPTION} 0.5"
        )
    return f"{said} of {abs(baseline.score):.6g}, the original's score ({OPTION})"


def looked_at(wish: Wish) -> Site:
    """Return where the goal is to be reached, after looking for secrets.

    Raises:
        UsageError: see `patch_plan`.
    """
    site = open_site(wish.folder, wish.goal)
    if not wish.stays:
        refuse_leaks(site, gathered(site))
    if wish.goal.faster:
        speed_plan(site)
    return site


def drafted(wish: Wish) -> Plan:
    """Return the plan as far as it is known before any of the user's commands ran.

    Its scores are 0; the most that it can cost is that of `patch_plan`'s.

    Raises:
        UnknownNameError: a target, an improver or the kind of model does not exist.
        UsageError: the repository can't be used, or a secret would be sent.
    """
    check_kind(wish.model)
    improver = improvers.find(wish.improver or IMPROVER)
    return _plan(wish, looked_at(wish), improver, Baseline(0.0, 1.0, score=0.0))


def refuse_leaks(site: Site, context: Context) -> None:
    """Return where nothing secret would be sent.

    Raises:
        UsageError: something would; places are named, values never.
    """
    texts = {str(part.target): part.text for part in site.parts}
    for section in context.sections:
        texts[f"{section.place} ({section.title})"] = section.text
    refuse_secrets(find_secrets(texts, secret_values(site.repository)))


def shown_names(context: Context, parts: Sequence[str]) -> list[str]:
    """Return the places that a model is shown, the targets first."""
    return list(dict.fromkeys([*parts, *(section.place for section in context.sections)]))
