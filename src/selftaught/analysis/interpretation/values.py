"""Values: what an expression of a program may stand for, when it is read instead of run.

A value is a set of properties (`Tag`), of objects that it may be, and of constants.
Collections and instances are objects that later assignments fill.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Self, TypeVar

from selftaught.analysis.interpretation.tags import OF_ANYTHING, OF_COLLECTION, SELECTIONS, Tag

MAX_CONSTANTS = 12
MAX_OBJECTS = 24
MAX_WORDS = 40
MAX_FLAT = 60


class Object:
    """What a value may be besides a constant."""


@dataclass(frozen=True)
class Value:
    """What an expression may stand for.

    Attributes:
        tags: its properties.
        refs: the objects that it may be.
        constants: the constants that it may be.
        origins: collections, texts and prompts that it was taken from, by identity.
        words: constant texts that it is composed of.
        loops: identities of the loops in which it was assigned.
    """

    tags: frozenset[Tag] = frozenset()
    refs: frozenset[Object] = frozenset()
    constants: frozenset[Any] = frozenset()
    origins: frozenset[int] = frozenset()
    words: frozenset[str] = frozenset()
    loops: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        """Return whether anything is known of it."""
        return self != NOTHING

    def has(self, *tags: Tag) -> bool:
        """Return whether the value has one of these properties."""
        return not self.tags.isdisjoint(tags)

    def with_tags(self, *tags: Tag) -> Self:
        """Return the value with these properties besides its own."""
        return replace(self, tags=self.tags.union(tags))

    def without(self, tags: Iterable[Tag]) -> Self:
        """Return the value without these properties."""
        return replace(self, tags=self.tags.difference(tags))

    def of(self, kind: type[Kind]) -> list[Kind]:
        """Return the objects of a kind that it may be."""
        return [ref for ref in self.refs if isinstance(ref, kind)]

    def containers(self) -> list[Container]:
        """Return the collections that it may be."""
        return self.of(Container)

    def add(self, element: Value) -> None:
        """Add an element to every collection that it may be."""
        for ref in self.containers():
            ref.add(element)

    def elements(self) -> Value:
        """Return what an iteration over it may give."""
        found = []
        for ref in self.refs:
            if isinstance(ref, Container):
                found.append(ref.keys if ref.keys is not None else ref.contents())
            elif isinstance(ref, Instance):
                found.append(join(ref.attributes.values()))
        inside = inherited(self, join(found))
        if not self.containers():
            plain = self.tags - OF_COLLECTION - SELECTIONS
            inside = replace(inside, tags=inside.tags | plain, words=self.words)
        if self.has(Tag.LINES):
            inside = inside.with_tags(Tag.PART)
        if self.has(Tag.TOP_LIST):
            inside = inside.with_tags(Tag.TOP)
        return inside

    def flat(self) -> Value:
        """Return it with all that its collections and objects hold, as one text of it has."""
        found: list[Value] = []
        _flatten(self, set(), found)
        return join(found)

    def varies(self) -> bool:
        """Return whether a number is not the same at every step."""
        numbers = {each for each in self.constants if isinstance(each, int | float)}
        return len(numbers) > 1 or self.has(Tag.VARIES)


Kind = TypeVar("Kind", bound=Object)
NOTHING = Value()


@dataclass(frozen=True)
class Party(Object):
    """What an improver is handed: ``utility`` or ``language_model``."""

    name: str


@dataclass(frozen=True)
class Named(Object):
    """A module, or what a module offers, by its dotted path, e.g. ``subprocess.run``."""

    path: str


@dataclass(frozen=True)
class Method(Object):
    """An attribute of a value that may be called, e.g. ``append`` of a list."""

    receiver: Value
    name: str


@dataclass(eq=False)
class Container(Object):
    """A collection.

    Attributes:
        items: values by constant key.
        rest: all other values together; None where there are none.
        keys: what a dictionary's keys may be; None for a list, tuple or set.
        population: whether its elements belong together.
    """

    items: dict[Any, Value] = field(default_factory=dict)
    rest: Value | None = None
    keys: Value | None = None
    population: bool = True

    def contents(self) -> Value:
        """Return what it may hold."""
        return join([*self.items.values(), self.rest or NOTHING])

    def add(self, value: Value) -> None:
        """Add an element at no known place."""
        self.rest = join([self.rest or NOTHING, value])

    def put(self, key: Value, value: Value) -> None:
        """Put a value under a key; an unknown key adds it to what may stand anywhere."""
        if len(key.constants) == 1 and not key.tags:
            self.items[next(iter(key.constants))] = value
        else:
            self.add(value)
        if self.keys is not None:
            self.keys = join([self.keys, key])

    def store(self, key: Value, value: Value) -> None:
        """Put a value under a key, where what stood there before may stand still."""
        before = [self.items[each] for each in key.constants if each in self.items]
        self.put(key, join([*before, value]))

    def merge(self, other: Container) -> None:
        """Add another dictionary's items."""
        self.items.update(other.items)
        self.rest = join([self.rest or NOTHING, other.rest or NOTHING]) or None
        self.keys = join([self.keys or NOTHING, other.keys or NOTHING])


