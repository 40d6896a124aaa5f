"""Where a Python's own files are: asked of it once, and kept."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from selftaught.errors import UsageError

ASK_SECONDS = 60.0

_ASK = """
import json, os, site, sys, sysconfig
paths = [sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix]
paths += site.getsitepackages()
paths += [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
paths += [os.path.dirname(os.__file__), os.path.dirname(os.path.realpath(sys.executable))]
print(json.dumps({"version": sys.version_info[:2], "paths": [p for p in paths if p]}))
"""
_PARTS = ("bin", "lib", "lib64", "libexec", "include", "share")


@dataclass(frozen=True)
class Interpreter:
    """A Python that commands run with.

    Attributes:
        path: of the executable, absolute, links not followed.
        folders: its own files: the environment's and those of the Python below it.
    """

    path: str
    folders: tuple[str, ...]


def find(python: Path | None) -> Interpreter:
    """Return what is known of an interpreter; None: our own.

    Raises:
        UsageError: there is none, or it does not start.
    """
    path = os.path.abspath(python or sys.executable)
    if not os.path.isfile(path) or not os.access(path, os.X_OK):
        raise UsageError(
            "a Python interpreter",
            f"{path}, which is not an executable program",
            "name one with --python, e.g. --python .venv/bin/python",
        )
    about = os.stat(path)
    return _ask(path, about.st_ino, about.st_mtime_ns)


@functools.lru_cache(maxsize=32)
def _ask(path: str, *_same: int) -> Interpreter:
    """Ask an interpreter, which is the user's own and trusted, for its folders."""
    try:
        done = subprocess.run(
            [path, "-I", "-c", _ASK],
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=ASK_SECONDS,
            check=True,
        )
        told = json.loads(done.stdout.splitlines()[-1])
        named = [str(folder) for folder in told["paths"]]
    except subprocess.CalledProcessError as error:
        raise _useless(path, error.stderr.decode(errors="replace").strip()[-500:]) from None
    except (OSError, subprocess.TimeoutExpired, ValueError, LookupError, TypeError) as error:
        raise _useless(path, f"{type(error).__name__}: {error}") from None
    folders = [part for folder in [*named, *_hops(path)] for part in _narrowed(folder)]
    return Interpreter(path, tuple(dict.fromkeys(folders)))


def _useless(path: str, said: str) -> UsageError:
    return UsageError(
        f"{path} to start as Python",
        said or "an error without a message",
        "name a working Python, e.g. --python .venv/bin/python",
    )


def _hops(path: str) -> list[str]:
    """Return the environments that a link to an interpreter leads through."""
    folders = []
    for _ in range(40):
        folders.append(os.path.dirname(os.path.dirname(path)))
        if not os.path.islink(path):
            break
        path = os.path.normpath(os.path.join(os.path.dirname(path), os.readlink(path)))
    return folders


def _narrowed(folder: str) -> list[str]:
    """Return a folder, or its parts where it holds more than a Python: a home, a whole system."""
    real = os.path.realpath(folder)
    home = os.path.realpath(os.path.expanduser("~"))
    holds_more = real in ("/", "/usr") or home == real or home.startswith(real.rstrip("/") + "/")
    wanted = [os.path.join(folder, part) for part in _PARTS] if holds_more else [folder]
    return [path for path in wanted if os.path.isdir(path)]
