"""Syntax trees are made by one thread at a time."""

from __future__ import annotations

import ast
import gc
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from selftaught.improver import helpers
from selftaught.values import syntax

SOURCE = "def f(x):\n    return " + " + ".join(f"(x * {number})" for number in range(100)) + "\n"
SRC = Path(syntax.__file__).parents[1]
IN_A_CHILD = {"trees.py", "syntax.py"}


class Busy:
    """Runs Python code when it is found to be garbage, so that threads take turns there."""

    def __init__(self) -> None:
        self.me = self

    def __del__(self) -> None:
        sum(range(20))


@pytest.fixture
def restless() -> Iterator[None]:
    interval, threshold = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(1e-6)
    gc.set_threshold(50)
    yield
    sys.setswitchinterval(interval)
    gc.set_threshold(*threshold)


def failures(*parsers: Callable[[str], object]) -> list[SystemError]:
    """What went wrong when threads parsed at once."""
    found: list[SystemError] = []

    def work(parse: Callable[[str], object]) -> None:
        for _ in range(100):
            Busy()
            try:
                parse(SOURCE)
            except SystemError as error:
                found.append(error)

    threads = [threading.Thread(target=work, args=(parse,)) for parse in parsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.usefixtures("restless")
def test_threads_that_parse_at_once_don_t_fail() -> None:
    answer = f"```python\n{SOURCE}```"
    assert not failures(syntax.parse, syntax.parse, lambda _: helpers.extract_code(answer))


def test_a_warning_is_not_shown() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(syntax.parse('x = "\\d"').body) == 1


def test_an_expression_is_parsed_as_one() -> None:
    assert ast.unparse(syntax.parse_expression("1+x")) == "1 + x"
    with pytest.raises(SyntaxError):
        syntax.parse_expression("x = 1")


def test_nothing_parses_beside_the_lock() -> None:
    files = [path for path in SRC.rglob("*.py") if path.name not in IN_A_CHILD]
    files = [path for path in files if not {"inside", "library"} & set(path.parts)]
    beside = [path.name for path in files if "ast.parse(" in path.read_text(encoding="utf-8")]
    assert len(files) > 100
    assert not beside
