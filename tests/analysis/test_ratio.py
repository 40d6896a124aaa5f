import math
from itertools import product

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import wilcoxon

from selftaught.analysis.proportions import wilson
from selftaught.analysis.ratio import (
    ALPHA,
    FEWEST,
    RatioTest,
    block_gain,
    look_numbers,
    ratio_interval,
    signed_rank_cut,
)

GAINS = st.lists(st.floats(-2, 2), min_size=1, max_size=14)
Vector = npt.NDArray[np.float64]


def test_the_order_of_runs_and_the_unit_of_time_make_no_difference() -> None:
    assert block_gain([2.0, 8.0], [1.0, 4.0]) == pytest.approx(math.log(2))
    assert block_gain([8.0, 2.0], [4.0, 1.0]) == pytest.approx(math.log(2))
    assert block_gain([2e-9, 8e-9], [1e-9, 4e-9]) == pytest.approx(math.log(2))


def test_linear_drift_of_the_log_time_leaves_an_abba_block_as_it_is() -> None:
    times = [math.exp(0.1 * place) for place in range(4)]
    assert block_gain([times[0], times[3]], [times[1], times[2]]) == pytest.approx(0)


@pytest.mark.parametrize(
    ("first", "second"), [([], []), ([1.0], [1.0, 1.0]), ([0.0], [1.0]), ([math.nan], [1.0])]
)
def test_times_without_meaning_are_refused(first: list[float], second: list[float]) -> None:
    with pytest.raises(ValueError, match="expected"):
        block_gain(first, second)


def test_looks_are_fixed_by_the_budget() -> None:
    assert look_numbers(9) == (9,)
    assert look_numbers(10) == (10,)
    assert look_numbers(40) == (9, 13, 20, 30, 40)
    assert look_numbers(41) == (9, 13, 20, 30, 41)
    with pytest.raises(ValueError, match="at least 9"):
        look_numbers(FEWEST - 1)


@given(st.integers(FEWEST, 500))
def test_the_last_look_spends_the_budget(blocks: int) -> None:
    looks = look_numbers(blocks)
    assert looks[-1] == blocks
    assert list(looks) == sorted(set(looks))
    assert 2.0 ** (1 - looks[0]) <= ALPHA / len(looks)


@pytest.mark.parametrize("n", [1, 5, 8, 10])
@pytest.mark.parametrize("tail", [0.005, 0.025, 0.2])
def test_the_cut_is_that_of_all_sign_vectors(n: int, tail: float) -> None:
    sums = [
        sum(rank for rank, sign in enumerate(signs, 1) if sign)
        for signs in product((0, 1), repeat=n)
    ]
    cut = signed_rank_cut(n, tail)
    below = -1 if cut is None else cut
    assert sum(each <= below for each in sums) <= tail * 2**n
    assert sum(each <= below + 1 for each in sums) > tail * 2**n


@settings(max_examples=50)
@given(st.lists(st.floats(0.01, 2), min_size=8, max_size=20, unique=True), st.integers(0, 2**20))
def test_the_interval_excludes_1_exactly_where_the_signed_rank_test_rejects(
    sizes: list[float], bits: int
) -> None:
    gains = [size if bits >> place & 1 else -size for place, size in enumerate(sizes)]
    found = ratio_interval(gains)
    assert found.low is not None
    assert found.high is not None
    rejected = wilcoxon(gains, method="exact").pvalue <= ALPHA
    if len(set(np.round(sizes, 9))) == len(sizes):
        assert (found.low > 1 or found.high < 1) == rejected


@given(GAINS, st.floats(-1, 1))
def test_a_version_that_is_slower_throughout_moves_the_interval_along(
    gains: list[float], shift: float
) -> None:
    found, moved = ratio_interval(gains), ratio_interval([gain + shift for gain in gains])
    for before, after in ((found.mean, moved.mean), (found.low, moved.low)):
        assert (before is None) == (after is None)
        if before is not None and after is not None:
            assert after == pytest.approx(before * math.exp(shift), rel=1e-6)


@given(GAINS)
def test_exchanging_the_versions_turns_the_interval_around(gains: list[float]) -> None:
    found, turned = ratio_interval(gains), ratio_interval([-gain for gain in gains])
    assert found.mean is not None
    assert turned.mean == pytest.approx(1 / found.mean)
    if found.low is not None and turned.high is not None:
        assert turned.high == pytest.approx(1 / found.low)


def test_ruined_blocks_move_little() -> None:
    gains = [math.log(2)] * 30
    gains[3] = gains[17] = gains[25] = -50.0
    found = ratio_interval(gains)
    assert found.mean == pytest.approx(2)
    assert found.low == pytest.approx(2)


