"""A pytest plugin: a test that is marked becomes a score, printed as the last line.

``@pytest.mark.selftaught_score`` on a test: the score is the number that the test gives to the
fixture ``selftaught_score``, else the CPU seconds that the test's own body took. With several
marked tests it is the sum. The fixture ``selftaught_seed`` is the number to draw inputs from.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from time import process_time
from typing import Any

import pytest

MARKER = "selftaught_score"
PLUGIN = "selftaught"
"""The plugin's name where the package is installed; then the copy of it stays silent."""

_given: dict[str, float] = {}
_taken: dict[str, float] = {}


def pytest_configure(config: Any) -> None:
    """Make the marker known."""
    text = f"{MARKER}: the test's number, or its CPU time, is a score for `selftaught improve`"
    config.addinivalue_line("markers", text)


@pytest.fixture
def selftaught_seed() -> int:
    """Return the number that this run's inputs are to be drawn from; 0 outside of a run."""
    return int(os.environ.get("SELFTAUGHT_SEED", "0"))


@pytest.fixture
def selftaught_score(request: Any) -> Callable[[float], None]:
    """Return a function that takes the test's score."""

    def take(number: float) -> None:
        _given[request.node.nodeid] = float(number)

    return take


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item: Any) -> Iterator[None]:
    """Note the CPU time of a marked test's body."""
    start = process_time()
    yield
    if item.get_closest_marker(MARKER):
        _taken[item.nodeid] = process_time() - start


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: Any) -> None:
    """Print the score below everything else."""
    installed = config.pluginmanager.get_plugin(PLUGIN)
    if _taken and (installed is None or installed.__name__ == __name__):
        scores = [_given.get(name, seconds) for name, seconds in _taken.items()]
        print(f"\nselftaught score: {sum(scores)!r}")
