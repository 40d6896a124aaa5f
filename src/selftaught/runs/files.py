"""Files that a run writes: its best program or improver, or a patch."""

from __future__ import annotations

from pathlib import Path

from selftaught.errors import UsageError


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
            "the program is kept in the store; `selftaught show RUN --best` prints it",
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
            "it is kept in the store; `selftaught show RUN --json` has it",
        ) from error
    return str(path)
