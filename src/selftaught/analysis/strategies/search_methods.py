"""Methods: of collections, texts, executors, queues, generators of random numbers."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace

from selftaught.analysis.interpretation.tags import PROGRAM, Tag
from selftaught.analysis.interpretation.values import (
    NOTHING,
    Arguments,
    Method,
    Value,
    collection,
    inherited,
    join,
    sequence,
    tagged,
)
from selftaught.analysis.strategies import choices, texts, threads, trees
from selftaught.analysis.strategies.tracker import Tracker

TAKES = {"pop", "popleft", "popitem", "get", "get_nowait"}
ADDS = {"append", "add", "appendleft", "put", "put_nowait", "insert", "extend", "update"}
ADDS |= {"extendleft"}
FORMATS = {"format", "format_map", "substitute", "safe_substitute"}
CUTS = {"splitlines", "split", "rsplit", "partition", "rpartition"}
MATCHES = {"group", "groups", "groupdict", "start", "end", "span"}
PATTERNS = {"finditer", "findall", "search", "match", "fullmatch", "sub", "subn"}
COUNTS = {"isdigit", "startswith", "endswith", "count", "find", "index", "isidentifier"}


def changed_state(machine: Tracker, node: ast.Call, arguments: Arguments) -> Value | None:
    """Return what the receiver of a method stands for after it, None where it is the same."""
    if not isinstance(node.func, ast.Attribute):
        return None
    owner = machine.reading.value(node.func.value)
    name = node.func.attr
    if name == "sort" and owner.containers():
        by = choices.key_of(machine, owner, arguments)
        scored = by.has(Tag.SCORE)
        if scored:
            choices.note_selection(machine, node, "sorted", owner, by)
        return owner.with_tags(Tag.RANKED) if scored else owner
    discarded = isinstance(machine.reading.parents.get(node), ast.Expr)
    if name in ("pop", "popitem") and discarded and owner.has(Tag.RANKED):
        return owner.without([Tag.RANKED]).with_tags(Tag.TOP_LIST)
    given = machine.reading.value(node.args[0]) if node.args else NOTHING
    if name == "pop" and discarded and given.has(Tag.TOP):
        return owner.with_tags(Tag.TOP_LIST)
    if name == "remove" and node.args and isinstance(node.args[0], ast.Call):
        judged = machine.reading.value(node.args[0])
        if judged.has(Tag.CHOSEN) and judged.flat().has(Tag.CANDIDATE):
            return owner.with_tags(Tag.TOP_LIST)
    if name in ("append", "extend", "insert", "update", "add") and owner.has(Tag.TOP_LIST):
        return owner.without([Tag.TOP_LIST])
    return None


def call_method(machine: Tracker, ref: Method, arguments: Arguments) -> Value:
    """Return what a method of a value gives."""
    owner, name = ref.receiver, ref.name
    if owner.has(Tag.GENERATOR):
        return choices.random_call(machine, name, arguments)
    if name in threads.WORKING:
        return threads.launch(machine, owner, name, arguments)
    if owner.containers():
        return _of_collection(machine, owner, name, arguments)
    return _of_text(machine, owner, name, arguments)


def _of_collection(machine: Tracker, owner: Value, name: str, arguments: Arguments) -> Value:
    if name in ADDS:
        _added(machine, owner, name, arguments)
        return NOTHING
    if name in TAKES:
        return _taken(machine, owner, name, arguments)
    if name in VIEWS or name in ARRAYS:
        return (VIEWS | ARRAYS)[name](owner)
    if name == "setdefault":
        for ref in owner.containers():
            key = arguments.first.with_tags(Tag.NUMBER)
            ref.store(key, arguments.last)
        return _inside(owner)
    if name == "index" and arguments.first.flat().has(Tag.SCORE):
        return choices.place(arguments.first.flat())
    if name in ("copy", "union", "difference", "intersection"):
        return join([owner, *arguments.positional]).without([Tag.TOP_LIST])
    return owner if name in ("result", "done") else NOTHING


def _added(machine: Tracker, owner: Value, name: str, arguments: Arguments) -> None:
    last = arguments.last
    if name in ("extend", "update", "extendleft"):
        _extend(owner, arguments.first)
        return
    if _one_block(machine, last):
        last = last.with_tags(Tag.PART)
    if machine.guards and machine.guards[-1].has(Tag.LOST) and last.flat().has(Tag.CANDIDATE):
        last = last.with_tags(Tag.OBSERVED)
    owner.add(machine.state(last) if name == "append" else last)


def _one_block(machine: Tracker, value: Value) -> bool:
    """Return whether a text is collected while a loop goes over the lines of a program."""
    if not value.has(*PROGRAM) or value.has(Tag.ANSWER, Tag.HELD, Tag.TREE) or value.refs:
        return False
    loops = [loop for loop in machine.loops if isinstance(loop, ast.For)]
    return any(machine.reading.value(loop.iter).has(Tag.LINES) for loop in loops)


def _inside(owner: Value) -> Value:
    return inherited(owner, join(ref.contents() for ref in owner.containers()))


def _extend(owner: Value, value: Value) -> None:
    for ref in value.containers():
        for known in owner.containers():
            known.add(inherited(value, ref.contents()))
            if ref.keys is not None:
                known.keys = join([known.keys or NOTHING, ref.keys])
    if not value.containers():
        owner.add(value.elements())


def _items(owner: Value) -> Value:
    pairs = join(sequence([ref.keys or NOTHING, ref.contents()]) for ref in owner.containers())
    return replace(collection(inherited(owner, pairs)), origins=owner.origins)


def _taken(machine: Tracker, owner: Value, name: str, arguments: Arguments) -> Value:
    first = arguments.first.flat()
    inside = join([_inside(owner), *arguments.positional[1:]])
    keyed = any(ref.keys is not None for ref in owner.containers())
    if name == "get" and (keyed or arguments.positional):
        return inside
    if keyed and name == "pop":
        if first.has(Tag.CHOSEN, Tag.DRAWN, Tag.TOP) and first.has(*PROGRAM):
            machine.reading.waiting.append(arguments.node)
        return inside
    if not inside.flat().has(*PROGRAM):
        return inside
    machine.reading.waiting.append(arguments.node)
    return inside.with_tags(Tag.POPPED).without([Tag.TOP])


# -------------------------------------------------------------------------------- texts


def _of_text(machine: Tracker, owner: Value, name: str, arguments: Arguments) -> Value:
    positional, node = arguments.positional, arguments.node
    given = join(each.flat() for each in [*positional, *arguments.keywords.values()])
    if name == "join":
        return texts.joined(machine, node, owner, arguments.first)
    if name in FORMATS:
        return _format(machine, node, owner, positional)
    if name in CUTS:
        return texts.cut(machine, owner, node)
    if name == "replace" and len(positional) > 1:
        return _replace(machine, node, owner, positional, given)
    if name in MATCHES:
        return owner
    if name in PATTERNS:
        return trees.regex(machine, name, arguments.behind(owner))
    if name in COUNTS:
        return choices.place(given) if name == "index" else tagged(Tag.NUMBER)
    merged = join([owner, given]) if not owner.has(*PROGRAM) else owner
    return replace(merged.without([Tag.NUMBER]), refs=frozenset())


def _replace(
    machine: Tracker, node: ast.AST, owner: Value, positional: list[Value], given: Value
) -> Value:
    """Return a text in which something is put in another's place; a plain one is a template."""
    if not _plain(owner):
        return texts.replaced(owner, positional[0], positional[1])
    holes: list[tuple[ast.AST, Value]] = [(ast.Constant(0), owner), (ast.Constant(1), given)]
    return texts.composed(machine, node, holes)


