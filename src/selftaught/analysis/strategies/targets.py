"""Targets: what an assignment or a deletion does to names, attributes and collections."""

from __future__ import annotations

import ast

from selftaught.analysis.strategies.machine import Machine
from selftaught.analysis.strategies.reading import Restarted
from selftaught.analysis.strategies.value import (
    NOTHING,
    Container,
    Instance,
    Scope,
    Tag,
    Value,
    containers,
    contents,
    elements,
    flat,
    inherited,
    join,
    sequence,
)

STORED = "[]"
"""Under this name an object holds what is stored in it by key."""

EDITABLE = {"value", "n", "op", "ops", "left", "right", "s", "id"}


def assign(machine: Machine, target: ast.expr, value: Value, scope: Scope) -> None:
    """Let a target stand for a value."""
    if isinstance(target, ast.Name):
        value = machine.state(machine.guarded(value, target))
        scope.bind(target.id, value)
        machine.reading.note(target, value)
    elif isinstance(target, ast.Tuple | ast.List):
        _unpack(machine, target, value, scope)
    elif isinstance(target, ast.Starred):
        assign(machine, target.value, value, scope)
    elif isinstance(target, ast.Attribute):
        _attribute(machine, target, value, scope)
    elif isinstance(target, ast.Subscript):
        _subscript(machine, target, value, scope)


def _unpack(machine: Machine, target: ast.Tuple | ast.List, value: Value, scope: Scope) -> None:
    known = containers(value)
    for place, each in enumerate(target.elts):
        found = [
            inherited(value, ref.items[place], origin=ref.rest is not None)
            for ref in known
            if place in ref.items
        ]
        if any(place not in ref.items for ref in known) or not known:
            found.append(elements(value))
        item = join(found)
        if isinstance(each, ast.Starred):
            item = value
        assign(machine, each, item, scope)


def _attribute(machine: Machine, target: ast.Attribute, value: Value, scope: Scope) -> None:
    owner = machine.value(target.value, scope)
    value = machine.state(machine.guarded(value, target))
    if target.attr in EDITABLE and owner.has(Tag.PART, Tag.TREE):
        machine.tree_edited = machine.tree_edited or not value.has(Tag.PART)
    for ref in owner.refs:
        if isinstance(ref, Instance):
            known = ref.attributes.get(target.attr, NOTHING)
            _note_reset(machine, flat(known), flat(value))
            plain = isinstance(target.value, ast.Name) and len(owner.refs) == 1
            fresh = plain and not machine.loops and not machine.guards
            ref.attributes[target.attr] = value if fresh else join([known, value])


def _note_reset(machine: Machine, known: Value, value: Value) -> None:
    """Notice where an attribute that held a candidate is set back within a loop."""
    loops = [each for each in machine.loops if isinstance(each, ast.For | ast.While)]
    back = value.has(Tag.INITIAL) and not value.has(Tag.CANDIDATE, Tag.PART)
    if loops and back and known.has(Tag.CANDIDATE):
        machine.reading.restarted.append(Restarted(loops[-1]))


def _subscript(machine: Machine, target: ast.Subscript, value: Value, scope: Scope) -> None:
    owner = machine.value(target.value, scope)
    key = machine.value(target.slice, scope)
    if isinstance(target.slice, ast.Slice):
        for ref in containers(owner):
            ref.rest = join([ref.rest or NOTHING, elements(value)])
        if isinstance(target.value, ast.Name):
            scope.bind(target.value.id, join([owner, value]))
        return
    drawn = any(test.has(Tag.ACCEPTS) for test in machine.guards)
    if drawn or (len(key.constants) == 1 and not key.tags):
        value = machine.state(machine.guarded(value, target))
    if owner.has(Tag.CHARACTERS) and isinstance(target.value, ast.Name):
        scope.bind(target.value.id, owner.with_tags(Tag.EDITED, Tag.CANDIDATE))
    if owner.has(Tag.LINES) and value.has(Tag.PART, Tag.CANDIDATE):
        _splice(machine, target, owner, value, scope)
    for ref in containers(owner):
        store(ref, key, value)
    for own in owner.refs:
        if isinstance(own, Instance):
            own.attributes[STORED] = join([own.attributes.get(STORED, NOTHING), value])


def _splice(
    machine: Machine, target: ast.Subscript, owner: Value, value: Value, scope: Scope
) -> None:
    """Let a tree or list of parts hold a part of another one."""
    if isinstance(target.value, ast.Name):
        scope.bind(target.value.id, join([owner, value]).without([Tag.PART]))
    attribute = target.value
    if isinstance(attribute, ast.Attribute) and isinstance(attribute.value, ast.Name):
        tree = machine.value(attribute.value, scope)
        held = join([tree, value.without([Tag.PART])])
        crossing = len(held.origins & machine.reading.sites.keys()) > 1
        held = held.with_tags(Tag.SPLICED) if crossing else held
        scope.bind(attribute.value.id, held)


def store(found: Container, key: Value, value: Value) -> None:
    """Put a value under a key; an unknown key adds it to what may stand anywhere."""
    constants = list(key.constants)
    if len(constants) == 1 and not key.tags:
        found.items[constants[0]] = join([found.items.get(constants[0], NOTHING), value])
        if found.keys is None:
            return
    else:
        found.rest = join([found.rest or NOTHING, value])
    if found.keys is not None:
        found.keys = join([found.keys or NOTHING, key])


def add(owner: Value, value: Value) -> None:
    """Add an element to every collection that a value may be."""
    for ref in containers(owner):
        ref.rest = join([ref.rest or NOTHING, value])


def delete(machine: Machine, target: ast.expr, scope: Scope) -> None:
    """Take elements out: what is left of a ranked collection is its best few."""
    if not isinstance(target, ast.Subscript):
        return
    owner = machine.value(target.value, scope)
    machine.value(target.slice, scope)
    cut = isinstance(target.slice, ast.Slice)
    key = machine.reading.value(target.slice)
    losing = key.has(Tag.TOP) or (key.has(Tag.CHOSEN) and isinstance(target.slice, ast.Call))
    if losing:
        rebind(machine, target.value, owner.with_tags(Tag.TOP_LIST), scope)
    if cut and owner.has(Tag.RANKED):
        rebind(machine, target.value, owner.without([Tag.RANKED]).with_tags(Tag.TOP_LIST), scope)


def rebind(machine: Machine, node: ast.expr, value: Value, scope: Scope) -> None:
    """Let a name or attribute stand for its collection in a new state."""
    if isinstance(node, ast.Name):
        scope.bind(node.id, value)
    elif isinstance(node, ast.Attribute):
        for ref in machine.value(node.value, scope).refs:
            if isinstance(ref, Instance):
                ref.attributes[node.attr] = value


def assigned_names(node: ast.AST) -> set[str]:
    """Return the names that a loop's body assigns, its own target left out."""
    found = {
        each.id
        for each in ast.walk(node)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }
    if isinstance(node, ast.For | ast.AsyncFor):
        found -= {each.id for each in ast.walk(node.target) if isinstance(each, ast.Name)}
    return found


__all__ = ["add", "assign", "assigned_names", "contents", "delete", "rebind", "sequence", "store"]
