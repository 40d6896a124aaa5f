from __future__ import annotations

from selftaught.patching.tidying import tidied

SEED = "def f(xs):\n    found = g(0)\n    for x in xs:\n        found += x\n    return found\n"
WINNER = "def f(xs):\n    import re\n    return sum(xs)\n"
CLEAN = "def f(xs):\n    return sum(xs)\n"


def test_a_smaller_diff_counts_only_where_the_code_is_smaller() -> None:
    left = "def f(xs):\n    found = g(0)\n    return sum(xs)\n    return found\n"
    assert tidied(SEED, WINNER, left) == CLEAN


def test_a_part_that_is_smaller_stays() -> None:
    more = WINNER.replace("return", "print(re)\n    return")
    assert tidied(SEED, more, CLEAN) == CLEAN


def test_what_is_no_python_stays() -> None:
    assert tidied(SEED, WINNER, "def f(:\n") == "def f(:\n"
