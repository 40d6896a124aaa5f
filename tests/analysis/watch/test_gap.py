from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from selftaught.analysis.watch.gap import paired_gap, unpaired_gap


@pytest.mark.parametrize("sizes", [(2, 2), (5, 50), (20, 20), (50, 3)])
def test_the_unpaired_gap_is_welchs(sizes: tuple[int, int]) -> None:
    generator = np.random.default_rng(sum(sizes))
    train, test = generator.normal(1, 1, sizes[0]), generator.normal(0, 3, sizes[1])
    found = unpaired_gap(train.tolist(), test.tolist())
    expected = stats.ttest_ind(train, test, equal_var=False).confidence_interval(0.95)
    assert found.mean == pytest.approx(train.mean() - test.mean())
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=1e-9)
    assert found.n == sum(sizes)


def test_the_paired_gap_is_students() -> None:
    train, test = [0.9, 0.8, 0.7, 0.95], [0.5, 0.6, 0.65, 0.4]
    found = paired_gap(train, test)
    expected = stats.ttest_rel(train, test).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=1e-9)


@pytest.mark.parametrize(
    ("train", "test", "mean"), [([], [1.0], None), ([1.0], [0.5, 0.4], 0.55), ([], [], None)]
)
def test_too_few_values_have_no_interval(
    train: list[float], test: list[float], mean: float | None
) -> None:
    found = unpaired_gap(train, test)
    assert (found.low, found.high) == (None, None)
    assert found.mean == (mean if mean is None else pytest.approx(mean))


def test_what_does_not_vary_has_an_interval_without_width() -> None:
    found = unpaired_gap([1.0, 1.0], [0.5, 0.5])
    assert (found.mean, found.low, found.high) == (0.5, 0.5, 0.5)


@pytest.mark.slow
def test_a_gap_of_nothing_is_flagged_in_one_case_of_forty() -> None:
    """The lower end lies above 0 in 2.5 % of programs that generalise: 20 and 50 instances."""
    generator = np.random.default_rng(7)
    above = 0
    for _ in range(2_000):
        low = unpaired_gap(generator.random(20).tolist(), generator.random(50).tolist()).low
        above += low is not None and low > 0
    assert 0.015 <= above / 2_000 <= 0.035


@pytest.mark.slow
def test_the_unpaired_gap_covers_as_often_as_it_says() -> None:
    generator = np.random.default_rng(3)
    hits = 0
    for _ in range(3_000):
        found = unpaired_gap(
            generator.normal(0.8, 0.1, 10).tolist(), generator.normal(0.5, 0.3, 25).tolist()
        )
        hits += found.low is not None and found.low <= 0.3 <= (found.high or 0)
    assert 0.93 <= hits / 3_000 <= 0.97
