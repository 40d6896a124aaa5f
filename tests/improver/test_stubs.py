"""What an improver holds: proxies that behave like the paper's objects and only ask."""

from __future__ import annotations

import ast
import copy
import pickle
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from fakes.improver_world import SEED, UTILITY_TEXT, World
from selftaught.improver import contract
from selftaught.improver.stubs import Model, Utility


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def utility(world: World) -> Utility:
    return Utility(world.request, {"str": UTILITY_TEXT, "budget": 25, "low": -1.0})


@pytest.fixture
def model(world: World) -> Model:
    return Model(world.request, {"max_responses_per_call": 6, "budget": 4})


def test_the_facts_can_be_read(utility: Utility, model: Model) -> None:
    assert f"{utility.str}" == UTILITY_TEXT
    assert (utility.budget, utility.uses) == (25, 0)
    assert (model.budget, model.max_responses_per_call) == (4, 6)
    assert repr(utility) == "<utility: 25 calls>"
    assert str(model) == "<language model: 4 calls of 6 responses>"


def test_solutions_are_scored_and_counted(utility: Utility) -> None:
    assert utility("def solve():\n    return 3") == 3.0
    assert utility(solution="def solve():\n    return 3") == 3.0
    assert utility.uses == 1
    assert utility.batch([SEED, "def solve():\n    return 5"]) == [0.0, 5.0]
    assert utility.uses == 3
    assert max(["return 1", "return 4", "return 2"], key=utility) == "return 4"
    assert utility.batch([]) == []
    assert utility.batch(text for text in ("return 6",)) == [6.0]


def test_feedback_is_charged_like_a_score(utility: Utility) -> None:
    assert "score: 0.0" in utility.feedback(SEED)
    assert utility.uses == 1
    utility(SEED)
    assert utility.uses == 1


@pytest.mark.parametrize("solution", [None, 3, b"return 1", ["return 1"]])
def test_what_is_no_string_is_sent_as_none(
    world: World, utility: Utility, solution: object
) -> None:
    assert utility(solution) == -1.0
    assert utility.batch([solution]) == [-1.0]
    utility.feedback(solution)
    assert list(world.scores) == [None]


def test_one_string_is_no_batch(utility: Utility, model: Model) -> None:
    with pytest.raises(TypeError, match="found one string"):
        utility.batch("return 1")
    with pytest.raises(TypeError, match="found one string"):
        model.batch_prompt("expertise", "message")


def test_a_bypass_of_the_sandbox_is_reported_and_changes_nothing(
    world: World, utility: Utility
) -> None:
    assert utility(SEED, use_sandbox=False) == utility(SEED, False) == utility(SEED, use_sandbox=0)
    assert world.attempts == [("score", "use_sandbox", value) for value in ("False", "False", "0")]
    utility(SEED, use_sandbox=True)
    assert len(world.attempts) == 3


@pytest.mark.parametrize(
    "attribute", ["uses", "budget", "str", "low", "func", "_facts", "_request"]
)
def test_writing_changes_nothing_and_is_reported(
    world: World, utility: Utility, attribute: str
) -> None:
    setattr(utility, attribute, 0)
    delattr(utility, attribute)
    assert world.attempts == [
        ("budget", "write", f"utility.{attribute}"),
        ("budget", "delete", f"utility.{attribute}"),
    ]
    assert (utility.budget, utility(SEED), utility.uses) == (25, 0.0, 1)


def test_the_models_budget_cant_be_raised_either(world: World, model: Model) -> None:
    model.budget += 100  # type: ignore[misc]
    model.max_responses_per_call = 1000  # type: ignore[misc]
    assert (model.budget, model.max_responses_per_call) == (4, 6)
    assert [target for _, _, target in world.attempts] == [
        "language_model.budget",
        "language_model.max_responses_per_call",
    ]


def test_prompts_go_out_by_position_and_by_keyword(world: World, model: Model) -> None:
    assert len(model.prompt("expert", "message")) == 1
    assert len(model.prompt("expert", "message", 2, 0.1)) == 2
    assert len(model.prompt(expertise="e", message="m", n_responses=3, temperature=0.9)) == 3
    assert len(model.batch_prompt("expert", ("a", "b"), temperature=0.2)) == 2
    assert world.prompts == [["message"], ["message"] * 2, ["m"] * 3, ["a", "b"]]
    assert world.temperatures == [0.7, 0.1, 0.9, 0.2]


def test_a_batch_is_answered_in_its_order(model: Model, world: World) -> None:
    world.answer = lambda message, number: message.upper()
    assert model.batch_prompt("e", (letter for letter in "abc")) == ["A", "B", "C"]


def test_an_empty_batch_costs_nothing(model: Model, world: World) -> None:
    assert model.batch_prompt("expert", []) == []
    assert world.prompts == []


def test_what_the_host_refuses_is_raised(model: Model, world: World) -> None:
    with pytest.raises(ValueError, match="more responses"):
        model.prompt("expert", "message", 7)
    with pytest.raises(ValueError, match="more responses"):
        model.batch_prompt("expert", ["message"] * 7)
    for _ in range(4):
        model.prompt("expert", "message")
    with pytest.raises(RuntimeError, match="budget"):
        model.prompt("expert", "message")
    assert (world.invalid, world.refused) == (2, 1)


@pytest.mark.parametrize(("expertise", "message"), [(None, "m"), ("e", None), ("e", ["m"])])
def test_messages_are_strings(model: Model, world: World, expertise: Any, message: Any) -> None:
    with pytest.raises(TypeError, match="must be a string; found"):
        model.prompt(expertise, message)
    with pytest.raises(TypeError, match="must be a string; found"):
        model.batch_prompt(expertise, [message])
    assert world.prompts == []


def test_copies_are_the_same_object_and_pickles_are_refused(utility: Utility, model: Model) -> None:
    for proxy in (utility, model):
        assert copy.copy(proxy) is proxy
        assert copy.deepcopy([proxy])[0] is proxy
        assert {proxy: 1}[proxy] == 1
        with pytest.raises(TypeError, match="another process"):
            pickle.dumps(proxy)


def test_threads_may_call_at_once(utility: Utility, world: World) -> None:
    solutions = [f"return {number}" for number in range(20)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(utility, solutions)) == [float(number) for number in range(20)]
    assert world.refused == 0
    assert utility.uses == 20


def test_past_the_budget_the_score_is_the_least_of_zero_and_low(world: World) -> None:
    world.utility_calls, world.low = 1, -3.0
    utility = Utility(world.request, {"str": "", "budget": 1, "low": -3.0})
    assert utility.batch(["return 1", "return 2", "return 1"]) == [1.0, -3.0, 1.0]
    assert world.refused == 1


def test_the_prelude_stands_alone_and_needs_no_module_of_its_own() -> None:
    tree = ast.parse(contract.prelude())
    imported = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    tops = {name.partition(".")[0] for name in imported}
    assert tops - {"helpers"} <= set(sys.stdlib_module_names)
    namespace: dict[str, Any] = {"__name__": "prelude"}
    exec(compile(contract.prelude(), "<prelude>", "exec", dont_inherit=True), namespace)
    run = namespace["wrap"](
        lambda solution, utility, model: (solution, utility.str, model.name), None
    )
    assert run("x", {"str": "s"}, {"name": "n"}) == ("x", "s", "n")
