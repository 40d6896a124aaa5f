"""Near inputs: recorded inputs with one small change, which no search has seen."""

from __future__ import annotations

import ast
import copy
import itertools
import random
import string
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from selftaught.patching.repository.inside.forms import NoFormError, text_of, to_form

Form = Any
Change = Callable[[Form, random.Random], Form]
_TRIES = 20
_EDGES = (0, 1, -1)
_OFTEN = 0.4
"""The part of near inputs that gives a parameter which the recorded call left out."""
_PLAIN: dict[str, Form] = {"int": 0, "float": {"float": (1.0).hex()}, "str": "a", "bool": False}


@dataclass(frozen=True)
class OptionalParameter:
    """A parameter that a call may leave out.

    Attributes:
        name: of it.
        place: among the arguments that can be given by position; None: by name only.
        usual: a value of its type, to be varied, as a form; None: none is known.
    """

    name: str
    place: int | None
    usual: Form = None

    def left_out(self, given: Form) -> bool:
        """Return whether an input leaves it to its default."""
        placed = self.place is not None and self.place < len(given[0])
        return not placed and self.name not in given[1]


def optional_parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[OptionalParameter]:
    """Return the parameters of a function or method that have a default, in order."""
    given = node.args
    marks = [each.id for each in node.decorator_list if isinstance(each, ast.Name)]
    bound = "classmethod" in marks
    placed = [*given.posonlyargs, *given.args]
    first = len(placed) - len(given.defaults)
    found = [
        OptionalParameter(
            placed[first + number].arg,
            first + number - bound,
            _usual(placed[first + number], default)
            if first + number >= len(given.posonlyargs)
            else None,
        )
        for number, default in enumerate(given.defaults)
    ]
    named = zip(given.kwonlyargs, given.kw_defaults, strict=True)
    return [*found, *(OptionalParameter(each.arg, None, _usual(each, d)) for each, d in named if d)]


def never_given(optional: Iterable[OptionalParameter], inputs: Iterable[Form]) -> list[str]:
    """Return the names of those that every input leaves to their defaults."""
    known = list(inputs)
    return [each.name for each in optional if all(each.left_out(given) for given in known)]


def _usual(parameter: ast.arg, default: ast.expr) -> Form:
    """Return a value to vary: the default where it is a literal, else one of the annotation."""
    with suppress(ValueError, NoFormError, TypeError, SyntaxError):
        form = to_form(ast.literal_eval(default))
        if list(_within([form], 0)):
            return form
    names = (each.id for each in ast.walk(parameter) if isinstance(each, ast.Name))
    return next((_PLAIN[each] for each in names if each in _PLAIN), None)


def near_inputs(
    inputs: Sequence[Form], most: int, seed: int, optional: Sequence[OptionalParameter] = ()
) -> list[Form]:
    """Return inputs that differ from the given ones in one number, text or list each.

    Args:
        inputs: recorded ones, as forms: ``[arguments, named]``.
        most: how many at most; fewer where nothing can be changed.
        seed: of the draws.
        optional: parameters that may be given besides; some of the inputs give one.
    """
    rng = random.Random(seed)
    known = {text_of(each) for each in inputs}
    found: list[Form] = []
    turns = itertools.count()
    for number in range(most if inputs else 0):
        base = inputs[number % len(inputs)]
        free = [each for each in optional if each.usual is not None and each.left_out(base)]
        for _ in range(_TRIES):
            if free and rng.random() < _OFTEN:
                changed = _given(base, free[next(turns) % len(free)], rng)
            else:
                changed = _changed(base, rng)
            text = text_of(changed)
            if text not in known:
                known.add(text)
                found.append(changed)
                break
    return found


def _changed(given: Form, rng: random.Random) -> Form:
    made = copy.deepcopy(given)
    places = list(_places(made))
    if not places:
        return made
    holder, key, change = rng.choice(places)
    holder[key] = change(holder[key], rng)
    return made


def _given(base: Form, parameter: OptionalParameter, rng: random.Random) -> Form:
    """Return an input that gives a parameter too, and every other time has a change besides."""
    made = _changed(base, rng) if rng.random() < 1 / 2 else copy.deepcopy(base)
    value = [copy.deepcopy(parameter.usual)]
    holder, key, change = rng.choice(list(_within(value, 0)))
    holder[key] = change(holder[key], rng)
    made[1][parameter.name] = value[0]
    return made


def _places(given: Form) -> Iterator[tuple[Any, Any, Change]]:
    """Yield what can be changed in an input: where it is held, and how it is changed."""
    arguments, named = given
    for place in range(len(arguments)):
        yield from _within(arguments, place)
    for name in named:
        yield from _within(named, name)


def _within(holder: Any, key: Any) -> Iterator[tuple[Any, Any, Change]]:
    value = holder[key]
    if isinstance(value, bool):
        yield holder, key, lambda old, rng: not old
    elif isinstance(value, int):
        yield holder, key, _integer
    elif isinstance(value, str):
        yield holder, key, _text
    elif isinstance(value, list):
        if value:
            yield holder, key, _list
        for place in range(len(value)):
            yield from _within(value, place)
    elif isinstance(value, dict):
        yield from _tagged(holder, key, value)


def _tagged(holder: Any, key: Any, value: dict[str, Form]) -> Iterator[tuple[Any, Any, Change]]:
    """Yield what can be changed in a value that JSON has no kind for."""
    ((tag, content),) = value.items()
    if tag == "float":
        yield value, "float", _real
    elif tag == "tuple":
        yield from _within(value, tag)
    elif tag == "deque":
        yield from _within(content, 0)
    elif tag == "dict":
        for pair in content:
            yield from _within(pair, 1)
    elif tag in ("of", "instance"):
        yield from _within(content, 1)
    elif tag == "bytes" and content:
        yield value, "bytes", lambda old, rng: old[2:]


def _integer(old: int, rng: random.Random) -> int:
    return rng.choice((old + 1, old - 1, -old, rng.choice(_EDGES), old + rng.randint(-9, 9)))


def _real(old: str, rng: random.Random) -> str:
    number = float.fromhex(old)
    return rng.choice((number + 1.0, number * 1.25, -number, number - 0.5, 0.0)).hex()


def _text(old: str, rng: random.Random) -> str:
    at = rng.randrange(len(old) + 1)
    letter = rng.choice([*old, *string.ascii_letters])
    return rng.choice((old[:at] + letter + old[at:], old[:at] + old[at + 1 :], old[::-1]))


def _list(old: list[Form], rng: random.Random) -> list[Form]:
    at, other = rng.randrange(len(old)), rng.randrange(len(old))
    kind = rng.randrange(4)
    if kind == 0:
        return old[:at] + old[at + 1 :]
    if kind == 1:
        return [*old[:at], copy.deepcopy(old[other]), *old[at:]]
    made = list(old)
    made[at], made[other] = made[other], made[at]
    return made if kind == 2 else made[::-1]
