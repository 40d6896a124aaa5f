"""Texts: what a text is when it is composed, cut, edited or put together."""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from selftaught.analysis.interpretation.tags import DATA, OF_COLLECTION, PROGRAM, Tag
from selftaught.analysis.interpretation.values import NOTHING, Container, Value, join, one
from selftaught.analysis.strategies.tracker import Tracker

NOT_SHOWN = OF_COLLECTION | {
    Tag.CHOSEN,
    Tag.TOP,
    Tag.DRAWN,
    Tag.POPPED,
    Tag.ACCEPTED,
    Tag.COMPARED,
    Tag.RANDOM,
    Tag.VARIES,
    Tag.ROOT,
    Tag.NUMBER,
    Tag.WON,
}
SHOWN_AS = {
    Tag.TOP: Tag.TOP,
    Tag.POPPED: Tag.POPPED,
    Tag.DRAWN: Tag.DRAWN,
    Tag.ACCEPTED: Tag.ACCEPTED,
}
WORDS_OF_PYTHON = {*keyword.kwlist, "min", "max", "range", "sorted", "reversed"}
CHARACTER_PATTERN = re.compile(r"\\d|\[0-9|\[-?[-+<>*/=]|\\b\[|0-9\]")


def worded(value: Value) -> bool:
    """Return whether a value is one of several constant wordings and nothing else."""
    texts = {each for each in value.constants if isinstance(each, str) and each.strip()}
    return len(texts) > 1 and value.tags.isdisjoint(DATA)


def composed(machine: Tracker, node: ast.AST, holes: Sequence[tuple[ast.AST, Value]]) -> Value:
    """Return a text with these values in it, in their order."""
    single = {n for n, (_, value) in enumerate(holes) if not value.containers()}
    inside = [(place, value.flat()) for place, value in holes]
    texts = [value for _, value in inside]
    varied = [value for n, value in enumerate(texts) if n in single]
    if all(_plain(value) for value in texts):
        return _constant_text(texts)
    tags = frozenset[Tag]().union(*(value.tags for value in texts)) - NOT_SHOWN
    tags |= {Tag.HELD}
    if any(worded(value) or value.has(Tag.ALTERNATIVE) for value in varied):
        tags |= {Tag.ALTERNATIVE}
    tags |= _shown(inside)
    whole = join(texts)
    return Value(tags, origins=whole.origins, words=whole.words, loops=whole.loops)


def _plain(value: Value) -> bool:
    return not (value.tags or value.refs) and bool(value.constants)


def f_string(
    machine: Tracker, node: ast.JoinedStr, parts: Sequence[tuple[ast.expr, Value]]
) -> Value:
    """Return what a formatted text holds, or the edit that it is."""
    holes = [
        (part.value if isinstance(part, ast.FormattedValue) else part, _shown_in(part, value))
        for part, value in parts
    ]
    slices = sum(isinstance(place, ast.Subscript) for place, _ in holes)
    if slices > 1 and slices_edit(holes) == "edit":
        return edited(*(value for _, value in holes))
    return composed(machine, node, holes)


def _shown_in(part: ast.expr, value: Value) -> Value:
    """Return what a part of a text shows: no program where its format is that of a number."""
    given = getattr(part, "format_spec", None)
    numeric = given is not None and ast.unparse(given).rstrip("'\"")[-1:] in tuple("fgedF%G")
    return value.flat().without([*PROGRAM, Tag.RAW, Tag.PART]) if numeric else value


def _constant_text(texts: Sequence[Value]) -> Value:
    found = [""]
    for text in texts:
        found = [a + str(b) for a in found for b in sorted(text.constants, key=str)][:12]
    return Value(
        constants=frozenset(found), words=frozenset().union(*(each.words for each in texts))
    )


