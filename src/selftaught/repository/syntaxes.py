"""Syntaxes: which Python reads a file, where our own does not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from selftaught.errors import UsageError
from selftaught.repository.interpreter import Interpreter
from selftaught.repository.target import UnreadableSyntaxError

OWN = ".".join(map(str, sys.version_info[:3]))
"""The version of the Python that selftaught runs on, with which it reads sources."""

READS = f"Python that Python {OWN[: OWN.rindex('.')]} reads, on which selftaught runs"
"""What a text has to be, in words."""

_NEWEST = 30
_SECONDS = 60
_ASK = """
import sys
if sys.path and sys.path[0] == "":
    del sys.path[0]
compile(open(sys.argv[1], "rb").read(), sys.argv[1], "exec", 0x400)  # PyCF_ONLY_AST
"""


def explained(error: UnreadableSyntaxError, file: Path, interpreter: Interpreter) -> UsageError:
    """Return the error that a file can't be read, with the Python that can named.

    Args:
        error: what our own Python says.
        file: the file.
        interpreter: the user's.
    """
    line = f"{error.said} for selftaught, which runs on Python {OWN}"
    if reads(interpreter.python, file):
        found, version = interpreter.python, interpreter.version
    else:
        newer = [_named(minor) for minor in range(sys.version_info.minor + 1, _NEWEST)]
        fitting = (python for python in newer if python and reads(python, file))
        other = next(fitting, None)
        if other is None:
            return UsageError(
                f"Python in {error.path}",
                f"{line}; {interpreter.python} cannot parse it either, which is Python "
                f"{interpreter.version}",
                "correct the file; or, if it needs a newer Python, install selftaught on that one "
                "and name it with --python",
            )
        found, version = other, other.name.removeprefix("python")
    return UsageError(
        f"selftaught on a Python that can parse {error.path}",
        f"{line}; {found} (Python {version}) can parse it",
        f"install selftaught on that Python, e.g. {found} -m venv selftaught-env && "
        "selftaught-env/bin/python -m pip install selftaught, and run it from there",
    )


def reads(python: Path, file: Path) -> bool:
    """Return whether a Python reads a file; False, too, where it does not start."""
    try:
        done = subprocess.run(
            [python, "-c", _ASK, file],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            cwd="/",
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def _named(minor: int) -> Path | None:
    found = shutil.which(f"python3.{minor}")
    return Path(found) if found else None
