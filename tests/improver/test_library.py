"""Every improver of the library: the contract at any budget, and that it is what it says."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any

import pytest

from fakes.improver_world import SEED, World, rising, value
from selftaught.improver import contract, registry
from selftaught.improver.helpers import blocks, first_block

NAMES = [entry.name for entry in registry.names()]
ONE_CALL = {"seed", "seed_keep", "earlier_seed", "chain_of_thought"}
"""They spend one model call by definition, and the first two may return None."""

SEARCHERS = [name for name in NAMES if name not in ONE_CALL]
BUDGETS = [(1, 1, 1), (2, 2, 2), (25, 25, 25), (4, 6, 25), (2, 3, 6), (1, 6, 25), (25, 1, 2)]
"""Model calls, responses of each, utility calls."""

TWO_PARTS = "import math\n\n\ndef helper():\n    return 1\n\n\ndef solve():\n    return 2"


def rubbish(message: str, number: int) -> str:
    return (
        "No code at all.",
        "```python\ndef solve(:\n```",
        "```",
        "```\n\n```",
        "'''```python\n" * 3,
        "\ud800 \x00 ```py\n\x00\n```",
        "`" * 99,
        "```python\nlambda: 1\n```",
    )[number % 8]


def silent(message: str, number: int) -> str:
    return ""


def zero(source: str) -> float:
    return 0.0


def failing_seed(source: str) -> float:
    return -1.0 if source == SEED else value(source)


CASES: dict[str, dict[str, Callable[..., Any]]] = {
    "usable": {},
    "rubbish": {"answer": rubbish},
    "silent": {"answer": silent},
    "always 0": {"score": zero},
    "always the same": {"answer": lambda message, number: rising(message, 3)},
    "failing seed": {"score": failing_seed},
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("budget", BUDGETS, ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_an_improver_keeps_its_budget_whatever_happens(
    name: str, budget: tuple[int, int, int], case: str
) -> None:
    calls, responses, utility_calls = budget
    world = World(calls=calls, responses=responses, utility_calls=utility_calls, **CASES[case])
    found = world.run(registry.find(name).source)
    assert (world.refused, world.invalid, world.attempts) == (0, 0, [])
    assert found is None or isinstance(found, str)
    if name not in ("seed", "earlier_seed"):
        assert isinstance(found, str)


@pytest.mark.parametrize("initial", [SEED, TWO_PARTS, "no ( program", "", "x = '```'"])
@pytest.mark.parametrize("budget", BUDGETS, ids=str)
@pytest.mark.parametrize("name", SEARCHERS)
def test_a_search_spends_its_budget_fully_and_returns_its_best(
    name: str, budget: tuple[int, int, int], initial: str
) -> None:
    calls, responses, utility_calls = budget
    world = World(calls=calls, responses=responses, utility_calls=utility_calls)
    found = world.run(registry.find(name).source, initial)
    assert world.spent_fully
    assert world.scores[found] == max(world.scores.values())


@pytest.mark.parametrize("answer", [rubbish, silent])
@pytest.mark.parametrize("name", SEARCHERS)
def test_a_search_goes_on_asking_where_answers_are_of_no_use(
    name: str, answer: Callable[[str, int], str]
) -> None:
    world = World(answer=answer, score=lambda source: float(source == SEED))
    assert world.run(registry.find(name).source) == SEED
    assert len(world.prompts) == world.calls


@pytest.mark.parametrize("name", NAMES)
def test_the_solution_is_the_first_block_of_every_prompt(name: str) -> None:
    world = World()
    world.run(registry.find(name).source)
    shown = [first_block(message) for call in world.prompts for message in call]
    assert set(shown) <= set(world.scores) | {SEED}
    assert all("def score" in message for call in world.prompts for message in call)


@pytest.mark.parametrize("name", NAMES)
def test_an_improver_reads_as_a_program_for_people(name: str) -> None:
    source = registry.find(name).source
    assert len(source.splitlines()) < 120
    assert contract.check_entry_point(source) is None
    imported = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert imported <= {"helpers", "ast", "heapq", "itertools", "math", "random", "statistics"}


def run(name: str, **settings: Any) -> tuple[World, Any]:
    world = World(**settings)
    return world, world.run(registry.find(name).source)


def candidates_shown(world: World, call: int) -> list[list[str]]:
    """Return, for each message of a call, the programs in it that the model had written."""
    known = set(world.scores) - {SEED}
    return [[b for b in blocks(message) if b in known] for message in world.prompts[call]]


@pytest.mark.parametrize("name", ["seed", "earlier_seed"])
def test_the_papers_seeds_ask_once_and_have_no_elitism(name: str) -> None:
    world, found = run(name, score=lambda source: -value(source))
    assert [len(call) for call in world.prompts] == [6]
    assert SEED not in world.scores
    assert world.scores[found] == max(world.scores.values())
    assert run(name, answer=silent)[1] is None


def test_chain_of_thought_takes_one_answer_unscored() -> None:
    world, found = run("chain_of_thought")
    assert [len(call) for call in world.prompts] == [1]
    assert world.scores == {}
    assert found != SEED


def test_best_of_n_shows_no_candidate() -> None:
    world, _ = run("best_of_n")
    assert world.answered == 24
    assert not any(shown for call in range(4) for shown in candidates_shown(world, call))


def test_sequential_shows_all_answers_so_far() -> None:
    world, _ = run("sequential")
    written = [source for source in world.scores if source != SEED]
    for call in range(4):
        assert candidates_shown(world, call) == [written[: 6 * call]] * 6
        assert {first_block(message) for message in world.prompts[call]} == {SEED}


def test_greedy_shows_the_best_so_far_and_nothing_else() -> None:
    world, _ = run("greedy")
    scored = list(world.scores.items())
    for call in range(1, 4):
        best = max(scored[: 1 + 6 * call], key=lambda item: item[1])[0]
        assert candidates_shown(world, call) == [[best]] * 6


def test_beam_gives_each_of_the_three_best_prompts_of_its_own() -> None:
    world, _ = run("beam")
    scored = list(world.scores.items())
    for call in range(1, 4):
        best = sorted(scored[: 1 + 6 * call], key=lambda item: -item[1])[:3]
        shown = [first_block(message) for message in world.prompts[call]]
        assert shown == [source for source, _ in best] * 2


def test_genetic_crosses_two_parents_in_half_of_its_prompts() -> None:
    world, _ = run("genetic")
    for call in range(1, 4):
        parents = [
            len([b for b in blocks(message) if b in world.scores])
            for message in world.prompts[call]
        ]
        assert parents == [1, 2] * 3
    assert len({first_block(message) for message in world.prompts[3]}) > 1


def test_annealing_accepts_worse_programs_early_and_returns_the_best() -> None:
    worse = []
    for seed in range(20):
        world = World(
            calls=6,
            responses=1,
            score=lambda source: -float(re.findall(r"return (\d+)", source)[0]),
            answer=lambda message, number: f"```python\ndef solve():\n    return {number + 1}\n```",
        )
        assert world.run(registry.find("annealing").source, seed=seed) == SEED
        worse += [call for call in range(1, 6) if first_block(world.prompts[call][0]) != SEED]
    assert 0 < len(worse) < 100


def test_tree_returns_to_an_older_program_when_newer_ones_disappoint() -> None:
    def fading(source: str) -> float:
        number = int(re.findall(r"return (\d+)", source)[0])
        return 0.0 if number == 0 else (100 - number if number <= 6 else -number)

    world, _ = run(
        "tree",
        score=fading,
        answer=lambda message, n: f"```python\ndef solve():\n    return {n + 1}\n```",
    )
    shown = [
        sorted(
            {int(re.findall(r"return (\d+)", first_block(message) or "")[0]) for message in call}
        )
        for call in world.prompts
    ]
    assert shown == [[0], [1, 2], [3, 4], [5, 6]]


def test_bandit_asks_more_often_for_what_pays() -> None:
    def only_constants_pay(message: str, number: int) -> str:
        return rising(message, number) if "constants" in message else "nothing"

    world = World(calls=25, responses=6, utility_calls=100, answer=only_constants_pay)
    world.score = lambda source: float(len(world.scores))
    world.run(registry.find("bandit").source)
    asked = [message for call in world.prompts for message in call]
    paid = sum("constants" in message for message in asked)
    assert paid > len(asked) / 4
    assert set(world.temperatures) == {0.3, 0.7, 1.0}


def test_decompose_asks_for_one_part_at_a_time_and_puts_it_back() -> None:
    world = World(
        score=lambda source: float(len(source)),
        answer=lambda message, number: (
            f"```python\nimport cmath\n{first_block(message)} + {number}\n```"
        ),
    )
    found = world.run(registry.find("decompose").source, TWO_PARTS)
    shown = [first_block(message) or "" for message in world.prompts[0]]
    assert shown == ["def helper():\n    return 1", "def solve():\n    return 2"] * 3
    for source in world.scores:
        assert {"helper", "solve"} <= {
            node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)
        }
    assert found.count("import cmath") == 1
    assert found.startswith("import math\n")


def test_decompose_takes_a_whole_program_and_drops_an_answer_without_the_part() -> None:
    whole = TWO_PARTS.replace("return 2", "return 9")
    world = World(answer=lambda message, number: f"```python\n{whole}\n```")
    assert world.run(registry.find("decompose").source, TWO_PARTS) == whole
    world = World(answer=lambda message, number: "```python\ndef other():\n    return 9\n```")
    assert world.run(registry.find("decompose").source, TWO_PARTS) == TWO_PARTS


def test_islands_keep_worse_programs_of_another_kind() -> None:
    def longer(message: str, number: int) -> str:
        program = first_block(message) or SEED
        return f"```python\n{program}\n{'for i in range(3): pass' if number % 2 else 'x = 1'}\n```"

    world, found = run("islands", answer=longer, score=lambda source: -float(len(source)))
    assert found == SEED
    parents = {first_block(message) for message in world.prompts[-1]}
    assert parents - {SEED}


def test_reflect_says_how_the_best_and_the_failed_attempts_fared() -> None:
    def worse(message: str, number: int) -> str:
        return f"Count down.\n```python\ndef solve():\n    return -{number + 1}\n```"

    world, found = run("reflect", answer=worse)
    assert found == SEED
    assert "score: 0.0" in world.prompts[0][0]
    last = world.prompts[-1][0]
    assert "Count down." in last
    assert all(f"score: -{number}.0" in last for number in (16, 17, 18))


@pytest.mark.parametrize("name", ["greedy", "annealing", "beam", "islands", "genetic"])
def test_equal_seeds_give_equal_runs(name: str) -> None:
    first, second = World(), World()
    source = registry.find(name).source
    assert first.run(source, seed=3) == second.run(source, seed=3)
    assert first.prompts == second.prompts
