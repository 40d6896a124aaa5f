"""Consoles: where words go, and how text that a model wrote is made harmless."""

from __future__ import annotations

import re
import sys
from typing import TextIO

from rich.console import Console, RenderableType
from rich.text import Text

WIDTH = 110
"""Columns where the output is no terminal."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def answers() -> Console:
    """Return the console for results: standard output."""
    return _console(sys.stdout)


def progress() -> Console:
    """Return the console for everything else: standard error."""
    return _console(sys.stderr)


def visible(text: str) -> str:
    """Return a text whose control characters are shown and not obeyed; new lines stay."""
    return _CONTROL.sub(lambda found: repr(found[0])[1:-1], text)


def show(part: RenderableType) -> None:
    """Print a part of an answer; a text of `exactly` in full."""
    answers().print(part, soft_wrap=isinstance(part, Text) and bool(part.no_wrap))


def exactly(text: str) -> Text:
    """Return a text that is printed as it is, without new lines where the width ends."""
    return Text(text, no_wrap=True, overflow="ignore")


def _console(file: TextIO) -> Console:
    # markup off: names and messages may hold square brackets
    width = None if file.isatty() else WIDTH
    return Console(file=file, width=width, highlight=False, markup=False, soft_wrap=False)
