"""Sites: a goal found in the user's repository, with the Python that runs its commands."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from selftaught.errors import UsageError
from selftaught.repository.interpreter import Interpreter, find_interpreter
from selftaught.repository.place import Repository, find_repository
from selftaught.repository.settings import Goal
from selftaught.repository.splice import joined
from selftaught.repository.syntaxes import explained
from selftaught.repository.target import Located, UnreadableSyntaxError, locate, parse_target


@dataclass(frozen=True)
class Site:
    """Where a goal is to be reached.

    Attributes:
        repository: the user's.
        goal: what to improve and how it is judged.
        parts: the targets, found in their files.
        interpreter: the user's Python.
    """

    repository: Repository
    goal: Goal
    parts: tuple[Located, ...]
    interpreter: Interpreter

    @property
    def read(self) -> tuple[Path, ...]:
        """What commands may read beside the repository, as absolute paths."""
        start = self.repository.root / self.repository.folder
        return tuple(start / Path(each).expanduser() for each in self.goal.read)

    @property
    def include(self) -> tuple[str, ...]:
        """What the copy holds in any case, relative to the repository's root.

        Raises:
            UsageError: something does not exist, or lies beside the repository.
        """
        return tuple(_within(self.repository, each) for each in self.goal.include)

    @property
    def program(self) -> str:
        """The targets as one program, which is what an improver starts from."""
        return joined(self.parts)

    @property
    def contents(self) -> dict[str, bytes]:
        """The bytes of every file with a target, by its path."""
        return {part.file.path: part.file.encoded(part.file.text) for part in self.parts}

    @property
    def digest(self) -> str:
        """SHA-256 over the goal and the files with targets."""
        found = hashlib.sha256(json.dumps(self.goal.as_data(), sort_keys=True).encode())
        for path, content in sorted(self.contents.items()):
            found.update(f"\0{path}\0".encode())
            found.update(content)
        return found.hexdigest()

    @property
    def name(self) -> str:
        """A short name, an identifier: that of the first target."""
        first = self.parts[0].target
        text = first.name or Path(first.path).stem
        return "".join(each if each.isalnum() else "_" for each in text).strip("_") or "target"


def open_site(folder: Path, goal: Goal) -> Site:
    """Return where a goal is to be reached.

    Args:
        folder: where the user is.
        goal: what the user wants.

    Raises:
        UsageError: a target is missing, can't be read, or is part of another one; there is
            no Python that runs; or what commands may read besides does not exist.
    """
    repository = find_repository(folder)
    targets = [parse_target(text, repository) for text in goal.targets]
    python = find_interpreter(goal.python or None, repository)
    try:
        parts = tuple(locate(repository.root, target) for target in targets)
    except UnreadableSyntaxError as error:
        raise explained(error, repository.root / error.path, python) from error
    _refuse_overlaps(parts)
    site = Site(repository, goal, parts, python)
    for named, path in zip(goal.read, site.read, strict=True):
        if not path.exists():
            raise UsageError("a file or folder for --read", repr(named), "check its path")
    _ = site.include
    return site


def _within(repository: Repository, named: str) -> str:
    """Return the path of something in a repository, relative to its root."""
    start = repository.root / repository.folder
    path = Path(os.path.normpath(start / Path(named).expanduser()))
    if not path.is_relative_to(repository.root):
        path = path.parent.resolve() / path.name
    if not os.path.lexists(path):
        raise UsageError(
            "a file or folder of the repository for --include", repr(named), "check the path"
        )
    if not path.is_relative_to(repository.root):
        raise UsageError(
            f"a file or folder in {repository.root} for --include",
            str(path),
            f"let commands read it in place: --read {shlex.quote(str(path))}",
        )
    inner = path.relative_to(repository.root)
    if ".git" in inner.parts:
        raise UsageError("a file or folder for --include", f"{named!r}: the copy has its own .git")
    return inner.as_posix()


def _refuse_overlaps(parts: Sequence[Located]) -> None:
    for place, part in enumerate(parts):
        for other in parts[:place]:
            apart = part.first > other.last or part.last < other.first
            if part.file.path == other.file.path and not apart:
                raise UsageError(
                    "targets that do not contain each other",
                    f"{part.target} and {other.target}",
                    "name only the larger one",
                )
