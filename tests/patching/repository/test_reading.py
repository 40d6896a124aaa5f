from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selftaught.patching.repository.numerals import NoNumberError
from selftaught.patching.repository.reading import Rule, read_score


@pytest.mark.parametrize(
    ("output", "number"),
    [
        ("took 1.5\n", 1.5),
        ("a 1\nb 2 ms\n", 2),
        ("score: -3e-5", -3e-5),
        ("1,234.5 requests", 1234.5),
        ("1,234,567", 1234567),
        ("python3 v2 0.25s\n0.5", 0.5),
        ("took 3.", 3.0),
        ("score: 0.5.", 0.5),
        (".5", 0.5),
        ("+5", 5),
        ("\u22125", -5),
        ("loss 5e\u22123", 0.005),
        ("1E5", 1e5),
        ("1_000", 1000),
        ("-0.0", 0.0),
        ("5e-324", 5e-324),
        ("12 %", 12),
        ("250ms", 250),
        ("0.5 GB", 0.5),
        ("score=-5", -5),
        ("12.3 \u00b1 0.4", 12.3),
        ("score: 12.3 +- 0.4 ms", 12.3),
        ("0.5 (\u00b10.1)", 0.5),
        ("score = 3 (best of 5)", 3),
        ("0.93 (n=40)", 0.93),
        ("0.93 (mean of 5 runs)", 0.93),
        ("5000 loops, best of 5: 1.21 usec per loop", 1.21),
        (
            "1.2 \u00b5s \u00b1 3 ns per loop (mean \u00b1 std. dev. of 7 runs, 1,000 loops each)",
            1.2,
        ),
        ("top-5 accuracy: 0.91", 0.91),
        ("mAP@50 0.6", 0.6),
        ("p95: 12ms", 12),
        ("score of v1.2.3: 0.5", 0.5),
        ("[0.5]", 0.5),
        ("np.float64(0.5)", 0.5),
        ("tensor(0.5, device='cuda:0', grad_fn=<MeanBackward0>)", 0.5),
        ("array([0.5], dtype=float32)", 0.5),
        ("Decimal('0.5')", 0.5),
        ('{"score": 0.5}', 0.5),
        ('{\n  "score": 0.5\n}', 0.5),
        ("\x1b[32mscore 0.5\x1b[0m", 0.5),
        (" 10%|#\r100%|##\rscore 0.5\r\n", 0.5),
        ("2026-11-29 12:00:01,123 - INFO - score 0.5", 0.5),
        ("[12:00:01] score 0.5", 0.5),
        ("score 0.5\n[12:00:01] saved to out/run-12.log\n", 0.5),
        ("loss 0.4\nloss 0.3\n0.83", 0.83),
        ("selftaught score: 0.5\n3 passed in 0.31s", 0.5),
    ],
)
def test_one_number_in_the_last_line_that_holds_any_is_the_score(
    output: str, number: float
) -> None:
    assert read_score(output).number == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_python_prints_is_read(number: float) -> None:
    assert read_score(f"before 17\n{number}\n").number == number


@given(st.integers(min_value=-(10**300), max_value=10**300))
def test_whole_numbers_are_read(number: int) -> None:
    assert read_score(f"before 17\nscore {number}\n").number == float(number)


MISSING = [
    "nan", "NaN", "inf", "-inf", "Infinity", "None", "null", "N/A", "True", '"nan"', "nan ms",
    "nan (50 rows)",
]  # fmt: skip


@pytest.mark.parametrize("value", MISSING)
def test_no_number_in_the_place_of_the_score_is_never_another_number(value: str) -> None:
    with pytest.raises(NoNumberError, match="not a finite number"):
        read_score(f"rows 50\nscore {value}\n")
    with pytest.raises(NoNumberError):
        read_score(f"rows 50\nscore {value}\n", Rule(pattern=r"score (.*)"))


@pytest.mark.parametrize(
    ("output", "why"),
    [
        ("", "nothing was printed"),
        (" \n\n", "nothing was printed"),
        ("no digits", "no number"),
        ("five", "no number"),
        ("saved run12.log", "no number"),
        ("1e400", "not a finite"),
        ("9" * 400, "not a finite"),
        ('{"score": NaN}', "not a finite"),
        ("epoch 10/10 loss 0.12", "several numbers"),
        ("[1.0, 2.0]", "several numbers"),
        ("array([0.5, 0.6])", "several numbers"),
        ('{"score": 0.5, "n": 3}', "several numbers"),
        ('{\n "score": 0.5,\n "n": 3\n}', "JSON with 2 numbers: score, n"),
        ('{\n "score": 0.5,\n "n": 3\n}\ndone', "JSON with 2 numbers"),
        ("{'score': 0.5,\n 'n': 3}", "over several lines"),
        ("10 of 20", "several numbers"),
        ("1/3", "several numbers"),
        ("3/10 passed", "several numbers"),
        ("Fraction(1, 3)", "several numbers"),
        ("(1+2j)", "several numbers"),
        ("1 234", "several numbers"),
        ("1\u202f234,5", "several numbers"),
        ("10**3", "several numbers"),
        ("100%|##| 10/10 [00:01<00:00, 9.8it/s]", "several numbers"),
        ("model | 0.91 | 12", "several numbers"),
        ("1,234", "several ways"),
        ("1.234,5", "several ways"),
        ("3,14", "several ways"),
        ("1'234.5", "several ways"),
        ("0x1F", "several ways"),
        ("2j", "several ways"),
        ("3f2a9c1", "several ways"),
        ("127.0.0.1", "several ways"),
        ("v1.2.3", "several ways"),
        ("12:30", "several ways"),
        ("elapsed 0:00:03", "several ways"),
        ("10\u00b3", "several ways"),
        ("1\u00bd", "several ways"),
        ("\u20135", "several ways"),
        ("--5", "several ways"),
        ("score = - 5", "several ways"),
        ("score < 0.01", "several ways"),
        ("rows 50\nscore-5", "several ways"),
        ("score 0.5\nDone in 3s", "may as well be in 'score 0.5'"),
        ("0.5\n== 5 passed ==", "may as well be in '0.5'"),
        ("val_loss: 0.5\nmemory 120", "may as well be in 'val_loss: 0.5'"),
        ("x" * 20_000 + " 5", "characters"),
        ("selftaught score: nan\n3 passed in 0.31s", "not a finite number"),
    ],
)
def test_what_a_person_could_not_be_sure_of_is_refused(output: str, why: str) -> None:
    with pytest.raises(NoNumberError, match=why):
        read_score(output)


