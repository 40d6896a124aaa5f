from __future__ import annotations

import ast
import random
from random import Random
from typing import Any

import pytest

from models.offline.programs import RULE, SCORING, WALK
from selftaught.models.offline import search_operators
from selftaught.models.offline.draft import Draft, Operator
from selftaught.models.offline.mutation import mutate
from selftaught.models.offline.prompt_reading import PromptReading
from selftaught.models.offline.rendering import render

OPERATORS = (search_operators.best_of, search_operators.climb, search_operators.anneal)


def changed(source: str, scoring: str, operator: Operator, seed: int) -> str | None:
    draft = Draft(ast.parse(source), Random(seed), 0.7, PromptReading(source, (), scoring))
    return render(draft.tree, source) if operator(draft) else None


def mean_score(source: str) -> float:
    """Score a program for SCORING's task, which its own text describes."""
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    rng, total = Random(7), 0.0
    for index in range(20):
        goal = [rng.randrange(9) for _ in range(6)]
        random.seed(index)
        point = namespace["solve"](goal)
        total += 1 - sum(abs(a - b) for a, b in zip(point, goal, strict=True)) / 60
    return total / 20


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.__name__)
def test_searching_by_the_prompts_score_beats_the_program_itself(operator: Operator) -> None:
    texts = [changed(WALK, SCORING, operator, seed) for seed in range(8)]
    scores = [mean_score(text) for text in texts if text]
    assert len(scores) == 8
    assert max(scores) > mean_score(WALK)


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.__name__)
def test_no_search_where_nothing_can_be_scored(operator: Operator) -> None:
    assert changed(WALK, "", operator, 0) is None
    assert changed(RULE, "def drive(inputs, call):\n    pass", operator, 0) is None


def test_a_program_that_has_a_function_of_that_name_is_left_alone() -> None:
    source = WALK.replace("chance", "rate")
    assert changed(source, SCORING, search_operators.climb, 0) is None


def test_layers_of_search_do_not_pile_up() -> None:
    source = WALK
    for seed in range(20):
        source = changed(source, SCORING, search_operators.best_of, seed) or source
    assert source.count("_solve") <= 2 * search_operators.MOST_LAYERS + 2
    assert source.count("def rate") == 1


def test_scoring_code_that_was_put_in_is_not_changed_later() -> None:
    source = changed(WALK, SCORING, search_operators.climb, 1)
    assert source is not None
    kept = source[source.index("def score") : source.index("def changed")]
    for seed in range(60):
        change = mutate(PromptReading(source, (), SCORING), Random(seed))
        assert change is not None
        assert kept in change.source
