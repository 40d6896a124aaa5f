"""Compare result: improvers × tasks × repeats, read from a log."""

from __future__ import annotations

from collections.abc import Sequence

from selftaught.analysis.comparison import Comparison, Measurement, compare
from selftaught.analysis.normalise import Reference, headroom
from selftaught.experiments.curves import Curve, curves
from selftaught.experiments.tournaments import Blocks, by_task
from selftaught.runs.log import Record, Recorded
from selftaught.runs.results import Result
from selftaught.values.records import Interval, Spent

LABEL = "compare"
CONTROLS = ("best_of_n", "sequential")
"""Always in a comparison: search that learns nothing, and search that only remembers."""
PROBE = "chain_of_thought"
"""One answer of the model without any search: shows which tasks leave no headroom."""


class CompareRow(Result):
    """An improver on one task; descriptive."""

    improver: str
    task: str
    test: Interval
    spent: Spent


class OverallRow(Result):
    """An improver against a control: the primary endpoint. ``p_value`` is Holm's."""

    improver: str
    normalised: Interval
    against: str
    difference: Interval
    p_value: float | None


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


def compared(record: Record) -> CompareResult:
    """Return the comparison that a log tells, as far as it got."""
    blocks, details = Blocks(record), record.started.details
    measurements = blocks.measurements(LABEL)
    references = references_of(blocks, measurements)
    entrants = [name for name in details["entrants"] if name != PROBE or name in details["named"]]
    claimed = [each for each in measurements if each.improver in entrants]
    comparisons = [
        compare(claimed, references, against=control, seed=record.started.seed)
        for control in CONTROLS
        if any(each.improver == control for each in claimed)
    ]
    return CompareResult(
        **record.common(),
        repeats=details["repeats"],
        rows=_rows(blocks, measurements, references),
        overall=[row for each in comparisons for row in overall_rows(each)],
        left_out=dict(headroom(references).left_out),
        not_held_out=[name for name, scale in blocks.scales.items() if scale.split == "train"],
        curves=curves(blocks, LABEL, measurements, references) if details["checkpoints"] else [],
    )


def references_of(blocks: Blocks, measurements: Sequence[Measurement]) -> dict[str, Reference]:
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
    blocks: Blocks, measurements: Sequence[Measurement], references: dict[str, Reference]
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


def overall_rows(comparison: Comparison) -> list[OverallRow]:
    """Return a comparison's primary endpoints; the control itself is left out."""
    return [
        OverallRow(
            improver=row.improver,
            normalised=row.normalised,
            against=row.against,
            difference=row.difference,
            p_value=row.p_value,
        )
        for row in comparison.overall
        if row.improver != row.against
    ]
