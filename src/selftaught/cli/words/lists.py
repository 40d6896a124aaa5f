"""Lists: tables of names, and the runs in a store."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from selftaught.cli.console import visible
from selftaught.values.event import RunInfo


def table(
    headings: Sequence[str], rows: Iterable[Sequence[object]], numbers: Sequence[int] = ()
) -> Table:
    """Return a table; what a row holds is shown as text.

    Args:
        headings: of the columns.
        rows: as many cells as there are headings.
        numbers: columns that are set to the right.
    """
    found = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for place, heading in enumerate(headings):
        found.add_column(
            heading,
            justify="right" if place in numbers else "left",
            overflow="fold",
            no_wrap=place == 0,
        )
    for row in rows:
        found.add_row(*(Text(visible(str(cell))) for cell in row))
    return found


def runs_words(runs: Sequence[RunInfo]) -> list[RenderableType]:
    """Return the list of runs as a table, or what to do where there is none."""
    if not runs:
        return [
            "No runs yet.",
            "Start one: selftaught improve maxcut --scale tiny",
        ]
    rows = [
        (each.run, each.state, ", ".join(each.tasks), each.model, moment(each.started))
        for each in runs
    ]
    return [
        table(("run", "state", "tasks", "model", "started"), rows),
        "For details: selftaught show RUN",
    ]


def moment(seconds: float) -> str:
    """Return a time since the epoch in local time."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))
