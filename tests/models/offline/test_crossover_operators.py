from __future__ import annotations

import ast
from random import Random

import pytest

from models.offline.programs import WALK
from selftaught.models.offline import crossover_operators
from selftaught.models.offline.draft import Draft, Operator
from selftaught.models.offline.prompt_reading import PromptReading

OTHER = WALK.replace("abs(a - b)", "(a - b) ** 2").replace(
    "    for _ in range(LIMIT):", "    best[0] = goal[0]\n    for _ in range(LIMIT):"
)


def results(operator: Operator, reading: PromptReading, count: int = 40) -> set[str]:
    found = set()
    for seed in range(count):
        draft = Draft(ast.parse(reading.best or ""), Random(seed), 0.7, reading)
        if operator(draft):
            found.add(ast.unparse(draft.tree))
    return found


@pytest.mark.parametrize(
    ("operator", "sign"),
    [
        (crossover_operators.take_function, "(a - b) ** 2"),
        (crossover_operators.take_expression, "(a - b) ** 2"),
        (crossover_operators.take_statement, "best[0] = goal[0]"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_something_is_taken_from_the_other_program(operator: Operator, sign: str) -> None:
    assert any(sign in text for text in results(operator, PromptReading(WALK, (OTHER,))))


def test_what_a_taken_function_needs_comes_with_it() -> None:
    other = WALK.replace("cost", "loss").replace("LIMIT", "STEPS")
    found = results(crossover_operators.take_missing, PromptReading(WALK, (other,)))
    assert found
    assert all("def loss" in text and "STEPS = 20" in text for text in found)


def test_numbers_move_on_in_the_direction_that_paid() -> None:
    better, worse = WALK.replace("20", "40"), WALK
    reading = PromptReading(worse, (better,), scores={worse: 0.3, better: 0.6})
    found = results(crossover_operators.follow_scores, reading)
    numbers = [ast.parse(text).body[1].value.value for text in found]  # type: ignore[attr-defined]
    assert len(numbers) > 10
    assert min(numbers) > 40
    assert max(numbers) < 40 * 2**1.5 + 1


def test_without_scores_or_another_program_there_is_nothing_to_follow() -> None:
    better = WALK.replace("20", "40")
    assert not results(crossover_operators.follow_scores, PromptReading(WALK, (better,)))
    assert not results(
        crossover_operators.follow_scores, PromptReading(WALK, (OTHER,), scores={WALK: 1, OTHER: 0})
    )
    for _, operator in crossover_operators.FAMILY.operators:
        assert not results(operator, PromptReading(WALK), 5)
