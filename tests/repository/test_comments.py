from __future__ import annotations

import ast

import pytest

from selftaught.repository.comments import doubtful, settled

SEED = '''def pairs(values):
    """Return the pairs.

    # no comment
    """
    # sorted, since callers rely on it
    values = sorted(values)
    found = []
    # every one with every other
    for a in values:
        # also with itself
        for b in values:
            # twice would be once too often
            if (a, b) not in found:
                found.append((a, b))

    # they are tuples
    return found
'''
WINNER = '''def pairs(values):
    """Return the pairs.

    # no comment
    """
    values = sorted(values)
    # a dict keeps the order
    found = {(a, b): None for a in values for b in values}
    return list(found)
'''
LEFT = '''def pairs(values):
    """Return the pairs.

    # no comment
    """
    # sorted, since callers rely on it
    values = sorted(values)
    # every one with every other
        # also with itself
            # twice would be once too often
    found = {(a, b): None for a in values for b in values}

    # they are tuples
    return list(found)
'''
"""What makes the shortest diff."""


def test_comments_go_with_the_statements_that_they_describe() -> None:
    assert (
        settled(SEED, WINNER, LEFT)
        == '''def pairs(values):
    """Return the pairs.

    # no comment
    """
    # sorted, since callers rely on it
    values = sorted(values)
    # a dict keeps the order
    found = {(a, b): None for a in values for b in values}
    return list(found)
'''
    )


def test_a_comment_of_a_loop_goes_when_what_is_in_the_loop_changes() -> None:
    seed = "def f(xs, n):\n    # one by one\n    for x in xs:\n        n = n + x\n    return n\n"
    winner = "def f(xs, n):\n    for x in xs:\n        n += x\n    return n\n"
    assert settled(seed, winner, seed.replace("n = n + x", "n += x")) == winner


def test_what_is_far_from_the_change_stays_as_it_was() -> None:
    head = "# first\nA = 1\n\n\n# second\nB = 2\n\n\n"
    seed = head + "def f():\n    # third\n    return A + B + 0\n# end\n"
    bare = "A = 1\nB = 2\ndef f():\n    return A + B\n"
    assert settled(seed, bare, bare) == (
        "# first\nA = 1\n\n\n# second\nB = 2\ndef f():\n    return A + B\n"
    )


@pytest.mark.parametrize(
    "text", [SEED, WINNER, "x = (1,\n     # two\n     2)\n", "f'''\n# a\n{1}'''\n"]
)
def test_nothing_changes_where_nothing_changed(text: str) -> None:
    assert settled(text, text, text) == text


@pytest.mark.parametrize("part", [LEFT, "def f(:\n", "# ==== a ====\ndef f():\n    pass\n"])
def test_code_stays_what_it_is(part: str) -> None:
    found = settled(SEED, WINNER, part)
    if "def f(:" in part:
        assert found == part
    else:
        assert ast.dump(ast.parse(found)) == ast.dump(ast.parse(part))


def test_comments_that_stand_above_other_code_are_named() -> None:
    version = SEED.replace("    found = []\n", "    found: list = []\n").replace(
        "        # also with itself\n        for b in values:",
        "        # also with itself\n        for b in sorted(values):\n            # a new one",
    )
    assert doubtful(SEED, SEED) == []
    assert doubtful(SEED, version) == ["# also with itself"]
