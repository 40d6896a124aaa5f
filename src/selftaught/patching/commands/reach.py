"""What a program outside of the machine's own folders needs to start: its files, by rule.

Installers put programs below the home (``~/.local/bin``, ``~/.cargo/bin``), where a command sees
nothing. A program that the command names is shown to it: the file, the file that it is a link to,
what its first line starts it with, and the libraries beside it. Nothing else of the folder is.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
from pathlib import Path

from selftaught.errors import UsageError
from selftaught.patching.commands import interpreter, machine

MOST_WORDS = 200
"""Words of a command that are looked at, those within a shell's line among them."""

_WORD = re.compile(r"[\w.+/@-]+")
_LIBRARIES = ("lib", "lib64", "libexec")
_SHIMS = ("bin", "libexec", "versions", "installs", "plugins", "version", "shims")
_PACKAGES = ("node_modules", "site-packages")
_LINE_BYTES = 256
_HOPS = 4


@functools.lru_cache(maxsize=64)
def named_programs(words: tuple[str, ...], path: str) -> tuple[str, ...]:
    """Return the files and folders that the programs named in a command need.

    Args:
        words: of the command; a word may be a shell's whole line.
        path: folders in which programs are looked for, as in PATH.
    """
    found: dict[str, None] = {}
    names = [name for word in words for name in _WORD.findall(word)][:MOST_WORDS]
    for name in dict.fromkeys(names):
        if "/" in name and not os.path.isabs(name):
            continue
        program = shutil.which(name, path=path)
        if program:
            found |= dict.fromkeys(_needs(program, path, _HOPS))
    return tuple(found)


def _needs(program: str, path: str, hops: int) -> list[str]:
    """Return what one program needs; nothing where the machine's folders hold all of it."""
    real = os.path.realpath(program)
    if _of_machine(program) and _of_machine(real):
        return []
    found = [program, real, *_beside(program), *_beside(real)]
    starter = _starter(real, path) if hops else None
    if starter:
        found += _needs(starter, path, hops - 1)
        if os.path.basename(starter).startswith("python") and not _of_machine(starter):
            found += _of_python(starter)
    return [each for each in found if os.path.lexists(each)]


def _of_machine(path: str) -> bool:
    return path.startswith(tuple(folder + "/" for folder in machine.PROGRAMS))


def _beside(program: str) -> list[str]:
    """Return the folders of libraries that belong to a program, and to its package."""
    folder = os.path.dirname(program)
    above = os.path.dirname(folder)
    parts = program.split("/")
    for name in _PACKAGES:
        if name in parts:
            return ["/".join(parts[: parts.index(name) + 1])]
    home = os.path.realpath(os.path.expanduser("~"))
    if (home + "/").startswith(above.rstrip("/") + "/"):
        return []
    names = _SHIMS if os.path.basename(folder) == "shims" else _LIBRARIES
    return [os.path.join(above, name) for name in names]


def _starter(program: str, path: str) -> str | None:
    """Return the program that a script's first line names; None: it is no script."""
    try:
        with open(program, "rb") as file:
            line = file.read(_LINE_BYTES).split(b"\n", 1)[0]
    except OSError:
        return None
    words = line[2:].decode(errors="replace").split() if line.startswith(b"#!") else []
    if words and os.path.basename(words[0]) == "env":
        words = [each for each in words[1:] if not each.startswith("-") and "=" not in each]
    return shutil.which(words[0], path=path) if words else None


def _of_python(python: str) -> list[str]:
    try:
        return list(interpreter.find(Path(python)).folders)
    except UsageError:  # it does not start: the command says so itself
        return []