def _shown(holes: Sequence[tuple[ast.AST, Value]]) -> frozenset[Tag]:
    """Return how the programs of a text were selected, each taken for itself."""
    shown = {
        ast.dump(place): value
        for place, value in holes
        if value.has(Tag.CANDIDATE) and not value.has(Tag.OBSERVED, Tag.PART)
    }
    parts = [v for _, v in holes if v.has(Tag.CANDIDATE) and v.has(Tag.PART)]
    alone = [value for value in shown.values() if not value.has(Tag.MANY, Tag.HELD)]
    tags = {
        found for value in [*alone, *parts] for tag, found in SHOWN_AS.items() if value.has(tag)
    }
    tags |= {t for v in shown.values() if v.has(Tag.HELD) for t in v.tags & set(SHOWN_AS)}
    chosen = [value for value in [*alone, *parts] if _survivor(value)]
    if len(shown) > 1:
        tags.add(Tag.MANY)
        values = list(shown.values())
        if any(a.origins & b.origins for n, a in enumerate(values) for b in values[:n]):
            tags.add(Tag.PAIR)
    if chosen and (len(chosen) == 1 or len(shown) == 1) and Tag.PAIR not in tags:
        tags.add(Tag.SURVIVOR)
    return frozenset(tags)


def _survivor(value: Value) -> bool:
    other = (Tag.DRAWN, Tag.POPPED, Tag.ACCEPTED, Tag.TOP)
    return value.has(Tag.CHOSEN) and not value.has(*other)


def joined(machine: Tracker, node: ast.AST, separator: Value, given: Value) -> Value:
    """Return the text that ``separator.join`` makes."""
    inside = given.flat()
    spliced = splice(machine, node, inside)
    tags = inside.tags - NOT_SHOWN - {Tag.PART, Tag.TOKEN, Tag.ALTERNATIVE}
    if given.has(Tag.CUT_OUT) and not spliced:
        tags |= {Tag.PART}
    if spliced:
        tags |= {Tag.SPLICED, Tag.CANDIDATE}
    if _listed_edit(machine, node):
        return edited(inside)
    fixed = [ref for ref in given.containers() if ref.rest is None]
    if fixed and len(fixed) == len(given.refs):
        values = [(ast.Constant(n), v) for ref in fixed for n, v in ref.items.items()]
        return composed(machine, node, values)
    if inside.has(Tag.CANDIDATE) and not inside.has(Tag.PART, Tag.CHARACTERS, Tag.TOKEN):
        tags |= _collected(given, inside)
    if inside.has(Tag.TOKEN) and inside.has(*PROGRAM):
        tags |= {Tag.EDITED, Tag.CANDIDATE}
    constants = inside.constants if len(inside.constants) == 1 else frozenset()
    text = Value(tags, constants=constants, origins=inside.origins, loops=inside.loops)
    return replace(text, words=inside.words | separator.words)


def _listed_edit(machine: Tracker, node: ast.AST) -> bool:
    """Return whether a list of slices of one text with something between them is joined."""
    given = node.args[0] if isinstance(node, ast.Call) and node.args else None
    if not isinstance(given, ast.List | ast.Tuple):
        return False
    return slices_edit([(each, machine.reading.value(each)) for each in given.elts]) == "edit"


def _collected(given: Value, inside: Value) -> frozenset[Tag]:
    """Return what a text of all elements of a collection holds."""
    items = [ref for ref in given.containers() if ref.rest is not None]
    loose = [(ref.rest or NOTHING).flat() for ref in items]
    tags = {Tag.MANY} if any(value.has(Tag.CANDIDATE) for value in loose) else set()
    single = [v.flat() for ref in items for v in ref.items.values()]
    if any(_survivor(value) for value in [*single, *loose]):
        tags.add(Tag.SURVIVOR)
    if inside.has(Tag.DRAWN):
        tags |= {Tag.PAIR, Tag.DRAWN}
    return frozenset(tags)


def splice(machine: Tracker, node: ast.AST, inside: Value) -> bool:
    """Return whether a text of these parts is one of several programs' parts; note it."""
    known = machine.reading.sites
    places = inside.origins & known.keys()
    if not inside.has(Tag.CANDIDATE) or not inside.has(Tag.PART):
        return False
    crossing = len(places) > 1 or any(
        _over_candidates(machine, loop)
        for place in places
        for loop in known[place]
        if loop not in machine.loops
    )
    if crossing:
        machine.reading.spliced.append((node, tuple(machine.loops), inside))
    return crossing


