"""The result of ``transfer`` in words."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from selftaught.app.transfer_result import IMPROVED, TransferResult
from selftaught.cli import figures
from selftaught.cli.words.compare import LEGEND, overall_table
from selftaught.cli.words.lists import table


def transfer_words(result: TransferResult) -> list[RenderableType]:
    """Return the table by task, and the primary endpoint over tasks."""
    parts: list[RenderableType] = [Text(f"{_named(result)} on unseen tasks", style="bold")]
    if result.rows:
        parts += [_scores(result), _differences(result)]
        on = result.split
        parts.append(
            f"scores on {on}; differences: {result.name} minus the other, paired; p: sign-flip test"
        )
    if result.overall:
        rows = [
            row.model_copy(update={"improver": result.name}) if row.improver == IMPROVED else row
            for row in result.overall
        ]
        parts += [overall_table(rows), LEGEND]
    parts += [f"left out of claims: {task} ({reason})" for task, reason in result.left_out.items()]
    for name, each in result.spent_by.items():
        parts.append(f"{result.name if name == IMPROVED else name} spent {figures.spent(each)}")
    return parts


def _scores(result: TransferResult) -> RenderableType:
    rows = [
        (
            row.task,
            figures.interval(row.seed_program),
            figures.interval(row.seed_improver),
            figures.interval(row.improver),
            figures.interval(row.best_of_n),
        )
        for row in result.rows
    ]
    headings = ("task", "seed program", "seed improver", result.name, "best of n")
    return table(headings, rows, numbers=(1, 2, 3, 4))


def _differences(result: TransferResult) -> RenderableType:
    rows = [
        (
            row.task,
            figures.interval(row.paired_difference, signed=True),
            figures.p_value(row.p_value),
            figures.interval(row.control_difference, signed=True),
        )
        for row in result.rows
    ]
    headings = ("task", "minus seed improver", "p", "minus best of n")
    return table(headings, rows, numbers=(1, 2, 3))


def _named(result: TransferResult) -> str:
    short = figures.short(result.improver)
    return f"{result.name} ({short})"