@dataclass(eq=False)
class Scope:
    """Names of a module, function or class, and what they stand for.

    Attributes:
        names: of this scope.
        outer: the enclosing scope.
        declared: names that belong to another scope (``global``, ``nonlocal``).
        given: what the function of this scope may return.
        yielded: what it may yield.
    """

    names: dict[str, Value] = field(default_factory=dict)
    outer: Scope | None = None
    declared: dict[str, Scope] = field(default_factory=dict)
    given: list[Value] = field(default_factory=list)
    yielded: list[Value] = field(default_factory=list)

    def owner(self, name: str) -> Scope | None:
        """Return the nearest scope that has a name, from this one outwards; None: no scope."""
        scope: Scope | None = self
        while scope is not None and name not in scope.names:
            scope = scope.outer
        return scope

    def find(self, name: str) -> Value | None:
        """Return what a name stands for, None where no scope has it."""
        owner = self.owner(name)
        return None if owner is None else owner.names[name]

    def bind(self, name: str, value: Value) -> None:
        """Let a name stand for a value; in another scope it may still be what it was."""
        if name in self.declared:
            names = self.declared[name].names
            names[name] = join([names.get(name, NOTHING), value])
        else:
            self.names[name] = value


@dataclass(frozen=True)
class Arguments:
    """What a call is given.

    Attributes:
        node: where the call stands.
        positional: by place.
        keywords: by name.
        star: the elements of an unpacking of unknown length.
    """

    node: ast.AST
    positional: list[Value] = field(default_factory=list)
    keywords: dict[str, Value] = field(default_factory=dict)
    star: Value = NOTHING

    @property
    def first(self) -> Value:
        """The first positional argument."""
        return self.positional[0] if self.positional else NOTHING

    @property
    def last(self) -> Value:
        """The last positional argument."""
        return self.positional[-1] if self.positional else NOTHING

    def get(self, place: int, name: str) -> Value:
        """Return the argument of that place or name; `star` where there is none."""
        if name in self.keywords:
            return self.keywords[name]
        return self.positional[place] if place < len(self.positional) else self.star

    def values(self) -> list[Value]:
        """Return everything that is given."""
        return [*self.positional, *self.keywords.values(), self.star]

    def given(self, *positional: Value) -> Arguments:
        """Return other arguments for a call at the same place."""
        return Arguments(self.node, list(positional))

    def after(self, count: int) -> Arguments:
        """Return the arguments without the first positional ones."""
        return replace(self, positional=self.positional[count:])

    def behind(self, *positional: Value) -> Arguments:
        """Return the arguments behind others."""
        return replace(self, positional=[*positional, *self.positional])

    def behind_all(self, others: Arguments) -> Arguments:
        """Return the arguments behind those that a partial function has already."""
        behind = self.behind(*others.positional)
        keywords = {**others.keywords, **self.keywords}
        return replace(behind, keywords=keywords, star=join([others.star, self.star]))


