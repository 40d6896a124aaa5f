"""Every operator of the plain families, on a program that has a place for each."""

from __future__ import annotations

import ast
from random import Random

import pytest

from selftaught.models.offline import (
    call_operators,
    condition_operators,
    constant_operators,
    control_flow_operators,
    expression_operators,
    statement_operators,
)
from selftaught.models.offline.draft import Draft, Operator
from selftaught.models.offline.prompt_reading import PromptReading
from selftaught.models.offline.rendering import equal, render

SOURCE = """import numpy as np


def solve(weights, limit=3.5, deep=True):
    total = 0.25
    weights = sorted(weights)
    for weight in weights:
        if weight > limit and total < 10:
            total = total + weight * 2.5
            total = max(total, limit)
        if total > 90:
            break
    for _ in range(7):
        total = total * 0.99
        if total < 2:
            total += 1
    scale = np.array(weights)
    gap = np.minimum(scale, limit) - 0.5
    print(deep, total)
    return total + np.sum(gap * 2.5)
"""
OPERATORS = [
    operator
    for module in (
        constant_operators,
        expression_operators,
        condition_operators,
        statement_operators,
        control_flow_operators,
        call_operators,
    )
    for _, operator in module.FAMILY.operators
]


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.__name__)
def test_an_operator_changes_the_program_and_tells_in_one_line(operator: Operator) -> None:
    changed = 0
    for seed in range(40):
        draft = Draft(ast.parse(SOURCE), Random(seed), 0.7, PromptReading(SOURCE))
        idea = operator(draft)
        if idea is None:
            continue
        assert idea
        assert "\n" not in idea
        assert equal(ast.parse(render(draft.tree, SOURCE)), ast.parse(ast.unparse(draft.tree)))
        changed += not equal(draft.tree, ast.parse(SOURCE))
    assert changed > 0


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.__name__)
def test_an_operator_does_not_apply_to_an_empty_program(operator: Operator) -> None:
    assert operator(Draft(ast.parse(""), Random(0), 0.7, PromptReading(""))) is None


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.__name__)
def test_an_operator_copes_with_a_function_that_does_nothing(operator: Operator) -> None:
    source = "def f():\n    pass\n"
    for seed in range(10):
        assert operator(Draft(ast.parse(source), Random(seed), 0.7, PromptReading(source))) is None


def test_loops_do_not_grow_beyond_the_limit() -> None:
    source = "def f():\n    for _ in range(400000):\n        pass\n"
    for seed in range(30):
        draft = Draft(ast.parse(source), Random(seed), 0.7, PromptReading(source))
        control_flow_operators.longer_loop(draft)
        (loop,) = draft.functions[0].body
        assert isinstance(loop, ast.For)
        assert ast.literal_eval(ast.unparse(loop.iter)[6:-1]) <= constant_operators.LARGEST


def test_a_loop_whose_counter_is_read_keeps_its_length() -> None:
    source = "def f(x):\n    for i in range(9):\n        x = x + i\n    return x\n"
    draft = Draft(ast.parse(source), Random(0), 0.7, PromptReading(source))
    assert control_flow_operators.longer_loop(draft) is None


def test_indices_are_left_alone_by_arithmetic() -> None:
    source = "def f(x, n):\n    return x[n - 1]\n"
    for seed in range(40):
        draft = Draft(ast.parse(source), Random(seed), 0.7, PromptReading(source))
        for _, operator in expression_operators.FAMILY.operators:
            operator(draft)
        assert "[n - 1]" in ast.unparse(draft.tree) or "x[" not in ast.unparse(draft.tree)
