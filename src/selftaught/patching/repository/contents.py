"""Contents: which files of a repository a copy holds, and which it leaves out, with the reason."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from selftaught.errors import SelftaughtError
from selftaught.patching.repository.place import Repository, git, shown

MOST_IGNORED_BYTES = 200 * 1024**2
MOST_IGNORED_FILES = 5_000
"""Of files that git ignores: a copy takes so many unasked, the smallest folders first."""

CACHES = frozenset(
    {
        ".hypothesis",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".selftaught",
        "__pycache__",
    }
)
"""Folders that are made again wherever they are missing."""

LEFT_OUT = CACHES | {".git", ".hg", ".svn", ".nox", ".tox", "node_modules"}
"""Folders that a copy holds only where git tracks what is in them, or where they are named."""

_ENVIRONMENT = ("pyvenv.cfg", "conda-meta")
"""What a virtual environment holds."""

_BUILT = (".py", ".so", ".pyd")
"""Files that a build leaves beside sources and .gitignore names, without which they don't run."""

_KEYS = re.compile(
    r"(?i)\.(netrc|npmrc|pypirc|htpasswd|pgpass|git-credentials)|id_(rsa|dsa|ecdsa|ed25519)"
    r"|.*\.(pem|key|p12|pfx|jks|keystore|kdbx|gpg|asc|tfstate|tfvars)"
    r"|.*(secret|credential|password|token|service[-_]account).*\.(json|ya?ml|toml|ini|cfg|txt|env)"
)
"""Names under which people keep keys; an ignored file that is named so is not copied unasked."""
_KEY_FOLDERS = frozenset({".aws", ".ssh", ".gnupg", ".kube", ".docker", ".azure", "secrets"})


@dataclass(frozen=True)
class LeftOut:
    """A file or folder that a copy does not hold.

    Attributes:
        path: relative to the root; of a folder with a ``/`` at its end.
        why: in a few words.
        told: whether a user is told before anything fails for it.
        brings: whether ``--include`` brings it in; else the reason names what helps.
    """

    path: str
    why: str
    told: bool = True
    brings: bool = True

    def __str__(self) -> str:
        return f"{shown(self.path)} ({self.why})"


@dataclass
class Contents:
    """What a copy holds.

    Attributes:
        files: files and links, relative to the root.
        folders: folders that are empty.
        tracked: files that git tracks, whether the copy holds them or not.
        repositories: folders with a git folder of their own, submodules among them.
        left_out: what it does not hold, by path.
    """

    files: dict[str, None] = field(default_factory=dict)
    folders: dict[str, None] = field(default_factory=dict)
    tracked: set[str] = field(default_factory=set)
    repositories: list[str] = field(default_factory=list)
    left_out: dict[str, LeftOut] = field(default_factory=dict)

    def owner(self, path: str) -> str:
        """Return the innermost repository that a path lies in."""
        return max((base for base in self.repositories if path.startswith(base)), key=len)

    @property
    def told(self) -> list[LeftOut]:
        """What a user is told beforehand."""
        return [each for each in self.left_out.values() if each.told]


def contents_of(repository: Repository, include: Sequence[str] = ()) -> Contents:
    """Return what a copy of a repository holds.

    Args:
        repository: the user's.
        include: paths relative to the root, which are taken whatever they are.

    Raises:
        UsageError: git does not work there.
    """
    look = _Look(repository.root)
    if repository.git:
        look.add_repository("")
        look.add_ignored()
    else:
        look.add_folder("")
    for path in include:
        look.include(path)
    found = look.found
    for path in [path for path in found.left_out if _is_held(path, found, include)]:
        del found.left_out[path]
    return found


def shown_paths(repository: Repository) -> Iterator[str]:
    """Yield the files of which a model may be shown parts: sources, never what git ignores.

    What a build left beside sources is among them.
    """
    if not repository.git:
        look = _Look(repository.root)
        look.add_folder("")
        yield from look.found.files
        return
    tracked = listed(repository.root, "--cached", "--others")
    folders = {os.path.dirname(path) for path in tracked if path.endswith(".py")}
    built = [
        path
        for path in listed(repository.root, "--others", "--ignored")
        if path.endswith(_BUILT) and os.path.dirname(path) in folders
    ]
    for path in dict.fromkeys([*tracked, *built]):
        file = repository.root / path
        if not (LEFT_OUT & set(path.split("/")) or is_secret(path)) and (
            file.is_symlink() or file.is_file()
        ):
            yield path


