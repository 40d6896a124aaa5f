import itertools
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from selftaught.analysis.paired import differences, holm, paired_interval, sign_flip_p

SMALL = st.lists(st.integers(-5, 5).map(float), min_size=2, max_size=9)


@given(SMALL, st.sampled_from(["greater", "two-sided"]))
def test_exact_p_agrees_with_scipy(values: list[float], alternative: Any) -> None:
    def statistic(x: npt.NDArray[np.float64], axis: int) -> Any:
        total = x.sum(axis=axis)
        return total if alternative == "greater" else abs(total)

    expected = stats.permutation_test(
        (np.array(values),),
        statistic,
        permutation_type="samples",
        alternative="greater",
        n_resamples=np.inf,
        vectorized=True,
    ).pvalue
    assert sign_flip_p(values, alternative=alternative) == pytest.approx(expected)


def test_five_repeats_can_not_be_significant() -> None:
    assert sign_flip_p([1.0, 2.0, 3.0, 4.0, 5.0]) == 0.0625


def test_no_difference_is_no_evidence() -> None:
    assert sign_flip_p([0.0, 0.0]) == sign_flip_p([]) == 1.0


def test_drawn_p_is_near_the_exact_one() -> None:
    values = np.random.default_rng(0).normal(0.4, 1, 20).round(3)
    exact = sign_flip_p(values)
    drawn = sign_flip_p([*values, 1e-9, -1e-9], seed=1)
    assert drawn == pytest.approx(exact, abs=0.005)


def test_drawn_p_follows_from_the_seed_and_is_never_zero() -> None:
    values = [1.0] * 40
    assert sign_flip_p(values, seed=2) == sign_flip_p(values, seed=2) == 1 / 100_001


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), max_size=10))
def test_holm_keeps_order_and_lies_between_raw_and_bonferroni(p_values: list[float]) -> None:
    for raw, adjusted in zip(p_values, holm(p_values), strict=True):
        assert raw <= adjusted <= min(1.0, raw * len(p_values)) + 1e-12
    ranks = sorted(range(len(p_values)), key=lambda i: p_values[i])
    ordered = [holm(p_values)[i] for i in ranks]
    assert ordered == sorted(ordered)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_holm_is_the_closed_test_of_bonferroni(p_values: list[float]) -> None:
    """A hypothesis falls where Bonferroni rejects every set that it is in (Marcus et al. 1976)."""
    numbers = range(len(p_values))
    sets = [c for size in numbers for c in itertools.combinations(numbers, size + 1)]
    for number, adjusted in zip(numbers, holm(p_values), strict=True):
        largest = max(
            min(1.0, len(each) * min(p_values[i] for i in each)) for each in sets if number in each
        )
        assert adjusted == pytest.approx(largest)


def test_holm_refuses_what_is_no_p() -> None:
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        holm([1.2])


def test_pairs_need_partners() -> None:
    with pytest.raises(ValueError, match="pairs"):
        differences([1.0], [1.0, 2.0])


def test_paired_interval_is_that_of_the_differences() -> None:
    before, after = [0.1, 0.5, 0.4, 0.9], [0.2, 0.5, 0.7, 1.0]
    found = paired_interval(before, after)
    expected = stats.ttest_rel(after, before).confidence_interval(0.95)
    assert (found.low, found.high) == (pytest.approx(expected.low), pytest.approx(expected.high))
