from __future__ import annotations

import math
from typing import Any

import pytest

from models.offline.programs import SCORING
from selftaught.models.offline.score_function import scorer


def rate(scoring: str) -> Any:
    found = scorer(scoring)
    assert found is not None
    namespace: dict[str, Any] = {}
    exec("\n".join(found.body), namespace)
    return namespace["rate"]


def test_a_scorer_rates_answers_without_what_programs_lack() -> None:
    found = scorer(SCORING)
    assert found is not None
    text = "\n".join(found.body)
    assert "selftaught" not in text
    assert "make_instance" not in text
    assert found.names == {"SCALE", "score", "distance", "bound", "rate"}
    better, worse = rate(SCORING)(([1, 2],), [1, 2]), rate(SCORING)(([1, 2],), [0, 0])
    assert better > worse


def test_an_answer_that_is_none_rates_minus_infinity() -> None:
    lines = ("if not output:", "    raise ValueError", "return len(output)")
    scoring = "def score(inputs, key, output):\n    " + "\n    ".join(lines)
    assert rate(scoring)((), "") == -math.inf
    assert rate(scoring)((), "ab") == 2.0


def test_a_divisor_that_does_not_depend_on_the_answer_is_left_out() -> None:
    by_key = "def score(inputs, key, output):\n    return sum(output) / key"
    assert rate(by_key)((), [1, 2]) == 3.0
    by_answer = "def score(inputs, key, output):\n    return sum(output) / len(output)"
    assert rate(by_answer)((), [1, 2]) == 1.5


@pytest.mark.parametrize(
    "scoring",
    [
        "",
        "def score(",
        "x = 1",
        "def score(output):\n    return 1",
        "def score(inputs, key, output):\n    return float(output == key)",
        "def drive(inputs, call):\n    pass\ndef score(inputs, key, output):\n    return output",
    ],
    ids=["empty", "broken", "none", "parameters", "key", "drive"],
)
def test_no_scorer_where_a_program_could_not_use_it(scoring: str) -> None:
    assert scorer(scoring) is None
