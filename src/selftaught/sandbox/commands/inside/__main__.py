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

PACKAGES = ("selftaught", "selftaught.sandbox", "selftaught.sandbox.commands")


def make_packages(here: str) -> None:
    """Make the packages above this folder without what their ``__init__`` would import."""
    folder = here
    for name in reversed(PACKAGES):
        folder = os.path.dirname(folder)
        package = types.ModuleType(name)
        package.__path__ = [folder]
        package.__spec__ = importlib.machinery.ModuleSpec(name, None, is_package=True)
        sys.modules[name] = package


if __name__ == "__main__":
    make_packages(os.path.dirname(os.path.realpath(__file__)))
    server = importlib.import_module("selftaught.sandbox.commands.inside.server")
    server.main(int(sys.argv[1]))