def after(first: str, other: str) -> float:
    """The score of another output, once that of the unchanged program is known."""
    known = read_score(first)
    return read_score(other, Rule(shape=known.shape, unit=known.unit)).number


@pytest.mark.parametrize(
    ("first", "other", "number"),
    [
        ("score 0.5", "score -12", -12),
        ("best 1.5 ms", "best 900 us", 0.9),
        ("5 loops, best of 5: 1.5 msec per loop", "500 loops, best of 5: 20 usec per loop", 0.02),
        ("took 900ms", "took 1.5 s", 1500),
        ("1.5 MB", "1500 kB", 1.5),
        ("3 steps", "1 step", 1),
        ("2026-11-29 12:00:01 score 3", "2026-11-30 00:10:59 score 4", 4),
        ("run 3f9c12ab: 3", "run a17b22cd: 4", 4),
        ("score 1,234.5", "score 999.5", 999.5),
    ],
)
def test_a_line_of_the_same_kind_is_read_in_the_same_unit(
    first: str, other: str, number: float
) -> None:
    assert after(first, other) == pytest.approx(number)


@pytest.mark.parametrize(
    ("first", "other"),
    [
        ("rows 50\nscore 0.39", "rows 50"),
        ("rows 50\nscore 0.39", "rows 50\nscore: failed"),
        ("rows 50\nscore 0.39", "rows 50\nscore nan"),
        ("score 0.39", "0.39"),
        ("12%", "0.12"),
        ("1.5k", "900"),
        ("1.5 ms", "1.5"),
        ("1.5 ms", "1.5 MB"),
        ("p50: 3", "p95: 4"),
        ("score 12", "score 1,234"),
        ("score 0.5", "score 0.5\nwarning: 3 values were skipped"),
    ],
)
def test_another_kind_of_line_holds_no_score(first: str, other: str) -> None:
    with pytest.raises(NoNumberError):
        after(first, other)


def test_a_pattern_names_the_number() -> None:
    output = "epoch 1/2 loss 0.5 ms\nepoch 2/2 loss 0.25 ms, 3 steps\n7 passed in 0.31s\n"
    rule = Rule(pattern=r"loss (\S+)")
    assert read_score(output, rule).number == 0.25
    assert read_score(output, rule).line == "epoch 2/2 loss 0.25 ms, 3 steps"
    known = read_score(output, rule)
    again = Rule(pattern=rule.pattern, shape=known.shape, unit=known.unit)
    assert read_score("loss 40 us", again).number == pytest.approx(0.04)
    assert read_score("3/10", Rule(pattern=r"^(\d+)/")).number == 3
    for text, why in (
        ("gain 3", "nothing that matches"),
        ("loss 3,14", "several ways"),
        ("loss none", "not a finite"),
    ):
        with pytest.raises(NoNumberError, match=why):
            read_score(text, rule)
    with pytest.raises(NoNumberError, match="is empty"):
        read_score("loss", Rule(pattern=r"loss( \d)?"))
    with pytest.raises(NoNumberError, match="more than a number"):
        read_score("loss 3 apples", Rule(pattern=r"loss (.*)"))


def test_a_key_leads_into_json() -> None:
    data = {"runs": [{"mean": 2.5, "ok": True, "huge": float("inf"), "big": 10**400}]}
    output = "[INFO] log line 3\n" + json.dumps(data) + "\ndone\n"
    assert read_score(output, Rule(key="runs.0.mean")).number == 2.5
    assert read_score(json.dumps(data, indent=2), Rule(key="runs.0.mean")).number == 2.5
    indented = f"log\n{json.dumps(data, indent=2)}\n3 passed\n"
    assert read_score(indented, Rule(key="runs.0.mean")).number == 2.5
    for key, why in (
        ("runs.1.mean", "no '1'"),
        ("run", "there is runs"),
        ("runs.0.ok", "not a number"),
        ("runs.0.huge", "finite"),
        ("runs.0.big", "finite"),
    ):
        with pytest.raises(NoNumberError, match=why):
            read_score(output, Rule(key=key))
    with pytest.raises(NoNumberError, match="no JSON"):
        read_score("12", Rule(key="a"))
