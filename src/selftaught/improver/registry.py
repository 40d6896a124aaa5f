"""Improvers by name: those of the library, and files of the user's own."""

from __future__ import annotations

import ast
import os
from functools import cache
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from selftaught.errors import UnknownNameError, UsageError
from selftaught.improver.contract import check_entry_point
from selftaught.values import syntax
from selftaught.values.decoding import TextError, source_of
from selftaught.values.program import Program

MAX_BYTES = 2**20
"""Of an improver's file."""

SUFFIX = ".py"


class Entry(NamedTuple):
    """An improver of the library: its name, what it does, and where the idea comes from."""

    name: str
    summary: str
    source: str


def find(name_or_path: str) -> Program:
    """Return the improver of that name, or the one in that file.

    What ends in ``.py`` or holds a path separator is a file; anything else is a name.

    Raises:
        UnknownNameError: the library has no improver of that name; names the nearest.
        UsageError: the file can't be read, is larger than 1 MiB, or is no improver.
    """
    if name_or_path.endswith(SUFFIX) or os.sep in name_or_path:
        return Program(_read(Path(name_or_path)))
    sources = _library()
    if name_or_path not in sources:
        raise UnknownNameError(
            "improver", name_or_path, sources, "to use a file, give its path, ending in .py"
        )
    return Program(sources[name_or_path])


def names() -> list[Entry]:
    """Return the library's improvers, sorted by name."""
    return [_entry(name, source) for name, source in sorted(_library().items())]


@cache
def _library() -> dict[str, str]:
    folder = resources.files(__package__).joinpath("library")
    return {
        file.name.removesuffix(SUFFIX): file.read_text("utf-8")
        for file in folder.iterdir()
        if file.name.endswith(SUFFIX) and not file.name.startswith("_")
    }


def _entry(name: str, source: str) -> Entry:
    """Read a program's docstring: its first line, and its line that begins with “Source:”."""
    lines = (ast.get_docstring(syntax.parse(source)) or "").splitlines()
    origin = next((line for line in lines if line.startswith("Source: ")), "")
    return Entry(name, lines[0] if lines else "", origin.removeprefix("Source: "))


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(
            f"an improver's file at {path}", error.strerror or str(error), "give another path"
        ) from error
    if len(data) > MAX_BYTES:
        raise UsageError(
            f"at most {MAX_BYTES} bytes in {path}", "more", "name the file of a program"
        )
    try:
        text = source_of(data)
    except TextError as error:
        raise UsageError(
            f"Python source in {path}", f"bytes that are not UTF-8 ({error})", "save it as UTF-8"
        ) from error
    fault = check_entry_point(text)
    if fault:
        raise UsageError(
            f"an improver in {path}",
            fault,
            "define improve_algorithm(initial_solution, utility, language_model) in it",
        )
    return text
