"""Choices: the highest, the order, and random draws."""

from __future__ import annotations

import ast
from dataclasses import replace

from selftaught.analysis.interpretation.tags import PROGRAM, Tag
from selftaught.analysis.interpretation.values import (
    NOTHING,
    Arguments,
    Container,
    Value,
    collection,
    join,
    one,
    tagged,
)
from selftaught.analysis.strategies.reading import Selected
from selftaught.analysis.strategies.tracker import Tracker


def key_of(machine: Tracker, members: Value, arguments: Arguments) -> Value:
    """Return what elements are compared by."""
    inside = members.elements()
    key = arguments.keywords.get("key", NOTHING)
    if key.refs:
        return machine.call(key, arguments.given(inside)).flat()
    return inside.flat()


def note_selection(machine: Tracker, node: ast.AST, kind: str, members: Value, key: Value) -> None:
    """Remember a choice."""
    drawn = any(test.has(Tag.DRAW) for test in machine.guards)
    inside = members.elements().flat()
    found = Selected(node, tuple(machine.loops), kind, inside, key, drawn)
    machine.reading.selected.append(found)


def extreme(machine: Tracker, name: str, arguments: Arguments) -> Value:
    """Return what `max`, `min` and `argmax` give."""
    members, several = arguments.first, len(arguments.positional) > 1
    if several:
        members = one(Container(dict(enumerate(arguments.positional)), population=False))
    by = key_of(machine, members, arguments)
    note_selection(machine, arguments.node, "max", members, by)
    inside = join([members.elements(), arguments.keywords.get("default", NOTHING)])
    judged = by.has(Tag.SCORE) or (by.has(Tag.COMPARED) and by.has(Tag.RANDOM, Tag.ROOT))
    if judged and inside.flat().has(Tag.CANDIDATE) and members.has(Tag.OPEN):
        return machine.state(inside.with_tags(Tag.POPPED))
    if by.has(Tag.VOTED) and inside.flat().has(Tag.CANDIDATE):
        return inside.with_tags(Tag.VOTED)
    if judged and inside.flat().has(Tag.CANDIDATE):
        if by.has(Tag.RANDOM) or by.has(Tag.ROOT):
            machine.reading.waiting.append(arguments.node)
            return inside.with_tags(Tag.POPPED)
        gone = [Tag.TOP, Tag.POPPED]
        kept = inside.without([*gone, Tag.ACCEPTED] if several else gone)
        return machine.state(kept.with_tags(Tag.CHOSEN))
    if name.startswith("arg"):
        return place(by)
    if by.has(Tag.SCORE) and not inside.flat().has(*PROGRAM):
        return inside.with_tags(Tag.CHOSEN) if inside.has(Tag.NUMBER) else inside
    if several and any(each.flat().varies() for each in arguments.positional):
        return inside.with_tags(Tag.VARIES)
    return inside


def ordered(machine: Tracker, name: str, arguments: Arguments) -> Value:
    """Return what `sorted`, `nlargest` and `argsort` give."""
    members = arguments.last if name.startswith("n") else arguments.first
    keyed = any(ref.keys is not None for ref in members.containers())
    if keyed or not members.refs:
        members = replace(collection(members.elements()), origins=members.origins)
    by = key_of(machine, members, arguments)
    if not by.has(Tag.SCORE):
        return members
    note_selection(machine, arguments.node, "sorted", members, by)
    members = members.without([Tag.TOP_LIST])
    if name.startswith("n"):
        alone = arguments.first.constants == frozenset({1})
        return members.with_tags(Tag.CHOSEN if alone else Tag.TOP_LIST)
    return members.with_tags(Tag.RANKED)


def place(by: Value) -> Value:
    """Return the place of an element that is found by a key."""
    return tagged(Tag.NUMBER, Tag.CHOSEN) if by.has(Tag.SCORE) else tagged(Tag.NUMBER)


def places(machine: Tracker, name: str, arguments: Arguments) -> Value:
    """Return what `argsort` gives."""
    return places_of(arguments.first)


def places_of(members: Value) -> Value:
    """Return the places of elements in the order of their values."""
    made = collection(tagged(Tag.NUMBER), population=False)
    return made.with_tags(Tag.RANKED) if members.flat().has(Tag.SCORE) else made


def random_call(machine: Tracker, name: str, arguments: Arguments) -> Value:
    """Return what a function of a generator of random numbers gives."""
    if name in ("Random", "default_rng", "RandomState", "SystemRandom", "Generator"):
        return tagged(Tag.GENERATOR)
    if name in ("choice", "choices", "sample", "permutation"):
        return _drawn(machine, name, arguments)
    if name in ("shuffle", "seed"):
        return NOTHING
    given = [each.flat().without([Tag.NUMBER]) for each in arguments.positional]
    return replace(join(given), constants=frozenset()).with_tags(Tag.RANDOM)


def _drawn(machine: Tracker, name: str, arguments: Arguments) -> Value:
    members, keywords = arguments.first, arguments.keywords
    weights = keywords.get("weights") or keywords.get("p") or NOTHING
    if name == "choices" and len(arguments.positional) > 1:
        weights = arguments.positional[1]
    note_selection(machine, arguments.node, "draw", members, weights.flat())
    inside = members.elements().without([Tag.TOP])
    two = any(ref.rest is None and len(ref.items) == 2 for ref in members.containers())
    if two and weights.flat().has(Tag.SCORE) and weights.flat().varies():
        machine.reading.accepted.append(arguments.node)
        return collection(inside.with_tags(Tag.ACCEPTED), population=False)
    if inside.flat().has(*PROGRAM) and not inside.flat().has(Tag.PART, Tag.TOKEN):
        inside = inside.with_tags(Tag.DRAWN)
    inside = replace(inside, origins=inside.origins | {id(ref) for ref in members.containers()})
    if inside.varies() or inside.has(Tag.NUMBER):
        inside = inside.with_tags(Tag.VARIES, Tag.RANDOM)
    single = name in {"choice", "permutation"}
    return inside if single else replace(collection(inside), origins=inside.origins)


def heap(machine: Tracker, name: str, arguments: Arguments) -> Value:
    """Return what a function of a heap or of `bisect` gives."""
    owner = arguments.first
    if name in ("heappush", "insort", "insort_left", "insort_right"):
        owner.add(arguments.last)
        return NOTHING
    if name == "heapify":
        return NOTHING
    if name in ("heappushpop", "heapreplace"):
        owner.add(arguments.last)
    inside = owner.elements()
    discarded = isinstance(machine.reading.parents.get(arguments.node), ast.Expr)
    if name == "heappop" and not discarded and inside.flat().has(*PROGRAM):
        machine.reading.waiting.append(arguments.node)
    return inside.with_tags(Tag.POPPED)
