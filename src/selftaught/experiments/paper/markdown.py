"""Markdown: figures with their intervals, tables and pictures of the paper's report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from selftaught.values.records import Interval

NONE = "–"
FEWEST = 3
"""Values that an interval is printed for: of two it is 12.7 times their standard error."""


def interval(value: Interval | None, *, signed: bool = False) -> str:
    """Return a mean with its 95 % interval and n."""
    if value is None or value.mean is None:
        return NONE
    form = "+.4f" if signed else ".4f"
    few = value.low is None or value.n < FEWEST
    ends = "" if few else f" [{value.low:{form}}, {value.high:{form}}]"
    return f"{value.mean:{form}}{ends} (n={value.n})"


def share(count: int, n: int, ends: tuple[float | None, float | None]) -> str:
    """Return a share with its 95 % Wilson interval."""
    low, high = ends
    if not n or low is None or high is None:
        return f"{count} of {n}"
    return f"{count} of {n}, {count / n:.1%} [{low:.1%}, {high:.1%}]"


def probability(p: float | None) -> str:
    """Return a p-value with three digits."""
    if p is None:
        return NONE
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def picture_of(name: str | None, text: str) -> str:
    """Return a figure in Markdown with a blank line below, empty where there is none."""
    return f"![{text}]({name})\n\n" if name else ""
