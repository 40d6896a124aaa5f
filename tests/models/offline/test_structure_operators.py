from __future__ import annotations

import ast
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from models.offline.programs import IMPROVER, WALK
from selftaught.models.offline import structure_operators
from selftaught.models.offline.draft import Draft, Operator
from selftaught.models.offline.parameter_roles import shapes
from selftaught.models.offline.prompt_reading import PromptReading
from selftaught.models.offline.rendering import render

HALVE = """
def improve(value, score, ask):
    better = ask(value)
    return better
"""
KEEP = """
def improve(value, score, ask):
    return max([ask(value), ask(value)], key=score)
"""


def changed(source: str, operator: Operator, seed: int = 0) -> tuple[str, Callable[..., Any]]:
    draft = Draft(ast.parse(source), Random(seed), 0.7, PromptReading(source))
    assert operator(draft) is not None
    text = render(draft.tree, source)
    namespace: dict[str, Any] = {}
    exec(text.replace("from helpers", "from selftaught.improver.helpers"), namespace)
    return text, namespace["improve"]


class Ask:
    """Gives the next of some numbers, then raises, as a spent budget does."""

    def __init__(self, *numbers: float) -> None:
        self.numbers = list(numbers)
        self.asked: list[float] = []

    def __call__(self, value: float) -> float:
        self.asked.append(value)
        if not self.numbers:
            raise RuntimeError("the budget is spent")
        return self.numbers.pop(0)


def test_iterating_feeds_the_result_back_until_something_raises() -> None:
    _, improve = changed(HALVE, structure_operators.iterate)
    ask = Ask(1.0, 2.0)
    assert improve(0.0, lambda x: x, ask) == 2.0
    assert ask.asked == [0.0, 1.0, 2.0]


def test_parameters_keep_annotations_and_defaults() -> None:
    text, improve = changed(
        HALVE.replace("value, score, ask", "value: float, score: 'F', ask: 'F' = abs"),
        structure_operators.iterate,
    )
    assert text.count("value: float, score: 'F', ask: 'F'=abs") == 2
    assert improve(-3.0, abs) == 3.0


def test_climbing_goes_on_from_the_best() -> None:
    _, improve = changed(KEEP, structure_operators.climb)
    ask = Ask(3.0, 1.0, 2.0, 1.0)
    assert improve(0.0, lambda x: x, ask) == 3.0
    assert ask.asked == [0.0, 0.0, 3.0, 3.0, 3.0]


def test_restarting_keeps_the_best_of_several_results() -> None:
    _, improve = changed(KEEP, structure_operators.restart)
    ask = Ask(1.0, 1.0, 5.0, 2.0, 3.0, 3.0)
    assert improve(0.0, lambda x: x, ask) == 5.0
    assert set(ask.asked) == {0.0}


def test_a_population_goes_on_from_each_of_the_best() -> None:
    _, improve = changed(KEEP, structure_operators.population)
    assert improve(0.0, lambda x: x, Ask(1.0, 1.0, 2.0, 2.0, 7.0, 7.0)) == 7.0


def test_the_input_stays_a_candidate() -> None:
    _, improve = changed(KEEP, structure_operators.keep_input)
    assert improve(9.0, lambda x: x, Ask(1.0, 2.0)) == 9.0
    assert improve(0.0, lambda x: x, Ask(1.0, 2.0)) == 2.0


def test_a_guard_returns_the_input_where_something_raises() -> None:
    _, improve = changed(HALVE, structure_operators.guard)
    assert improve(4.0, lambda x: x, Ask()) == 4.0
    assert improve(4.0, lambda x: x, Ask(5.0)) == 5.0


def test_a_number_comes_to_depend_on_the_round() -> None:
    source = IMPROVER.replace("improve_algorithm", "improve")
    text, _ = changed(
        source,
        lambda draft: structure_operators.climb(draft) and structure_operators.vary_by_round(draft),
    )
    assert "temperature=temperature" in text
    assert "** turn" in text


def test_a_budget_is_shared() -> None:
    text, _ = changed(
        IMPROVER.replace("improve_algorithm", "improve"), structure_operators.share_budget
    )
    assert "max(1, min(language_model.max_responses_per_call, utility.budget) // " in text


def test_wrappers_do_not_pile_up_without_end() -> None:
    source = IMPROVER
    for seed in range(30):
        draft = Draft(ast.parse(source), Random(seed), 0.7, PromptReading(source))
        if structure_operators.climb(draft):
            source = render(draft.tree, source)
    assert source.count("def improve_algorithm") == structure_operators.MOST_LAYERS


def test_the_shape_of_an_improver() -> None:
    (shape,) = shapes(ast.parse(IMPROVER))
    assert (shape.candidate, shape.scorer) == ("initial_solution", "utility")


@pytest.mark.parametrize("source", [WALK, "def f(x, g):\n    g(x)", "def f(g):\n    return g()"])
def test_what_takes_no_candidate_or_returns_none_has_no_shape(source: str) -> None:
    assert shapes(ast.parse(source)) == []
