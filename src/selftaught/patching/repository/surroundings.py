"""Surroundings: what commands in a copy find as in the user's shell, led to the copy."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from selftaught.errors import UsageError
from selftaught.patching.repository.inside.target import module_place
from selftaught.patching.repository.interpreter import environments
from selftaught.patching.repository.site import Site

SOURCES = ("src", "lib")
"""Folders of modules by custom, unless they are packages themselves."""

_QUIET = {
    "UV_NO_SYNC": "1",
    "UV_OFFLINE": "1",
    "UV_PYTHON_DOWNLOADS": "never",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
}
"""Installers use the environment as it is: there is no network, and it can't be written."""

_CARRIED = ("PYTHONSAFEPATH", "PYTHONNOUSERSITE")
"""Variables of the user's that decide where Python looks for modules."""


class Surroundings:
    """What the commands of one copy are given; the user's own paths are of the repository."""

    def __init__(self, site: Site, copy: Path, scripts: Path) -> None:
        """Look at what there is, and link environments of the repository into the copy.

        Args:
            site: the goal in the user's repository.
            copy: the copy's root.
            scripts: folder of our scripts, which is not written here.
        """
        self._site, self._copy, self._scripts = site, copy, scripts
        self._root = site.repository.root
        self._environments = environments(site.repository)
        self._links: dict[str, Path] = {}
        for each in self._environments:
            place = self.moved(each)
            if not os.path.lexists(place) and place.parent.is_dir():
                place.symlink_to(each)
                self._links[str(place.relative_to(copy))] = each

    @property
    def facts(self) -> dict[str, Any]:
        """What `inside.modules` is told."""
        folder = self._copy / self._site.repository.folder
        targets = []
        for path in dict.fromkeys(part.file.path for part in self._site.parts):
            place, name = module_place(str(self._copy), path)
            targets.append((name, place, str(self._copy / path)))
        sources = [folder / name for name in SOURCES] + [self._copy / name for name in SOURCES]
        last = [each for each in sources if each.is_dir() and not _is_package(each)]
        known = [str(folder), *map(str, last), *(place for _, place, _ in targets), str(self._copy)]
        return {
            "source": str(self._root),
            "copy": str(self._copy),
            "kept": [str(each) for each in self._environments],
            "prefix": self._site.interpreter.prefixes[0],
            "path": self._user_path,
            "targets": targets,
            "last": [each for each in dict.fromkeys(known) if not _is_package(Path(each))],
        }

    @property
    def variables(self) -> dict[str, str]:
        """Variables that commands have.

        Raises:
            UsageError: one that `--pass-env` names is not set.
        """
        python = self._site.interpreter
        found = {
            "PYTHONPATH": self._module_path,
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTEST_ADDOPTS": "-p no:cacheprovider",
            "USER": "user",
            "LOGNAME": "user",
            **_QUIET,
        }
        if python.user_base:
            found["PYTHONUSERBASE"] = python.user_base
        if python.environment:
            conda = (python.environment / "conda-meta").is_dir()
            found["CONDA_PREFIX" if conda else "VIRTUAL_ENV"] = str(python.environment)
        found |= {name: os.environ[name] for name in _CARRIED if name in os.environ}
        return found | passed(self._site.goal.pass_env)

    @property
    def program_path(self) -> tuple[Path, ...]:
        """Folders in which programs are looked for, in the user's order."""
        folders = [Path(each) for each in os.environ.get("PATH", "").split(os.pathsep) if each]
        found = [self.moved(each) for each in folders if each.is_absolute()]
        return tuple(each for each in dict.fromkeys(found) if each.is_dir())

    @property
    def readable(self) -> tuple[Path, ...]:
        """What commands may read besides the copy and the Python's own."""
        site = self._site
        found = [self._scripts, *site.interpreter.elsewhere(site.repository), *site.read]
        found += site.interpreter.built(site.repository, self._copy)
        for each in self._environments:
            base = Path(os.path.realpath(each / "bin" / "python")).parent.parent
            found += [each, *(base / name for name in ("bin", "lib", "lib64"))]
        return tuple(each for each in dict.fromkeys(found) if each.exists())

    @property
    def linked(self) -> frozenset[str]:
        """The environments of the repository that the copy has links to, relative to its root."""
        return frozenset(self._links)

    def relinked(self, path: str) -> bool:
        """Link an environment again that a command removed; False: the path is of none."""
        if path not in self._links:
            return False
        (self._copy / path).symlink_to(self._links[path])
        return True

    def moved(self, path: Path) -> Path:
        """Return where a path of the user's repository is in the copy; any other as it is."""
        if not path.is_relative_to(self._root) or path == self._copy:
            return path
        return self._copy / path.relative_to(self._root)

    def words(self, words: Sequence[str]) -> tuple[str, ...]:
        """Return a command's words with absolute paths of the repository led to the copy."""
        kept = tuple(str(each) for each in self._environments)
        whole = re.compile(r"(?<![\w.~/-])" + re.escape(str(self._root)) + r"(?![\w.-])")

        def lead(match: re.Match[str]) -> str:
            rest = match.string[match.start() :]
            return match[0] if rest.startswith(kept) else str(self._copy)

        return tuple(whole.sub(lead, word) for word in words)

    @property
    def _user_path(self) -> list[str]:
        """Where the user's Python looks for modules, led to the copy."""
        return [str(self.moved(Path(each))) for each in self._site.interpreter.path]

    @property
    def _module_path(self) -> str:
        """PYTHONPATH: our scripts, then the user's own entries."""
        start = self._root / self._site.repository.folder
        own = os.environ.get("PYTHONPATH", "")
        entries = [start / each for each in own.split(os.pathsep)] if own else []
        moved = [self.moved(Path(os.path.normpath(each))) for each in entries]
        return os.pathsep.join(map(str, (self._scripts, *moved)))


def passed(names: Sequence[str]) -> dict[str, str]:
    """Return the user's variables of these names.

    Raises:
        UsageError: one is not set.
    """
    missing = [name for name in names if name not in os.environ]
    if missing:
        raise UsageError(
            "variables for --pass-env that are set",
            f"{', '.join(missing)}, not set in your environment",
            f"set it first, e.g. export {missing[0]}=…, or leave out --pass-env {missing[0]}",
        )
    return {name: os.environ[name] for name in names}


def _is_package(folder: Path) -> bool:
    return (folder / "__init__.py").exists()
