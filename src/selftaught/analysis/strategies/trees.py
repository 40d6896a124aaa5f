"""Trees: programs taken from answers, regular expressions, and syntax trees."""

from __future__ import annotations

import ast
from dataclasses import replace

from selftaught.analysis.interpretation.tags import PROGRAM, SELECTIONS, Tag
from selftaught.analysis.interpretation.values import (
    NOTHING,
    Arguments,
    Instance,
    Value,
    collection,
    join,
    one,
    tagged,
)
from selftaught.analysis.strategies import texts
from selftaught.analysis.strategies.tracker import Tracker

LEAVES = {"visit_Constant", "visit_Num", "visit_Name", "visit_BinOp", "visit_Compare"}


def extract(machine: Tracker, name: str, arguments: Arguments) -> Value:
    """Return the programs of answers."""
    program = tagged(Tag.CANDIDATE, Tag.ANSWER)
    several = arguments.first.containers()
    return collection(program, population=False) if several else program


def regex(machine: Tracker, name: str, arguments: Arguments) -> Value:
    """Return what a function of ``re`` gives."""
    pattern, positional, node = arguments.first, arguments.positional, arguments.node
    if name in ("compile", "escape", "purge"):
        return pattern
    fences = any("```" in str(each) for each in pattern.constants)
    subject = positional[2] if name in ("sub", "subn") and len(positional) > 2 else NOTHING
    if name in ("sub", "subn"):
        return _substituted(pattern, subject)
    subject = positional[1].flat() if len(positional) > 1 else NOTHING
    if fences and subject.has(Tag.RAW):
        return collection(tagged(Tag.CANDIDATE, Tag.ANSWER), population=False)
    if name == "split":
        return texts.cut(machine, subject, node)
    if subject.has(Tag.RAW) and name in ("findall", "finditer"):
        return texts.cut(machine, subject, node)
    if not subject.has(*PROGRAM):
        return replace(subject, constants=frozenset())
    tokens = any(texts.CHARACTER_PATTERN.search(str(each)) for each in pattern.constants)
    found = replace(
        subject.without(SELECTIONS).with_tags(Tag.TOKEN if tokens else Tag.PART),
        origins=subject.origins | {texts.site(machine, node)},
    )
    if name in ("finditer", "findall"):
        made = collection(found, population=False)
        return made if tokens else replace(made, origins=found.origins).with_tags(Tag.LINES)
    return found


def _substituted(pattern: Value, subject: Value) -> Value:
    tokens = any(texts.CHARACTER_PATTERN.search(str(each)) for each in pattern.constants)
    if subject.has(*PROGRAM) and not subject.has(Tag.RAW) and tokens:
        return texts.edited(subject)
    return subject


def of_ast(machine: Tracker, name: str, arguments: Arguments) -> Value:
    """Return what a function of ``ast`` gives."""
    first = arguments.first
    if name == "parse":
        return _parsed(machine, first, arguments.node)
    if name in ("walk", "iter_child_nodes"):
        inside = first.flat().without([Tag.TREE]).with_tags(Tag.PART)
        made = collection(inside, population=False).with_tags(Tag.LINES)
        return replace(made, origins=inside.origins)
    if name == "unparse":
        return _unparsed(machine, first, arguments.node)
    if name == "Module":
        return _module(machine, arguments.keywords.get("body", first), arguments.node)
    if name in ("fix_missing_locations", "copy_location", "increment_lineno"):
        return first
    whole = replace(join(each.flat() for each in arguments.positional), refs=frozenset())
    marks = {"get_source_segment": Tag.PART, "Constant": Tag.TOKEN, "Num": Tag.TOKEN}
    return whole.with_tags(marks[name]) if name in marks else whole


def _parsed(machine: Tracker, text: Value, node: ast.AST) -> Value:
    kept = text.flat().without([Tag.PART, Tag.LINES]).with_tags(Tag.TREE)
    origins = kept.origins | {texts.site(machine, node)}
    return replace(kept, origins=origins, refs=frozenset())


def _module(machine: Tracker, body: Value, node: ast.AST) -> Value:
    inside = body.flat()
    spliced = texts.splice(machine, node, inside)
    made = replace(inside.without([Tag.PART, Tag.LINES]), refs=frozenset())
    made = made.with_tags(Tag.TREE)
    return made.with_tags(Tag.SPLICED, Tag.CANDIDATE) if spliced else made


def _unparsed(machine: Tracker, tree: Value, node: ast.AST) -> Value:
    inside = tree.flat()
    value = replace(inside.without([Tag.LINES]), refs=frozenset())
    if value.has(Tag.TREE):
        value = value.without([Tag.TREE, Tag.PART])
        if len(value.origins & machine.reading.sites.keys()) > 1 and tree.has(Tag.SPLICED):
            machine.reading.spliced.append((node, tuple(machine.loops), value))
            value = value.with_tags(Tag.CANDIDATE)
        if machine.tree_edited or value.has(Tag.EDITED):
            value = texts.edited(value)
    return value


def untokenized(machine: Tracker, name: str, arguments: Arguments) -> Value:
    """Return a text of changed tokens."""
    return texts.edited(*arguments.positional)


def visited(machine: Tracker, visitors: list[Instance], arguments: Arguments) -> Value:
    """Return what a visitor or transformer of syntax trees makes of a tree."""
    tree = arguments.first.flat()
    part = tree.without([Tag.TREE]).with_tags(Tag.PART)
    for own in visitors:
        for name, member in own.cls.members.items():
            if name.startswith("visit_") and machine.stack.count(arguments.node) == 0:
                machine.call(member, arguments.given(one(own), part))
        if LEAVES & own.cls.members.keys() and tree.has(Tag.TREE):
            return texts.edited(tree).with_tags(Tag.TREE)
    return tree
