"""Runs round by round: standard errors, and how many runs gain."""

from __future__ import annotations

import pytest
from scipy import stats

from selftaught.analysis.proportions import wilson
from selftaught.analysis.rounds import share_gaining, standard_error


def test_the_standard_error_is_that_of_scipy() -> None:
    values = [0.1, 0.4, 0.45, 0.2]
    assert standard_error(values) == pytest.approx(stats.sem(values))


@pytest.mark.parametrize("values", [[], [0.3]])
def test_one_run_has_no_standard_error(values: list[float]) -> None:
    assert standard_error(values) is None


def test_a_gain_of_exactly_three_points_counts() -> None:
    before, after = [0.5, 0.5, 0.5, 0.1 + 0.2], [0.53, 0.529, 0.4, 0.33]
    assert share_gaining(before, after) == wilson(2, 4)
    assert share_gaining(before, after, least=0.0) == wilson(3, 4)


def test_without_runs_nothing_is_claimed() -> None:
    found = share_gaining([], [])
    assert (found.n, found.rate) == (0, None)


def test_runs_are_compared_with_themselves() -> None:
    with pytest.raises(ValueError, match="pairs"):
        share_gaining([0.1], [0.2, 0.3])
