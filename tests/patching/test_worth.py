"""Which gains of a score and of a speed are offered."""

from __future__ import annotations

from math import log

import pytest

from selftaught.analysis.ratio import RatioTest
from selftaught.patching.benchmark import Blocks
from selftaught.patching.repository.gain import minimum_gain
from selftaught.patching.scores import verdict
from selftaught.patching.speed import _claimed


@pytest.mark.parametrize(
    ("before", "after", "minimum", "status", "why"),
    [
        ((100.0, 100.0), (101.0, 101.0), "", "better", ""),
        ((0.1, 0.1), (0.101, 0.101), "", "better", ""),  # 1 %, but for rounding
        ((-241.4, -241.4), (-240.7, -240.7), "", "small", "by 0.29 % in 2 fresh paired runs, less"),
        ((-241.4, -241.4), (-240.7, -240.7), "0.2%", "better", ""),
        ((-5.0, -5.0), (-4.9, -4.9), "", "better", ""),
        ((0.0, 0.0), (1e-6, 1e-6), "", "better", ""),
        ((0.0, 0.0), (1e-6, 1e-6), "0.05", "small", "by 1e-06 in 2"),
        ((-0.01, -0.01), (0.1, 0.1), "0.05", "better", ""),
        ((10.0, 10.0), (10.0, 10.0), "0%", "unclear", "no difference"),
        ((10.0, 10.0), (10.01, 10.01), "0", "better", ""),
        ((10.0, 10.0), (9.0, 9.0), "", "worse", ""),
        ((100.0, 90.0, 110.0), (103.0, 92.0, 114.0), "", "small", "more --score-runs may show it"),
        ((100.0, 90.0, 110.0), (103.0, 92.7, 113.3), "", "better", ""),
        ((100.0, 90.0, 110.0), (103.0, 88.0, 111.0), "", "unclear", "no difference"),
    ],
)
def test_all_of_the_interval_has_to_be_enough(
    before: tuple[float, ...], after: tuple[float, ...], minimum: str, status: str, why: str
) -> None:
    found, reason = verdict(before, after, minimum_gain(minimum, faster=False))
    assert found == status, reason
    assert why in reason
    assert ("--minimum-gain" in reason) is (status == "small")


@pytest.mark.parametrize(
    ("ratio", "least", "status", "why"),
    [
        (1.05, "", "faster", "1.05 times faster"),
        (1.013, "", "small", "faster by 1.3 % in 9 fresh blocks of four runs, less than"),
        (1.013, "1%", "faster", "1.01 times faster"),
        (1.05, "8%", "small", "--minimum-gain 8%"),
        (0.9, "", "slower", "slower"),
        (1.0, "", "unclear", "1.02 times or more (--minimum-gain 2%)"),
    ],
)
def test_a_speed_has_to_be_enough(ratio: float, least: str, status: str, why: str) -> None:
    minimum = minimum_gain(least, faster=True)
    gains = tuple(log(ratio) + 1e-4 * (number - 4) for number in range(9))
    found, reason = _claimed(Blocks(RatioTest(blocks=9, least=minimum.ratio, gains=gains)))
    assert str(found) == status, reason
    assert why in reason