def test_too_few_blocks_have_no_interval() -> None:
    assert ratio_interval([]).mean is None
    assert ratio_interval([0.1] * 5).low is None
    test = RatioTest()
    for _ in range(FEWEST - 1):
        test = test.add(0.5)
    assert test.interval.low is None
    assert not test.done
    assert test.direction == "unclear"


def test_settings_without_meaning_are_refused() -> None:
    for settings_ in ({"blocks": 3}, {"alpha": 1.0}, {"least": 0.9}, {"narrow": 0.0}):
        with pytest.raises(ValueError, match="expected"):
            RatioTest(**settings_)  # type: ignore[arg-type]
    full = RatioTest(blocks=9, gains=(0.0,) * 9)
    with pytest.raises(ValueError, match="9 blocks"):
        full.add(0.0)
    with pytest.raises(ValueError, match="finite"):
        RatioTest().add(math.inf)


def test_between_looks_the_interval_stays_that_of_the_look_before() -> None:
    test = RatioTest()
    for gain in (0.1, 0.2, 0.1, 0.15, 0.12, 0.18, 0.11, 0.13, 0.14):
        test = test.add(gain)
    assert test.add(9.0).add(9.0).interval == test.interval


def machine(generator: np.random.Generator, runs: int) -> Vector:
    """Return log times of one program on a bad machine, run after run.

    Slow phases that last (an autoregression of 0.95), drift up to a factor of e, Cauchy
    jitter, and one run in ten that another process slows by up to 100 times.
    """
    steps = generator.normal(0, 0.1, runs)
    phases = np.zeros(runs)
    for place in range(1, runs):
        phases[place] = 0.95 * phases[place - 1] + steps[place]
    drift = generator.uniform(-1, 1) * np.arange(runs) / runs
    spikes = generator.exponential(1.5, runs) * (generator.random(runs) < 0.1)
    jitter = np.clip(0.01 * generator.standard_cauchy(runs), -3, 3)
    found: Vector = phases + drift + spikes + np.abs(jitter)
    return found


def measured(generator: np.random.Generator, speed_up: float, *, least: float = 1.0) -> RatioTest:
    """Return a whole measurement with its coins, looks and stopping."""
    test = RatioTest(least=least)
    times = machine(generator, 4 * test.blocks).reshape(-1, 4)
    for block in times:
        if test.done:
            break
        inner, outer = np.exp(block[1:3]), np.exp(block[[0, 3]])
        first, second = (outer, inner) if generator.random() < 0.5 else (inner, outer)
        test = test.add(block_gain(list(first), list(second / speed_up)))
    return test


@pytest.mark.slow
def test_a_bad_machine_makes_no_speed_up() -> None:
    """Same program twice: claims of either kind stay within alpha, each side within half."""
    generator = np.random.default_rng(0)
    found = [measured(generator, 1.0).direction for _ in range(600)]
    assert wilson(found.count("faster"), len(found)).low <= ALPHA / 2  # type: ignore[operator]
    assert found.count("faster") + found.count("slower") <= ALPHA * len(found)


@pytest.mark.slow
def test_intervals_of_a_bad_machine_cover_the_ratio() -> None:
    generator = np.random.default_rng(1)
    found = [measured(generator, 1.5).interval for _ in range(300)]
    missed = sum(
        not (each.low is not None and each.high is not None and each.low <= 1.5 <= each.high)
        for each in found
    )
    assert missed <= ALPHA * len(found)


def test_true_speed_ups_are_found_on_a_bad_machine() -> None:
    generator = np.random.default_rng(2)
    thrice = [measured(generator, 3.0) for _ in range(100)]
    half = [measured(generator, 1.5) for _ in range(100)]
    assert sum(each.direction == "faster" for each in thrice) >= 95
    assert sum(each.direction == "faster" for each in half) >= 60


def test_a_quiet_machine_shows_small_speed_ups_soon() -> None:
    generator = np.random.default_rng(3)
    for speed_up in (1.1, 1.5, 3.0):
        test = RatioTest(least=1.02)
        while not test.done:
            noise = generator.normal(0, 0.01)
            test = test.add(math.log(speed_up) + noise)
        assert test.direction == "faster"
        assert len(test.gains) == FEWEST


def test_equal_versions_on_a_quiet_machine_end_early_too() -> None:
    generator = np.random.default_rng(4)
    test = RatioTest(least=1.02)
    while not test.done:
        test = test.add(float(generator.normal(0, 0.005)))
    assert test.direction == "unclear"
    assert len(test.gains) < test.blocks
