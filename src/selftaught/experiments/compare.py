"""``compare``: improvers × tasks × repeats at equal budgets, and what that says of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from selftaught.analysis.comparison import Measurement, compare
from selftaught.analysis.normalise import Reference, headroom
from selftaught.engine.engine import Engine
from selftaught.engine.reward_hacking import watch_entrants
from selftaught.engine.settings import Products, Settings
from selftaught.engine.tournament import Entrant, Tournament
from selftaught.errors import UsageError
from selftaught.experiments.curves import Curve, curves
from selftaught.experiments.products import tournament
from selftaught.experiments.tournaments import (
    CONTROLS,
    MOST_REPEATS,
    PROBE,
    ROUND_NUMBERS,
    CompareRow,
    OverallRow,
    Scales,
    TournamentLog,
    by_task,
    overall_rows,
    scales,
)
from selftaught.improver import registry as improvers
from selftaught.runs.experiment import Experiment, Outside, Parameters, Plan, Work
from selftaught.runs.log import Recorded, RunLog
from selftaught.runs.plans import found_tasks, plan
from selftaught.values.facts import RunFinished
from selftaught.values.task import Task

LABEL = "compare"


@dataclass(frozen=True)
class CompareParameters(Parameters):
    """What is compared.

    Attributes:
        entrants: names of the improvers, the controls and the probe among them.
        named: those that the user named.
        repeats: independent repeats on every task.
        checkpoints: whether what was best after each model call is scored, too.
        scales: of the tasks.
        arguments: the command line that makes the run again.
    """

    entrants: list[str]
    named: list[str]
    repeats: int
    checkpoints: bool
    scales: Scales
    arguments: list[str]


class CompareResult(Recorded):
    """What ``compare`` prints.

    ``left_out`` names the tasks without headroom, with the reason; claims rest on the rest.
    ``not_held_out`` names those without a test split, which are scored on train.
    """

    repeats: int
    rows: list[CompareRow]
    overall: list[OverallRow]
    left_out: dict[str, str]
    not_held_out: list[str]
    curves: list[Curve]


def compare_plan(
    names: Sequence[str],
    tasks: Sequence[str | Task],
    *,
    repeats: int,
    model: str,
    settings: Settings,
    checkpoints: bool = True,
) -> Plan[CompareParameters]:
    """Return the plan of a comparison; the controls and the probe are added.

    Raises:
        UnknownNameError: a task or improver does not exist.
        UsageError: an improver twice, or fewer than one repeat.
    """
    if not 1 <= repeats <= MOST_REPEATS:
        raise UsageError(f"--repeats between 1 and {MOST_REPEATS:,}", str(repeats))
    entrants = entered([*names, *(name for name in (*CONTROLS, PROBE) if name not in names)])
    found = found_tasks(tasks)
    parameters = CompareParameters(
        entrants=[entrant.name for entrant in entrants],
        named=[entrant.name for entrant in entrants[: len(names)]],
        repeats=repeats,
        checkpoints=checkpoints,
        scales=scales(found),
        arguments=[
            *(LABEL, *names, "--tasks", *(task.reference for task in found)),
            *("--repeats", str(repeats)),
            *(() if checkpoints else ("--no-checkpoints",)),
        ],
    )
    base = plan(
        COMPARE,
        found,
        improver=entrants[0].program,
        model=model,
        settings=settings,
        parameters=parameters,
    )
    return replace(base, programs={entrant.name: entrant.program for entrant in entrants})


def entered(names: Sequence[str]) -> list[Entrant]:
    """Return the improvers of these names or files; a file is called like its stem.

    Raises:
        UnknownNameError: an improver does not exist.
        UsageError: two are called the same.
    """
    found = [
        Entrant(Path(name).stem if name.endswith(".py") else name, improvers.find(name))
        for name in names
    ]
    twice = [name for name, count in Counter(each.name for each in found).items() if count > 1]
    if twice:
        raise UsageError(
            "improvers with different names", f"{', '.join(twice)} twice", "rename the file"
        )
    return found


class CompareWork:
    """What ``selftaught compare`` does."""

    def __init__(self, engine: Engine, plan: Plan[CompareParameters]) -> None:
        """Prepare the tournament that the plan asks for."""
        self._engine = engine
        self._plan = plan
        self._tournament = Tournament(engine, LABEL, checkpoints=plan.parameters.checkpoints)

    async def run(self) -> None:
        """Go through all blocks."""
        names = self._plan.parameters.entrants
        entrants = [Entrant(name, self._plan.programs[name]) for name in names]
        await self._tournament.run(entrants, range(self._plan.parameters.repeats))
        await watch_entrants(self._engine, LABEL, {name: name for name in names})
        self._engine.journal.write("", RunFinished(best=self._plan.improver.id, head=""), "end")


class CompareExperiment(Experiment[CompareParameters]):
    """What ``selftaught compare`` does without ``--arms``."""

    kind = LABEL
    parameters = CompareParameters
    numbers = ROUND_NUMBERS
    rules = ("adopt",)

    def owns(self, details: Mapping[str, Any]) -> bool:
        """Return whether it is no comparison of arms."""
        return not details.get("arms")

    def most(self, plan: Plan[CompareParameters]) -> Products:
        """Return the most of the tournament."""
        scale, given = plan.settings.scale, plan.parameters
        extra = scale.calls if given.checkpoints else 0
        return tournament(scale, plan.tasks, len(plan.programs) * given.repeats, extra)

    def work(self, plan: Plan[CompareParameters], engine: Engine, outside: Outside) -> Work:
        """Return what carries the tournament out."""
        return CompareWork(engine, plan)

    def result(self, log: RunLog) -> CompareResult:
        """Return the comparison as far as it got."""
        given = CompareParameters.from_details(log.started.details)
        blocks = TournamentLog(log, given.scales)
        measurements = blocks.measurements(LABEL)
        references = references_of(blocks, measurements)
        entrants = [name for name in given.entrants if name != PROBE or name in given.named]
        claimed = [each for each in measurements if each.improver in entrants]
        comparisons = [
            compare(claimed, references, against=control, seed=log.started.seed)
            for control in CONTROLS
            if any(each.improver == control for each in claimed)
        ]
        return CompareResult(
            **log.common(),
            repeats=given.repeats,
            rows=_rows(blocks, measurements, references),
            overall=[row for each in comparisons for row in overall_rows(each)],
            left_out=dict(headroom(references).left_out),
            not_held_out=[name for name, scale in blocks.scales.items() if scale.split == "train"],
            curves=curves(blocks, LABEL, measurements, references) if given.checkpoints else [],
        )


COMPARE = CompareExperiment()


def references_of(
    blocks: TournamentLog, measurements: Sequence[Measurement]
) -> dict[str, Reference]:
    """Return what each task's scores are measured by, of the tasks that were measured."""
    places: dict[str, dict[int, None]] = {}
    for each in measurements:
        places.setdefault(each.task, {})[each.repeat] = None
    answers = by_task(measurements, PROBE)
    return {
        task: blocks.reference(
            task, [(LABEL, repeat) for repeat in repeats], answers.get(task, {}).values()
        )
        for task, repeats in places.items()
    }


def _rows(
    blocks: TournamentLog, measurements: Sequence[Measurement], references: dict[str, Reference]
) -> list[CompareRow]:
    if not measurements:
        return []
    table = compare(measurements, references, against=measurements[0].improver)
    return [
        CompareRow(
            improver=row.improver,
            task=row.task,
            test=row.test,
            spent=blocks.spent(LABEL, row.improver, row.task),
        )
        for row in table.rows
    ]
