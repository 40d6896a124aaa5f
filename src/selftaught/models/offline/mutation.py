"""Makes a changed program out of a program: edits by operators, checked and simplified."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from selftaught.models.offline import (
    call_operators,
    condition_operators,
    constant_operators,
    control_flow_operators,
    crossover_operators,
    expression_operators,
    search_operators,
    statement_operators,
    structure_operators,
)
from selftaught.models.offline.draft import Draft, Family, Operator
from selftaught.models.offline.parameter_roles import shapes
from selftaught.models.offline.prompt_reading import PromptReading, parse
from selftaught.models.offline.rendering import render
from selftaught.models.offline.scope import unbound_names
from selftaught.models.offline.score_function import scorer
from selftaught.models.offline.simplify import simplified
from selftaught.values import syntax

MEANINGS: dict[str, tuple[str, ...]] = {
    "constants": ("constant", "parameter", "threshold", "tune", "number"),
    "expressions": ("rule", "equation", "expression", "heuristic", "weight"),
    "conditions": ("condition", "case", "check"),
    "statements": ("remove", "simplif", "shorter", "reorder", "faster"),
    "control": ("loop", "iterat", "time limit", "repeat", "longer", "rounds"),
    "calls": ("function call", "library", "sort"),
    "structure": ("structure", "restart", "iterat", "population", "budget", "temperature"),
    "search": ("search", "repair", "second phase", "restart", "repeat", "local"),
    "crossover": ("combine", "join", "both", "other program", "cross"),
}
"""Beginnings of words that speak for each family of operators."""

EMPHASIS = 2.5
"""How much more often a family is chosen that the prompt's words speak for."""


FAMILIES: dict[str, Family] = {
    module.FAMILY.name: module.FAMILY
    for module in (
        constant_operators,
        expression_operators,
        condition_operators,
        statement_operators,
        control_flow_operators,
        crossover_operators,
        call_operators,
        structure_operators,
        search_operators,
    )
}
"""Every family of operators by name."""

WEIGHTS = {
    "constants": 3.0,
    "expressions": 4.0,
    "conditions": 1.2,
    "statements": 1.0,
    "control": 2.0,
    "calls": 0.8,
    "search": 1.8,
    "crossover": 3.0,
}
"""How often each family is chosen for a program that calls none of its parameters."""

HIGHER_ORDER = {
    "constants": 1.6,
    "expressions": 0.15,
    "conditions": 0.4,
    "statements": 0.8,
    "control": 0.4,
    "calls": 0.4,
    "structure": 5.6,
    "crossover": 1.5,
}
"""The same for a program that has a function which calls its parameters."""

TRIES = 25
"""Edits that are tried for one that yields a sound program."""

MOST_EDITS = 6

LONGEST = 20_000
"""Characters of a changed program, unless the program was longer before."""


def emphasis(words: str) -> dict[str, float]:
    """Return a factor for each family: above 1 where the words speak for it.

    Only what stands after the last block of code counts, which is where a prompt says
    what to do; ``words`` is that text in lower case.
    """
    return {
        family: EMPHASIS if any(re.search(rf"\b{each}", words) for each in meanings) else 1.0
        for family, meanings in MEANINGS.items()
    }


@dataclass(frozen=True)
class Mutation:
    """A changed program and the idea behind it.

    Attributes:
        idea: one line.
        source: the program; equal to what it came from where no edit was found.
    """

    idea: str
    source: str


def mutate(
    reading: PromptReading,
    rng: Random,
    temperature: float = 0.7,
    families: frozenset[str] | None = None,
) -> Mutation | None:
    """Return a changed version of the solution that was read, None where it does not parse.

    Args:
        reading: the prompt, with a solution.
        rng: the only source of chance.
        temperature: size of the change: the number of edits and the width of each.
        families: names of the families of operators in use; None: all.
    """
    source = reading.best
    traits = _traits(source) if source is not None else None
    if source is None or traits is None:
        return None
    text, ideas = source, list[str]()
    wanted, operators = _edits(rng, temperature), _operators(traits, reading, families)
    for _ in range(TRIES):
        draft = Draft(syntax.parse(text), rng, temperature, reading)
        edited = _edit(text, draft, operators, traits.unbound)
        if edited is not None and edited.source not in {text, source}:
            text = edited.source
            ideas.append(edited.idea)
        if len(ideas) == wanted:
            break
    return Mutation("; then ".join(ideas) or "leave it as it is", text if ideas else source)


@dataclass(frozen=True)
class _Traits:
    """What the choice of operators depends on: read once for all samples of a prompt."""

    is_higher_order: bool
    statements: int
    unbound: frozenset[str]


@lru_cache(maxsize=64)
def _traits(source: str) -> _Traits | None:
    """Return a program's traits, None where it does not parse."""
    tree = parse(source)
    if tree is None:
        return None
    statements = sum(isinstance(node, ast.stmt) for node in ast.walk(tree))
    unbound = frozenset(_last(name) for name in unbound_names(tree))
    return _Traits(bool(shapes(tree)), statements, unbound)


def _edits(rng: Random, temperature: float) -> int:
    """Return the number of edits: one, and a Poisson number more by the temperature."""
    mean, number, product = 0.6 * min(temperature, 3.0), 1, rng.random()
    while product > math.exp(-mean) and number < MOST_EDITS:
        number += 1
        product *= rng.random()
    return number


def _operators(
    traits: _Traits, reading: PromptReading, families: frozenset[str] | None
) -> Sequence[tuple[float, Operator]]:
    """Return the operators with their weights for a program like this."""
    weights = dict(HIGHER_ORDER if traits.is_higher_order else WEIGHTS)
    weights["statements"] *= min(1.0, traits.statements / 12)
    if not reading.relatives:
        del weights["crossover"]
    if scorer(reading.scoring) is None:
        weights.pop("search", None)
    factors = emphasis(reading.words)
    found = []
    for name, family in FAMILIES.items():
        if name in weights and (families is None or name in families):
            share = weights[name] * factors[name] / sum(weight for weight, _ in family.operators)
            found += [(weight * share, operator) for weight, operator in family.operators]
    return found


def _edit(
    text: str,
    draft: Draft,
    operators: Sequence[tuple[float, Operator]],
    unbound: frozenset[str],
) -> Mutation | None:
    """Return the program after one edit, None where the edit did not apply or broke it."""
    if not operators:
        return None
    weights = [weight for weight, _ in operators]
    operator = draft.rng.choices([each for _, each in operators], weights)[0]
    idea = operator(draft)
    if idea is None:
        return None
    new = _sound(simplified(draft.tree), text, unbound)
    return Mutation(idea, new) if new is not None else None


def _sound(tree: ast.Module, old: str, unbound: frozenset[str]) -> str | None:
    """Return the tree's source if it compiles and reads no further name before it is defined."""
    try:
        text = render(tree, old)
        parsed = syntax.parse(text)
        compile(parsed, "<answer>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, AttributeError):
        return None
    if len(text) > max(LONGEST, len(old)):
        return None
    return text if {_last(name) for name in unbound_names(parsed)} <= unbound else None


def _last(name: str) -> str:
    """Return the name without the function it stands in, which a wrapper may rename."""
    return name.rpartition(":")[2]
