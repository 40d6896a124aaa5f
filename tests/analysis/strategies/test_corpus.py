"""The corpus of labelled improvers: complete, balanced, and every program runs."""

from __future__ import annotations

import ast
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from fakes.improver_world import World
from selftaught.improver.contract import check_entry_point
from selftaught.improver.helpers import first_block

HERE = Path(__file__).parent
PROGRAMS = sorted((HERE / "corpus").glob("*.py"))
LABELS: dict[str, dict[str, Any]] = json.loads((HERE / "labels.json").read_text())
SPLIT: dict[str, str] = json.loads((HERE / "split.json").read_text())
STRATEGIES = {
    "best_of_n",
    "greedy_iterative",
    "beam_search",
    "tree_search",
    "genetic_algorithm",
    "simulated_annealing",
    "restarts",
    "bandit",
    "parallel_calls",
    "caching",
    "temperature_variation",
    "prompt_variation",
    "feedback",
    "decomposition",
    "character_search",
    "ensemble",
}
REWRITTEN = {"042_pepper.py"}
"""Programs whose own edits change the numbers by which an answer is known again in a prompt."""

INITIAL = """import math


def solve():
    return 0


def step(value):
    return 1


def scale(value):
    return 2
"""


def positives(half: str | None = None) -> Counter[str]:
    names = [name for name in LABELS if half is None or SPLIT[name] == half]
    return Counter(label for name in names for label in LABELS[name]["labels"])


def answer(message: str, number: int) -> str:
    """Let one function of the program that the prompt shows return another number over 100."""
    program = first_block(message) or INITIAL
    found = list(re.finditer(r"return -?\d+", program))
    if found:
        at = found[number % len(found)]
        program = f"{program[: at.start()]}return {100 + number * 7 % 31}{program[at.end() :]}"
    return f"An idea.\n\n```python\n{program}\n```\nDone."


def careless_answer(message: str, number: int) -> str:
    """Answer as `answer` does; every fifth program has a bracket too many in its first line."""
    text = answer(message, number)
    return text.replace("():", "(:)", 1) if number % 5 == 4 else text


def worlds_of(path: Path) -> Iterator[World]:
    """Give the books of several runs of a program, with usable and with careless answers."""
    source = path.read_text()
    for seed in range(4):
        world = World(answer=answer)
        world.run(source, INITIAL, seed)
        yield world
        world = World(answer=careless_answer)
        with suppress(SyntaxError):
            world.run(source, INITIAL, seed)
        yield world


def test_every_program_is_labelled_and_split() -> None:
    names = [path.name for path in PROGRAMS]
    assert len(names) >= 120
    assert sorted(LABELS) == names
    assert sorted(SPLIT) == names
    assert set(SPLIT.values()) == {"build", "held_out"}


def test_labels_are_strategies_and_have_reasons() -> None:
    for name, entry in LABELS.items():
        assert set(entry) == {"labels", "why", "near_misses"}, name
        labels, near_misses = set(entry["labels"]), set(entry["near_misses"])
        assert len(labels) == len(entry["labels"]), name
        assert labels | near_misses <= STRATEGIES, name
        assert set(entry["why"]) == labels, name
        assert not labels & near_misses, name
        assert all([*entry["why"].values(), *entry["near_misses"].values()]), name


def test_best_of_n_excludes_what_feeds_candidates_back() -> None:
    fed_back = {"greedy_iterative", "beam_search"}
    for name, entry in LABELS.items():
        if "best_of_n" in entry["labels"]:
            assert not fed_back & set(entry["labels"]), name


@pytest.mark.parametrize("strategy", sorted(STRATEGIES))
def test_each_strategy_has_enough_positives(strategy: str) -> None:
    assert positives()[strategy] >= 12
    assert positives("build")[strategy] >= 6
    assert positives("held_out")[strategy] >= 6


def test_halves_are_of_like_size() -> None:
    sizes = Counter(SPLIT.values())
    assert abs(sizes["build"] - sizes["held_out"]) <= 2


def test_split_follows_its_rule() -> None:
    """The salt is the first that leaves every label seven positives in each half."""

    def drawn(salt: int) -> set[str]:
        return set(sorted(LABELS, key=lambda name: digest(f"{salt}:{name}"))[: len(LABELS) // 2])

    def digest(text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()

    def balanced(build: set[str]) -> bool:
        inside = Counter(label for name in build for label in LABELS[name]["labels"])
        return all(7 <= inside[each] <= count - 7 for each, count in positives().items())

    build = next(half for half in map(drawn, range(10_000)) if balanced(half))
    assert build == {name for name, half in SPLIT.items() if half == "build"}


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_labels_agree_with_the_trace(path: Path) -> None:
    labels = set(LABELS[path.name]["labels"])
    worlds = list(worlds_of(path))
    temperatures = {temperature for world in worlds for temperature in world.temperatures}
    assert (len(temperatures) > 1) == ("temperature_variation" in labels)
    prompts = [prompt for world in worlds for call in world.prompts for prompt in call]
    shows_an_answer = any(re.search(r"return 1[0-3]\d", prompt) for prompt in prompts)
    assert not (shows_an_answer and "best_of_n" in labels)
    if labels & {"greedy_iterative", "beam_search"} and path.name not in REWRITTEN:
        assert shows_an_answer


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_program_runs(path: Path) -> None:
    source = path.read_text()
    ast.parse(source)
    assert check_entry_point(source) is None
    world = World(answer=answer)
    assert isinstance(world.run(source, INITIAL), str)
    assert world.prompts or world.scores
    assert (world.refused, world.invalid, world.attempts) == (0, 0, [])


def test_the_readme_has_the_counts() -> None:
    text = (HERE / "README.md").read_text()
    missed = Counter(label for entry in LABELS.values() for label in entry["near_misses"])
    for name, count in positives().items():
        halves = f"{positives('build')[name]} | {positives('held_out')[name]}"
        assert f"| `{name}` | {count} | {halves} | {missed[name]} |" in text
