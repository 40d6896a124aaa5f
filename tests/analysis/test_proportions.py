import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from selftaught.analysis.proportions import two_proportions, wilson, zero_count_bound

COUNTS = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(COUNTS)
def test_wilson_agrees_with_scipy(counted: tuple[int, int]) -> None:
    found = wilson(*counted)
    expected = stats.binomtest(*counted).proportion_ci(0.95, method="wilson")
    assert found.low == pytest.approx(expected.low, abs=1e-9)
    assert found.high == pytest.approx(expected.high, abs=1e-9)
    assert 0 <= found.low <= found.rate <= found.high <= 1


def test_wilson_of_nothing_says_nothing() -> None:
    assert (wilson(0, 0).rate, wilson(0, 0).high) == (None, None)


@pytest.mark.parametrize("n", [1, 10, 300, 10_000])
def test_zero_count_bound_agrees_with_scipy(n: int) -> None:
    expected = stats.binomtest(0, n, alternative="less").proportion_ci(0.95).high
    assert zero_count_bound(n) == pytest.approx(expected)


def test_no_look_rules_out_nothing() -> None:
    assert zero_count_bound(0) == 1.0


@given(COUNTS, COUNTS)
def test_two_proportions_agree_with_the_chi_square_test(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    hits, n = first[0] + second[0], first[1] + second[1]
    found = two_proportions(first, second)
    if hits in (0, n):
        assert found == 1.0
        return
    table = [[first[0], first[1] - first[0]], [second[0], second[1] - second[0]]]
    assert found == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue, abs=1e-9)


@pytest.mark.parametrize(("count", "n"), [(-1, 3), (4, 3), (0, -1)])
def test_impossible_counts_are_refused(count: int, n: int) -> None:
    with pytest.raises(ValueError, match="count"):
        wilson(count, n)


def test_an_empty_sample_can_not_be_compared() -> None:
    with pytest.raises(ValueError, match="empty"):
        two_proportions((0, 0), (1, 2))


@pytest.mark.parametrize("n", [8, 20, 100, 400])
def test_wilson_covers_as_often_as_it_says(n: int) -> None:
    """Over rates of all sizes; at a single rate the coverage of any such interval jumps."""
    generator = np.random.default_rng(n)
    rates = generator.random(6_000)
    counts = generator.binomial(n, rates)
    intervals = {count: wilson(int(count), n) for count in set(counts)}
    hits = [
        intervals[count].low <= rate <= intervals[count].high
        for count, rate in zip(counts, rates, strict=True)
    ]
    assert 0.93 <= np.mean(hits) <= 0.97


def test_two_proportions_reject_equal_rates_as_often_as_they_say() -> None:
    generator = np.random.default_rng(2)
    counts = generator.binomial(200, 0.3, (4_000, 2))
    rejected = [two_proportions((int(a), 200), (int(b), 200)) <= 0.05 for a, b in counts]
    assert 0.03 <= np.mean(rejected) <= 0.07
