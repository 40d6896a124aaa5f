"""The target in its file: found by path and dotted name, as an import of the user's would."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from typing import Any


class NoTargetError(Exception):
    """The file can't be imported from where it should be, or lacks the name."""


def module_place(root: str, path: str) -> tuple[str, str]:
    """Return the folder from which a file is imported, and its module's name.

    Args:
        root: of the copy.
        path: the file's, relative to it.
    """
    folder, file = os.path.split(os.path.join(root, path))
    parts = [] if file == "__init__.py" else [os.path.splitext(file)[0]]
    while os.path.isfile(os.path.join(folder, "__init__.py")) and folder != root:
        folder, package = os.path.split(folder)
        parts.insert(0, package)
    return folder, ".".join(parts)


def prefer(folder: str) -> None:
    """Let imports look in ``folder`` first, also before what is installed as editable."""
    sys.path[:] = [folder, *(each for each in sys.path if each != folder)]


def load(root: str, path: str, name: str) -> Any:
    """Return what ``name`` is in the file, a method as the class gives it.

    Raises:
        NoTargetError: the module that is imported is another file, or lacks the name.
        BaseException: whatever importing it raises.
    """
    folder, module_name = module_place(root, path)
    prefer(folder)
    module = importlib.import_module(module_name)
    wanted = os.path.realpath(os.path.join(root, path))
    found = os.path.realpath(getattr(module, "__file__", None) or "")
    if found != wanted:
        raise NoTargetError(f"{module_name} was imported from {found}, not from {wanted}")
    value: Any = module
    for part in name.split("."):
        if not hasattr(value, part):
            raise NoTargetError(f"{path} defines no {name} that can be called from outside")
        value = getattr(value, part)
    if isinstance(value, property):
        value = value.fget
    if not callable(value):
        raise NoTargetError(f"{name} in {path} is no function")
    return value


def pin(core: int | None) -> None:
    """Stay on one core, where the system allows it."""
    if core is not None and hasattr(os, "sched_setaffinity"):
        try:
            os.sched_setaffinity(0, {core})
        except OSError:
            return
