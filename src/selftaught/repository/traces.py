"""Traces: what commands leave behind in a copy, found and taken back."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection
from pathlib import Path

from selftaught.repository.copy import LEFT_OUT

State = dict[str, tuple[int, int, int]]


class Traces:
    """Watches a copy. What its files were is known by size and times.

    A program can set a file's time of modification but not that of its last change
    (``st_ctime``), so that what was written and put back again shows all the same.
    """

    def __init__(self, copy: Path, source: Path) -> None:
        """Take the copy as it is; files are restored from ``source``."""
        self._copy = copy
        self._source = source
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

    def undo(self, paths: Collection[str], contents: dict[str, bytes]) -> None:
        """Give files their proper content again, and remove those that belong to nobody.

        Args:
            paths: what `found` gave.
            contents: of the files that we changed, by path.
        """
        for path in paths:
            file = self._copy / path
            if path in self._known:
                file.parent.mkdir(parents=True, exist_ok=True)
                if path in contents:
                    file.write_bytes(contents[path])
                else:
                    file.unlink(missing_ok=True)
                    shutil.copy2(self._source / path, file, follow_symlinks=False)
            elif file.is_dir() and not file.is_symlink():
                shutil.rmtree(file, ignore_errors=True)
            else:
                file.unlink(missing_ok=True)
        self.settle([path for path in paths if path in self._known])

    def _differs(self, path: str, now: State) -> bool:
        return now.get(path) != self._known.get(path)

    def _look(self, only: Collection[str] | None = None) -> State:
        if only is not None:
            return {path: _state(self._copy / path) for path in only if _there(self._copy / path)}
        found: State = {}
        for folder, names, files in os.walk(self._copy):
            names[:] = [name for name in names if name not in LEFT_OUT]
            for name in files:
                file = Path(folder, name)
                if not name.endswith(".pyc") and _there(file):
                    path = file.relative_to(self._copy).as_posix()
                    if path != ".git":
                        found[path] = _state(file)
        return found


def _there(file: Path) -> bool:
    return os.path.lexists(file)


def _state(file: Path) -> tuple[int, int, int]:
    found = file.lstat()
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns
