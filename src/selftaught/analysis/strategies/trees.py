"""Trees: programs taken from answers, regular expressions, and syntax trees."""

from __future__ import annotations

import ast
from dataclasses import replace

from selftaught.analysis.strategies import texts
from selftaught.analysis.strategies.called import Called
from selftaught.analysis.strategies.machine import Machine
from selftaught.analysis.strategies.value import (
    NOTHING,
    PROGRAM,
    SELECTIONS,
    Tag,
    Value,
    collection,
    containers,
    flat,
    join,
    tagged,
)


def extract(machine: Machine, name: str, called: Called) -> Value:
    """Return the programs of answers."""
    given = called.positional[0] if called.positional else NOTHING
    program = tagged(Tag.CANDIDATE, Tag.ANSWER)
    if containers(given):
        return collection(program, population=False)
    return program


def regex(machine: Machine, name: str, positional: list[Value], node: ast.AST) -> Value:
    """Return what a function of ``re`` gives."""
    if name in ("compile", "escape", "purge"):
        return positional[0] if positional else NOTHING
    pattern = positional[0] if positional else NOTHING
    fences = any("```" in str(each) for each in pattern.constants)
    subject = positional[2] if name in ("sub", "subn") and len(positional) > 2 else NOTHING
    if name in ("sub", "subn"):
        return _substituted(machine, pattern, positional, subject, node)
    subject = flat(positional[1]) if len(positional) > 1 else NOTHING
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


def _substituted(
    machine: Machine,
    pattern: Value,
    positional: list[Value],
    subject: Value,
    node: ast.AST,
) -> Value:
    tokens = any(texts.CHARACTER_PATTERN.search(str(each)) for each in pattern.constants)
    if subject.has(*PROGRAM) and not subject.has(Tag.RAW) and tokens:
        return texts.edited(subject)
    return subject


def of_ast(machine: Machine, name: str, called: Called) -> Value:
    """Return what a function of ``ast`` gives."""
    first = called.first
    if name == "parse":
        return _parsed(machine, first, called.node)
    if name in ("walk", "iter_child_nodes"):
        inside = flat(first).without([Tag.TREE]).with_tags(Tag.PART)
        made = collection(inside, population=False).with_tags(Tag.LINES)
        return replace(made, origins=inside.origins)
    if name == "unparse":
        return _unparsed(machine, first, called.node)
    if name == "Module":
        return _module(machine, called.keywords.get("body", first), called.node)
    if name in ("fix_missing_locations", "copy_location", "increment_lineno"):
        return first
    whole = replace(join(flat(each) for each in called.positional), refs=frozenset())
    marks = {"get_source_segment": Tag.PART, "Constant": Tag.TOKEN, "Num": Tag.TOKEN}
    return whole.with_tags(marks[name]) if name in marks else whole


def _parsed(machine: Machine, text: Value, node: ast.AST) -> Value:
    kept = flat(text).without([Tag.PART, Tag.LINES]).with_tags(Tag.TREE)
    origins = kept.origins | {texts.site(machine, node)}
    return replace(kept, origins=origins, refs=frozenset())


def _module(machine: Machine, body: Value, node: ast.AST) -> Value:
    inside = flat(body)
    spliced = texts.splice(machine, node, inside)
    made = replace(inside.without([Tag.PART, Tag.LINES]), refs=frozenset())
    made = made.with_tags(Tag.TREE)
    return made.with_tags(Tag.SPLICED, Tag.CANDIDATE) if spliced else made


def _unparsed(machine: Machine, tree: Value, node: ast.AST) -> Value:
    inside = flat(tree)
    value = replace(inside.without([Tag.LINES]), refs=frozenset())
    if value.has(Tag.TREE):
        value = value.without([Tag.TREE, Tag.PART])
        if len(value.origins & machine.reading.sites.keys()) > 1 and tree.has(Tag.SPLICED):
            machine.reading.spliced.append((node, tuple(machine.loops), value))
            value = value.with_tags(Tag.CANDIDATE)
        if machine.tree_edited or value.has(Tag.EDITED):
            value = texts.edited(value)
    return value


def untokenized(machine: Machine, name: str, called: Called) -> Value:
    """Return a text of changed tokens."""
    return texts.edited(*called.positional)
