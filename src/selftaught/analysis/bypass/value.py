"""Abstract values: what a name may stand for when a program is read instead of run.

A value is a set of atoms, each a possibility. `UNKNOWN` is the possibility of anything
that does not matter here. Containers and instances are atoms that later assignments fill.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from selftaught.analysis.names import Named, Names, Party

MAX_ATOMS = 40
MAX_FRAGMENTS = 16


@dataclass(frozen=True)
class Unknown:
    """Anything."""


@dataclass(frozen=True)
class Known:
    """A constant; ``kind`` keeps 0, 0.0 and False apart."""

    value: Any
    kind: type


@dataclass(frozen=True)
class Source:
    """A candidate's text, or what was made from it (code, tree, bytes).

    Attributes:
        fragments: constant texts that the program itself put into it.
    """

    fragments: frozenset[str] = frozenset()


@dataclass(frozen=True)
class PartyClass:
    """The class of a party."""

    name: str


@dataclass(frozen=True)
class Method:
    """An attribute of a value that may be called, e.g. ``append`` of a list."""

    receiver: Value
    name: str


@dataclass(frozen=True)
class Built:
    """A function object made from a candidate's code; it has not run yet."""


@dataclass(frozen=True)
class Resource:
    """A file, path or process: ``kind`` is ``file`` or ``process``; "*" is an unknown path."""

    kind: str
    path: str


@dataclass(eq=False)
class Container:
    """A list, tuple, set or dict: values by constant key, and all others together."""

    items: dict[Any, Value] = field(default_factory=dict)
    rest: Value = frozenset()
    keys: Value = frozenset()


class Scope(Names["Value"]):
    """Names of a module, function or class."""

    def bind(self, name: str, value: Value) -> None:
        """Let a name stand for a value in the scope that it belongs to."""
        self.declared.get(name, self).names[name] = value


@dataclass(eq=False)
class Closure:
    """A function of the program, with the scope that it was made in."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    scope: Scope
    defaults: tuple[Value, ...]
    keyword_defaults: dict[str, Value]


@dataclass(eq=False)
class ClassValue:
    """A class of the program."""

    node: ast.ClassDef
    scope: Scope
    bases: tuple[Value, ...]


@dataclass(eq=False)
class Instance:
    """An object of a class of the program."""

    cls: ClassValue
    attributes: dict[str, Value] = field(default_factory=dict)


@dataclass(eq=False)
class Arguments:
    """What a call is given; ``star`` holds the elements of an unpacking of unknown length."""

    positional: list[Value] = field(default_factory=list)
    keywords: dict[str, Value] = field(default_factory=dict)
    star: Value = frozenset()

    def get(self, place: int, name: str) -> Value:
        """Return the argument of that place or name; empty where it is not given."""
        if name in self.keywords:
            return self.keywords[name]
        if place < len(self.positional):
            return self.positional[place]
        return self.star

    def all(self) -> Value:
        """Return everything that is given."""
        return union([*self.positional, *self.keywords.values(), self.star])

    def after(self, count: int) -> Arguments:
        """Return the arguments without the first positional ones."""
        return Arguments(self.positional[count:], dict(self.keywords), self.star)


@dataclass(eq=False)
class Partial:
    """A function with some of its arguments."""

    function: Value
    arguments: Arguments


Atom = (
    Unknown
    | Known
    | Source
    | Party
    | PartyClass
    | Named
    | Method
    | Built
    | Resource
    | Container
    | Closure
    | ClassValue
    | Instance
    | Partial
)
Value = frozenset[Atom]

UNKNOWN: Value = frozenset({Unknown()})
NOTHING: Value = frozenset()
SOURCE: Value = frozenset({Source()})
EITHER: Value = frozenset({Known(True, bool), Known(False, bool)})


def known(value: Any) -> Value:
    """Return a constant as a value."""
    return frozenset({Known(value, type(value))})


def one(atom: Atom) -> Value:
    """Return a value with one possibility."""
    return frozenset({atom})


def union(values: Iterable[Value]) -> Value:
    """Return a value that may be any of these; kept small by dropping plain constants."""
    atoms: frozenset[Atom] = frozenset().union(*values)
    if len(atoms) > MAX_ATOMS:
        atoms = frozenset(a for a in atoms if not isinstance(a, Known) or a.value is False)
        atoms |= UNKNOWN
    return atoms


def constants(value: Value) -> list[Any]:
    """Return the constants that a value may be."""
    return [atom.value for atom in value if isinstance(atom, Known)]


def constant(value: Value) -> Known | None:
    """Return the one constant that a value is; None where it may be anything else."""
    if len(value) == 1:
        (atom,) = value
        if isinstance(atom, Known):
            return atom
    return None


def may_be_false(value: Value) -> bool:
    """Return whether a value is known to be false in some case."""
    return any(
        (isinstance(atom, Known) and not atom.value)
        or (isinstance(atom, Container) and not (atom.items or atom.rest or atom.keys))
        for atom in value
    )


def truth(value: Value) -> bool | None:
    """Return whether a value is true in every case or in none; None: both may be."""
    if not value:
        return None
    found = {bool(a.value) if isinstance(a, Known) else _always_true(a) for a in value}
    return found.pop() if len(found) == 1 else None


def _always_true(atom: Atom) -> bool | None:
    return True if isinstance(atom, Party | Named | Closure | ClassValue | Partial) else None


def elements(value: Value) -> Value:
    """Return what an iteration over a value may give."""
    found: list[Value] = []
    for atom in value:
        if isinstance(atom, Container):
            found += [atom.keys] if atom.keys else [*atom.items.values(), atom.rest]
        elif isinstance(atom, Source):
            found.append(one(atom))
        else:
            found.append(UNKNOWN)
    return union(found) or UNKNOWN


def deep(value: Value, levels: int = 3) -> Value:
    """Return a value with everything that its containers hold."""
    found = [value]
    for atom in value:
        if isinstance(atom, Container) and levels:
            inside = union([*atom.items.values(), atom.rest, atom.keys])
            found.append(deep(inside, levels - 1))
    return union(found)


def sources(value: Value) -> list[Source]:
    """Return the candidates' texts that a value may hold."""
    return [atom for atom in deep(value) if isinstance(atom, Source)]


def made_of(*values: Value) -> Value:
    """Return what a text or object made of these is: a candidate's where one of them is."""
    found = [source for value in values for source in sources(value)]
    if not found:
        return UNKNOWN
    fragments = {part for source in found for part in source.fragments}
    fragments |= {c for value in values for c in constants(value) if isinstance(c, str)}
    kept = sorted(part for part in fragments if part.strip())[:MAX_FRAGMENTS]
    return one(Source(frozenset(kept)))


def sequence(values: list[Value]) -> Value:
    """Return a list or tuple of these values."""
    return one(Container(dict(enumerate(values))))


def many(element: Value) -> Value:
    """Return a collection of unknown length with such elements."""
    return one(Container(rest=element))


def put(found: Container, key: Value, value: Value) -> None:
    """Put a value under a key; an unknown key adds it to what may stand anywhere."""
    names = [atom for atom in key if isinstance(atom, Known)]
    if len(key) == 1 and names:
        found.items[names[0].value] = value
    else:
        found.rest = union([found.rest, value])
    found.keys = union([found.keys, key])


def merge(found: Container, value: Value) -> None:
    """Add another dict's items to a dict."""
    for atom in value:
        if isinstance(atom, Container):
            found.items.update(atom.items)
            found.rest = union([found.rest, atom.rest])
            found.keys = union([found.keys, atom.keys])
