"""Sources: candidates' texts in values, and what is known of a value for certain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from selftaught.analysis.interpretation.tags import Tag
from selftaught.analysis.interpretation.values import (
    NOTHING,
    Class,
    Closure,
    Container,
    Named,
    Object,
    Partial,
    Party,
    Value,
    join,
    tagged,
)

UNKNOWN = tagged(Tag.UNKNOWN)
SOURCE = tagged(Tag.SOURCE)
EITHER = Value(constants=frozenset({True, False}))

ALWAYS_TRUE = (Party, Named, Closure, Class, Partial)


@dataclass(frozen=True)
class PartyClass(Object):
    """The class of a party."""

    name: str


@dataclass(frozen=True)
class Built(Object):
    """A function object made from a candidate's code; it has not run yet."""


@dataclass(frozen=True)
class Resource(Object):
    """A file, path or process: ``kind`` is ``file`` or ``process``; "*" is an unknown path."""

    kind: str
    path: str


def only_constants(value: Value) -> bool:
    """Return whether a value is one of its constants for certain."""
    return bool(value.constants) and not (value.tags or value.refs)


def texts(value: Value) -> list[str]:
    """Return the texts that a value may be."""
    return [each for each in value.constants if isinstance(each, str)]


def deep(value: Value, levels: int = 3) -> Value:
    """Return a value with everything that its collections hold."""
    found, layer, seen = [value], value.containers(), set[Container]()
    for _ in range(levels):
        seen.update(layer)
        inside = [join([ref.contents(), ref.keys or NOTHING]) for ref in layer]
        found += inside
        layer = list({ref for each in inside for ref in each.containers()} - seen)
    return join(found)


def parties_in(value: Value) -> list[str]:
    """Return the names of the parties that a value or its class may be."""
    classes = [each.name for each in value.of(PartyClass)]
    return [each.name for each in value.of(Party)] + classes


def has_source(values: Iterable[Value]) -> bool:
    """Return whether one of these values may hold a candidate's text."""
    return any(deep(each).has(Tag.SOURCE) for each in values)


def made_of(*values: Value) -> Value:
    """Return what a text or object made of these is: a candidate's where one of them is.

    Its words are the constant texts that the program itself put into it.
    """
    if not has_source(values):
        return UNKNOWN
    return replace(SOURCE, words=join(deep(each) for each in values).words)


def truth(value: Value) -> bool | None:
    """Return whether a value is true in every case or in none; None: both may be."""
    if value.tags:
        return None
    found: set[bool | None] = {bool(each) for each in value.constants}
    found |= {True if isinstance(ref, ALWAYS_TRUE) else None for ref in value.refs}
    return found.pop() if len(found) == 1 else None


def may_be_false(value: Value) -> bool:
    """Return whether a value is known to be false in some case."""
    empty = any(not (ref.items or ref.rest or ref.keys) for ref in value.containers())
    return empty or not all(value.constants)


def where(value: Value, *, true: bool) -> Value:
    """Return what is left of a value where it is true, or where it is false."""
    constants = frozenset(each for each in value.constants if bool(each) is true)
    refs = frozenset(ref for ref in value.refs if true or not isinstance(ref, ALWAYS_TRUE))
    return replace(value, constants=constants, refs=refs)