def _over_candidates(machine: Tracker, loop: ast.AST) -> bool:
    values = [each.flat() for each in machine.reading.over(loop)]
    return any(v.has(Tag.CANDIDATE) and not v.has(Tag.PART, Tag.LINES, Tag.TREE) for v in values)


def site(machine: Tracker, place: ast.AST) -> int:
    """Return the identity of a text that is cut here, in the context under way."""
    found = hash((id(place), *map(id, machine.stack)))
    machine.reading.sites[found] = tuple(machine.loops)
    return found


def cut(machine: Tracker, value: Value, place: ast.AST) -> Value:
    """Return the collection of parts that a text is cut into at this place."""
    origins = value.origins | {site(machine, place)}
    element = replace(value.flat().without(OF_COLLECTION), origins=origins, refs=frozenset())
    if value.constants and not value.has(*PROGRAM, Tag.RAW):
        texts = [part for each in value.constants if isinstance(each, str) for part in each.split()]
        lines = [part for e in value.constants if isinstance(e, str) for part in e.splitlines()]
        parts = lines if len(lines) > 1 else texts
        return one(Container(rest=join(_words(parts)), population=False))
    found = Container(rest=element, population=False)
    base = one(found)
    if value.has(*PROGRAM, Tag.RAW):
        base = base.with_tags(Tag.LINES)
    return replace(base, origins=element.origins)


def _words(parts: Iterable[str]) -> list[Value]:
    return [Value(constants=frozenset({p}), words=frozenset({p})) for p in parts][:12]


def edited(*values: Value) -> Value:
    """Return a program's text in which the program itself changed characters or numbers."""
    inside = join(value.flat() for value in values)
    inside = inside.without([Tag.TOKEN, Tag.HELD, *(NOT_SHOWN - set(SHOWN_AS))])
    inside = replace(inside, constants=frozenset(), refs=frozenset())
    return inside.with_tags(Tag.EDITED, Tag.CANDIDATE)


def replaced(text: Value, old: Value, new: Value) -> Value:
    """Return what ``text.replace(old, new)`` makes."""
    if text.has(*PROGRAM) and not text.has(Tag.RAW):
        if old.has(Tag.TOKEN) or _short(old):
            return edited(text)
        added = new.flat().without([Tag.PART, *NOT_SHOWN])
        extra = added.tags & {Tag.CANDIDATE, Tag.ANSWER, Tag.EDITED, Tag.INITIAL}
        return replace(text, tags=(text.tags | extra), loops=text.loops | added.loops)
    return text


def _short(old: Value) -> bool:
    """Return whether a text is a single token: a number, an operator or a word of the language."""
    texts = [each.strip() for each in old.constants if isinstance(each, str)]
    return bool(texts) and all(
        each in WORDS_OF_PYTHON or (0 < len(each) <= 3 and "`" not in each) for each in texts
    )


def slices_edit(operands: Sequence[tuple[ast.expr, Value]]) -> str:
    """Return what a sum of slices of texts is: ``edit``, ``splice`` or nothing."""
    cuts = [
        (ast.dump(node.value), value)
        for node, value in operands
        if (
            isinstance(node, ast.Subscript)
            and isinstance(node.slice, ast.Slice)
            and value.has(*PROGRAM)
            and not value.refs
        )
        or (
            isinstance(node, ast.Subscript)
            and isinstance(node.slice, ast.Slice)
            and value.has(Tag.LINES, Tag.CHARACTERS)
        )
    ]
    if not cuts:
        return ""
    lines = any(value.has(Tag.LINES) for _, value in cuts)
    if len({base for base, _ in cuts}) > 1:
        return "splice"
    others = [v for n, v in operands if not (isinstance(n, ast.Subscript) and v.has(*PROGRAM))]
    if lines or any(v.flat().has(Tag.ANSWER, Tag.RAW) and not v.has(Tag.TOKEN) for v in others):
        return ""
    return "edit" if len(cuts) > 1 or others else ""
