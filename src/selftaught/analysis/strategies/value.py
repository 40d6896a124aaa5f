"""Values: what an expression of an improver may stand for, when it is read instead of run.

A value is a set of properties (`Tag`), of objects that it may be (`Ref`), and of constants.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Any

from selftaught.analysis.names import Named, Names, Party

MAX_CONSTANTS = 12
MAX_REFS = 24
MAX_WORDS = 40
MAX_FLAT = 60


class Tag(Enum):
    """A property of a value; what is made of values has their properties."""

    INITIAL = auto()
    """Text of the initial solution."""
    CANDIDATE = auto()
    """Text of another program, whoever wrote it."""
    ANSWER = auto()
    """Made by the model."""
    RAW = auto()
    """Words of the model, from which no program was taken."""
    SCORE = auto()
    """A number that `utility` returned, or made of one."""
    COMPARED = auto()
    """The result of comparing scores."""
    OBSERVED = auto()
    """An error message, or what `utility.feedback` said."""
    RANDOM = auto()
    """Depends on a random draw."""
    GENERATOR = auto()
    """A generator of random numbers."""
    DRAW = auto()
    """The result of comparing a random draw with something."""
    ACCEPTS = auto()
    """Such a result, where what the draw is compared with changes from step to step."""
    VARIES = auto()
    """A number that changes from step to step."""
    EXPLORES = auto()
    """The result of comparing what is known of arms, with a bonus or a draw."""
    ROOT = auto()
    """Made with a square root or logarithm."""
    CHOSEN = auto()
    """The one with the highest score."""
    RANKED = auto()
    """A collection in the order of scores."""
    TOP_LIST = auto()
    """The best few of a ranked collection."""
    TOP = auto()
    """One of the best few, each in turn."""
    DRAWN = auto()
    """Taken at random from a collection."""
    POPPED = auto()
    """Taken out of those that wait."""
    ACCEPTED = auto()
    """Became the state by a random draw."""
    LINES = auto()
    """A collection of parts of a text."""
    PART = auto()
    """A part of a program, or of what the model wrote."""
    TREE = auto()
    """A whole syntax tree."""
    TOKEN = auto()
    """A number or token of a program's text."""
    CHARACTERS = auto()
    """A list of a text's characters."""
    EDITED = auto()
    """A text whose characters, numbers or tokens the program edited."""
    SPLICED = auto()
    """A text made of parts of several programs."""
    MANY = auto()
    """A text that holds several candidates."""
    PAIR = auto()
    """A text that holds two members of one collection."""
    SURVIVOR = auto()
    """A text that holds one chosen candidate."""
    ALTERNATIVE = auto()
    """A text whose fixed wording is one of several."""
    HELD = auto()
    """A text composed of others."""
    SINGLE = auto()
    """A pool of one worker."""
    WON = auto()
    """A mark that was set where a comparison of scores was won or lost."""
    OPEN = auto()
    """A collection of those that nobody took yet."""
    CUT_OUT = auto()
    """A few of a collection's parts."""
    LOST = auto()
    """A branch that is taken where a comparison of scores was lost."""
    VOTED = auto()
    """A count of how many candidates agree."""
    NUMBER = auto()
    """A count or place."""


SELECTIONS = frozenset({Tag.CHOSEN, Tag.TOP, Tag.DRAWN, Tag.POPPED, Tag.ACCEPTED})
DATA = frozenset(
    {Tag.INITIAL, Tag.CANDIDATE, Tag.RAW, Tag.SCORE, Tag.OBSERVED, Tag.PART, Tag.COMPARED}
)
PROGRAM = frozenset({Tag.INITIAL, Tag.CANDIDATE})
OF_COLLECTION = frozenset(
    {Tag.RANKED, Tag.TOP_LIST, Tag.LINES, Tag.CHARACTERS, Tag.CUT_OUT, Tag.OPEN}
)


@dataclass(frozen=True)
class Method:
    """An attribute of a value that may be called."""

    receiver: Value
    name: str


@dataclass(eq=False)
class Container:
    """A collection: values by constant key, all others together, and the keys."""

    items: dict[Any, Value] = field(default_factory=dict)
    rest: Value | None = None
    keys: Value | None = None
    population: bool = True


@dataclass(eq=False)
class Scope(Names["Value"]):
    """Names of a module, function or class; ``yielded`` is what the function yielded so far."""

    yielded: list[Value] = field(default_factory=list)

    def bind(self, name: str, value: Value) -> None:
        """Let a name stand for a value; in another scope it may still be what it was."""
        if name in self.declared:
            names = self.declared[name].names
            names[name] = join([names.get(name, NOTHING), value])
        else:
            self.names[name] = value


