"""What SQLite's errors mean for the user, as StoreErrors."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selftaught.errors import StoreError

OTHER_FILE = "or name another file with --store"

MEANINGS: tuple[tuple[str, str, str], ...] = (
    (
        "SQLITE_BUSY",
        "the store to be free for a moment",
        "end the program that has it open for writing (a database browser?), then go on",
    ),
    (
        "SQLITE_LOCKED",
        "the store to be free for a moment",
        "end the program that has it open for writing (a database browser?), then go on",
    ),
    (
        "SQLITE_FULL",
        "room on the disk for the store",
        "free some space, then `selftaught resume` the run: everything written so far is kept",
    ),
    (
        "SQLITE_READONLY",
        "write access to the store and its folder",
        f"give yourself write permission on both, {OTHER_FILE}",
    ),
    (
        "SQLITE_CANTOPEN",
        "a store that can be opened and a folder that can be written",
        f"check that the path is a file and that its folder may be written, {OTHER_FILE}",
    ),
    (
        "SQLITE_NOTADB",
        "a store of selftaught",
        "name another file with --store; this one is not changed",
    ),
    (
        "SQLITE_CORRUPT",
        "an intact store",
        f"restore a backup, save what is left with `sqlite3 FILE .recover`, {OTHER_FILE}",
    ),
    (
        "SQLITE_IOERR",
        "a disk that can be read and written",
        f"check the disk and its free space, then `selftaught resume` the run, {OTHER_FILE}",
    ),
)
"""Beginning of SQLite's error name; what was expected; the next step."""


def explained(path: Path, error: sqlite3.Error) -> StoreError:
    """Return the StoreError that says what an error of SQLite on ``path`` means."""
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    for beginning, expected, next_step in MEANINGS:
        if name.startswith(beginning):
            return StoreError(expected, f"{path}: {error} ({name})", next_step)
    return StoreError("the store to work", f"{path}: {error} ({name})", "see the cause above")


@contextmanager
def faults(path: Path) -> Iterator[None]:
    """Raise SQLite's errors inside the block as StoreErrors about ``path``."""
    try:
        yield
    except sqlite3.Error as error:
        raise explained(path, error) from error
