"""Forms as a person reads them: calls, results and arguments nearly as Python writes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

Form = Any


def call_of(name: str, given: Form) -> str:
    """Return an input of a function as a call, e.g. ``area(3, [1, 2], unit='m')``."""
    positional, named = given
    words = [value_of(each) for each in positional]
    words += [f"{key}={value_of(each)}" for key, each in named.items()]
    return f"{name}({', '.join(words)})"


def outcomes_of(one: Mapping[str, Form], other: Mapping[str, Form]) -> tuple[str, str]:
    """Return what came of a call in two versions, by what differs in them.

    That is the value or the exception; where those are equal it is what became of the arguments.
    """
    if _result(one) != _result(other) or "after" not in one or "after" not in other:
        return _result(one), _result(other)
    first, second = (
        f"the arguments {call_of('', each['after'])} afterwards" for each in (one, other)
    )
    return first, second


def _result(outcome: Mapping[str, Form]) -> str:
    if "raised" in outcome:
        return str(outcome["raised"])
    if "value" in outcome:
        return value_of(outcome["value"])
    return "no result in time" if "too_long" in outcome else "the end of its process"


def value_of(form: Form) -> str:
    """Return a value's form as text."""
    if isinstance(form, list):
        return f"[{_listed(form)}]"
    if not isinstance(form, dict):
        return repr(form)
    if len(form) == 1:
        ((kind, inner),) = form.items()
        if kind in _KINDS:
            return _KINDS[kind](inner)
    return repr(form)


def _listed(forms: list[Form]) -> str:
    return ", ".join(map(value_of, forms))


def _tuple(forms: list[Form]) -> str:
    return f"({_listed(forms)}{',' if len(forms) == 1 else ''})"


def _dict(pairs: list[Form]) -> str:
    return "{" + ", ".join(f"{value_of(key)}: {value_of(value)}" for key, value in pairs) + "}"


_KINDS: dict[str, Callable[[Any], str]] = {
    "int": lambda text: str(int(text, 16)),
    "float": lambda text: repr(float.fromhex(text)),
    "tuple": _tuple,
    "dict": _dict,
    "set": lambda forms: "{" + _listed(forms) + "}" if forms else "set()",
    "frozenset": lambda forms: f"frozenset({{{_listed(forms)}}})" if forms else "frozenset()",
    "bytes": lambda text: repr(bytes.fromhex(text)),
    "range": lambda numbers: f"range({_listed(numbers)})",
    "decimal": lambda text: f"Decimal({text!r})",
    "fraction": lambda text: repr(Fraction(text)),
    "name": str,
}
