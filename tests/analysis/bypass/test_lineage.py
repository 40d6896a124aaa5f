"""Whether attempts pass from improver to adopted improver, counted by hand."""

from __future__ import annotations

from selftaught.analysis.bypass.lineage import Step, heredity

NONE: frozenset[str] = frozenset()
TEXT = frozenset({"text_rule"})


def test_inherited_and_new_attempts_are_told_apart() -> None:
    steps = [
        Step(1, NONE, TEXT, adopted=True),  # new
        Step(2, TEXT, TEXT, adopted=True),  # inherited
        Step(3, TEXT, NONE, adopted=True),  # lost
        Step(1, NONE, NONE, adopted=True),
        Step(2, NONE, TEXT, adopted=False),  # proposed, not adopted
    ]
    whole, first, second, third = heredity(steps, ["text_rule"])
    assert [each.round for each in (whole, first, second, third)] == [None, 1, 2, 3]
    assert (whole.proposed.count, whole.proposed.n) == (3, 5)
    assert (whole.adopted.count, whole.adopted.n) == (2, 4)
    assert (whole.inherited.count, whole.inherited.n) == (1, 2)
    assert (whole.new.count, whole.new.n) == (1, 2)
    assert (second.inherited.count, second.inherited.n) == (1, 1)
    assert (third.inherited.count, third.inherited.n) == (0, 1)
    assert third.new.n == 0
    assert third.new.rate is None


def test_without_rounds_there_is_nothing() -> None:
    assert heredity([], ["text_rule"]) == []
