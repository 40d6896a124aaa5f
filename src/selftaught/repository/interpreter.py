"""Interpreters: the user's own Python, where its packages are, and what it reads."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from selftaught.errors import UsageError
from selftaught.repository.place import Repository

_ASK = """
import json, sys, sysconfig
mapped = [
    place
    for name, module in list(sys.modules.items())
    if name.startswith("__editable__")
    for place in getattr(module, "MAPPING", {}).values()
]
names = ("prefix", "exec_prefix", "base_prefix", "base_exec_prefix")
print(json.dumps({
    "version": ".".join(map(str, sys.version_info[:3])),
    "path": [each for each in sys.path if each],
    "mapped": mapped,
    "prefixes": [getattr(sys, name) for name in names] + [sysconfig.get_path("stdlib")],
}))
"""
_FOLDERS = (".venv", "venv", "env")
_SECONDS = 60


@dataclass(frozen=True)
class Interpreter:
    """A Python that runs the user's commands.

    Attributes:
        python: its path.
        version: e.g. ``3.12.1``.
        path: where it looks for modules, as absolute paths.
        prefixes: folders of its own files.
        mapped: packages that are installed as editable, by a map instead of a path.
    """

    python: Path
    version: str
    path: tuple[str, ...]
    prefixes: tuple[str, ...]
    mapped: tuple[str, ...] = ()

    def elsewhere(self, repository: Repository) -> tuple[Path, ...]:
        """Return where it finds modules beside the repository's and its own.

        Packages that are installed as editable, for instance. What holds the repository is
        left out: the copy stands for that.
        """
        own = [Path(each) for each in self.prefixes]
        found = [Path(each) for each in (*self.path, *self.mapped)]
        return tuple(
            place
            for place in dict.fromkeys(found)
            if place.exists()
            and not place.is_relative_to(repository.root)
            and not repository.root.is_relative_to(place)
            and not any(place.is_relative_to(each) for each in own)
        )

    def module_folders(self, repository: Repository, root: Path) -> list[str]:
        """Return where modules of the repository are looked for in a copy of it.

        They come before all others, so that an editable installation, which leads to the
        user's own tree, does not hide the copy.

        Args:
            repository: the user's.
            root: of the copy.
        """
        found = [root / repository.folder]
        for entry in self.path:
            place = Path(entry)
            if place.is_relative_to(repository.root) and not _installed(place):
                found.append(root / place.relative_to(repository.root))
        found += [root / "src", root / "lib", root]
        return list(dict.fromkeys(str(each) for each in found if each.is_dir()))


def find_interpreter(given: str | None, repository: Repository) -> Interpreter:
    """Return the Python that was named, else the one of a virtual environment that is found.

    Looked at are ``.venv``, ``venv`` and ``env`` where the user is and at the root, then the
    active environment; then the Python that is first in PATH, then our own.

    Raises:
        UsageError: it can't be run.
    """
    if given:
        path = Path(os.path.expanduser(given))
        return _asked(path if path.is_absolute() else repository.root / repository.folder / path)
    for folder in dict.fromkeys((repository.root / repository.folder, repository.root)):
        for name in _FOLDERS:
            python = folder / name / "bin" / "python"
            if python.exists():
                return _asked(python)
    active = os.environ.get("VIRTUAL_ENV")
    first = shutil.which("python3")
    choices = [Path(active) / "bin" / "python"] if active else []
    return _asked(next((path for path in choices if path.exists()), Path(first or sys.executable)))


def _asked(python: Path) -> Interpreter:
    try:
        done = subprocess.run(
            [python, "-c", _ASK],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=True,
            cwd="/",
        )
        told = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", None) or error
        raise UsageError(
            f"a Python that runs at {python}",
            str(said).strip(),
            "name the one with your packages: --python .venv/bin/python",
        ) from error
    return Interpreter(
        python=python,
        version=told["version"],
        path=tuple(told["path"]),
        prefixes=tuple(dict.fromkeys(told["prefixes"])),
        mapped=tuple(told["mapped"]),
    )


def _installed(place: Path) -> bool:
    """Return whether a folder holds installed packages, as a virtual environment's does."""
    return "site-packages" in place.parts or "dist-packages" in place.parts