def listed(folder: Path, *which: str) -> list[str]:
    """Return paths that ``git ls-files`` lists, relative to a folder."""
    return [
        path
        for path in git(folder, "ls-files", "-z", *which, "--exclude-standard").split("\0")
        if path
    ]


def is_secret(path: str) -> bool:
    """Return whether a file is one for keys, which no program needs to see."""
    name = os.path.basename(path)
    return name in (".env", ".envrc") or (
        name.startswith(".env.") and not name.endswith((".example", ".sample", ".template"))
    )


def is_environment(folder: str | Path) -> bool:
    """Return whether a folder is a virtual environment."""
    return any(os.path.exists(os.path.join(folder, name)) for name in _ENVIRONMENT)


class _Look:
    """Goes through a repository and notes what is taken."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.found = Contents()
        self._links: dict[str, bool] = {"": False}
        self._ignored: list[str] = []

    def add_repository(self, base: str) -> None:
        """Add what git tracks and what is new in a repository; ``base`` ends with ``/``."""
        folder = self.root / base
        self.found.repositories.append(base)
        sources = set()
        for path in (base + each for each in listed(folder, "--cached")):
            self._add_tracked(path)
            if path.endswith(".py"):
                sources.add(os.path.dirname(path))
        for path in (base + each for each in listed(folder, "--others")):
            if path.endswith("/"):
                self._add_nested(path)
            elif not self._is_cache(path):
                self._add_file(path)
        for path in (base + each for each in listed(folder, "--others", "--directory")):
            if path.endswith("/") and not self._is_cache(path):
                self._add_empty(path)
        for path in (
            base + each for each in listed(folder, "--others", "--ignored", "--directory")
        ):
            if path.endswith(_BUILT) and os.path.dirname(path) in sources:
                self._add_file(path)
            else:
                self._ignored.append(path)

    def add_ignored(self) -> None:
        """Add what git ignores, the smallest folders first, as far as there is room."""
        sized: list[tuple[int, str, Contents]] = []  # bytes, path, what is in it
        for path in self._ignored:
            if path.endswith("/") and os.path.exists(self.root / path / ".git"):
                self._leave_out(path, "a repository that git ignores")
            elif not self._is_cache(path) and not self._is_key(path):
                within = self._within(path)
                if within is None:
                    self._leave_out(path, f"git ignores it, and it is over {_limits()}")
                else:
                    sized.append((within[0], path, within[1]))
        room, files = MOST_IGNORED_BYTES, MOST_IGNORED_FILES
        for size, path, inner in sorted(sized, key=lambda each: each[:2]):
            room, files = room - size, files - len(inner.files)
            if room < 0 or files < 0:
                self._leave_out(
                    path, f"git ignores it, and with smaller ones it is over {_limits()}"
                )
                continue
            self.found.files |= inner.files
            self.found.folders |= inner.folders
            self.found.left_out |= inner.left_out

    def add_folder(self, base: str, *, everything: bool = False) -> int:
        """Add what is in a folder, without git; return the number of bytes.

        Args:
            base: ``""`` or with a ``/`` at its end.
            everything: take caches and environments, too.
        """
        return sum(self._walk(base, everything=everything))

    def include(self, path: str) -> None:
        """Add a file, or a folder with all that is in it but files for keys."""
        file = self.root / path
        if file.is_dir() and not file.is_symlink():
            self.add_folder("" if path == "." else path.rstrip("/") + "/", everything=True)
        else:
            self.found.files[path] = None

    def _walk(self, base: str, *, everything: bool) -> Iterator[int]:
        """Add what is in a folder; yield the bytes of each file."""
        for folder, names, files in os.walk(self.root / base):
            inner = os.path.relpath(folder, self.root)
            prefix = "" if inner == "." else inner + "/"
            links = [name for name in names if os.path.islink(os.path.join(folder, name))]
            names[:] = sorted(
                name
                for name in names
                if name not in links
                and name != ".git"
                and (everything or not self._is_cache(prefix + name + "/"))
            )
            kept = [name for name in (*files, *links) if self._takes(prefix + name, everything)]
            if not (kept or names) and prefix:
                self.found.folders[prefix] = None
            for name in kept:
                self.found.files[prefix + name] = None
                yield os.lstat(os.path.join(folder, name)).st_size

    def _takes(self, path: str, everything: bool) -> bool:
        if is_secret(path):
            self._leave_out(path, "it may hold keys", told=everything)
            return False
        name = os.path.basename(path)
        return (
            name != ".git"
            and (everything or not name.endswith(".pyc"))
            and _ordinary(self.root / path)
        )

    def _within(self, path: str) -> tuple[int, Contents] | None:
        """Return the bytes and contents of what git ignores; None where it is too large."""
        inner, total = _Look(self.root), 0
        if not path.endswith("/"):
            inner._add_file(path)
            return (os.lstat(self.root / path).st_size if inner.found.files else 0), inner.found
        for size in inner._walk(path, everything=False):
            total += size
            if total > MOST_IGNORED_BYTES or len(inner.found.files) > MOST_IGNORED_FILES:
                return None
        kept = {each: None for each in inner.found.files if not inner._is_key(each)}
        inner.found.files = kept
        return total, inner.found

    def _add_tracked(self, path: str) -> None:
        file = self.root / path
        if file.is_dir() and not file.is_symlink():
            if not self._behind_link(path):
                self._add_nested(path + "/")
        else:
            self.found.tracked.add(path)
            self._add_file(path)

    def _add_file(self, path: str) -> None:
        """Add a file that is there and is a file or a link, unless it is one for keys."""
        if not _ordinary(self.root / path) or self._behind_link(path):
            return
        if is_secret(path):
            self._leave_out(path, "it may hold keys", told=False)
        else:
            self.found.files[path] = None

    def _add_nested(self, path: str) -> None:
        """Add a submodule, or another repository that lies within this one."""
        if self._is_cache(path):
            return
        if not os.path.lexists(self.root / path / ".git"):
            self.found.folders[path] = None
            if os.listdir(self.root / path):
                self.add_folder(path)
            else:
                why = "a submodule without its files: git submodule update --init"
                self._leave_out(path, why, brings=False)
            return
        try:
            self.add_repository(path)
        except SelftaughtError as error:
            self.found.repositories.remove(path)
            self._leave_out(path + ".git", f"git can't read it: {error}"[:200], brings=False)
            self.add_folder(path)

    def _add_empty(self, path: str) -> None:
        """Add the empty folders of a new folder."""
        if os.path.lexists(self.root / path / ".git"):
            return
        for folder, names, files in os.walk(self.root / path):
            inner = os.path.relpath(folder, self.root) + "/"
            names[:] = [name for name in names if not self._is_cache(inner + name + "/")]
            if not names and not files and not self._behind_link(inner.rstrip("/")):
                self.found.folders[inner] = None

    def _is_cache(self, path: str) -> bool:
        """Return whether something is in a folder that is left out, and note which one."""
        parts = path.split("/")
        for place, name in enumerate(parts[:-1]):
            folder = "/".join(parts[: place + 1]) + "/"
            if name in LEFT_OUT or (name in _KEY_FOLDERS and name.startswith(".")):
                if name not in CACHES | {".git"}:
                    self._leave_out(
                        folder, "it is installed or kept by a tool", told=name == "node_modules"
                    )
                return True
            if self._is_environment(folder):
                self._leave_out(folder, "a virtual environment", told=False)
                return True
        return path.endswith(".pyc")

    def _is_environment(self, folder: str) -> bool:
        key = folder + "\0"
        if key not in self._links:
            self._links[key] = is_environment(self.root / folder)
        return self._links[key]

    def _is_key(self, path: str) -> bool:
        """Return whether an ignored path is named like one for keys, and note it."""
        parts = path.rstrip("/").split("/")
        if path.endswith(_BUILT) or not (_KEYS.fullmatch(parts[-1]) or _KEY_FOLDERS & set(parts)):
            return False
        self._leave_out(path, "git ignores it, and by its name it may hold keys")
        return True

    def _behind_link(self, path: str) -> bool:
        """Return whether a folder on the way to a path is a link: what it leads to is no part."""
        parent = os.path.dirname(path)
        if parent not in self._links:
            self._links[parent] = (self.root / parent).is_symlink() or self._behind_link(parent)
        return self._links[parent]

    def _leave_out(self, path: str, why: str, *, told: bool = True, brings: bool = True) -> None:
        self.found.left_out.setdefault(path, LeftOut(path, why, told, brings))


def _ordinary(file: Path) -> bool:
    return file.is_symlink() or file.is_file()


def _limits() -> str:
    return f"{MOST_IGNORED_BYTES // 1024**2} MB or {MOST_IGNORED_FILES:,} files"


def _is_held(path: str, found: Contents, include: Sequence[str]) -> bool:
    """Return whether something that was left out came in by its name all the same."""
    whole = path.rstrip("/")
    return path in found.files or any(
        each in (".", whole) or (whole.startswith(each + "/") and not is_secret(whole))
        for each in include
    )
