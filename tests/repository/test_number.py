from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selftaught.repository.number import NoNumberError, last_number


@pytest.mark.parametrize(
    ("output", "number"),
    [
        ("took 1.5\n", 1.5),
        ("a 1\nb 2 ms\n", 2),
        ("score: -3e-5", -3e-5),
        ("1,234.5 requests", 1234.5),
        ("python3 v2 0.25s\n0.5", 0.5),
        ("took 3.", 3.0),
        (".5", 0.5),
    ],
)
def test_the_last_number_counts(output: str, number: float) -> None:
    assert last_number(output) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_python_prints_is_read(number: float) -> None:
    assert last_number(f"before 17\n{number}\n") == number


@pytest.mark.parametrize("output", ["", "no digits", "v2x"])
def test_no_number_is_said(output: str) -> None:
    with pytest.raises(NoNumberError):
        last_number(output)


def test_a_key_leads_into_json() -> None:
    data = {"runs": [{"mean": 2.5, "ok": True, "huge": float("inf")}]}
    output = "log line\n" + json.dumps(data) + "\n"
    assert last_number(output, "runs.0.mean") == 2.5
    assert last_number(json.dumps(data, indent=2), "runs.0.mean") == 2.5
    for key, why in (
        ("runs.1.mean", "no '1'"),
        ("run", "there is runs"),
        ("runs.0.ok", "not a number"),
        ("runs.0.huge", "finite"),
    ):
        with pytest.raises(NoNumberError, match=why):
            last_number(output, key)
    with pytest.raises(NoNumberError, match="no JSON"):
        last_number("12", "a")
