"""Start the launcher of commands: ``python -I -S -B .../inside CONTROL_FD``.

Its environment is empty. Our packages are made without running their ``__init__``, so that
nothing but the launcher's own few modules is in memory that commands are forked from.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import os
import sys
import types

PACKAGES = ("", "patching", "patching/commands", "sandbox")
"""Folders below our own, the first, that are packages above what the launcher imports."""


def make_packages(here: str) -> None:
    """Make the packages above this folder without what their ``__init__`` would import."""
    root = os.path.dirname(os.path.dirname(os.path.dirname(here)))
    for place in PACKAGES:
        name = ".".join(filter(None, ("selftaught", *place.split("/"))))
        package = types.ModuleType(name)
        package.__path__ = [os.path.join(root, place)]
        package.__spec__ = importlib.machinery.ModuleSpec(name, None, is_package=True)
        sys.modules[name] = package


if __name__ == "__main__":
    make_packages(os.path.dirname(os.path.realpath(__file__)))
    server = importlib.import_module("selftaught.patching.commands.inside.server")
    server.main(int(sys.argv[1]))
