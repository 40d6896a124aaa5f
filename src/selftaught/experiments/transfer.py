"""``transfer``: an improved improver on tasks that it never saw (the paper, table 1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from selftaught.analysis.comparison import Measurement, compare
from selftaught.analysis.intervals import mean_interval
from selftaught.analysis.paired import paired_interval, sign_flip_p
from selftaught.engine.engine import Engine
from selftaught.engine.reward_hacking import watch_entrants
from selftaught.engine.settings import Products, Settings
from selftaught.engine.tournament import Entrant, Tournament
from selftaught.errors import UsageError
from selftaught.experiments.products import tournament
from selftaught.experiments.tournaments import (
    MOST_REPEATS,
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
from selftaught.runs.results import Result
from selftaught.values.facts import RunFinished
from selftaught.values.program import Program
from selftaught.values.records import Interval, Spent
from selftaught.values.task import Split, Task

LABEL = "transfer"
TEST = "test"
SEED, IMPROVED, CONTROL = "seed_improver", "improver", "best_of_n"


OFFLINE = "offline"


@dataclass(frozen=True)
class TransferParameters(Parameters):
    """What an improver is carried over to.

    Attributes:
        repeats: independent repeats on every task.
        scales: of the tasks.
        arguments: the command line that makes the run again.
        split: ``test``, or ``paper`` for the instances of the published scorers.
    """

    repeats: int
    split: str = field(default=TEST, kw_only=True)
    scales: Scales
    arguments: list[str]


@dataclass(frozen=True)
class Candidate:
    """An improver to carry over.

    Attributes:
        name: its own, or its run's id.
        improver: the improver.
        seed_improver: the one it is compared with.
        seen: names of the tasks that it has worked on.
        model: with which it was found, by the name that opens it; None where no run found it.
    """

    name: str
    improver: Program
    seed_improver: Program
    seen: tuple[str, ...] = ()
    model: str | None = None


class TransferRow(Result):
    """A task: scores on test of the seed program and of what each improver returns.

    ``paired_difference`` is the improved improver minus the seed improver, on equal
    instances and budgets; ``p_value`` its two-sided sign-flip test, for this task alone.
    ``control_difference`` is the improved improver minus best-of-N.
    """

    task: str
    seed_program: Interval
    seed_improver: Interval
    improver: Interval
    best_of_n: Interval
    paired_difference: Interval
    p_value: float
    control_difference: Interval


class TransferTable(Result):
    """All rows, the primary endpoint over tasks, and what each improver spent."""

    rows: list[TransferRow]
    overall: list[OverallRow]
    left_out: dict[str, str]
    spent_by: dict[str, Spent]


class TransferResult(Recorded):
    """What ``transfer`` prints; ``spent_by`` holds each improver's expenses.

    ``name`` is what the command line calls the improver: a name, a file, or a run.
    ``split`` is ``paper`` for the instances of the published scorers, else ``test``.
    """

    improver: str
    name: str = IMPROVED
    seed_improver: str
    repeats: int
    split: str
    rows: list[TransferRow]
    overall: list[OverallRow]
    left_out: dict[str, str]
    spent_by: dict[str, Spent]


def transfer_plan(
    found: Candidate,
    tasks: Sequence[str | Task],
    *,
    repeats: int,
    settings: Settings,
    model: str | None = None,
    split: str = TEST,
) -> Plan[TransferParameters]:
    """Return the plan of a transfer.

    Args:
        found: the improver.
        tasks: what it is carried over to.
        repeats: independent repeats on every task.
        settings: seed, scale and limits.
        model: its name; None: the one of the improver's run, else `offline`.
        split: ``test``, or ``paper`` for the instances of the published scorers.

    Raises:
        UnknownNameError: a task does not exist.
        UsageError: the improver has seen a task, fewer than one repeat, or a task has no
            such split.
    """
    if not 1 <= repeats <= MOST_REPEATS:
        raise UsageError(f"--repeats between 1 and {MOST_REPEATS:,}", str(repeats))
    model = model or found.model or OFFLINE
    on = found_tasks(tasks)
    wanted = wanted_split(on, split)
    seen = [task.name for task in on if task.name in found.seen]
    if seen:
        raise UsageError(
            f"tasks that had no part in {found.name}",
            f"{', '.join(seen)}, on which it worked",
            "name other tasks: those it was chosen on cannot show transfer",
        )
    names = [task.reference for task in on]
    parameters = TransferParameters(
        repeats=repeats,
        split=split,
        scales=scales(on, wanted),
        arguments=[
            *(LABEL, found.name, *names, "--repeats", str(repeats)),
            *(("--split", split) if wanted else ()),
            *(("--model", model) if found.model and model == OFFLINE else ()),
        ],
    )
    base = plan(
        TRANSFER,
        on,
        improver=found.improver,
        model=model,
        settings=settings,
        parameters=parameters,
    )
    programs = {
        SEED: found.seed_improver,
        IMPROVED: found.improver,
        CONTROL: improvers.find(CONTROL),
    }
    return replace(base, programs=programs)


def wanted_split(tasks: Sequence[Task], name: str) -> Split | None:
    """Return the split of that name; None for ``test``, which may be a task's train.

    Raises:
        UsageError: the name is neither ``test`` nor ``paper``, or a task has no published
            scorer.
    """
    if name == TEST:
        return None
    if name != Split.PAPER:
        raise UsageError(f"--split {TEST} or {Split.PAPER}", name)
    without = [task.name for task in tasks if task.published is None]
    if without:
        raise UsageError(
            f"tasks with a split {Split.PAPER}",
            f"{', '.join(without)}, which have no published scorer",
            "omit --split, or name other tasks",
        )
    return Split.PAPER


class TransferWork:
    """What ``selftaught transfer`` does."""

    def __init__(self, engine: Engine, plan: Plan[TransferParameters]) -> None:
        """Prepare the tournament of the three improvers."""
        self._engine = engine
        self._plan = plan

    async def run(self) -> None:
        """Go through all blocks; nothing is optimised further."""
        entrants = [Entrant(name, program) for name, program in self._plan.programs.items()]
        split = wanted_split(self._plan.tasks, self._plan.parameters.split)
        tournament = Tournament(self._engine, LABEL, split=split)
        await tournament.run(entrants, range(self._plan.parameters.repeats))
        await watch_entrants(self._engine, LABEL, {IMPROVED: self._plan.parameters.arguments[1]})
        self._engine.journal.write("", RunFinished(best=self._plan.improver.id, head=""), "end")


class TransferExperiment(Experiment[TransferParameters]):
    """What ``selftaught transfer`` does."""

    kind = LABEL
    parameters = TransferParameters

    def most(self, plan: Plan[TransferParameters]) -> Products:
        """Return the most of the tournament."""
        given, rounds = plan.parameters, len(plan.programs) * plan.parameters.repeats
        return tournament(plan.settings.scale, plan.tasks, rounds, split=given.split)

    def work(self, plan: Plan[TransferParameters], engine: Engine, outside: Outside) -> Work:
        """Return what carries the tournament out."""
        return TransferWork(engine, plan)

    def result(self, log: RunLog) -> TransferResult:
        """Return the table as far as it got."""
        given, programs = TransferParameters.from_details(log.started.details), log.started.programs
        return TransferResult(
            **log.common(),
            improver=programs[IMPROVED],
            name=given.arguments[1],
            seed_improver=programs[SEED],
            repeats=given.repeats,
            split=given.split,
            **dict(transfer_table(TournamentLog(log, given.scales), LABEL)),
        )


TRANSFER = TransferExperiment()


def transfer_table(blocks: TournamentLog, label: str) -> TransferTable:
    """Return the table of the tournament with this label, as far as it got."""
    measurements = blocks.measurements(label)
    references = {
        task: blocks.reference(task, [(label, repeat) for repeat in repeats], [])
        for task, repeats in by_task(measurements, SEED).items()
    }
    comparisons = [
        compare(
            [each for each in measurements if each.improver in (IMPROVED, against)],
            references,
            against=against,
            seed=blocks.log.started.seed,
        )
        for against in (SEED, CONTROL)
        if measurements
    ]
    return TransferTable(
        rows=[_row(blocks, label, measurements, task) for task in references],
        overall=[row for each in comparisons for row in overall_rows(each)],
        left_out=dict(comparisons[0].tasks.left_out) if comparisons else {},
        spent_by={
            name: blocks.expenses.of(f"{label}/{name}/") for name in (SEED, IMPROVED, CONTROL)
        },
    )


def _row(
    blocks: TournamentLog, label: str, measurements: Sequence[Measurement], task: str
) -> TransferRow:
    seed, improved, control = (
        by_task(measurements, name)[task] for name in (SEED, IMPROVED, CONTROL)
    )
    repeats = sorted(seed)
    before, after, sampled = (
        [each[repeat] for repeat in repeats] for each in (seed, improved, control)
    )
    programs = [blocks.score(None, task, (label, repeat)) for repeat in repeats]
    return TransferRow(
        task=task,
        seed_program=mean_interval([score for score in programs if score is not None]),
        seed_improver=mean_interval(before),
        improver=mean_interval(after),
        best_of_n=mean_interval(sampled),
        paired_difference=paired_interval(before, after),
        p_value=sign_flip_p(
            [new - old for old, new in zip(before, after, strict=True)],
            seed=blocks.log.started.seed,
        ),
        control_difference=paired_interval(sampled, after),
    )
