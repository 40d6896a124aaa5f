"""Files that a run writes: its best program or improver, or a patch."""

from __future__ import annotations

import tempfile
from pathlib import Path

from selftaught.errors import UsageError


def refuse_unwritable(path: Path) -> None:
    """Return where a file can be written; asked before anything costs. Nothing is written.

    Raises:
        UsageError: it is a folder, or nothing can be written there.
    """
    try:
        if path.exists():
            with path.open("ab"):
                return
        nearest = next(each for each in path.absolute().parents if each.exists())
        with tempfile.TemporaryFile(dir=nearest):
            return
    except OSError as error:
        raise UsageError(
            f"{path} to be writable", str(error), "name another file; nothing was started"
        ) from error


def write_program(path: Path, source: str) -> str:
    """Write a program's source; return its path as text.

    Raises:
        UsageError: the file can't be written; the program is in the store all the same.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8", errors="surrogatepass")
    except OSError as error:
        raise UsageError(
            f"{path} to be writable",
            str(error),
            "the store has the program; print it with `selftaught show RUN --best`",
        ) from error
    return str(path)


def write_bytes(path: Path, content: bytes) -> str:
    """Write a file; return its path as text.

    Raises:
        UsageError: it can't be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise UsageError(
            f"{path} to be writable",
            str(error),
            "the store has it; print it with `selftaught show RUN --json`",
        ) from error
    return str(path)
