"""Consoles: where words go, and how text that a model wrote is made harmless."""

from __future__ import annotations

import os
import re
import sys
from typing import IO, Any, TextIO, cast

from rich.console import Console, RenderableType
from rich.text import Text

from selftaught.runs.signals import end

WIDTH = 110
"""Columns where the output is no terminal."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def answers() -> Console:
    """Return the console for results: standard output."""
    return _console(sys.stdout)


def progress() -> Console:
    """Return the console for everything else: standard error."""
    return _console(cast("TextIO", _Heard(sys.stderr)))


def visible(text: str) -> str:
    """Return a text whose control characters are shown and not obeyed; new lines stay."""
    return _CONTROL.sub(lambda found: repr(found[0])[1:-1], text)


def show(part: RenderableType) -> None:
    """Print a part of an answer; a text of `exactly` in full."""
    answers().print(part, soft_wrap=isinstance(part, Text) and bool(part.no_wrap))


def exactly(text: str) -> Text:
    """Return a text that is printed as it is, without new lines where the width ends."""
    return Text(text, no_wrap=True, overflow="ignore")


class _Heard:
    """A stream whose reader may go, or whose terminal is closed: that ends a run in good order."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, text: str) -> int:
        try:
            return self._file.write(text)
        except OSError:
            self._gone()
            return len(text)

    def flush(self) -> None:
        try:
            self._file.flush()
        except OSError:
            self._gone()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def _gone(self) -> None:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, self._file.fileno())
        os.close(null)
        end("nobody reads what it says")


def _console(file: TextIO) -> Console:
    # markup off: names and messages may hold square brackets
    width = None if file.isatty() else WIDTH
    return Console(file=file, width=width, highlight=False, markup=False, soft_wrap=False)
