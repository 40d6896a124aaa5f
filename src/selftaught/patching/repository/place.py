"""Places: where a repository's root is, and from where the user looks at it."""

from __future__ import annotations

import os
import re
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


_KEPT = re.compile(
    r"GIT_(CONFIG_(GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+|PARAMETERS)|EXEC_PATH"
    r"|TEST_ASSUME_DIFFERENT_OWNER|CEILING_DIRECTORIES|DISCOVERY_ACROSS_FILESYSTEM|(AUTHOR|COMMITTER)_(NAME|EMAIL|DATE))"
)
"""Variables of git's that are the user's own settings. All others say where git works or what it
prints: git sets them for a hook, and a command of ours would then write to the user's index."""

_SET = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_LITERAL_PATHSPECS": "1",
    "LC_ALL": "C",
    "LANGUAGE": "C",
}
"""With these git rewrites no index, asks nothing, fetches nothing, takes paths as they are, and
answers in English."""

_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.safecrlf=false",
    "core.untrackedCache=false",
    "gc.auto=0",
    "maintenance.auto=false",
)
"""Settings of the user's that would run programs or write beside what we ask for."""

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
        top = git(here, "rev-parse", "--show-toplevel").removesuffix("\n")
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
    given: str | bytes | None = None,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Return what a git command prints; it works on the repository that ``folder`` is in.

    Args:
        folder: where it runs.
        arguments: of git.
        given: its standard input; None: nothing.
        environment: variables on top of `environment_for_git`.

    Raises:
        UsageError: there is no git, or it failed; the message is git's own.
    """
    settings = [word for each in _SETTINGS for word in ("-c", each)]
    try:
        done = subprocess.run(
            ["git", *settings, *arguments],
            cwd=folder,
            env={**environment_for_git(os.environ), **(environment or {})},
            input=os.fsencode(given) if isinstance(given, str) else given,
            stdin=subprocess.DEVNULL if given is None else None,
            capture_output=True,
            check=False,
        )
    except OSError as error:
        raise UsageError("git to be installed", str(error)) from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise UsageError(f"`git {arguments[0]}` to work in {folder}", said)
    return os.fsdecode(done.stdout)


def environment_for_git(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of our own git commands, free of what a caller redirects git with.

    Args:
        variables: the caller's environment.
    """
    kept = {
        name: value
        for name, value in variables.items()
        if not name.startswith("GIT_") or _KEPT.fullmatch(name)
    }
    return {**kept, **_SET}


def shown(path: str) -> str:
    """Return a path as text that can be printed and kept, whatever bytes its name has."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
