import pytest

from selftaught.analysis.imp_at_k import imp_at_k


@pytest.mark.parametrize(("k", "mean"), [(0, 0.0), (1, 0.0), (2, 0.05), (9, 0.1)])
def test_gain_after_k_calls(k: int, mean: float) -> None:
    found = imp_at_k([[0.1, 0.5, 0.6], [0.5, 0.2]], [0.2, 0.4], k)
    assert found.mean == pytest.approx(mean)
    assert found.n == 2


def test_a_worse_improver_loses() -> None:
    assert imp_at_k([[0.1], [0.0]], [0.5, 0.5], 1).mean == pytest.approx(-0.45)


def test_luck_on_the_way_is_no_gain() -> None:
    assert imp_at_k([[0.5, 0.9, 0.5]], [0.5], 3).mean == 0


@pytest.mark.parametrize(("seeds", "k"), [([0.1], -1), ([], 1)])
def test_malformed_calls_are_refused(seeds: list[float], k: int) -> None:
    with pytest.raises(ValueError, match="expected k"):
        imp_at_k([[0.2]], seeds, k)


def test_a_trajectory_without_a_call_is_refused() -> None:
    with pytest.raises(ValueError, match="none of them empty"):
        imp_at_k([[]], [0.5], 1)
