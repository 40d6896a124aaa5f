from __future__ import annotations

import pytest

from selftaught.errors import UsageError
from selftaught.patching.repository.gain import minimum_gain


@pytest.mark.parametrize(
    ("text", "faster", "amount", "relative"),
    [
        ("", False, 0.01, True),
        ("", True, 0.02, True),
        ("5%", True, 0.05, True),
        ("2.5 %", False, 0.025, True),
        ("0", False, 0.0, False),
        ("0.5", False, 0.5, False),
    ],
)
def test_minimum_gains_are_read(text: str, faster: object, amount: float, relative: object) -> None:
    found = minimum_gain(text, faster=bool(faster))
    assert found.amount == pytest.approx(amount)
    assert found.relative is relative
    assert minimum_gain(found.text, faster=bool(faster)) == found


@pytest.mark.parametrize(
    ("text", "faster", "why"),
    [
        ("much", False, "e.g. 2%"),
        ("-1%", False, "--minimum-gain"),
        ("nan", False, "unit of the score"),
        ("inf%", True, "percentage"),
        ("5", True, "end with %: 5%"),
    ],
)
def test_others_are_refused(text: str, faster: object, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        minimum_gain(text, faster=bool(faster))


def test_a_percentage_is_of_the_size_of_the_score() -> None:
    found = minimum_gain("1%", faster=False)
    assert found.least([-200.0, -100.0]) == [2.0, 1.0]
    assert found.least([200.0]) == [2.0]
    assert found.least([0.0, 0.0]) == [0.0, 0.0]
    assert found.told(0.7, -241.4) == "0.29 %"
    assert found.told(0.7, 0.0) == "0.7"
    assert minimum_gain("0.5", faster=False).least([9.0, 1.0]) == [0.5, 0.5]
