"""Near inputs: recorded inputs with one small change, which no search has seen."""

from __future__ import annotations

import copy
import random
import string
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from selftaught.patching.repository.inside.forms import text_of

Form = Any
Change = Callable[[Form, random.Random], Form]
_TRIES = 20
_EDGES = (0, 1, -1)


def near_inputs(inputs: Sequence[Form], most: int, seed: int) -> list[Form]:
    """Return inputs that differ from the given ones in one number, text or list each.

    Args:
        inputs: recorded ones, as forms: ``[arguments, named]``.
        most: how many at most; fewer where nothing can be changed.
        seed: of the draws.
    """
    rng = random.Random(seed)
    known = {text_of(each) for each in inputs}
    found: list[Form] = []
    for number in range(most if inputs else 0):
        for _ in range(_TRIES):
            changed = _changed(inputs[number % len(inputs)], rng)
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
