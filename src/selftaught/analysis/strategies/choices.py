"""Choices: the highest, the order, and random draws."""

from __future__ import annotations

import ast
from dataclasses import replace

from selftaught.analysis.strategies.called import Call, Called
from selftaught.analysis.strategies.machine import Machine
from selftaught.analysis.strategies.reading import Selected
from selftaught.analysis.strategies.targets import add
from selftaught.analysis.strategies.value import (
    NOTHING,
    PROGRAM,
    Container,
    Tag,
    Value,
    collection,
    containers,
    elements,
    flat,
    join,
    one,
    tagged,
    varies,
)


def key_of(
    machine: Machine, members: Value, keywords: dict[str, Value], node: ast.AST, call: Call
) -> Value:
    """Return what elements are compared by."""
    inside = elements(members)
    if "key" in keywords and keywords["key"].refs:
        return flat(call(machine, keywords["key"], [inside], {}, node))
    return flat(inside)


def note_selection(machine: Machine, node: ast.AST, kind: str, members: Value, key: Value) -> None:
    """Remember a choice."""
    drawn = any(test.has(Tag.DRAW) for test in machine.guards)
    inside = flat(elements(members))
    found = Selected(node, tuple(machine.loops), kind, inside, key, drawn)
    machine.reading.selected.append(found)


def extreme(machine: Machine, name: str, called: Called) -> Value:
    """Return what `max`, `min` and `argmax` give."""
    if len(called.positional) > 1:
        made = Container(items=dict(enumerate(called.positional)))
        members = one(made)
        made.population = False
    else:
        members = called.positional[0] if called.positional else NOTHING
    by = key_of(machine, members, called.keywords, called.node, called.run)
    note_selection(machine, called.node, "max", members, by)
    inside = join([elements(members), called.keywords.get("default", NOTHING)])
    judged = by.has(Tag.SCORE) or (by.has(Tag.COMPARED) and by.has(Tag.RANDOM, Tag.ROOT))
    if judged and flat(inside).has(Tag.CANDIDATE) and members.has(Tag.OPEN):
        return machine.state(inside.with_tags(Tag.POPPED))
    if by.has(Tag.VOTED) and flat(inside).has(Tag.CANDIDATE):
        return inside.with_tags(Tag.VOTED)
    if judged and flat(inside).has(Tag.CANDIDATE):
        if by.has(Tag.RANDOM) or by.has(Tag.ROOT):
            machine.reading.waiting.append(called.node)
            return inside.with_tags(Tag.POPPED)
        gone = [Tag.TOP, Tag.POPPED]
        kept = inside.without([*gone, Tag.ACCEPTED] if len(called.positional) > 1 else gone)
        return machine.state(kept.with_tags(Tag.CHOSEN))
    if name.startswith("arg"):
        return tagged(Tag.NUMBER, Tag.CHOSEN) if by.has(Tag.SCORE) else tagged(Tag.NUMBER)
    if by.has(Tag.SCORE) and not flat(inside).has(*PROGRAM):
        return inside.with_tags(Tag.CHOSEN) if inside.has(Tag.NUMBER) else inside
    numbers = inside.constants if len(called.positional) > 1 else frozenset()
    if len(called.positional) > 1 and any(varies(flat(each)) for each in called.positional):
        return inside.with_tags(Tag.VARIES)
    return replace(inside, constants=numbers or inside.constants)


def ordered(machine: Machine, name: str, called: Called) -> Value:
    """Return what `sorted`, `nlargest` and `argsort` give."""
    members = called.positional[-1 if name.startswith("n") else 0] if called.positional else NOTHING
    if not members.refs:
        members = replace(collection(elements(members)), origins=members.origins)
    by = key_of(machine, members, called.keywords, called.node, called.run)
    keyed = any(ref.keys is not None for ref in containers(members))
    if keyed:
        members = replace(collection(elements(members)), origins=members.origins)
    if not by.has(Tag.SCORE):
        return members
    note_selection(machine, called.node, "sorted", members, by)
    members = members.without([Tag.TOP_LIST])
    if name.startswith("n"):
        alone = called.first.constants == frozenset({1})
        return members.with_tags(Tag.CHOSEN if alone else Tag.TOP_LIST)
    return members.with_tags(Tag.RANKED)


def places(machine: Machine, name: str, called: Called) -> Value:
    """Return what `argsort` gives."""
    by = flat(elements(called.first))
    made = collection(tagged(Tag.NUMBER), population=False)
    return made.with_tags(Tag.RANKED) if by.has(Tag.SCORE) else made


def random_call(
    machine: Machine,
    name: str,
    positional: list[Value],
    keywords: dict[str, Value],
    node: ast.AST,
) -> Value:
    """Return what a function of a generator of random numbers gives."""
    if name in ("Random", "default_rng", "RandomState", "SystemRandom", "Generator"):
        return tagged(Tag.GENERATOR)
    if name in ("choice", "choices", "sample", "permutation"):
        return _drawn(machine, name, positional, keywords, node)
    if name in ("shuffle", "seed"):
        return NOTHING
    given = [flat(each).without([Tag.NUMBER]) for each in positional]
    return replace(join(given), constants=frozenset()).with_tags(Tag.RANDOM)


def _drawn(
    machine: Machine,
    name: str,
    positional: list[Value],
    keywords: dict[str, Value],
    node: ast.AST,
) -> Value:
    members = positional[0] if positional else NOTHING
    weights = keywords.get("weights") or keywords.get("p") or NOTHING
    if name == "choices" and len(positional) > 1:
        weights = positional[1]
    note_selection(machine, node, "draw", members, flat(weights))
    inside = elements(members).without([Tag.TOP])
    two = any(ref.rest is None and len(ref.items) == 2 for ref in containers(members))
    if two and flat(weights).has(Tag.SCORE) and varies(flat(weights)):
        machine.reading.accepted.append(node)
        return collection(inside.with_tags(Tag.ACCEPTED), population=False)
    if flat(inside).has(*PROGRAM) and not flat(inside).has(Tag.PART, Tag.TOKEN):
        inside = inside.with_tags(Tag.DRAWN)
    inside = replace(inside, origins=inside.origins | {id(ref) for ref in containers(members)})
    if varies(inside) or inside.has(Tag.NUMBER):
        inside = inside.with_tags(Tag.VARIES, Tag.RANDOM)
    single = name in {"choice", "permutation"}
    return inside if single else replace(collection(inside), origins=inside.origins)


def heap(machine: Machine, name: str, called: Called) -> Value:
    """Return what a function of a heap or of `bisect` gives."""
    owner = called.positional[0] if called.positional else NOTHING
    if name in ("heappush", "insort", "insort_left", "insort_right"):
        add(owner, called.last)
        return NOTHING
    if name == "heapify":
        return NOTHING
    if name in ("heappushpop", "heapreplace"):
        add(owner, called.last)
    inside = elements(owner)
    discarded = isinstance(machine.reading.parents.get(called.node), ast.Expr)
    if name == "heappop" and not discarded and flat(inside).has(*PROGRAM):
        machine.reading.waiting.append(called.node)
    return inside.with_tags(Tag.POPPED)
