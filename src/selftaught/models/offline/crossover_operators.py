"""Operators that take something from the other programs that a prompt shows."""

from __future__ import annotations

import ast
import math

from selftaught.models.offline.constant_operators import LARGEST, round_off
from selftaught.models.offline.draft import Draft, Family
from selftaught.models.offline.kinds import kind_of
from selftaught.models.offline.prompt_reading import parse
from selftaught.models.offline.sites import TreeSite, expression_sites, number, parameters


def _other(draft: Draft) -> ast.Module | None:
    """Return the tree of one of the other programs, None where there is none."""
    others = [tree for source in draft.reading.relatives if (tree := parse(source))]
    return draft.rng.choice(others) if others else None


def _pairs(draft: Draft, other: ast.Module) -> list[tuple[ast.FunctionDef, ast.FunctionDef]]:
    """Return the functions of both programs that have a name in common and differ."""
    theirs = {node.name: node for node in ast.walk(other) if isinstance(node, ast.FunctionDef)}
    return [
        (node, theirs[node.name])
        for node in draft.functions
        if node.name in theirs and ast.dump(node) != ast.dump(theirs[node.name])
    ]


def take_function(draft: Draft) -> str | None:
    """Take a whole function from another program."""
    other = _other(draft)
    pairs = _pairs(draft, other) if other else []
    if not pairs:
        return None
    mine, theirs = draft.rng.choice(pairs)
    mine.args, mine.body = theirs.args, theirs.body
    return f"take {mine.name} from the other program"


def take_missing(draft: Draft) -> str | None:
    """Take another program's functions, constants and imports that this one lacks."""
    other = _other(draft)
    if other is None:
        return None
    own = {ast.unparse(node) for node in draft.tree.body}
    named = {node.name for node in draft.tree.body if isinstance(node, ast.FunctionDef)}
    new = [
        node
        for node in other.body
        if ast.unparse(node) not in own and getattr(node, "name", "") not in named
    ]
    entry, theirs = draft.entry, dict((mine.name, it) for mine, it in _pairs(draft, other))
    if not new or entry is None or entry.name not in theirs:
        return None
    place = draft.tree.body.index(entry)
    entry.args, entry.body = theirs[entry.name].args, theirs[entry.name].body
    draft.tree.body[place:place] = new
    return f"take {entry.name} and what it needs from the other program"


def take_expression(draft: Draft) -> str | None:
    """Take an expression of the same kind from the same function of another program."""
    other = _other(draft)
    pairs = _pairs(draft, other) if other else []
    if not pairs:
        return None
    mine, theirs = draft.rng.choice(pairs)
    names, there = draft.names(mine), draft.names(theirs)
    site = draft.pick_site(mine, lambda site: not site.exact)
    if site is None:
        return None
    kind, own = (
        kind_of(site.node, names),
        {ast.unparse(each.node) for each in expression_sites(mine)},
    )
    found = [
        each.node
        for each in expression_sites(theirs)
        if kind_of(each.node, there) is kind and ast.unparse(each.node) not in own
    ]
    if not found:
        return None
    new = draft.rng.choice(found)
    site.put(new)
    return f"use {ast.unparse(new)[:50]} as the other program does"


def take_statement(draft: Draft) -> str | None:
    """Put a statement of the same function of another program in."""
    other = _other(draft)
    pairs = _pairs(draft, other) if other else []
    if not pairs:
        return None
    mine, theirs = draft.rng.choice(pairs)
    own = {ast.unparse(node) for node in ast.walk(mine) if isinstance(node, ast.stmt)}
    new = [node for node in theirs.body if ast.unparse(node) not in own]
    if not new or parameters(mine) != parameters(theirs):
        return None
    node = draft.rng.choice(new)
    place = draft.rng.randrange(len(mine.body)) if len(mine.body) > 1 else 0
    mine.body.insert(place, node)
    return f"do `{ast.unparse(node).splitlines()[0][:50]}` as the other program does"


def follow_scores(draft: Draft) -> str | None:
    """Move a number on in the direction in which the shown scores rise.

    Needs another program that differs in numbers alone, and the scores of both.
    """
    base = draft.reading.best
    scores = draft.reading.scores
    if base is None or base not in scores:
        return None
    steps: list[tuple[TreeSite, float, float]] = []
    for source in draft.reading.relatives:
        tree = parse(source)
        if tree is None or source not in scores or scores[source] >= scores[base]:
            continue
        steps += _differing(draft.tree, tree)
    if not steps:
        return None
    site, mine, theirs = draft.rng.choice(steps)
    reach = draft.rng.uniform(0.3, 1.5)
    if mine > 0 < theirs:
        new = mine * math.exp(reach * math.log(mine / theirs))
    else:
        new = mine + reach * (mine - theirs)
    new = round(new) if isinstance(mine, int) and isinstance(theirs, int) else round_off(new, 4)
    if new == mine or abs(new) > LARGEST:
        return None
    site.put(number(new))
    return f"go on to {new:g}, since {mine:g} scored more than {theirs:g}"


def _differing(mine: ast.Module, theirs: ast.Module) -> list[tuple[TreeSite, float, float]]:
    """Return the numbers in which two programs differ; none where they differ otherwise."""
    ours, others = list(expression_sites(mine)), list(expression_sites(theirs))
    if len(ours) != len(others):
        return []
    found = []
    for site, other in zip(ours, others, strict=True):
        one, two = site.node, other.node
        if type(one) is not type(two):
            return []
        if isinstance(one, ast.Constant) and isinstance(two, ast.Constant):
            if type(one.value) in {int, float} and type(two.value) in {int, float}:
                if one.value != two.value:
                    found.append((site, one.value, two.value))
            elif one.value != two.value:
                return []
    return found  # type: ignore[return-value]


FAMILY = Family(
    "crossover",
    (
        (1.0, take_function),
        (1.0, take_missing),
        (1.5, take_expression),
        (1.0, take_statement),
        (2.0, follow_scores),
    ),
)