@dataclass(eq=False)
class Closure(Object):
    """A function of the program.

    Attributes:
        scope: that it was made in.
        defaults: of its parameters, by name.
        cached: whether a decorator keeps its results.
    """

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    scope: Scope
    defaults: dict[str, Value] = field(default_factory=dict)
    cached: bool = False

    def decorators(self) -> list[str]:
        """Return its decorators as they are written."""
        return [ast.unparse(each) for each in getattr(self.node, "decorator_list", [])]


@dataclass(eq=False)
class Class(Object):
    """A class of the program; ``members`` are those of its bases, too."""

    node: ast.ClassDef
    members: dict[str, Value]

    def fields(self) -> list[str]:
        """Return the names that its own body annotates, as those of a data class."""
        found = (each.target for each in self.node.body if isinstance(each, ast.AnnAssign))
        return [each.id for each in found if isinstance(each, ast.Name)]


@dataclass(eq=False)
class Instance(Object):
    """An object of a class of the program."""

    cls: Class
    attributes: dict[str, Value] = field(default_factory=dict)


@dataclass(eq=False)
class Partial(Object):
    """A function with some of its arguments; ``cached`` where results are kept."""

    function: Value
    arguments: Arguments
    cached: bool = False


def tagged(*tags: Tag) -> Value:
    """Return a value of which only these properties are known."""
    return Value(tags=frozenset(tags))


def constant(value: Any) -> Value:
    """Return a constant."""
    words = frozenset({value}) if isinstance(value, str) else frozenset()
    return Value(constants=frozenset({value}), words=words)


def one(ref: Object) -> Value:
    """Return a value that is this object."""
    return Value(refs=frozenset({ref}))


def join(values: Iterable[Value]) -> Value:
    """Return a value that may be any of these."""
    found = [each for each in values if each is not NOTHING]
    if len(found) == 1:
        return found[0]
    if not found:
        return NOTHING
    tags = frozenset().union(*(each.tags for each in found))
    constants: frozenset[Any] = frozenset().union(*(each.constants for each in found))
    if len(constants) > MAX_CONSTANTS:
        numeric = any(isinstance(each, int | float) for each in constants)
        tags |= {Tag.VARIES} if numeric else {Tag.ALTERNATIVE}
        constants = frozenset(sorted(constants, key=_falsity)[:MAX_CONSTANTS])
    refs: frozenset[Object] = frozenset().union(*(each.refs for each in found))
    words: frozenset[str] = frozenset().union(*(each.words for each in found))
    return Value(
        tags,
        refs if len(refs) <= MAX_OBJECTS else frozenset(list(refs)[:MAX_OBJECTS]),
        constants,
        frozenset().union(*(each.origins for each in found)),
        words if len(words) <= MAX_WORDS else frozenset(sorted(words)[:MAX_WORDS]),
        frozenset().union(*(each.loops for each in found)),
    )


def collection(element: Value, *, population: bool = True) -> Value:
    """Return a collection of unknown length with such elements."""
    return one(Container(rest=element, population=population))


def sequence(values: Iterable[Value]) -> Value:
    """Return a list or tuple of these values."""
    return one(Container(items=dict(enumerate(values))))


def inherited(value: Value, element: Value, *, origin: bool = True) -> Value:
    """Return an element with what it has from being taken out of its collection."""
    tags = value.tags & (SELECTIONS | OF_ANYTHING)
    if not element.tags:
        tags |= value.tags & {Tag.SCORE, Tag.OBSERVED}
    origins = value.origins
    if origin:
        origins |= {id(ref) for ref in value.containers() if ref.population}
    return replace(
        element,
        tags=element.tags | tags,
        origins=element.origins | origins,
        loops=element.loops | value.loops,
    )


def _falsity(found: Any) -> tuple[bool, str]:
    """Return by what constants are sorted: those that are false come first."""
    return bool(found), repr(found)


def _flatten(value: Value, seen: set[int], found: list[Value]) -> None:
    found.append(value)
    for ref in value.refs:
        if id(ref) in seen or len(seen) > MAX_FLAT:
            continue
        seen.add(id(ref))
        if isinstance(ref, Container):
            _flatten(inherited(value, ref.contents()), seen, found)
            _flatten(ref.keys or NOTHING, seen, found)
        elif isinstance(ref, Instance):
            _flatten(inherited(value, join(ref.attributes.values())), seen, found)
