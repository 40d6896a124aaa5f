"""The experiment on a repository: ``selftaught improve path.py::name``. This is patching's door."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from selftaught.budget import WallTime
from selftaught.engine.delta_debugging import most_standings
from selftaught.engine.engine import Engine
from selftaught.engine.settings import Products
from selftaught.patching.bench import Bench
from selftaught.patching.objective import (
    Objective,
    PatchParameters,
    gathered,
    shown_names,
    task_again,
)
from selftaught.patching.repository.site import open_site
from selftaught.patching.result import (
    BEST_OF_N,
    FILE,
    UNCONFIRMED,
    PatchResult,
    patch_result,
    written,
)
from selftaught.patching.work import TRIES, PatchWork, draws
from selftaught.ports import Evaluator
from selftaught.runs.experiment import Experiment, Get, Outside, Plan, Report, Work
from selftaught.runs.files import write_bytes
from selftaught.runs.log import RunLog
from selftaught.values.facts import RunStarted
from selftaught.values.state import RunState
from selftaught.values.task import Task


class PatchExperiment(Experiment[PatchParameters]):
    """What ``selftaught improve`` does on a function of a repository."""

    kind = "patch"
    parameters = PatchParameters
    file = FILE
    writes_output = True
    has_dry_run = True
    rehearses = True

    def most(self, plan: Plan[PatchParameters]) -> Products:
        """Return the most of the search, of best-of-N beside it, and of leaving out changes."""
        scale, aim = plan.settings.scale, plan.parameters.aim
        searches = _searches(aim)
        smaller = len(draws(faster=bool(aim.goal.faster))) * most_standings(TRIES)
        evaluations = 1 + searches * (scale.utility_calls + 1) + smaller
        return Products(
            invocations=searches,
            responses=searches * scale.calls * scale.responses,
            evaluations=evaluations,
            instance_calls=evaluations,
        )

    def work(self, plan: Plan[PatchParameters], engine: Engine, outside: Outside) -> Work:
        """Return what searches, compares afresh and writes the patch."""
        assert isinstance(outside.evaluator, Bench)
        return PatchWork(engine, plan, outside.evaluator)

    def result(self, log: RunLog) -> PatchResult:
        """Return what was found, as far as it got."""
        return patch_result(log)

    def keep(self, result: PatchResult, log: RunLog, folder: Path) -> PatchResult:
        """Write the patch to a file, where there is one."""
        return written(result, log.events, folder)

    def deliver(self, result: PatchResult, output: Path, get: Get) -> tuple[PatchResult, str]:
        """Write the patch to a file, where one is offered."""
        if not (result.claim and result.patch):
            return result, ""
        path = write_bytes(output, Path(result.patch).read_bytes())
        best = result.best.model_copy(update={"path": path})
        return result.model_copy(update={"patch": path, "best": best}), ""

    def difference(self, result: PatchResult, get: Get) -> str:
        """Return the patch."""
        return result.diff

    def is_better(self, result: PatchResult) -> bool | None:
        """Return whether a patch is offered."""
        return result.better

    def best(self, result: PatchResult) -> str:
        """Return the id of the best version."""
        return result.best.id

    def seconds_needed(self, result: PatchResult) -> float:
        """Return the wall time that a comparison needs for which none was left."""
        found = result.comparison
        if found is None or found.status != UNCONFIRMED:
            return 0.0
        return float(found.figures["seconds"])

    def searches(self, started: RunStarted) -> int:
        """Return 2 where best-of-N has the same budget beside the search."""
        return _searches(_aim(started))

    def shown_score(self, started: RunStarted, score: float) -> float:
        """Return the score as the user's command prints it."""
        return (-score if _aim(started).goal.minimise else score) + 0.0

    def stage(self, started: RunStarted, state: RunState) -> str:
        """Return what is under way, in the order in which the parts follow."""
        if BEST_OF_N in state.running:
            return "best-of-N is working with the same budget"
        if state.running:
            return "the improver is working"
        if not state.invocations:
            return "scoring the original"
        if state.invocations < self.searches(started):
            return "scoring what the improver returned"
        if not state.compared:
            return "measuring the best version against the original afresh"
        if not state.minimised:
            return "dropping edits that do not help"
        return "measuring the smaller version against the original afresh"

    def tasks(self, started: RunStarted) -> tuple[Task, ...]:
        """Return the task that the goal is, as the repository is now.

        Raises:
            UsageError: the repository is gone, or a target is no longer in it.
        """
        return (task_again(_aim(started)),)

    def evaluator(
        self, plan: Plan[PatchParameters], *, unsafe: bool, report: Report, wall: WallTime
    ) -> Callable[[], Evaluator]:
        """Return what opens the bench that scores versions."""
        return partial(Bench.open, plan.parameters.aim, unsafe=unsafe, tell=report, wall=wall)

    def sent(self, plan: Plan[PatchParameters]) -> str:
        """Return what a model is shown of the repository."""
        aim = plan.parameters.aim
        site = open_site(aim.folder, aim.goal)
        names = shown_names(gathered(site), [str(part.target) for part in site.parts])
        return (
            f"the source of {', '.join(names)}, your commands, versions of the program, and "
            "messages of failing checks. A search for keys and .env values found none."
        )


PATCH = PatchExperiment()


def _aim(started: RunStarted) -> Objective:
    return PatchParameters.from_details(started.details).aim


def _searches(aim: Objective) -> int:
    return 2 if aim.best_of_n else 1
