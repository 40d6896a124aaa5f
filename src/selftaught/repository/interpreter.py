"""Interpreters: the user's own Python, where its packages are, and what it reads."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from selftaught.errors import UsageError
from selftaught.repository.place import Repository

_ASK = """
import sys
if sys.path and sys.path[0] == "":
    del sys.path[0]  # the folder that we are in may hold a json.py
import json, os, site, sysconfig

def texts(value, depth):
    if isinstance(value, str):
        yield value
    elif depth and isinstance(value, (dict, list, tuple, set)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts(each, depth - 1)

def known(hook, module):
    for state in (getattr(hook, "__dict__", {}), vars(type(hook)), vars(module)):
        for name, value in list(state.items()):
            if not name.startswith("__"):
                yield from texts(value, 3)

standard = ("_distutils_hack", "_frozen_importlib", "_frozen_importlib_external", "importlib",
            "zipimport", "builtins")
hooks = {}
for hook in [*sys.meta_path, *sys.path_hooks]:
    name = getattr(hook, "__module__", None) or type(hook).__module__
    if name.partition(".")[0] not in standard and name in sys.modules:
        places = {each for each in known(hook, sys.modules[name]) if os.path.isabs(each)}
        hooks.setdefault(name, set()).update(
            each for each in places if os.path.exists(each) or os.path.exists(each + ".py"))
names = ("prefix", "exec_prefix", "base_prefix", "base_exec_prefix")
print(json.dumps({
    "version": ".".join(map(str, sys.version_info[:3])),
    "executable": sys.executable,
    "path": [os.path.abspath(each) for each in sys.path if each],
    "hooks": {name: sorted(places) for name, places in hooks.items()},
    "user_base": site.getuserbase() if site.ENABLE_USER_SITE else "",
    "prefixes": [getattr(sys, name) for name in names] + [sysconfig.get_path("stdlib")],
}))
"""
_FOLDERS = (".venv", "venv", "env")
_SECONDS = 60

LEAST = (3, 8)
"""The oldest Python whose commands can be run: our scripts in it need no newer one."""


@dataclass(frozen=True)
class Interpreter:
    """A Python that runs the user's commands.

    Attributes:
        python: its path.
        version: e.g. ``3.12.1``.
        path: where it looks for modules, as absolute paths.
        prefixes: folders of its own files.
        hooks: what import hooks of installed packages know of the disk, by their module's name;
            an editable installation of scikit-build-core or meson-python has one.
        user_base: where packages of the user's own are, ``~/.local``; empty: they are not used.
    """

    python: Path
    version: str
    path: tuple[str, ...]
    prefixes: tuple[str, ...]
    hooks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    user_base: str = ""

    @property
    def environment(self) -> Path | None:
        """The virtual or conda environment that it is of; None: none."""
        folder = self.python.parent.parent
        return folder if is_environment(folder) else None

    def elsewhere(self, repository: Repository) -> tuple[Path, ...]:
        """Return where it finds modules beside the repository's and its own.

        Packages that are installed as editable, for instance. What holds the repository is
        left out: the copy stands for that.
        """
        own = [Path(each) for each in self.prefixes]
        return tuple(
            place
            for place in self._known()
            if place.exists()
            and not place.is_relative_to(repository.root)
            and not repository.root.is_relative_to(place)
            and not any(place.is_relative_to(each) for each in own)
        )

    def built(self, repository: Repository, copy: Path) -> tuple[Path, ...]:
        """Return where it finds modules in the repository that a copy does not have.

        Extensions in a build folder that git ignores, for instance.
        """
        inside = [place for place in self._known() if place.is_relative_to(repository.root)]
        return tuple(
            place
            for place in inside
            if place.exists() and not os.path.lexists(copy / place.relative_to(repository.root))
        )

    def _known(self) -> tuple[Path, ...]:
        places = [place for each in self.hooks.values() for place in each]
        return tuple(dict.fromkeys(map(Path, (*self.path, *places))))


def find_interpreter(given: str | None, repository: Repository) -> Interpreter:
    """Return the Python that was named, else the one of a virtual environment that is found.

    Looked at are ``.venv``, ``venv`` and ``env`` where the user is and at the root, then the
    active environment; then the Python that is first in PATH, then our own.

    Raises:
        UsageError: it can't be run.
    """
    if given:
        path = Path(os.path.expanduser(given))
        where = repository.root / repository.folder
        return _asked(path if path.is_absolute() else where / path, repository)
    for folder in dict.fromkeys((repository.root / repository.folder, repository.root)):
        for name in _FOLDERS:
            python = folder / name / "bin" / "python"
            if python.exists():
                return _asked(python, repository)
    return _asked(others()[0], repository)


def others() -> list[Path]:
    """Return the Pythons of the active environments, the one in PATH and our own, in order."""
    active = [os.environ.get(name) for name in ("VIRTUAL_ENV", "CONDA_PREFIX")]
    choices = [Path(each, "bin", "python") for each in active if each]
    first = shutil.which("python3") or shutil.which("python")
    choices += [Path(first)] if first else []
    return [path for path in choices if path.exists()] + [Path(sys.executable)]


def is_environment(folder: Path) -> bool:
    """Return whether a folder is a virtual or conda environment."""
    return (folder / "pyvenv.cfg").is_file() or (folder / "conda-meta").is_dir()


def environments(repository: Repository) -> tuple[Path, ...]:
    """Return the environments that lie in a repository: at its root, or where the user is."""
    folders = dict.fromkeys((repository.root / repository.folder, repository.root))
    found = [each for folder in folders for each in sorted(folder.iterdir())]
    return tuple(each for each in found if is_environment(each))


def _asked(python: Path, repository: Repository) -> Interpreter:
    try:
        done = subprocess.run(
            [python, "-c", _ASK],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=True,
            cwd=repository.root / repository.folder,
        )
        told = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", None) or error
        raise UsageError(
            f"a working Python at {python}",
            str(said).strip(),
            "name the Python that has your packages: --python .venv/bin/python",
        ) from error
    version = tuple(int(each) for each in told["version"].split("."))
    if version < LEAST:
        raise UsageError(
            f"Python {'.'.join(map(str, LEAST))} or newer to run your commands",
            f"{python}, which is Python {told['version']}",
            "name a newer one with --python",
        )
    return Interpreter(
        python=Path(told["executable"]) if python.parent.name == "shims" else python,
        version=told["version"],
        path=tuple(told["path"]),
        prefixes=tuple(dict.fromkeys(told["prefixes"])),
        hooks={name: tuple(places) for name, places in told["hooks"].items()},
        user_base=told["user_base"],
    )
