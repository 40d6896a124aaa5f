"""A canvas for SVG charts: elements, scales and ticks, legible on light and dark pages."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

WIDTH = 760
FONT = 13
LEGEND_LEFT, LEGEND_MARK, LEGEND_LINE = 20.0, 33.0, 20.0
CHARACTER = 7.2
"""Width of a character of this font, about; for the room that labels need."""

SERIES = 6
"""Colours that can be told apart by people who see few (Okabe & Ito); then they repeat."""
_LIGHT = ("#0072b2", "#c04f00", "#00795a", "#9c4f80", "#8a6d00", "#56606a")
_DARK = ("#56b4e9", "#ff9d57", "#2fc49a", "#e69ac4", "#f0d94a", "#aab4be")
_DASHES = ("", "6 4", "2 3", "9 3 2 3", "1 4", "12 4")


@dataclass(frozen=True)
class Axis:
    """A linear scale from values to pixels.

    Attributes:
        low: value at ``start``.
        high: value at ``end``; above ``low``.
        start: pixel.
        end: pixel.
    """

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return a value's pixel."""
        share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Return round numbers that span both, about ``count`` of them."""
    if high <= low:
        high = low + (abs(low) or 1.0)
    rough = (high - low) / count
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * each for each in (1, 2, 2.5, 5, 10) if power * each >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(number * step, 12) for number in range(first, last + 1)]


def number(value: float) -> str:
    """Return a pixel or a tick without needless digits."""
    return f"{value:.10g}" if abs(value) >= 1e-12 else "0"


class Canvas:
    """Collects the elements of one picture."""

    def __init__(self, title: str, height: float = 0.0, description: str = "") -> None:
        """Begin with the title."""
        self._height = height
        self._parts = [
            f"<title>{escape(title)}</title>",
            f"<desc>{escape(description or title)}</desc>",
        ]
        self.text(20, 28, title, kind="title")

    def text(self, x: float, y: float, text: str, *, kind: str = "", anchor: str = "start") -> None:
        """Write a line of text; ``y`` is its foot."""
        place = f'x="{_pixel(x)}" y="{_pixel(y)}" text-anchor="{anchor}"'
        self._parts.append(f"<text {place} class={quoteattr(kind)}>{escape(text)}</text>")

    def line(self, start: tuple[float, float], end: tuple[float, float], kind: str) -> None:
        """Draw a straight line."""
        (x1, y1), (x2, y2) = start, end
        ends = f'x1="{_pixel(x1)}" y1="{_pixel(y1)}" x2="{_pixel(x2)}" y2="{_pixel(y2)}"'
        self._parts.append(f'<line {ends} class="{kind}"/>')

    def path(self, points: Iterable[tuple[float, float]], series: int) -> None:
        """Draw a line through points in a series' colour and dashes."""
        steps = " ".join(f"{_pixel(x)},{_pixel(y)}" for x, y in points)
        dash = _DASHES[series % SERIES]
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(f'<polyline points="{steps}" class="{stroke(series)}"{dashes}/>')

    def mark(self, x: float, y: float, series: int) -> None:
        """Draw a series' mark: each has another shape."""
        r = 4.5
        shapes = (
            [(x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r)],
            [(x, y - r - 1), (x + r + 1, y + r), (x - r - 1, y + r)],
            [(x, y - r - 1.5), (x + r + 1.5, y), (x, y + r + 1.5), (x - r - 1.5, y)],
        )
        kind = f"fill{series % SERIES}"
        if series % 4 == 0:
            at = f'cx="{_pixel(x)}" cy="{_pixel(y)}" r="{r}"'
            self._parts.append(f'<circle {at} class="{kind}"/>')
        else:
            steps = " ".join(f"{_pixel(a)},{_pixel(b)}" for a, b in shapes[series % 4 - 1])
            self._parts.append(f'<polygon points="{steps}" class="{kind}"/>')

    def box(self, corner: tuple[float, float], size: tuple[float, float], share: float) -> None:
        """Draw a cell whose colour is as strong as ``share``, in [0, 1]."""
        (x, y), (width, height) = corner, size
        self._parts.append(
            f'<rect x="{_pixel(x)}" y="{_pixel(y)}" width="{_pixel(width)}" '
            f'height="{_pixel(height)}" class="cell" fill-opacity="{0.06 + 0.5 * share:.3f}"/>'
        )

    def legend(self, names: Iterable[str], y: float) -> float:
        """Write the series' names behind their marks; return the foot of the last line."""
        x = LEGEND_LEFT
        for series, name in enumerate(names):
            width = LEGEND_MARK + CHARACTER * len(name)
            if x > LEGEND_LEFT and x + width > WIDTH - LEGEND_LEFT:
                x, y = LEGEND_LEFT, y + LEGEND_LINE
            self.path([(x, y - 4), (x + 26, y - 4)], series)
            self.mark(x + 13, y - 4, series)
            self.text(x + LEGEND_MARK, y, name)
            x += width + 22
        return y

    def stretch(self, height: float) -> None:
        """Make the picture as high as ``height``, once it is known."""
        self._height = height

    def svg(self) -> str:
        """Return the picture."""
        size = f'width="{WIDTH}" height="{_pixel(self._height)}"'
        box = f'viewBox="0 0 {WIDTH} {_pixel(self._height)}"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box} role="img">'
        panel = (
            f'<rect class="panel" x="0.5" y="0.5" width="{WIDTH - 1}" '
            f'height="{_pixel(self._height - 1)}" rx="8"/>'
        )
        titles, rest = self._parts[:2], self._parts[2:]
        style = f"<style>{STYLE}</style>"
        return "\n".join([head, *titles, style, panel, *rest, "</svg>"]) + "\n"


def stroke(series: int) -> str:
    """Return the class of a series' lines."""
    return f"line{series % SERIES}"


def _pixel(value: float) -> str:
    return number(round(value, 1))


def _colours(colours: tuple[str, ...]) -> str:
    return "".join(
        f".line{place}{{stroke:{colour}}}.fill{place}{{fill:{colour}}}"
        for place, colour in enumerate(colours)
    )


STYLE = (
    f"text{{font:{FONT}px system-ui,-apple-system,'Segoe UI',sans-serif;fill:#1f2328}}"
    ".title{font-size:16px;font-weight:600}.quiet{fill:#57606a;font-size:12px}"
    ".panel{fill:#fff;stroke:#d0d7de}.grid{stroke:#e3e7eb}.axis{stroke:#8c959f}"
    "polyline,line{fill:none;stroke-width:1.8}.grid,.axis{stroke-width:1}"
    ".cell{fill:#0072b2}"
    + _colours(_LIGHT)
    + "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.quiet{fill:#9ea7b1}"
    ".panel{fill:#0d1117;stroke:#3d444d}.grid{stroke:#262c34}.axis{stroke:#6e7681}"
    ".cell{fill:#56b4e9}" + _colours(_DARK) + "}"
)
"""Has both palettes; the panel is filled, so that the page behind it does not matter."""
