"""A small repository with a slow function, its check and its benchmark, for tests."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from selftaught.patching.commands import open_commands
from selftaught.patching.repository.settings import Goal
from selftaught.patching.repository.site import open_site
from selftaught.patching.repository.workshop import Workshop

MODULE = '''"""Sums."""

LIMIT = 3


def total(values: list[int]) -> int:
    """Return the sum of squares."""
    found = 0
    for a in values:
        for _ in range(abs(a)):
            found += abs(a)
    return found


def twice(values):
    return 2 * total(values)
'''
CHECK = """from pkg.mod import total, twice

assert total([1, 2, 3]) == 14, f"AssertionError: total is {total([1, 2, 3])}"
assert twice([-2]) == 8
"""
BENCH = """import os
import random
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from pkg.mod import total

random.seed(int(os.environ.get("SELFTAUGHT_SEED", "0")))
values = [random.randrange(10, 90) for _ in range(10)]
steps = 0


def trace(frame, event, arg):
    global steps
    steps += 1
    return trace


sys.settrace(trace)
total(values)
sys.settrace(None)
print("steps", steps)
"""
FILES: dict[str, str | bytes] = {
    "src/pkg/__init__.py": "",
    "src/pkg/mod.py": MODULE,
    "check.py": CHECK,
    "bench.py": BENCH,
    ".gitignore": "__pycache__/\n.selftaught/\n",
}
FAST = '''def total(values: list[int]) -> int:
    """Return the sum of squares."""
    return sum(a * a for a in values)
'''
WRONG = FAST.replace("a * a", "a + a")
TARGET = "src/pkg/mod.py::total"


def goal(**changes: Any) -> Goal:
    given: dict[str, Any] = {
        "target": TARGET,
        "check": "python check.py",
        "score": "python bench.py",
        "minimise": True,
        "python": sys.executable,
        "score_runs": 4,
    }
    return Goal(**{**given, **changes})


@contextmanager
def open_shop(root: Path, wanted: Goal, *, unsafe: bool = False) -> Iterator[Workshop]:
    """A workshop whose commands run confined, unless ``unsafe``."""
    with ExitStack() as stack:
        commands = open_commands(unsafe=unsafe)
        stack.callback(commands.close)
        yield stack.enter_context(Workshop(open_site(root, wanted), commands))


def changed(root: Path, path: str, old: str, new: str) -> None:
    """Replaces a text in a file that has it."""
    file = root / path
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
