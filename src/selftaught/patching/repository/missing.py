"""Missing files: what a command in a copy looked for in vain, and the user's own tree has."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterable, Iterator

from selftaught.patching.repository.contents import LeftOut, is_environment
from selftaught.patching.repository.copy import Copy
from selftaught.patching.repository.place import Repository, shown

MOST_TOLD = 6
"""Paths that a message names."""

_MOST_TEXT = 200_000
_QUOTED = re.compile(r"""(?<!\w)(['"`])([^'"`\n]{1,500})\1""")
_BARE = re.compile(r"""[^\s'"`()<>\[\]{},;=]{2,500}""")
_MODULE = re.compile(r"No module named ['\"]([\w.]+)['\"]")
_ENDINGS = ("", ".py", ".so", ".pyd")


def missing_paths(copy: Copy, repository: Repository, text: str) -> list[str]:
    """Return what an output names that the user's tree has and the copy lacks.

    Args:
        copy: in which the command ran.
        repository: of which it is a copy.
        text: that the command printed.

    Returns:
        Paths relative to the repository's root, in order of first appearance.
    """
    found: dict[str, None] = {}
    for named in dict.fromkeys(_named(text[-_MOST_TEXT:])):
        for path in _relative(copy, repository, named):
            if _is_missing(copy, repository, path):
                found[path] = None
    for path in dict.fromkeys(_modules(text, copy.contents.left_out.values())):
        found[path] = None
    return list(found)


def advice(paths: Iterable[str], repository: Repository) -> str:
    """Return what to do about missing paths, with the option that brings them; empty for none."""
    listed = list(paths)
    if not listed:
        return ""
    few = listed[:MOST_TOLD]
    names = ", ".join(map(shown, few)) + (" and more" if len(listed) > len(few) else "")
    options = " ".join(f"--include {shlex.quote(_from_user(repository, each))}" for each in few)
    return f"{names}: in your repository, but not in the copy. Bring it in with {options}"


def told(left_out: Iterable[LeftOut]) -> str:
    """Return what a copy leaves out and how to bring it in; empty where that is nothing."""
    listed = list(left_out)
    if not listed:
        return ""
    few = ", ".join(map(str, listed[:MOST_TOLD]))
    more = f" and {len(listed) - MOST_TOLD} more" if len(listed) > MOST_TOLD else ""
    how = "; --include PATH brings one in" if any(each.brings for each in listed) else ""
    return f"the copy leaves out {few}{more}{how}"


def _named(text: str) -> Iterator[str]:
    """Yield what may be a path in a text."""
    for match in _QUOTED.finditer(text):
        yield match[2]
    for match in _BARE.finditer(text):
        yield match[0]
        yield match[0].rstrip(".:!?").partition(":")[0]


def _relative(copy: Copy, repository: Repository, named: str) -> Iterator[str]:
    """Yield what a named path can be, relative to the root."""
    for root in (copy.root, repository.root):
        if named.startswith(f"{root}/"):
            yield os.path.normpath(named[len(str(root)) + 1 :])
            return
    if named.startswith(("/", "~", "-")) or "\0" in named:
        return
    for folder in dict.fromkeys((repository.folder, ".")):
        path = os.path.normpath(os.path.join(folder, named))
        if not path.startswith(".."):
            yield path


def _is_missing(copy: Copy, repository: Repository, path: str) -> bool:
    """Return whether a path, which is more than a plain word, is in one tree only."""
    parts = path.split("/")
    above = ("/".join(parts[:count]) for count in range(1, len(parts)))
    if (
        path == "."
        or ".git" in parts
        or any(is_environment(repository.root / each) for each in above)
    ):
        return False
    if not ("/" in path or "." in path or path + "/" in copy.contents.left_out):
        return False
    try:
        there = os.path.lexists(repository.root / path)
        return there and not os.path.lexists(copy.root / path)
    except (OSError, ValueError):
        return False


def _modules(text: str, left_out: Iterable[LeftOut]) -> Iterator[str]:
    """Yield what was left out under the name of a module that could not be imported."""
    wanted = {match[1].replace(".", "/") for match in _MODULE.finditer(text)}
    for each in left_out:
        path = each.path.rstrip("/")
        if any(f"/{path}".endswith(f"/{name}{end}") for name in wanted for end in _ENDINGS):
            yield path


def _from_user(repository: Repository, path: str) -> str:
    return os.path.relpath(path, repository.folder)
