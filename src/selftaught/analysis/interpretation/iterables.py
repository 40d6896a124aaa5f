"""Iterables: collections that functions of Python make of others."""

from __future__ import annotations

from dataclasses import replace

from selftaught.analysis.interpretation.calls import spread
from selftaught.analysis.interpretation.rules import Rules
from selftaught.analysis.interpretation.tags import PROGRAM, Tag
from selftaught.analysis.interpretation.values import (
    NOTHING,
    Arguments,
    Container,
    Value,
    collection,
    constant,
    join,
    one,
    sequence,
    tagged,
)


def same(machine: Rules, name: str, arguments: Arguments) -> Value:
    """Return what a function gives that keeps the elements of its argument."""
    if not arguments.positional:
        return one(Container())
    first = arguments.first
    if first.refs:
        others = arguments.positional[1:]
        return join(arguments.positional) if others and others[0].containers() else first
    if first.has(*PROGRAM) and not first.has(Tag.LINES):
        return collection(first.with_tags(Tag.TOKEN)).with_tags(Tag.CHARACTERS)
    return collection(first) if first.constants else first


def zipped(machine: Rules, name: str, arguments: Arguments) -> Value:
    """Return what `zip` and `enumerate` give."""
    parts = [each.elements() for each in arguments.positional]
    if name == "enumerate":
        parts = [tagged(Tag.NUMBER, Tag.VARIES), *parts[:1]]
    pair = one(Container(dict(enumerate(parts)), population=False))
    over = join(arguments.positional)
    made = collection(pair, population=False)
    return replace(made, tags=over.tags & {Tag.RANKED, Tag.TOP_LIST}, origins=over.origins)


def counted(machine: Rules, name: str, arguments: Arguments) -> Value:
    """Return what `range` and the like give."""
    return collection(tagged(Tag.NUMBER, Tag.VARIES), population=False)


def mapped(machine: Rules, name: str, arguments: Arguments) -> Value:
    """Return what `map`, `filter` and `reduce` give."""
    if len(arguments.positional) < 2:
        return NOTHING
    function, *over = arguments.positional
    inside = [each.elements() for each in over]
    if name == "filter":
        machine.call(function, arguments.given(inside[0]))
        return collection(inside[0], population=False)
    if name == "reduce":
        seed = join([*(over[1:] or inside), inside[0]])
        once = machine.call(function, arguments.given(seed, inside[0]))
        return join([once, machine.call(function, arguments.given(once, inside[0]))])
    if name == "starmap":
        made = machine.call(function, spread(arguments.given(), inside[0]))
    else:
        made = machine.call(function, arguments.given(*inside))
    return replace(collection(made, population=False), origins=join(over).origins)


def mapping(machine: Rules, name: str, arguments: Arguments) -> Value:
    """Return what `dict` and `defaultdict` give."""
    given, found = arguments.first, Container(keys=NOTHING)
    if name == "defaultdict":
        return one(found)
    known = [ref for ref in given.containers() if ref.keys is not None]
    if known and not arguments.keywords:
        return given
    for ref in known:
        found.merge(ref)
    for pair in given.elements().containers() if not known else ():
        found.put(pair.items.get(0, NOTHING), pair.items.get(1, NOTHING))
    if not given.containers():
        found.rest = given.elements() or None
    for key, value in arguments.keywords.items():
        found.put(constant(key), value)
    return one(found)


def from_keys(machine: Rules, name: str, arguments: Arguments) -> Value:
    """Return what `dict.fromkeys` gives."""
    value = arguments.positional[1] if len(arguments.positional) > 1 else NOTHING
    return one(Container(rest=value, keys=arguments.first.elements()))


def product(machine: Rules, name: str, arguments: Arguments) -> Value:
    """Return what `product` and `combinations` give."""
    drawn = arguments.positional[:1] * 2  # two elements stand for any number of them
    given = arguments.positional if name == "product" else drawn
    return collection(sequence(each.elements() for each in given), population=False)


def following(machine: Rules, name: str, arguments: Arguments) -> Value:
    """Return what `next` gives."""
    return join([arguments.first.elements(), *arguments.positional[1:]])
