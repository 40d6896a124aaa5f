"""The result of ``compare`` in words."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import RenderableType
from rich.text import Text

from selftaught.app.compare_result import CompareResult, OverallRow
from selftaught.app.curves import CurvePoint
from selftaught.cli import figures
from selftaught.cli.words.lists import table


def compare_words(result: CompareResult) -> list[RenderableType]:
    """Return the primary endpoint, the rows by task, and the score against calls."""
    tasks = ", ".join(result.tasks)
    parts: list[RenderableType] = [
        Text(f"{tasks}: {result.repeats} repeats at equal budgets", style="bold")
    ]
    if result.overall:
        parts += [overall_table(result.overall), LEGEND]
    parts += [f"left out of claims: {task} ({reason})" for task, reason in result.left_out.items()]
    if result.not_held_out:
        parts.append(f"scored on train for lack of a test split: {', '.join(result.not_held_out)}")
    if result.rows:
        parts += [_rows(result), "by task: descriptive; scores on test"]
    if result.curves:
        parts += [_curves(result), "gain after each model call, normalised, mean over tasks"]
    return parts


LEGEND = (
    "normalised: 0 as the seed program, 1 as the known best, mean over tasks ± 95 % interval; "
    "p: sign-flip test, Holm over the improvers"
)


def overall_table(overall: Sequence[OverallRow]) -> RenderableType:
    """Return primary endpoints as a table."""
    rows = [
        (
            row.improver,
            figures.interval(row.normalised),
            row.against,
            figures.interval(row.difference, signed=True),
            figures.p_value(row.p_value),
        )
        for row in overall
    ]
    headings = ("improver", "normalised", "against", "difference", "p")
    return table(headings, rows, numbers=(1, 3, 4))


def _rows(result: CompareResult) -> RenderableType:
    rows = [
        (
            row.improver,
            row.task,
            figures.interval(row.test),
            f"{row.spent.responses:,}",
            f"{row.spent.tokens_in + row.spent.tokens_out:,}",
            figures.dollars(row.spent.cost_usd),
            f"{row.spent.utility_calls:,}",
            f"{row.spent.seconds:,.1f}",
        )
        for row in result.rows
    ]
    headings = ("improver", "task", "test", "responses", "tokens", "cost", "scores", "CPU s")
    return table(headings, rows, numbers=(2, 3, 4, 5, 6, 7))


def _curves(result: CompareResult) -> RenderableType:
    calls = max(len(curve.points) for curve in result.curves)
    rows = [
        (curve.improver, *(_gain(curve.points[number]) for number in range(calls)))
        for curve in result.curves
    ]
    headings = ("improver", *(f"call {number + 1}" for number in range(calls)))
    return table(headings, rows, numbers=tuple(range(1, calls + 1)))


def _gain(point: CurvePoint) -> str:
    mean, high = point.gain.mean, point.gain.high
    assert mean is not None
    return f"{mean:+.3f}" + (f" ± {high - mean:.3f}" if high is not None else "")
