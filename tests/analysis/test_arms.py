import pytest

from selftaught.analysis.arms import Arm, break_even, summarise
from selftaught.values.records import Spent


def arm(*endpoints: float, responses: int = 10) -> Arm:
    return Arm(endpoints, [Spent(responses=responses)] * len(endpoints))


def test_the_headline_is_against_the_best_control() -> None:
    found = summarise(
        {
            "A": arm(0.1, 0.2, 0.3),
            "B": arm(0.4, 0.5, 0.6),
            "C": arm(0.5, 0.7, 0.6),
            "D": arm(0, 0, 0),
        }
    )
    assert found.best_control == "B"
    assert found.headline.mean == pytest.approx(0.1)
    assert [row.arm for row in found.rows] == ["A", "B", "C", "D"]
    stop = found.rows[2]
    assert (stop.difference, stop.p_value, stop.spent.responses) == (None, None, 30)
    assert found.rows[0].p_value == 0.75


def test_one_run_claims_nothing() -> None:
    found = summarise({"A": arm(0.1), "C": arm(0.9)})
    assert (found.headline.low, found.rows[0].p_value) == (None, 1.0)


@pytest.mark.parametrize("arms", [{"C": arm(1)}, {"A": arm(1)}, {"A": arm(1), "C": arm(1, 2)}])
def test_what_can_not_be_compared_is_refused(arms: dict[str, Arm]) -> None:
    with pytest.raises(ValueError, match="expected"):
        summarise(arms)


@pytest.mark.parametrize(
    ("costs", "tasks"),
    [
        ((100, 30, 10), 5),
        ((101, 30, 10), 6),
        ((100, 10, 10), None),
        ((100, 5, 9), None),
        ((0, 1, 1), 0),
    ],
)
def test_break_even(costs: tuple[float, float, float], tasks: int | None) -> None:
    assert break_even(*costs) == tasks


def test_negative_costs_are_refused() -> None:
    with pytest.raises(ValueError, match="costs"):
        break_even(-1, 2, 1)
