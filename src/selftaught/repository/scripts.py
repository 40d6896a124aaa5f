"""Scripts: ours, written where the user's Python finds them under a name of their own."""

from __future__ import annotations

import shutil
from pathlib import Path

from selftaught.repository import inside

PACKAGE = "selftaught_inside"
"""The name under which the user's Python finds our scripts."""

MARKER = f"{PACKAGE}.marker"
"""The pytest plugin among them."""


def write_scripts(folder: Path) -> None:
    """Write the package into a folder, which is made."""
    source = Path(inside.__file__).parent
    shutil.copytree(source, folder / PACKAGE, ignore=shutil.ignore_patterns("__pycache__"))