def _plain(value: Value) -> bool:
    return bool(value.constants) and not value.tags - {Tag.ALTERNATIVE}


def _format(machine: Tracker, node: ast.AST, owner: Value, positional: list[Value]) -> Value:
    holes: list[tuple[ast.AST, Value]] = [(ast.Constant("template"), owner)]
    source = node if isinstance(node, ast.Call) else None
    keywords = [machine.reading.value(k.value) for k in source.keywords] if source else []
    nodes = [*source.args, *(k.value for k in source.keywords)] if source else []
    for number, value in enumerate([*positional, *keywords]):
        place = nodes[number] if number < len(nodes) else ast.Constant(number)
        holes.append((place, value))
    return texts.composed(machine, node, holes)


def _keys(owner: Value) -> Value:
    return collection(join(ref.keys or NOTHING for ref in owner.containers()))


def _values(owner: Value) -> Value:
    return replace(collection(_inside(owner)), origins=owner.origins)


def _most_common(owner: Value) -> Value:
    voted = sequence([owner.elements().with_tags(Tag.VOTED), NOTHING])
    return collection(voted).with_tags(Tag.RANKED)


def _summary(owner: Value) -> Value:
    return replace(owner.flat(), constants=frozenset(), refs=frozenset())


def _place(owner: Value) -> Value:
    return choices.place(owner.flat())


def _agreeing(owner: Value) -> Value:
    voted = owner.flat().has(Tag.CANDIDATE)
    return tagged(Tag.NUMBER, Tag.VOTED) if voted else tagged(Tag.NUMBER)


def _itself(owner: Value) -> Value:
    return owner


ARRAYS: dict[str, Callable[[Value], Value]] = {
    **dict.fromkeys(("max", "min", "sum", "mean", "std", "var"), _summary),
    **dict.fromkeys(("argmax", "argmin"), _place),
    **dict.fromkeys(("tolist", "astype", "flatten", "ravel"), _itself),
    "argsort": choices.places_of,
    "count": _agreeing,
    "__getitem__": _inside,
}
"""What methods of arrays and lists give that look at their elements only."""

VIEWS: dict[str, Callable[[Value], Value]] = {
    "items": _items,
    "keys": _keys,
    "values": _values,
    "most_common": _most_common,
}
