"""A corpus of answers: what is read of each."""

from __future__ import annotations

import pytest

from improver.answers import FORMS, MESSAGE, NEW, NOTHING, OLD
from selftaught.improver.helpers import UNKNOWN, Asked, choose

ASKED = Asked(OLD + "\n", "distinct", (MESSAGE,))
PART = "def step(x):\n    return 1"
TWO = f"import math\n\n\n{PART}\n\n\ndef solve(x):\n    return math.sqrt(step(x))\n"


@pytest.mark.parametrize("name", FORMS)
def test_the_program_is_read(name: str) -> None:
    found = choose(FORMS[name], ASKED)
    assert (found.program, found.reason) == (NEW, "")


@pytest.mark.parametrize("name", NOTHING)
def test_no_new_program_is_read_where_there_is_none(name: str) -> None:
    answer, reason = NOTHING[name]
    found = choose(answer, ASKED)
    assert found.program is None or found.reason == "same as what was sent"
    assert found.reason.startswith(reason)
    assert found.reason


def test_a_part_that_was_asked_for_is_given_as_it_stands() -> None:
    """Who asks for one function puts it back into the whole, which the message shows below."""
    message = f"Rewrite only this:\n```python\n{PART}\n```\nIt is of:\n```python\n{TWO}```"
    answer = "```python\ndef step(x):\n    return 2\n```"
    assert choose(answer, Asked(TWO, "solve", (message,))).program == "def step(x):\n    return 2"
    whole = choose(answer, Asked(TWO, "solve", (f"```python\n{TWO}```",))).program
    assert whole == TWO.replace("return 1", "return 2").rstrip()


def test_a_statement_amid_words_is_no_program() -> None:
    answer = "Replace `left = left - weights[index]` by `left -= weights[index]`."
    assert choose(answer, UNKNOWN).reason == "no code block"


@pytest.mark.parametrize("initial", [TWO, ""])
def test_a_program_with_a_broken_function_is_not_mended_by_leaving_it_out(initial: str) -> None:
    broken = TWO.replace("solve(x)", "solve(x:)").replace("return 1", "return 2")
    found = choose(f"```python\n{broken}```", Asked(initial, "solve" if initial else ""))
    assert found.reason.startswith("does not parse")
