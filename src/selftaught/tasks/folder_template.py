"""Folder template: writes a small task that works as it comes, to be changed by its user."""

from __future__ import annotations

import keyword
import re
from pathlib import Path

from selftaught.errors import UsageError

TEMPLATE = Path(__file__).parent / "template"
FILES = ("task.toml", "seed.py", "utility.py")


def write_template(folder: Path, name: str | None = None) -> list[Path]:
    """Return the files of a new task folder: filling a bag, from a seed that can be improved.

    Args:
        folder: where to write; it may exist, but must be empty.
        name: the task's name; None: made of the folder's name, ``my-task`` giving ``my_task``.

    Raises:
        UsageError: the folder holds something, can't be written, or the name is no identifier.
    """
    name = name or re.sub(r"\W", "_", folder.absolute().name, flags=re.ASCII)
    if not (name.isascii() and name.isidentifier()) or keyword.iskeyword(name):
        raise UsageError(
            "a task name of letters, digits and _ that starts with a letter",
            repr(name),
            "rename the folder accordingly",
        )
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"a new folder at {folder}", "a file", "name another folder")
    if folder.is_dir() and any(folder.iterdir()):
        held = ", ".join(sorted(path.name for path in folder.iterdir())[:5])
        raise UsageError(f"an empty or new folder at {folder}", held, "name another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [_write(folder / file, name) for file in FILES]
    except OSError as error:
        raise UsageError(
            f"a writable folder at {folder}", str(error.strerror), "name another folder"
        ) from error


def _write(path: Path, name: str) -> Path:
    text = (TEMPLATE / path.name).read_text(encoding="utf-8")
    if path.name == "task.toml":
        text = text.replace('name = "my_task"', f'name = "{name}"', 1)
    with path.open("x", encoding="utf-8") as file:  # never over a file that is there
        file.write(text)
    return path
