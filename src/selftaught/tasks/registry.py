"""Registry: tasks by path, by bundled name, or offered by installed packages."""

from __future__ import annotations

import os
from dataclasses import replace
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import NamedTuple

from selftaught.errors import TaskFormatError, UnknownNameError
from selftaught.tasks.folder import load
from selftaught.values.task import Task

BUNDLED = Path(__file__).parent / "bundled"
GROUP = "selftaught.tasks"


class NamedTask(NamedTuple):
    """One line of ``selftaught tasks``; ``source`` is ``bundled`` or a package's name."""

    name: str
    summary: str
    source: str


def find(name_or_path: str) -> Task:
    """Return the task of a path, a bundled name or an entry point's name, in that order.

    A path has a ``/`` in it or is ``.``; a plain name that stands for no bundled or
    installed task may also be a folder of the current one. The task's ``reference`` finds
    it again from another process.

    Raises:
        UnknownNameError: there is none; the message offers the nearest names.
        TaskFormatError: its folder has faults.
        TaskCodeError: its ``utility.py`` raised while it was run.
    """
    path = Path(name_or_path).expanduser()
    if os.sep in name_or_path or name_or_path in (".", ".."):
        return load(path)
    if name_or_path in _bundled():
        return replace(load(BUNDLED / name_or_path), reference=name_or_path)
    if offered := _offered().get(name_or_path):
        return _from_entry_point(offered)
    if path.is_dir():
        return load(path)
    raise UnknownNameError(
        "task",
        name_or_path,
        [*_bundled(), *_offered()],
        "`selftaught tasks` lists them; you can also name a task folder by its path",
    )


def names() -> list[NamedTask]:
    """Return the bundled tasks and those of installed packages, by name.

    A package's task that can't be loaded is listed with the reason as its summary.
    """
    listed = [NamedTask(name, find(name).summary, "bundled") for name in _bundled()]
    listed += [
        NamedTask(name, _summary(offered), offered.dist.name if offered.dist else GROUP)
        for name, offered in _offered().items()
        if name not in _bundled()
    ]
    return sorted(listed)


def _bundled() -> list[str]:
    return sorted(path.parent.name for path in BUNDLED.glob("*/task.toml"))


def _offered() -> dict[str, EntryPoint]:
    return {offered.name: offered for offered in entry_points(group=GROUP)}


def _from_entry_point(offered: EntryPoint) -> Task:
    try:
        value = offered.load()
    except (ImportError, AttributeError) as error:
        raise TaskFormatError(offered.value, [f"entry point {offered.name}: {error}"]) from error
    if isinstance(value, str | Path):
        return replace(load(Path(value)), reference=offered.name)
    if isinstance(value, Task):
        return replace(value, reference=offered.name)
    fault = f"expected a Task or the path of a task folder; found {type(value).__name__}"
    raise TaskFormatError(offered.value, [f"entry point {offered.name}: {fault}"])


def _summary(offered: EntryPoint) -> str:
    try:
        return _from_entry_point(offered).summary
    except Exception as error:  # noqa: BLE001 - a foreign package's fault must not hide the list
        return f"can't be loaded: {error}".splitlines()[0]
