"""Folding: what pure functions make of constants."""

from __future__ import annotations

import ast
import base64
import itertools
import json
import operator
from collections.abc import Callable, Mapping
from typing import Any

from selftaught.analysis.bypass.sources import EITHER, UNKNOWN, only_constants, truth
from selftaught.analysis.interpretation.values import (
    Container,
    Value,
    constant,
    join,
    one,
    sequence,
)

MAX_SIZE = 1_000
"""Characters of a constant that is worked with: the programs that are read are not trusted."""
MAX_PAIRS = 16
"""Pairs of possible constants that an operator is worked out for."""

PURE: Mapping[str, Callable[..., Any]] = {
    "builtins.int": int,
    "builtins.float": float,
    "builtins.bool": bool,
    "builtins.str": str,
    "builtins.chr": chr,
    "builtins.ord": ord,
    "builtins.abs": abs,
    "base64.b64decode": base64.b64decode,
    "json.loads": json.loads,
    "ast.literal_eval": ast.literal_eval,
    "operator.not_": operator.not_,
}
"""Functions without effects, by path."""

TEXT_METHODS = frozenset({"lower", "upper", "strip", "lstrip", "rstrip", "replace", "join"})
TEXT_METHODS |= {"decode", "encode", "removeprefix", "removesuffix", "title", "capitalize"}
TEXT_METHODS |= {"swapcase", "startswith", "endswith", "split"}

_BINARY: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Mod: operator.mod,
    ast.FloorDiv: operator.floordiv,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
}
_COMPARE: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b,
}
_FAULTS = (TypeError, ValueError, ArithmeticError, LookupError, RecursionError, MemoryError)


def as_value(data: Any) -> Value:
    """Return plain data as a value; dicts, lists and tuples become collections."""
    if isinstance(data, dict):
        keys = join(map(constant, data))
        return one(Container({key: as_value(part) for key, part in data.items()}, keys=keys))
    if isinstance(data, list | tuple):
        return sequence(map(as_value, data))
    return constant(data) if isinstance(data, str | bytes | int | float | bool | None) else UNKNOWN


def plain(value: Value) -> tuple[Any, bool]:
    """Return a value as plain data, and whether it is that for certain."""
    if only_constants(value) and len(value.constants) == 1:
        return next(iter(value.constants)), True
    held = value.containers()
    if len(held) == len(value.refs) == 1 and not (value.tags or value.constants):
        parts = [plain(part) for part in held[0].items.values()]
        sure = held[0].rest is None and held[0].keys is None and all(sure for _, sure in parts)
        return [part for part, _ in parts], sure
    return None, False


def fold(function: Callable[..., Any], arguments: list[Value]) -> Value | None:
    """Return what a pure function makes of constants; None where one is not constant."""
    parts = [plain(argument) for argument in arguments]
    if not all(sure for _, sure in parts) or any(_large(part) for part, _ in parts):
        return None
    try:
        return as_value(function(*(part for part, _ in parts)))
    except _FAULTS:
        return None


def binary(node: ast.operator, left: Value, right: Value) -> Value | None:
    """Return what an operator makes of constants; None where it can't be told."""
    function = _BINARY.get(type(node))
    pairs = list(itertools.product(left.constants, right.constants))
    known = only_constants(left) and only_constants(right) and len(pairs) <= MAX_PAIRS
    if function is None or not known:
        return None
    if isinstance(node, ast.Mult | ast.Mod) and not all(
        isinstance(part, int | float) and abs(part) < MAX_SIZE for pair in pairs for part in pair
    ):
        return None
    found = [fold(function, [constant(a), constant(b)]) for a, b in pairs]
    return join(each if each is not None else UNKNOWN for each in found)


def compare(node: ast.Compare, values: list[Value]) -> Value:
    """Return what a comparison gives: either, where its sides are not constant."""
    known = [each for each in values if only_constants(each)]
    folded = fold(_COMPARE[type(node.ops[0])], known) if len(known) == len(values) == 2 else None
    return EITHER if folded is None else folded


def negated(value: Value) -> Value:
    """Return ``not`` of a value."""
    found = truth(value)
    return EITHER if found is None else constant(not found)


def text_method(name: str, receiver: Value, arguments: list[Value]) -> Value | None:
    """Return what a method of a constant text gives; None where it can't be told."""
    text, sure = plain(receiver)
    if not sure or not isinstance(text, str | bytes) or name not in TEXT_METHODS:
        return None
    return fold(getattr(text, name), arguments)


def _large(part: Any) -> bool:
    return len(part) > MAX_SIZE if isinstance(part, str | bytes | list) else False
