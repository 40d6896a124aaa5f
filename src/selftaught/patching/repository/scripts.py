"""Scripts: ours, written where the user's Python finds them under a name of their own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from selftaught.patching.repository import inside
from selftaught.patching.repository.inside.modules import FACTS

PACKAGE = "selftaught_inside"
"""The name under which the user's Python finds our scripts."""

_START = f"""from {PACKAGE} import start

start.start(__file__)
"""
_METADATA = f"Metadata-Version: 2.1\nName: {PACKAGE}\nVersion: 1\n"
_PLUGIN = f"[pytest11]\n{PACKAGE} = {PACKAGE}.marker\n"
"""Names our pytest plugin, so that a run which does not look here does not miss it."""


def write_scripts(folder: Path, facts: Mapping[str, Any] | None = None) -> None:
    """Write the package into a folder, which is made, with what starts it in every Python.

    Args:
        folder: to be put on PYTHONPATH.
        facts: for `inside.modules`; None: imports stay as they are.
    """
    source = Path(inside.__file__).parent
    shutil.copytree(source, folder / PACKAGE, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "sitecustomize.py").write_text(_START, encoding="utf-8")
    about = folder / f"{PACKAGE}-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(_METADATA, encoding="utf-8")
    (about / "entry_points.txt").write_text(_PLUGIN, encoding="utf-8")
    if facts is not None:
        (folder / FACTS).write_text(json.dumps(facts), encoding="utf-8")
