import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from selftaught.analysis.intervals import hierarchical_interval, mean_interval, stratified_interval
from selftaught.values.records import Interval

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)


@given(st.lists(NUMBERS, min_size=2, max_size=50))
def test_t_interval_agrees_with_scipy(values: list[float]) -> None:
    found = mean_interval(values)
    spread = np.std(values, ddof=1) / math.sqrt(len(values))
    half = stats.t.ppf(0.975, len(values) - 1) * spread
    assert found.low == pytest.approx(np.mean(values) - half, rel=1e-9, abs=1e-7)
    assert found.high == pytest.approx(np.mean(values) + half, rel=1e-9, abs=1e-7)
    assert found.n == len(values)


@pytest.mark.parametrize(("values", "mean"), [([], None), ([0.25], 0.25)])
def test_fewer_than_two_have_no_ends(values: list[float], mean: float | None) -> None:
    found = mean_interval(values)
    assert (found.mean, found.low, found.high, found.n) == (mean, None, None, len(values))


@pytest.mark.parametrize("wrong", [[1.0, math.nan], [math.inf, 1.0]])
def test_no_number_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match="finite"):
        mean_interval(wrong)


def run(*tasks: list[list[float]]) -> dict[str, list[list[float]]]:
    return {f"t{i}": task for i, task in enumerate(tasks)}


def test_hierarchy_weighs_tasks_equally_whatever_their_repeats() -> None:
    one = run([[0.0, 0.0]], [[1.0], [1.0], [1.0]])
    two = run([[0.5, 0.5]], [[0.5], [0.5], [0.5]])
    found = hierarchical_interval([one, two], seed=0)
    assert found.mean == pytest.approx(0.5)
    assert (found.low, found.high, found.n) == (pytest.approx(0.5), pytest.approx(0.5), 2)


def test_hierarchy_draws_runs_where_there_are_two() -> None:
    runs = [run([[x, x], [x, x]]) for x in (0.0, 1.0, 2.0, 3.0)]
    found = hierarchical_interval(runs, seed=1)
    assert found.n == 4
    assert found.low < 0.8
    assert found.high > 2.2


def test_hierarchy_falls_to_repeats_and_then_to_instances() -> None:
    repeats = hierarchical_interval([run([[0.0], [1.0], [0.0]], [[1.0], [1.0]])], seed=0)
    instances = hierarchical_interval([run([[0.0, 1.0, 1.0]], [[0.0, 0.5]])], seed=0)
    assert (repeats.n, instances.n) == (5, 5)
    assert repeats.low < repeats.mean < repeats.high
    assert instances.low < instances.mean < instances.high


def test_one_repeat_beside_several_has_no_ends() -> None:
    found = hierarchical_interval([run([[0.0], [1.0]], [[1.0]])], seed=0)
    assert (found.mean, found.low) == (0.75, None)


def test_equal_seeds_give_equal_intervals() -> None:
    runs = [run([[x]]) for x in np.random.default_rng(3).random(9)]
    assert hierarchical_interval(runs, seed=5) == hierarchical_interval(runs, seed=5)
    assert hierarchical_interval(runs, seed=5) != hierarchical_interval(runs, seed=6)


@pytest.mark.parametrize(
    "runs",
    [[run([[1.0]]), {"other": [[1.0]]}], [run([])], [run([[]])], [{}], [run([[math.nan]])]],
)
def test_malformed_hierarchies_are_refused(runs: Any) -> None:
    with pytest.raises(ValueError, match="expected"):
        hierarchical_interval(runs, seed=0)


def test_too_few_draws_are_refused() -> None:
    with pytest.raises(ValueError, match="draws"):
        hierarchical_interval([run([[1.0]])], seed=0, draws=10)


def test_nothing_has_no_interval() -> None:
    assert hierarchical_interval([], seed=0).n == 0


def covered(
    make: Callable[[np.random.Generator], Interval], truth: float, simulations: int, seed: int
) -> float:
    generator = np.random.default_rng(seed)
    hits = 0
    for _ in range(simulations):
        found = make(generator)
        hits += found.low <= truth <= found.high
    return hits / simulations


def test_t_interval_covers_as_often_as_it_says() -> None:
    share = covered(lambda g: mean_interval(g.normal(0.5, 0.1, 10)), 0.5, 3_000, 0)
    assert 0.93 <= share <= 0.97


def nested(generator: np.random.Generator) -> list[dict[str, list[list[float]]]]:
    """Ten runs of two tasks, three repeats and five instances, each level with its spread."""
    return [
        {
            task: (
                level
                + generator.normal(0, 0.05)
                + generator.normal(0, 0.05, (3, 1))
                + generator.normal(0, 0.1, (3, 5))
            ).tolist()
            for task, level in (("a", 0.2), ("b", 0.8))
        }
        for _ in range(10)
    ]


def test_hierarchical_interval_covers_as_often_as_it_says() -> None:
    share = covered(
        lambda g: hierarchical_interval(nested(g), seed=int(g.integers(2**31)), draws=1_000),
        0.5,
        1_500,
        0,
    )
    assert 0.93 <= share <= 0.97


def test_stratified_interval_covers_as_often_as_it_says() -> None:
    def make(generator: np.random.Generator) -> Interval:
        strata = [generator.normal(mean, 0.1, 5) for mean in (0.1, 0.5, 0.9)]
        return stratified_interval(strata, seed=int(generator.integers(2**31)), draws=1_000)

    assert 0.93 <= covered(make, 0.5, 1_500, 0) <= 0.97


@pytest.mark.parametrize("runs", [5, 10, 30])
def test_t_interval_covers_bounded_scores_too(runs: int) -> None:
    """Scores lie between two ends, are no normal numbers, and often few are measured."""
    share = covered(lambda g: mean_interval(g.beta(4, 2, runs)), 4 / 6, 4_000, runs)
    assert 0.93 <= share <= 0.97


@pytest.mark.parametrize("runs", [5, 12])
def test_the_bootstraps_error_is_that_of_scipy(runs: int) -> None:
    """n units drawn from themselves spread too little, by √((n − 1) / n): that is put right."""
    values = np.random.default_rng(runs).normal(0.5, 0.2, runs)
    found = stratified_interval([values], seed=1, draws=40_000)
    drawn = stats.bootstrap((values,), np.mean, n_resamples=40_000, rng=2).standard_error
    half = stats.t.ppf(0.975, runs - 1) * drawn * np.sqrt(runs / (runs - 1))
    assert found.high - found.mean == pytest.approx(half, rel=0.03)
    assert found.mean - found.low == pytest.approx(half, rel=0.03)