@dataclass(eq=False)
class Closure:
    """A function of the program, with the scope that it was made in."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    scope: Scope
    cached: bool = False


@dataclass(eq=False)
class ClassRef:
    """A class of the program."""

    node: ast.ClassDef
    scope: Scope
    members: dict[str, Value]


@dataclass(eq=False)
class Instance:
    """An object of a class of the program."""

    cls: ClassRef
    attributes: dict[str, Value] = field(default_factory=dict)


@dataclass(eq=False)
class Partial:
    """A function with some of its arguments; ``cached`` where results are kept."""

    function: Value
    positional: tuple[Value, ...] = ()
    keywords: tuple[tuple[str, Value], ...] = ()
    cached: bool = False


Ref = Party | Named | Method | Container | Closure | ClassRef | Instance | Partial


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
    refs: frozenset[Ref] = frozenset()
    constants: frozenset[Any] = frozenset()
    origins: frozenset[int] = frozenset()
    words: frozenset[str] = frozenset()
    loops: frozenset[int] = frozenset()

    def has(self, *tags: Tag) -> bool:
        """Return whether the value has one of these properties."""
        return not self.tags.isdisjoint(tags)

    def with_tags(self, *tags: Tag) -> Value:
        """Return the value with these properties besides its own."""
        return replace(self, tags=self.tags.union(tags))

    def without(self, tags: Iterable[Tag]) -> Value:
        """Return the value without these properties."""
        return replace(self, tags=self.tags.difference(tags))


NOTHING = Value()


def tagged(*tags: Tag) -> Value:
    """Return a value of which only these properties are known."""
    return Value(tags=frozenset(tags))


def constant(value: Any) -> Value:
    """Return a constant."""
    words = frozenset({value}) if isinstance(value, str) else frozenset()
    return Value(constants=frozenset({value}), words=words)


def one(ref: Ref) -> Value:
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
        constants = frozenset(sorted(constants, key=repr)[:MAX_CONSTANTS])
    refs: frozenset[Ref] = frozenset().union(*(each.refs for each in found))
    words: frozenset[str] = frozenset().union(*(each.words for each in found))
    return Value(
        tags,
        refs if len(refs) <= MAX_REFS else frozenset(list(refs)[:MAX_REFS]),
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


def containers(value: Value) -> list[Container]:
    """Return the collections that a value may be."""
    return [ref for ref in value.refs if isinstance(ref, Container)]


def contents(found: Container) -> Value:
    """Return what a collection may hold."""
    return join([*found.items.values(), found.rest or NOTHING])


def inherited(value: Value, element: Value, *, origin: bool = True) -> Value:
    """Return an element with what it has from being taken out of its collection."""
    tags = value.tags & (SELECTIONS | {Tag.SCORE, Tag.OBSERVED} if not element.tags else SELECTIONS)
    origins = value.origins
    if origin:
        origins |= {id(ref) for ref in containers(value) if ref.population}
    return replace(
        element,
        tags=element.tags | tags,
        origins=element.origins | origins,
        loops=element.loops | value.loops,
    )


def elements(value: Value) -> Value:
    """Return what an iteration over a value may give."""
    found = []
    for ref in containers(value):
        found.append(ref.keys if ref.keys is not None else contents(ref))
    for other in value.refs:
        if isinstance(other, Instance):
            found.append(join(other.attributes.values()))
    inside = inherited(value, join(found))
    plain = value.tags - OF_COLLECTION - SELECTIONS
    if not containers(value):
        inside = replace(inside, tags=inside.tags | plain, words=value.words)
    if value.has(Tag.LINES):
        inside = inside.with_tags(Tag.PART)
    if value.has(Tag.TOP_LIST):
        inside = inside.with_tags(Tag.TOP)
    return inside


def flat(value: Value) -> Value:
    """Return a value with all that its collections and objects hold, as one text of it has."""
    found: list[Value] = []
    _flatten(value, set(), found)
    return join(found)


def _flatten(value: Value, seen: set[int], found: list[Value]) -> None:
    found.append(value)
    for ref in value.refs:
        if id(ref) in seen or len(seen) > MAX_FLAT:
            continue
        seen.add(id(ref))
        if isinstance(ref, Container):
            _flatten(inherited(value, contents(ref)), seen, found)
            _flatten(ref.keys or NOTHING, seen, found)
        elif isinstance(ref, Instance):
            _flatten(inherited(value, join(ref.attributes.values())), seen, found)


def varies(value: Value) -> bool:
    """Return whether a number is not the same at every step."""
    numbers = {each for each in value.constants if isinstance(each, int | float)}
    return len(numbers) > 1 or value.has(Tag.VARIES)


def worded(value: Value) -> bool:
    """Return whether a value is one of several constant wordings and nothing else."""
    texts = {each for each in value.constants if isinstance(each, str) and each.strip()}
    return len(texts) > 1 and value.tags.isdisjoint(DATA)
