from __future__ import annotations

import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from selftaught.patching.repository.inside.forms import to_form
from selftaught.patching.repository.readable import call_of, outcomes_of, value_of


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, 3, 2**70, 0.1, float("-inf"), "it's", b"a\x00", [1, [2.5]], (1,), (1, 2), ()),
        *({"a": (1, 2.0)}, {3}, set(), frozenset(), frozenset({"a"}), range(1, 9, 2)),
        *(Decimal("1.50"), Fraction(1, 3)),
    ],
    ids=repr,
)
def test_plain_values_read_as_python_writes_them(value: Any) -> None:
    assert value_of(to_form(value)) == repr(value)


def test_other_values_keep_their_form() -> None:
    assert "2020-01-02" in value_of(to_form(datetime.date(2020, 1, 2)))


def test_a_call_has_named_arguments() -> None:
    given = [[to_form(3), to_form([1.5])], {"unit": to_form("m")}]
    assert call_of("area", given) == "area(3, [1.5], unit='m')"


def test_outcomes_are_told_by_what_differs() -> None:
    same = {"value": None, "after": [[[1, 2]], {}]}
    assert outcomes_of(same, {"raised": "KeyError", "after": [[[1, 2]], {}]}) == (
        "None",
        "KeyError",
    )
    assert outcomes_of(same, {"died": True}) == ("None", "the end of its process")
    assert outcomes_of(same, {"too_long": 1.0}) == ("None", "no result in time")
    first, second = outcomes_of(same, {"value": None, "after": [[[2, 1]], {}]})
    assert "([1, 2])" in first
    assert "([2, 1])" in second
