"""Operators: what sums, formatted texts, numbers and comparisons may stand for."""

from __future__ import annotations

import ast
import itertools
import math
import operator
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from selftaught.analysis.interpretation.tags import OF_COLLECTION, SELECTIONS, Tag
from selftaught.analysis.interpretation.values import Container, Value, join
from selftaught.analysis.strategies import texts
from selftaught.analysis.strategies.tracker import Tracker

HUGE = 10**6
"""No count or length of an ordinary run reaches this."""


def _power(base: float, exponent: float) -> float:
    return base**exponent if abs(exponent) <= 64 else math.inf


OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: _power,
}


def binary(machine: Tracker, node: ast.BinOp, left: Value, right: Value) -> Value:
    """Return the result of an operator."""
    if isinstance(node.op, ast.Add | ast.BitOr) and (left.containers() or right.containers()):
        return _sum_of_lists(machine, node, left, right)
    if isinstance(node.op, ast.Mult) and (left.containers() or right.containers()):
        return join(each for each in (left, right) if each.containers())
    if isinstance(node.op, ast.Mod) and _is_text(left):
        return _formatted(machine, node, left, [right])
    if isinstance(node.op, ast.Add) and (_is_text(left) or _is_text(right)):
        return _sum_of_texts(machine, node, left, right)
    return number(node, _summed_up(left), _summed_up(right))


def _summed_up(value: Value) -> Value:
    """Return what arithmetic sees of an array: all that its elements may be."""
    return replace(value.flat(), refs=frozenset()) if value.containers() else value


def _is_text(value: Value) -> bool:
    if value.has(Tag.HELD, Tag.INITIAL, Tag.CANDIDATE, Tag.RAW, Tag.ALTERNATIVE):
        return not value.has(Tag.SCORE) or value.has(Tag.HELD)
    return bool(value.constants) and any(isinstance(each, str) for each in value.constants)


def _formatted(machine: Tracker, node: ast.AST, template: Value, given: list[Value]) -> Value:
    """Return a template that is filled with values."""
    holes: list[tuple[ast.AST, Value]] = [(ast.Constant("template"), template)]
    for value in given:
        fixed = [ref for ref in value.containers() if ref.rest is None]
        parts = [v for ref in fixed for v in ref.items.values()] or [value]
        holes += [(ast.Constant(f"{len(holes)}.{n}"), part) for n, part in enumerate(parts)]
    return texts.composed(machine, node, holes)


def _sum_of_texts(machine: Tracker, node: ast.BinOp, left: Value, right: Value) -> Value:
    operands = _operands(machine, node)
    kind = texts.slices_edit(operands)
    values = [value for _, value in operands]
    if kind == "edit":
        return texts.edited(*values)
    if kind == "splice":
        machine.reading.spliced.append(
            (node, tuple(machine.loops), join(each.flat() for each in values))
        )
        return texts.edited(*values).without([Tag.EDITED]).with_tags(Tag.SPLICED)
    return texts.composed(machine, node, [(n, v) for n, v in operands])


def _operands(machine: Tracker, node: ast.expr) -> list[tuple[ast.expr, Value]]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [*_operands(machine, node.left), *_operands(machine, node.right)]
    return [(node, machine.reading.value(node))]


def _sum_of_lists(machine: Tracker, node: ast.BinOp, left: Value, right: Value) -> Value:
    operands = _operands(machine, node)
    values = [value for _, value in operands]
    both = join([left, right])
    tags = both.tags - {Tag.RANKED, Tag.TOP_LIST} - SELECTIONS
    if texts.slices_edit(operands) == "splice":
        machine.reading.spliced.append(
            (node, tuple(machine.loops), join(each.flat() for each in values))
        )
        tags |= {Tag.SPLICED, Tag.CANDIDATE}
    inside = join([left.elements(), right.elements()])
    marks = {Tag.PART, Tag.TOP} if not both.has(Tag.LINES) else {Tag.TOP}
    made = Container(rest=inside.without(marks - {Tag.PART}))
    return replace(both, tags=frozenset(tags), refs=frozenset({made}), constants=frozenset())


def number(node: ast.AST, left: Value, right: Value) -> Value:
    """Return a number that is computed from two others."""
    operation = OPERATORS.get(type(getattr(node, "op", None)))  # type: ignore[arg-type]
    found = set()
    if operation and left.constants and right.constants:
        for a, b in itertools.islice(itertools.product(left.constants, right.constants), 60):
            if isinstance(a, int | float) and isinstance(b, int | float):
                try:
                    found.add(round(operation(a, b), 6))
                except (ArithmeticError, ValueError):
                    continue
    both = join([left, right])
    tags = both.tags - OF_COLLECTION
    if isinstance(getattr(node, "op", None), ast.Pow) and right.constants == frozenset({0.5}):
        tags |= {Tag.ROOT}
    if left.varies() or right.varies():
        tags |= {Tag.VARIES}
    made = Value(tags, origins=both.origins, loops=both.loops)
    return join([made, Value(constants=frozenset(found))]) if found else made


def compared(values: list[Value], operation: ast.cmpop | None = None) -> Value:
    """Return what comparing these values gives."""
    beyond = _beyond(values, operation)
    if beyond is not None:
        return Value(constants=frozenset({beyond}))
    tags = {Tag.NUMBER}
    if any(each.has(Tag.VOTED) for each in values):
        tags.add(Tag.VOTED)
    if any(each.has(Tag.SCORE) for each in values):
        tags.add(Tag.COMPARED)
    scores = [each for each in values if each.has(Tag.SCORE, Tag.COMPARED)]
    programs = any(each.has(Tag.CANDIDATE, Tag.INITIAL) for each in values)
    if not programs and any(each.has(Tag.ROOT, Tag.RANDOM) for each in scores):
        tags.add(Tag.EXPLORES)
    drawn = [each for each in values if each.has(Tag.RANDOM)]
    if drawn:
        tags.add(Tag.DRAW)
        if any(each.varies() for each in values):
            tags.add(Tag.ACCEPTS)
    return Value(tags=frozenset(tags))


def _beyond(values: list[Value], operation: ast.cmpop | None) -> bool | None:
    """Return how comparing a count with a number that it never reaches ends."""
    if len(values) != 2 or values[0].tags != {Tag.NUMBER} or values[0].constants:
        return None
    numbers = [each for each in values[1].constants if isinstance(each, int | float)]
    if not numbers or values[1].tags or min(numbers) < HUGE:
        return None
    return isinstance(operation, ast.Lt | ast.LtE | ast.NotEq)


def unary(node: ast.UnaryOp, value: Value) -> Value:
    """Return the result of an operator with one operand."""
    if isinstance(node.op, ast.USub):
        numbers = {-each for each in value.constants if isinstance(each, int | float)}
        return replace(value, constants=frozenset(numbers))
    if isinstance(node.op, ast.Not):
        known = value.constants if not (value.tags or value.refs) else frozenset()
        return replace(value, constants=frozenset({not each for each in known}))
    return value
