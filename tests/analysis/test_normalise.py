import pytest

from selftaught.analysis.normalise import (
    Reference,
    headroom,
    normalised,
    normalised_interval,
    task_mean,
)
from selftaught.values.records import Interval


def test_seed_is_zero_and_known_best_one() -> None:
    reference = Reference(seed=0.4, best=0.9)
    assert normalised(0.4, reference) == 0
    assert normalised(0.9, reference) == 1
    assert normalised(0.15, reference) == pytest.approx(-0.5)


@pytest.mark.parametrize("best", [None, 0.4, 0.1])
def test_without_a_better_known_best_there_is_no_scale(best: float | None) -> None:
    with pytest.raises(ValueError, match="known best"):
        normalised(0.5, Reference(seed=0.4, best=best))


def test_intervals_keep_their_gaps() -> None:
    found = normalised_interval(
        Interval(mean=0.5, low=None, high=None, n=1), Reference(seed=0.0, best=2.0)
    )
    assert found == Interval(mean=0.25, low=None, high=None, n=1)


def test_tasks_without_headroom_are_named_with_the_reason() -> None:
    found = headroom(
        {
            "open": Reference(0.2, 1.0, one_answer=0.91),
            "near its bound": Reference(0.95, 1.0, one_answer=0.96),
            "taken": Reference(0.2, 1.0, one_answer=0.93),
            "unmeasured": Reference(0.2, 1.0),
            "unknown": Reference(0.2, None),
            "solved": Reference(1.0, 1.0),
            "shifted": Reference(-5.0, 0.0, one_answer=-0.4),
        }
    )
    assert found.kept == ("open", "near its bound", "unmeasured")
    assert list(found.left_out) == ["taken", "unknown", "solved", "shifted"]
    assert "91%" in found.left_out["taken"]
    assert found.left_out["unknown"] == "no known best"


def test_tasks_count_equally() -> None:
    assert task_mean({"a": [0.0, 0.0, 0.0], "b": [1.0]}) == 0.5
    assert task_mean({}) is None
    with pytest.raises(ValueError, match="every task"):
        task_mean({"a": []})
