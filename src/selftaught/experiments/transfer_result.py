"""Transfer result: table 1 of the paper, read from a log."""

from __future__ import annotations

from collections.abc import Sequence

from selftaught.analysis.comparison import Measurement, compare
from selftaught.analysis.intervals import mean_interval
from selftaught.analysis.paired import paired_interval, sign_flip_p
from selftaught.experiments.compare_result import OverallRow, overall_rows
from selftaught.experiments.tournaments import Blocks, by_task
from selftaught.runs.log import Record, Recorded
from selftaught.runs.results import Result
from selftaught.values.records import Interval, Spent

LABEL = "transfer"
TEST = "test"
SEED, IMPROVED, CONTROL = "seed_improver", "improver", "best_of_n"


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


def transferred(record: Record) -> TransferResult:
    """Return the table that a log tells, as far as it got."""
    details = record.started.details
    return TransferResult(
        **record.common(),
        improver=record.started.programs[IMPROVED],
        name=details["arguments"][1],
        seed_improver=record.started.programs[SEED],
        repeats=details["repeats"],
        split=details.get("split", TEST),
        **dict(transfer_table(Blocks(record), LABEL)),
    )


def transfer_table(blocks: Blocks, label: str) -> TransferTable:
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
            seed=blocks.record.started.seed,
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


def _row(blocks: Blocks, label: str, measurements: Sequence[Measurement], task: str) -> TransferRow:
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
            seed=blocks.record.started.seed,
        ),
        control_difference=paired_interval(sampled, after),
    )
