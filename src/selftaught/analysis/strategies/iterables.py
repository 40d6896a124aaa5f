"""Iterables: collections that functions of Python make of others."""

from __future__ import annotations

from dataclasses import replace

from selftaught.analysis.strategies.called import Called
from selftaught.analysis.strategies.machine import Machine
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
    sequence,
    tagged,
)


def same(machine: Machine, name: str, called: Called) -> Value:
    """Return what a function gives that keeps the elements of its argument."""
    positional = called.positional
    if not positional:
        return one(Container())
    first = positional[0]
    if not first.refs and first.has(*PROGRAM) and not first.has(Tag.LINES):
        return collection(first.with_tags(Tag.TOKEN)).with_tags(Tag.CHARACTERS)
    if len(positional) > 1 and containers(positional[1]):
        return join(positional)
    if not first.refs and first.constants:
        return collection(first)
    return first


def zipped(machine: Machine, name: str, called: Called) -> Value:
    """Return what `zip` and `enumerate` give."""
    parts = [elements(each) for each in called.positional]
    if name == "enumerate":
        parts = [tagged(Tag.NUMBER, Tag.VARIES), *parts[:1]]
    pair = sequence(parts)
    for ref in containers(pair):
        ref.population = False
    tags = (
        join(called.positional).tags & {Tag.RANKED, Tag.TOP_LIST}
        if called.positional
        else frozenset()
    )
    made = collection(pair, population=False)
    return replace(made, tags=made.tags | tags, origins=join(called.positional).origins)


def counted(machine: Machine, name: str, called: Called) -> Value:
    """Return what `range` and the like give."""
    return collection(tagged(Tag.NUMBER, Tag.VARIES), population=False)


def array(machine: Machine, name: str, called: Called) -> Value:
    """Return what `zeros`, `ones` and `full` give."""
    filled = called.last if name == "full" else tagged(Tag.NUMBER)
    return collection(filled, population=False)


def mapped(machine: Machine, name: str, called: Called) -> Value:
    """Return what `map`, `filter` and `reduce` give."""
    if len(called.positional) < 2:
        return NOTHING
    inside = [elements(each) for each in called.positional[1:]]
    if name == "filter":
        return collection(inside[0], population=False)
    if name == "reduce":
        seed = called.positional[2] if len(called.positional) > 2 else inside[0]
        once = called.run(
            machine, called.positional[0], [join([seed, inside[0]]), inside[0]], {}, called.node
        )
        return join(
            [once, called.run(machine, called.positional[0], [once, inside[0]], {}, called.node)]
        )
    made = called.run(machine, called.positional[0], inside, {}, called.node)
    return replace(collection(made, population=False), origins=join(called.positional[1:]).origins)


def mapping(machine: Machine, name: str, called: Called) -> Value:
    """Return what `dict`, `Counter` and `defaultdict` give."""
    if name == "Counter" and called.positional:
        inside = elements(called.positional[0])
        voted = flat(inside).has(Tag.CANDIDATE)
        count = tagged(Tag.NUMBER, Tag.VOTED) if voted else tagged(Tag.NUMBER)
        return one(Container(rest=count, keys=inside))
    if not called.positional or name == "defaultdict":
        return one(Container(items={k: v for k, v in called.keywords.items()}, keys=NOTHING))
    given = called.positional[0]
    if any(ref.keys is not None for ref in containers(given)):
        return given
    pair = elements(given)
    keys = [ref.items[0] for ref in containers(pair) if 0 in ref.items]
    values = [ref.items[1] for ref in containers(pair) if 1 in ref.items]
    return one(Container(rest=join(values), keys=join(keys)))


def from_keys(machine: Machine, name: str, called: Called) -> Value:
    """Return what `dict.fromkeys` gives."""
    value = called.positional[1] if len(called.positional) > 1 else NOTHING
    keys = elements(called.positional[0]) if called.positional else NOTHING
    return one(Container(rest=value, keys=keys))


def summed(machine: Machine, name: str, called: Called) -> Value:
    """Return what `sum` and `mean` give."""
    inside = elements(called.positional[0]) if called.positional else NOTHING
    return inside if containers(inside) else replace(flat(inside), constants=frozenset())


def product(machine: Machine, name: str, called: Called) -> Value:
    """Return what `product` and `combinations` give."""
    drawn = called.positional[:1] * 2  # two elements stand for any number of them
    given = called.positional if name == "product" else drawn
    inside = [elements(each) for each in given]
    return collection(sequence(inside), population=False)


def following(machine: Machine, name: str, called: Called) -> Value:
    """Return what `next` gives."""
    return (
        join([elements(called.positional[0]), *called.positional[1:]])
        if called.positional
        else NOTHING
    )
