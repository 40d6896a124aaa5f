"""Figures: charts as SVG, of values that carry their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from selftaught.experiments.paper.canvas import (
    CHARACTER,
    WIDTH,
    Axis,
    Canvas,
    number,
    stroke,
    ticks,
)

LEFT, RIGHT, TOP, FOOT = 66, 24, 76, 52
PLOT = 250
"""Height of a chart of lines, without title, legend and axis."""
ROW = 24
CELL = 26


@dataclass(frozen=True)
class Value:
    """A value with its interval; ends are None where there is none.

    Attributes:
        value: the mean or share.
        low: lower end.
        high: upper end.
    """

    value: float
    low: float | None = None
    high: float | None = None

    @property
    def ends(self) -> tuple[float, float]:
        """The interval's ends, or twice the value."""
        low = self.value if self.low is None else self.low
        high = self.value if self.high is None else self.high
        return low, high


@dataclass(frozen=True)
class Line:
    """A series: its name, and values by place on the x axis (whole numbers)."""

    name: str
    points: Sequence[tuple[int, Value]]


@dataclass(frozen=True)
class Bar:
    """A row of a chart of ranges.

    Attributes:
        label: what is measured.
        value: None for a heading.
        note: the figure in words, set to the right.
        series: which of the legend's it belongs to.
    """

    label: str
    value: Value | None = None
    note: str = ""
    series: int = 0


def lines_chart(title: str, lines: Sequence[Line], *, x: str, y: str) -> str:
    """Return a chart of lines with a bar for each value's interval."""
    canvas = Canvas(title, description=f"{y} against {x}")
    top = canvas.legend([line.name for line in lines], 54) + 32
    foot = top + PLOT
    canvas.stretch(foot + FOOT)
    ends = [end for line in lines for _, value in line.points for end in value.ends]
    places = sorted({place for line in lines for place, _ in line.points})
    marks = ticks(min(ends), max(ends)) if ends else [0.0, 1.0]
    down = Axis(marks[0], marks[-1], foot, top)
    first, last = (places[0], places[-1]) if places else (0, 1)
    along = Axis(first - 0.3, last + 0.3, LEFT, WIDTH - RIGHT)
    for mark in marks:
        canvas.line((LEFT, down(mark)), (WIDTH - RIGHT, down(mark)), "grid")
        canvas.text(LEFT - 8, down(mark) + 4, number(mark), kind="quiet", anchor="end")
    canvas.line((LEFT, foot), (WIDTH - RIGHT, foot), "axis")
    for place in places:
        canvas.text(along(place), foot + 18, str(place), kind="quiet", anchor="middle")
    canvas.text((LEFT + WIDTH - RIGHT) / 2, foot + 40, x, anchor="middle")
    canvas.text(20, top - 12, y, kind="quiet")
    for series, line in enumerate(lines):
        _line(canvas, series, line, (along, down), 0.05 * (series - (len(lines) - 1) / 2))
    return canvas.svg()


def _line(canvas: Canvas, series: int, line: Line, axes: tuple[Axis, Axis], shift: float) -> None:
    """Draw one series, a little aside, so that bars of several can be told apart."""
    along, down = axes
    points = [(along(place + shift), value) for place, value in line.points]
    canvas.path([(x, down(value.value)) for x, value in points], series)
    for x, value in points:
        low, high = (down(end) for end in value.ends)
        if low != high:
            canvas.line((x, low), (x, high), stroke(series))
            for end in (low, high):
                canvas.line((x - 4, end), (x + 4, end), stroke(series))
        canvas.mark(x, down(value.value), series)


def ranges_chart(title: str, bars: Sequence[Bar], *, x: str) -> str:
    """Return a chart with a row for each value: its mark, its interval and its figure."""
    top = 50
    canvas = Canvas(title, top + ROW * len(bars) + FOOT, x)
    left = 34 + CHARACTER * max((len(bar.label) for bar in bars), default=0)
    right = WIDTH - 30 - CHARACTER * max((len(bar.note) for bar in bars), default=0)
    ends = [end for bar in bars if bar.value for end in bar.value.ends]
    marks = ticks(min(ends), max(ends)) if ends else [0.0, 1.0]
    along = Axis(marks[0], marks[-1], left + 8, right - 8)
    foot = top + ROW * len(bars)
    for mark in marks:
        canvas.line((along(mark), top - 6), (along(mark), foot), "grid")
        canvas.text(along(mark), foot + 18, number(mark), kind="quiet", anchor="middle")
    canvas.text((left + right) / 2, foot + 40, x, anchor="middle")
    for place, bar in enumerate(bars):
        y = top + ROW * (place + 0.5)
        indent = CHARACTER * (len(bar.label) - len(bar.label.lstrip()))
        canvas.text(20 + indent, y + 4, bar.label.strip(), kind="" if bar.value else "quiet")
        if bar.value:
            low, high = (along(end) for end in bar.value.ends)
            canvas.line((low, y), (high, y), stroke(bar.series))
            canvas.mark(along(bar.value.value), y, bar.series)
        canvas.text(WIDTH - 20, y + 4, bar.note, kind="quiet", anchor="end")
    return canvas.svg()


def matrix_chart(
    title: str,
    columns: Sequence[str],
    rows: Sequence[tuple[str, Sequence[tuple[int, int]]]],
) -> str:
    """Return a table of shares: each cell is as strong as its share and says count of n.

    Args:
        title: of the chart.
        columns: their headings.
        rows: each a label and a count with its n for every column.
    """
    height = TOP + CELL * len(rows) + 22
    canvas = Canvas(title, height)
    left = 34 + CHARACTER * max((len(label) for label, _ in rows), default=0)
    width = min(110.0, (WIDTH - left - 20) / max(1, len(columns)))
    for place, heading in enumerate(columns):
        canvas.text(left + width * (place + 0.5), TOP - 10, heading, kind="quiet", anchor="middle")
    for row, (label, cells) in enumerate(rows):
        y = TOP + CELL * row
        canvas.text(20, y + CELL / 2 + 4, label)
        for place, (count, n) in enumerate(cells):
            x = left + width * place
            canvas.box((x + 1, y + 1), (width - 2, CELL - 2), count / n if n else 0.0)
            text = f"{count} of {n}" if n else "–"
            canvas.text(x + width / 2, y + CELL / 2 + 4, text, anchor="middle")
    return canvas.svg()
