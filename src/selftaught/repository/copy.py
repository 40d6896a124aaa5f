"""Copies of a repository to work on, so that the user's own tree is not touched."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from selftaught.errors import SelftaughtError, UsageError
from selftaught.repository.place import Repository, git

RULE = (
    "files that git tracks and new ones that .gitignore does not name, as they are on the disk "
    "now: uncommitted changes are part of it"
)
"""What a copy of a repository in git holds, in words."""

RULE_WITHOUT_GIT = "all files but caches and virtual environments"
"""What a copy of a folder without git holds, in words."""

MOST_BYTES = 2 * 1024**3
"""A copy that would be larger is refused."""

LEFT_OUT = frozenset(
    {
        ".git",
        ".hg",
        ".svn",
        ".hypothesis",
        ".mypy_cache",
        ".nox",
        ".pytest_cache",
        ".ruff_cache",
        ".selftaught",
        ".tox",
        "__pycache__",
        "node_modules",
    }
)
"""Folders that no copy holds."""

_BUILT = (".py", ".so", ".pyd")
"""Files that a build leaves beside sources and .gitignore names, without which they don't run."""


@dataclass(frozen=True)
class Uncommitted:
    """Files that differ from the last commit, relative to the root; new ones among them."""

    paths: tuple[str, ...]


class Copy:
    """A copy in a temporary folder. Use as a context manager; leaving it removes the copy.

    ``root`` is the copy's root, ``folder`` where in it the user would be, relative to it.
    """

    def __init__(self, repository: Repository) -> None:
        """Copy the repository: a git worktree where there is git, with what the disk holds.

        Raises:
            UsageError: there is too much to copy, or a file can't be read.
        """
        self._repository = repository
        self._parent = Path(tempfile.mkdtemp(prefix="selftaught-repository-")).resolve()
        self.root = self._parent / (repository.root.name or "repository")
        self.folder = repository.folder
        self._worktree = False
        self._changed: dict[str, bytes] = {}
        try:
            self._worktree = repository.git and self._add_worktree()
            self.root.mkdir(exist_ok=True)
            self._fill()
        except BaseException:
            self.close()
            raise

    @property
    def place(self) -> Path:
        """Where in the copy commands run."""
        return self.root / self.folder

    def beside(self, name: str) -> Path:
        """Return the path of a folder that is removed with the copy, and no part of it."""
        return self._parent / f".{name}"

    def change(self, files: Mapping[str, bytes]) -> None:
        """Give files these contents, and all others that were changed before their own again.

        Args:
            files: contents by path relative to the root; the files exist.
        """
        for path in [*self._changed]:
            if path not in files:
                (self.root / path).write_bytes(self._changed.pop(path))
        for path, content in files.items():
            file = self.root / path
            self._changed.setdefault(path, file.read_bytes())
            file.write_bytes(content)

    def restore(self, path: str) -> None:
        """Put a file where there is nothing any more, as the user's tree has it."""
        source = self._repository.root / path
        shutil.copy2(source, self.root / path, follow_symlinks=False)

    def close(self) -> None:
        """Remove the copy. May be called twice."""
        if self._worktree:
            with suppress(SelftaughtError):
                git(self._repository.root, "worktree", "remove", "--force", str(self.root))
            self._worktree = False
        shutil.rmtree(self._parent, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _add_worktree(self) -> bool:
        """Return whether git knows the copy as a work tree of its own; it holds no file yet."""
        add = ("worktree", "add", "-q", "--detach", "--no-checkout", str(self.root), "HEAD")
        try:
            git(self._repository.root, "-c", "core.hooksPath=/dev/null", *add)
            git(self.root, "read-tree", "HEAD")
        except SelftaughtError:  # e.g. a repository that may not be written: a plain copy then
            return False
        return True

    def _fill(self) -> None:
        total = 0
        for path in sorted(copied_paths(self._repository)):
            source, aim = self._repository.root / path, self.root / path
            aim.parent.mkdir(parents=True, exist_ok=True)
            try:
                total += source.lstat().st_size
                if total > MOST_BYTES:
                    raise UsageError(
                        f"a repository of at most {MOST_BYTES // 1024**2:,} MB to copy",
                        "more than that",
                        "name what is not needed in .gitignore",
                    )
                shutil.copy2(source, aim, follow_symlinks=False)
            except OSError as error:
                raise UsageError(f"{path} to be readable, to copy it", str(error)) from error


def copied_paths(repository: Repository) -> Iterator[str]:
    """Yield the paths, relative to the root, of every file that a copy holds."""
    if not repository.git:
        yield from _walked(repository.root)
        return
    tracked = _listed(repository, "--cached", "--others")
    folders = {os.path.dirname(path) for path in tracked if path.endswith(".py")}
    built = [
        path
        for path in _listed(repository, "--others", "--ignored")
        if path.endswith(_BUILT) and os.path.dirname(path) in folders
    ]
    for path in dict.fromkeys([*tracked, *built]):
        file = repository.root / path
        if not _secret(path) and (file.is_symlink() or file.is_file()):
            yield path


def uncommitted(repository: Repository) -> Uncommitted:
    """Return what differs from the last commit; nothing where there is no git."""
    if not repository.git:
        return Uncommitted(())
    listed = git(repository.root, "status", "--porcelain", "-z", "--untracked-files=all")
    entries = iter(listed.split("\0"))
    paths = []
    for entry in entries:
        if entry:
            paths.append(entry[3:])
            if entry[0] in "RC":
                next(entries, None)
    return Uncommitted(tuple(path for path in paths if not path.startswith(".selftaught/")))


def _listed(repository: Repository, *which: str) -> list[str]:
    words = ("ls-files", "-z", *which, "--exclude-standard")
    return [
        path
        for path in git(repository.root, *words).split("\0")
        if path and not LEFT_OUT & set(path.split("/"))
    ]


def _walked(root: Path) -> Iterator[str]:
    for folder, names, files in os.walk(root):
        names[:] = [
            name
            for name in names
            if name not in LEFT_OUT and not os.path.exists(os.path.join(folder, name, "pyvenv.cfg"))
        ]
        for name in files:
            path = os.path.relpath(os.path.join(folder, name), root)
            if not _secret(path) and not name.endswith(".pyc"):
                yield path


def _secret(path: str) -> bool:
    """Return whether a file is one for keys, which no program needs to see."""
    name = os.path.basename(path)
    return name == ".env" or (
        name.startswith(".env.") and not name.endswith((".example", ".sample"))
    )
