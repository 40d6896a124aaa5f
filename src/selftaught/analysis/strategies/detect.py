"""Detect: the strategies of one program."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from selftaught.analysis.strategies import making, population, shape, spending, wording
from selftaught.analysis.strategies.found import STRATEGIES, Found
from selftaught.analysis.strategies.reading import Reading
from selftaught.analysis.strategies.strategy_reader import read

RULES: dict[str, Callable[[Reading], Iterator[ast.AST]]] = {
    "best_of_n": shape.best_of_n,
    "greedy_iterative": shape.greedy_iterative,
    "beam_search": shape.beam_search,
    "tree_search": shape.tree_search,
    "genetic_algorithm": population.generations,
    "simulated_annealing": shape.simulated_annealing,
    "bandit": spending.bandit,
    "decomposition": wording.decomposition,
    "temperature_variation": wording.temperature_variation,
    "prompt_variation": wording.prompt_variation,
    "feedback": wording.feedback,
    "caching": spending.caching,
    "parallel_calls": spending.parallel_calls,
    "character_search": making.character_search,
    "restarts": shape.restarts,
    "ensemble": making.ensemble,
}
"""A rule gives the places that show its strategy; none where the program does not use it."""


def detect(source: str) -> list[Found]:
    """Return the strategies of an improver; none where it does not parse.

    A strategy is read from the syntax tree and from what flows where, never from names or
    comments. The order is that of `STRATEGIES`.
    """
    reading = read(source)
    if reading is None:
        return []
    found = []
    for name in STRATEGIES:
        lines = {getattr(node, "lineno", 0) for node in RULES[name](reading)} - {0}
        if lines:
            found.append(Found(name, tuple(sorted(lines))))
    return found
