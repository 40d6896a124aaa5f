"""Copies of a repository to work on, so that the user's own tree is not touched."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from selftaught.errors import SelftaughtError, UsageError
from selftaught.repository.contents import Contents, LeftOut, contents_of
from selftaught.repository.history import give_history, mark
from selftaught.repository.place import Repository, git, shown

MOST_BYTES = 2 * 1024**3
"""A copy that would be larger is refused."""

PREFIX = "selftaught-repository-"
"""Begins the names of the folders that copies are in."""

_LOCK = ".lock"
"""Held as long as the process lives to which a copy belongs."""

_KEPT = ".kept"
"""Holds the git folders of a copy as they were at first."""

_POINTER = b"version https://git-lfs.github.com/spec/v1"
_POINTER_BYTES = 1024


@dataclass(frozen=True)
class Uncommitted:
    """Files that differ from the last commit, relative to the root; new ones among them."""

    paths: tuple[str, ...]


class Copy:
    """A copy in a temporary folder. Use as a context manager; leaving it removes the copy.

    ``root`` is the copy's root, ``folder`` where in it the user would be, relative to it.
    Nothing is written into the user's repository: the copy has a git folder of its own.

    Attributes:
        readable: what commands in the copy have to read beside it: git's object stores.
        contents: what it holds and what it leaves out.
    """

    def __init__(self, repository: Repository, include: Sequence[str] = ()) -> None:
        """Copy what the disk holds now.

        Args:
            repository: the user's.
            include: paths relative to the root that are copied whatever they are.

        Raises:
            UsageError: there is too much to copy, or a file can't be read.
        """
        self._repository = repository
        place = _temporary_folder(repository.root)
        _remove_stale(place)
        self._parent = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place)).resolve()
        self._lock = _locked(self._parent / _LOCK)
        self.root = self._parent / (repository.root.name or "repository")
        self.folder = repository.folder
        self.readable: tuple[Path, ...] = ()
        self._changed: dict[str, bytes] = {}
        self._relinked: list[str] = []
        try:
            self.contents: Contents = contents_of(repository, include)
            self.root.mkdir()
            self._fill()
            self._give_histories()
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
                _overwrite(self.root / path, self._changed.pop(path))
        for path, content in files.items():
            file = self.root / path
            self._changed.setdefault(path, file.read_bytes())
            _overwrite(file, content)

    def restore(self, path: str) -> None:
        """Put a file where there is nothing any more, as it was at first.

        Args:
            path: relative to the root.

        Raises:
            UsageError: the user's own file has gone meanwhile.
        """
        kept = self._parent / _KEPT / path
        try:
            if os.path.lexists(kept):
                shutil.copy2(kept, self.root / path, follow_symlinks=False)
            else:
                self._copy(path)
        except OSError as error:
            raise UsageError(
                "a repository that does not change while commands run on a copy of it",
                f"{shown(path)} cannot be copied again ({error})",
                "start again",
            ) from error

    def close(self) -> None:
        """Remove the copy. May be called twice."""
        _remove(self._parent)
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _fill(self) -> None:
        total, pointers = 0, []
        for path in self.contents.folders:
            (self.root / path).mkdir(parents=True, exist_ok=True)
        for path in sorted(self.contents.files):
            try:
                size = (self._repository.root / path).lstat().st_size
                total += size
                if total > MOST_BYTES:
                    raise _too_large()
                self._copy(path)
                if len(_POINTER) < size < _POINTER_BYTES and self._is_pointer(path):
                    pointers.append(path)
            except OSError as error:
                self._pass_over(path, error)
        if pointers:
            why = f"{len(pointers)} such: a pointer of git-lfs in place of the file; git lfs pull"
            self._leave_out(pointers[0], why)

    def _copy(self, path: str) -> None:
        source, aim = self._repository.root / path, self.root / path
        aim.parent.mkdir(parents=True, exist_ok=True)
        if source.is_symlink() and (leads_to := self._within(os.readlink(source))):
            os.symlink(leads_to, aim)
            self._relinked.append(path)
            return
        shutil.copy2(source, aim, follow_symlinks=False)

    def _within(self, target: str) -> Path | None:
        """Return where in the copy an absolute link leads that stays within the repository."""
        root = self._repository.root
        for each in (target, os.path.normpath(target)):
            if os.path.isabs(each) and Path(each).is_relative_to(root):
                return self.root / Path(each).relative_to(root)
        return None

    def _is_pointer(self, path: str) -> bool:
        file = self.root / path
        if file.is_symlink():
            return False
        with file.open("rb") as stream:
            return stream.read(len(_POINTER)) == _POINTER

    def _pass_over(self, path: str, error: OSError) -> None:
        """Leave a file out that has gone or can't be read.

        Raises:
            UsageError: something else is wrong.
        """
        if error.errno in (errno.EACCES, errno.EPERM):
            self._leave_out(path, "it can't be read")
        elif error.errno != errno.ENOENT:
            wanted = f"{shown(path)} to be readable, and room in {self._parent} to copy it"
            raise UsageError(wanted, str(error), "free some space, or set TMPDIR") from error

    def _leave_out(self, path: str, why: str) -> None:
        self.contents.left_out[path] = LeftOut(path, why, brings=False)

    def _give_histories(self) -> None:
        """Give the copy and every repository within it a git folder, in that of the copy."""
        stores: dict[Path, None] = {}
        for number, base in enumerate(self.contents.repositories):
            folder = self.root / ".git" / ("" if not base else f"modules/{number}")
            try:
                found = give_history(self._repository.root / base, folder)
                self._mark(base, folder)
            except (SelftaughtError, OSError) as error:
                _remove(folder)
                self._leave_out(base + ".git", f"git answers nothing there: {error}"[:300])
                if not base:
                    return
                continue
            stores |= dict.fromkeys(found)
            if base:
                leads_to = os.path.relpath(folder, self.root / base)
                (self.root / base / ".git").write_text(f"gitdir: {leads_to}\n", encoding="utf-8")
        self.readable = tuple(stores)
        self._keep_histories()

    def _mark(self, base: str, folder: Path) -> None:
        """Let git pass over what the copy lacks, or what leads elsewhere: it is no change."""
        tracked = self.contents.tracked
        gone = [path for path in self.contents.left_out if path in tracked]
        for bit, paths in (("skip-worktree", gone), ("assume-unchanged", self._relinked)):
            inner = [
                path[len(base) :]
                for path in paths
                if path in tracked and self.contents.owner(path) == base
            ]
            mark(self.root / base, folder, inner, bit)

    def _keep_histories(self) -> None:
        """Keep the git folders, to restore what a command changes in them."""
        kept = self._parent / _KEPT
        for base in self.contents.repositories:
            source, aim = self.root / base / ".git", kept / base / ".git"
            if source.is_dir():
                shutil.copytree(source, aim, symlinks=True)
            elif source.exists():
                aim.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, aim)


def _temporary_folder(root: Path) -> str:
    """Return the folder for temporary ones; another one where the repository holds it."""
    folders = [tempfile.gettempdir(), "/tmp", "/var/tmp"]
    outside = (each for each in folders if not Path(each).resolve().is_relative_to(root))
    return next((each for each in outside if os.access(each, os.W_OK | os.X_OK)), folders[0])


def _locked(file: Path) -> int:
    """Return the descriptor of a lock that ends with this process, however that ends."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with suppress(OSError):  # a file system without locks: the copy is never taken for a stale one
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def _remove_stale(place: str) -> None:
    """Remove the copies of processes that were killed.

    A copy without a lock is left alone: it is being made, or another version's.
    """
    for folder in Path(place).glob(PREFIX + "*"):
        try:
            if folder.lstat().st_uid != os.geteuid() or not stat.S_ISDIR(folder.lstat().st_mode):
                continue
            descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        except OSError:
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(folder)
        except OSError:
            continue  # its process lives
        finally:
            os.close(descriptor)


def _remove(folder: Path) -> None:
    """Remove a folder with all that is in it, also where folders in it can't be written."""
    shutil.rmtree(folder, ignore_errors=True)
    if not os.path.lexists(folder):
        return
    for inner, names, _ in os.walk(folder):
        for name in names:
            path = os.path.join(inner, name)
            if not os.path.islink(path):
                os.chmod(path, 0o700)
    shutil.rmtree(folder, ignore_errors=True)


def _overwrite(file: Path, content: bytes) -> None:
    """Write a file, also one that may not be written; its mode stays."""
    mode = stat.S_IMODE(file.stat().st_mode)
    if mode & stat.S_IWUSR:
        file.write_bytes(content)
        return
    file.chmod(mode | stat.S_IWUSR)
    file.write_bytes(content)
    file.chmod(mode)


def _too_large() -> UsageError:
    return UsageError(
        f"a repository of at most {MOST_BYTES // 1024**2:,} MB to copy",
        "more than that",
        "add what is not needed to .gitignore, and --include less",
    )


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
