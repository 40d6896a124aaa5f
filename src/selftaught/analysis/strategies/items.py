"""Items: what is taken out of a collection by key or slice, and what is put in."""

from __future__ import annotations

import ast
from dataclasses import replace

from selftaught.analysis.interpretation.tags import OF_COLLECTION, PROGRAM, SELECTIONS, Tag
from selftaught.analysis.interpretation.values import (
    Container,
    Method,
    Scope,
    Value,
    inherited,
    join,
    tagged,
)
from selftaught.analysis.strategies.tracker import Tracker


def attribute(owner: Value, name: str) -> Value:
    """Return an attribute of a tree, text or number."""
    if name == "body" and owner.has(Tag.TREE):
        node = owner.without([Tag.TREE, *OF_COLLECTION]).with_tags(Tag.PART)
        body = replace(owner, refs=frozenset({Container(rest=node)}))
        return body.with_tags(Tag.LINES).without([Tag.TREE])
    kept = replace(owner.without(OF_COLLECTION), constants=frozenset())
    return replace(kept, refs=frozenset({Method(owner, name)}))


def item(owner: Value, key: Value) -> Value:
    """Return what stands under a key, or under each of an array's places."""
    if key.containers() and owner.containers() and key.elements().has(Tag.NUMBER):
        marks = key.tags & {Tag.RANKED, Tag.TOP_LIST, Tag.CHOSEN}
        return replace(owner, tags=owner.tags - {Tag.RANKED, Tag.TOP_LIST} | marks)
    if owner.has(Tag.GENERATOR):
        return tagged(Tag.RANDOM)
    fixed = len(key.constants) == 1 and not key.tags
    found = [_under(ref, key, fixed=fixed) for ref in owner.containers()]
    if not found:
        found.append(replace(owner.elements(), constants=owner.constants))
    value = inherited(owner, join(found))
    return replace(value, tags=value.tags | _taken_by(owner, key, value, fixed=fixed))


def _under(found: Container, key: Value, *, fixed: bool) -> Value:
    """Return what a collection holds under a key, or anywhere where that is not known."""
    known = [found.items[each] for each in key.constants if each in found.items]
    if fixed and known:
        return known[0]
    if fixed and -1 in key.constants and found.items and found.rest is None:
        return list(found.items.values())[-1]
    return found.contents()


def _taken_by(owner: Value, key: Value, value: Value, *, fixed: bool) -> set[Tag]:
    """Return the properties that an element has from how it was taken out."""
    tags = set(key.tags & SELECTIONS)
    program = owner.containers() and not owner.has(Tag.LINES) and value.flat().has(*PROGRAM)
    if program and key.has(Tag.RANDOM):
        tags.add(Tag.DRAWN)
    if program and key.has(Tag.COMPARED):
        tags.add(Tag.CHOSEN)
    if owner.has(Tag.LINES) and not (fixed and owner.has(Tag.RAW)):
        tags.add(Tag.PART)
    if owner.has(Tag.RANKED, Tag.TOP_LIST) and fixed:
        tags.add(Tag.CHOSEN)
    elif owner.has(Tag.TOP_LIST):
        tags.add(Tag.TOP)
    return tags


def sliced(owner: Value, part: ast.Slice) -> Value:
    """Return what a slice of a value may be."""
    bounds = [ast.unparse(bound) if bound else "" for bound in (part.lower, part.upper)]
    if owner.has(Tag.LINES) and any(bounds):
        return owner.with_tags(Tag.CUT_OUT)
    if owner.has(Tag.RANKED) and any(bounds):
        if bounds in (["", "1"], ["-1", ""], ["0", "1"]):
            return owner.without([Tag.RANKED]).with_tags(Tag.CHOSEN)
        if part.step is None:
            return owner.without([Tag.RANKED]).with_tags(Tag.TOP_LIST)
    return owner


def splice(
    machine: Tracker, target: ast.Subscript, owner: Value, value: Value, scope: Scope
) -> None:
    """Let a tree or list of parts hold a part of another one."""
    attribute = target.value
    if isinstance(attribute, ast.Name):
        scope.bind(attribute.id, join([owner, value]).without([Tag.PART]))
    if isinstance(attribute, ast.Attribute) and isinstance(attribute.value, ast.Name):
        tree = machine.evaluate(attribute.value, scope)
        held = join([tree, value.without([Tag.PART])])
        crossing = len(held.origins & machine.reading.sites.keys()) > 1
        held = held.with_tags(Tag.SPLICED) if crossing else held
        scope.bind(attribute.value.id, held)


def waiting(machine: Tracker, node: ast.AST, found: Value) -> Value:
    """Mark the elements of a collection that are left because nobody took them yet."""
    machine.reading.waiting.append(node)
    for ref in found.containers():
        if ref.rest is not None:
            ref.rest = ref.rest.with_tags(Tag.POPPED)
    return found.with_tags(Tag.OPEN)


def delete(machine: Tracker, target: ast.Subscript, scope: Scope) -> None:
    """Take elements out: what is left of a ranked collection is its best few."""
    owner, key = machine.evaluate(target.value, scope), machine.evaluate(target.slice, scope)
    losing = key.has(Tag.TOP) or (key.has(Tag.CHOSEN) and isinstance(target.slice, ast.Call))
    if losing:
        machine.rebind(target.value, owner.with_tags(Tag.TOP_LIST), scope)
    if isinstance(target.slice, ast.Slice) and owner.has(Tag.RANKED):
        cut = owner.without([Tag.RANKED]).with_tags(Tag.TOP_LIST)
        machine.rebind(target.value, cut, scope)
