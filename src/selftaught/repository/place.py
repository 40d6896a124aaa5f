"""Places: where a repository's root is, and from where the user looks at it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from selftaught.errors import SelftaughtError, UsageError


@dataclass(frozen=True)
class Repository:
    """A folder of sources.

    Attributes:
        root: absolute; the top of the git work tree, else the folder the user is in.
        folder: where the user is, relative to the root; ``.`` for the root.
        git: whether git keeps it and it has a first commit.
    """

    root: Path
    folder: str
    git: bool


_NONE_HERE = ("not a git repository (or any", "must be run in a work tree")
"""What git says where there is no repository; otherwise one is there that it can't use."""


def find_repository(start: Path) -> Repository:
    """Return the repository in which a user is who stands in ``start``.

    Raises:
        UsageError: ``start`` is no folder, or git refuses to work in the repository that is there.
    """
    here = start.resolve()
    if not here.is_dir():
        raise UsageError("a folder to work in", str(start))
    if shutil.which("git") is None:
        return Repository(here, ".", False)
    try:
        top = git(here, "rev-parse", "--show-toplevel", environment={"LC_ALL": "C"}).strip()
    except UsageError as error:
        if any(words in str(error) for words in _NONE_HERE):
            return Repository(here, ".", False)
        raise
    try:
        git(here, "rev-parse", "--verify", "-q", "HEAD")
    except SelftaughtError:
        return Repository(here, ".", False)
    root = Path(top).resolve()
    return Repository(root, here.relative_to(root).as_posix(), True)


def git(
    folder: Path,
    *arguments: str,
    given: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Return what a git command prints.

    Args:
        folder: where it runs.
        arguments: of git.
        given: its standard input; None: nothing.
        environment: variables on top of our own.

    Raises:
        UsageError: there is no git, or it failed; the message is git's own.
    """
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=folder,
            env={**os.environ, **(environment or {})},
            input=None if given is None else given.encode("utf-8", "surrogateescape"),
            stdin=subprocess.DEVNULL if given is None else None,
            capture_output=True,
            check=False,
        )
    except OSError as error:
        raise UsageError("git to be installed", str(error)) from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise UsageError(f"`git {arguments[0]}` to work in {folder}", said)
    return done.stdout.decode("utf-8", "surrogateescape")
