from __future__ import annotations

import ast
import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.offline.programs import WALK
from selftaught.models.offline import constant_operators
from selftaught.models.offline.draft import Draft, Operator
from selftaught.models.offline.prompt_reading import PromptReading
from selftaught.models.offline.rendering import equal, render

NUMBERS = st.one_of(st.integers(-1000, 1000), st.floats(-1e6, 1e6))


@given(NUMBERS, st.integers(0), st.floats(0.1, 2))
def test_a_number_stays_a_finite_number_of_its_type(value: float, seed: int, width: float) -> None:
    moved = constant_operators.move_number(value, Random(seed), width)
    assert type(moved) is type(value)
    assert math.isfinite(moved)


@given(st.floats(0.501, 0.999), st.integers(0))
def test_a_rate_stays_between_0_and_1(value: float, seed: int) -> None:
    assert 0 < constant_operators.move_number(value, Random(seed), 1.0) <= 1


def results(source: str, operator: Operator) -> list[str]:
    found = []
    for seed in range(60):
        draft = Draft(ast.parse(source), Random(seed), 0.7, PromptReading(source))
        if operator(draft):
            found.append(render(draft.tree, source))
            assert equal(ast.parse(found[-1]), draft.tree)
    return found


def test_an_exponent_stays_small() -> None:
    found = results("def f(x):\n    return x ** 3\n", constant_operators.change_number)
    exponents = {int(text.split("**")[1].strip(" -()\n")) for text in found}
    assert exponents
    assert max(exponents) <= constant_operators.LARGEST_EXPONENT


def test_a_number_that_occurs_twice_changes_everywhere() -> None:
    found = results(
        "def f(x):\n    return 7 * x if x > 7 else 2\n", constant_operators.change_everywhere
    )
    assert found
    assert all("7 " not in text.replace(" 7", " 7 ") or "17" in text for text in found[:3])
    trees = [ast.parse(text) for text in found]
    for tree in trees:
        node = tree.body[0].body[0].value  # type: ignore[attr-defined]
        assert ast.unparse(node.body.left) == ast.unparse(node.test.comparators[0])


def test_named_numbers_are_defaults_keywords_and_assigned_constants() -> None:
    for text in results(WALK, constant_operators.change_default):
        changed = [
            new for new, old in zip(text.split("\n"), WALK.split("\n"), strict=True) if new != old
        ]
        assert len(changed) == 1
        assert changed[0].startswith(("LIMIT", "def solve"))


@pytest.mark.parametrize(("old", "new"), [("True", "False"), ("False", "True")])
def test_truth_is_flipped(old: str, new: str) -> None:
    source = "def f(x):\n    return g(x, {})\n"
    assert set(results(source.format(old), constant_operators.flip_truth)) == {source.format(new)}
