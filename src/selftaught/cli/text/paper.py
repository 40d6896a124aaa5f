"""The result of ``paper`` in words: its headlines, and where the report is."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from selftaught.cli import figures
from selftaught.cli.text.bypass import rates_table
from selftaught.cli.text.lists import table
from selftaught.experiments.paper.figures import NAMES
from selftaught.experiments.paper.result import PaperResult


def paper_words(result: PaperResult) -> list[RenderableType]:
    """Return figure 4 by round, the headlines of the rest, and the report's path."""
    parts: list[RenderableType] = [
        Text(f"the paper's experiments, scale {result.extent}: report {result.report}", "bold"),
        _rounds(result),
    ]
    for arm in result.rounds.arms:
        each = arm.gaining
        parts.append(f"{NAMES[arm.arm]}: {each.count} of {each.n} runs gained {each.least:.0%}")
    for found in result.arms:
        headline = figures.interval(found.headline, signed=True)
        parts.append(f"C minus the best control ({found.best_control}): {headline}")
    for name, each_table in (("test", result.transfer), ("paper split", result.published)):
        parts += [
            f"transfer, {name}, {row.task}: improved minus seed improver "
            f"{figures.interval(row.paired_difference, signed=True)}"
            for row in each_table.rows
        ]
    if result.bypass.examined:
        parts.append(rates_table(result.bypass.rates))
    if result.bypass.note:
        parts.append(Text(result.bypass.note, style="bold"))
    return parts


def _rounds(result: PaperResult) -> RenderableType:
    rows = [
        (
            NAMES[arm.arm],
            point.round,
            figures.interval(point.train),
            figures.interval(point.test),
        )
        for arm in result.rounds.arms
        for point in arm.points
    ]
    return table(("meta-utility", "round", "train", "test"), rows, numbers=(1, 2, 3))
