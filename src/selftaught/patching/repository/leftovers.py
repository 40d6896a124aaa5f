"""Leftovers: what commands leave behind in a copy, found and taken back."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection
from pathlib import Path

from selftaught.patching.repository.contents import LEFT_OUT

State = dict[str, tuple[int, int, int]]


class Leftovers:
    """Watches a copy. What its files were is known by size and times.

    A program can set a file's time of modification but not that of its last change
    (``st_ctime``), so that what was written and put back again shows all the same.
    """

    def __init__(self, copy: Path, restore: Callable[[str], None]) -> None:
        """Take the copy as it is; ``restore`` puts a file that is missing there again."""
        self._copy = copy
        self._restore = restore
        self._held = frozenset(
            os.path.join(folder, name)
            for folder, names, _ in os.walk(copy)
            for name in names
            if name in LEFT_OUT
        )
        self._known = self._look()

    def settle(self, changed: Collection[str] = ()) -> None:
        """Take files as they are now for their proper state: we changed them."""
        now = self._look(changed)
        for path in changed:
            if path in now:
                self._known[path] = now[path]

    def found(self) -> tuple[str, ...]:
        """Return the paths that were written, made or removed since, relative to the copy."""
        now = self._look()
        paths = [path for path in now.keys() | self._known.keys() if self._differs(path, now)]
        return tuple(sorted(paths))

    def is_new(self, path: str) -> bool:
        """Return whether the copy does not have this file by itself."""
        return path not in self._known

    def undo(self, paths: Collection[str], contents: dict[str, bytes]) -> None:
        """Give files their proper content again, and remove those that belong to nobody.

        Args:
            paths: what `found` gave.
            contents: of the files that we changed, by path.
        """
        for path in paths:
            file = self._copy / path
            self._clear_way(path)
            if path in self._known:
                file.parent.mkdir(parents=True, exist_ok=True)
                _remove(file)
                self._restore(path)
                if path in contents:
                    file.write_bytes(contents[path])
            else:
                _remove(file)
        self.settle([path for path in paths if path in self._known])

    def _differs(self, path: str, now: State) -> bool:
        return now.get(path) != self._known.get(path)

    def _look(self, only: Collection[str] | None = None) -> State:
        if only is not None:
            return {path: _state(self._copy / path) for path in only if _there(self._copy / path)}
        found: State = {}
        for folder, names, files in os.walk(self._copy):
            links = [name for name in names if os.path.islink(os.path.join(folder, name))]
            names[:] = [name for name in names if self._is_watched(folder, name)]
            for name in (*files, *links):
                file = Path(folder, name)
                if not name.endswith(".pyc") and _there(file):
                    found[file.relative_to(self._copy).as_posix()] = _state(file)
        return found

    def _is_watched(self, folder: str, name: str) -> bool:
        """Return whether a folder is no cache, or was there from the start."""
        return name not in LEFT_OUT or os.path.join(folder, name) in self._held

    def _clear_way(self, path: str) -> None:
        """Remove links in the place of folders: what lies behind one is none of the copy's."""
        folder = self._copy
        for name in path.split("/")[:-1]:
            folder /= name
            if folder.is_symlink() or (_there(folder) and not folder.is_dir()):
                folder.unlink()


def _there(file: Path) -> bool:
    return os.path.lexists(file)


def _state(file: Path) -> tuple[int, int, int]:
    found = file.lstat()
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _remove(file: Path) -> None:
    """Remove a file, a link or a folder, if it is there; what a link leads to stays."""
    if file.is_dir() and not file.is_symlink():
        shutil.rmtree(file, ignore_errors=True)
    else:
        file.unlink(missing_ok=True)
