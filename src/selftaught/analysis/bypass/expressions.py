"""Expressions: what each may be."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable

from selftaught.analysis.bypass import folding
from selftaught.analysis.bypass.machine import Machine
from selftaught.analysis.bypass.statements import closure
from selftaught.analysis.bypass.value import (
    UNKNOWN,
    Arguments,
    Container,
    Scope,
    Value,
    deep,
    elements,
    known,
    made_of,
    many,
    merge,
    one,
    put,
    sequence,
    truth,
    union,
)
from selftaught.analysis.names import Named

MAX_PAIRS = 16
"""Pairs of possible constants that an operator is worked out for."""


def value_of(machine: Machine, node: ast.expr, scope: Scope) -> Value:
    """Return what an expression may be."""
    handler = _HANDLERS.get(type(node))
    return UNKNOWN if handler is None else handler(machine, node, scope)


def _constant(machine: Machine, node: ast.Constant, scope: Scope) -> Value:
    return known(node.value)


def _name(machine: Machine, node: ast.Name, scope: Scope) -> Value:
    found = scope.find(node.id)
    if found is not None:
        return found
    if node.id == "__builtins__":
        return one(Named("builtins"))
    return one(Named(f"builtins.{node.id}")) if hasattr(builtins, node.id) else UNKNOWN


def _attribute(machine: Machine, node: ast.Attribute, scope: Scope) -> Value:
    return machine.attribute(machine.evaluate(node.value, scope), node.attr, node.lineno)


def _subscript(machine: Machine, node: ast.Subscript, scope: Scope) -> Value:
    owner = machine.evaluate(node.value, scope)
    if isinstance(node.slice, ast.Slice):
        return made_of(owner) if not _holds(owner) else many(elements(owner))
    return machine.subscript(owner, machine.evaluate(node.slice, scope), node.lineno)


def _holds(value: Value) -> bool:
    return any(isinstance(atom, Container) for atom in value)


def _call(machine: Machine, node: ast.Call, scope: Scope) -> Value:
    function = machine.evaluate(node.func, scope)
    return machine.call(function, _arguments(machine, node, scope), node.lineno)


def _arguments(machine: Machine, node: ast.Call, scope: Scope) -> Arguments:
    found = Arguments()
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            _spread(found, machine.evaluate(argument.value, scope))
        else:
            found.positional.append(machine.evaluate(argument, scope))
    for keyword in node.keywords:
        value = machine.evaluate(keyword.value, scope)
        if keyword.arg is not None:
            found.keywords[keyword.arg] = value
        else:
            _spread_keywords(found, value)
    return found


def _spread(found: Arguments, value: Value) -> None:
    lists = [atom for atom in value if isinstance(atom, Container)]
    if len(lists) == 1 and not lists[0].rest and not lists[0].keys:
        found.positional += lists[0].items.values()
    else:
        found.star = union([found.star, elements(value)])


def _spread_keywords(found: Arguments, value: Value) -> None:
    for atom in value:
        if isinstance(atom, Container):
            for key, part in atom.items.items():
                if isinstance(key, str):
                    before = found.keywords.get(key, frozenset())
                    found.keywords[key] = union([before, part])


def _binary(machine: Machine, node: ast.BinOp, scope: Scope) -> Value:
    left, right = machine.evaluate(node.left, scope), machine.evaluate(node.right, scope)
    lists = [one(atom) for value in (left, right) for atom in value if isinstance(atom, Container)]
    if lists and isinstance(node.op, ast.BitOr):
        both = Container()
        for each in lists:
            merge(both, each)
        return one(both)
    if lists and isinstance(node.op, ast.Mult | ast.Add):
        parts = many(union([elements(each) for each in lists]))
        return union([parts, made_of(left, right)])
    if len(left) * len(right) > MAX_PAIRS:
        return made_of(left, right)
    folded = [folding.binary(node.op, one(a), one(b)) for a in left for b in right]
    return union([made_of(left, right) if each is None else each for each in folded]) or UNKNOWN


def _unary(machine: Machine, node: ast.UnaryOp, scope: Scope) -> Value:
    value = machine.evaluate(node.operand, scope)
    if isinstance(node.op, ast.Not):
        return folding.negated(value)
    if isinstance(node.op, ast.USub):
        return folding.fold(lambda number: -number, [value]) or UNKNOWN
    return value if isinstance(node.op, ast.UAdd) else UNKNOWN


def _boolean(machine: Machine, node: ast.BoolOp, scope: Scope) -> Value:
    """Return the operands that can be the result; those after a decided one are not run."""
    ends = isinstance(node.op, ast.Or)
    found: list[Value] = []
    for operand in node.values:
        value = machine.evaluate(operand, scope)
        decided = truth(value)
        last = operand is node.values[-1]
        if decided is ends or last:
            found.append(value)
            break
        if decided is None:
            kept = (a for a in value if truth(one(a)) is not (not ends))
            found.append(frozenset(kept))
    return union(found)


def _compare(machine: Machine, node: ast.Compare, scope: Scope) -> Value:
    values = [machine.evaluate(each, scope) for each in (node.left, *node.comparators)]
    return folding.compare(node, values)


def _conditional(machine: Machine, node: ast.IfExp, scope: Scope) -> Value:
    test = truth(machine.evaluate(node.test, scope))
    if test is not None:
        return machine.evaluate(node.body if test else node.orelse, scope)
    return union([machine.evaluate(node.body, scope), machine.evaluate(node.orelse, scope)])


def _lambda(machine: Machine, node: ast.Lambda, scope: Scope) -> Value:
    return one(closure(machine, node, scope))


def _sequence(machine: Machine, node: ast.Tuple | ast.List | ast.Set, scope: Scope) -> Value:
    if any(isinstance(each, ast.Starred) for each in node.elts):
        parts = [
            elements(machine.evaluate(each.value, scope))
            if isinstance(each, ast.Starred)
            else machine.evaluate(each, scope)
            for each in node.elts
        ]
        return many(union(parts))
    return sequence([machine.evaluate(each, scope) for each in node.elts])


def _dict(machine: Machine, node: ast.Dict, scope: Scope) -> Value:
    found = Container()
    for key_node, value_node in zip(node.keys, node.values, strict=True):
        value = machine.evaluate(value_node, scope)
        if key_node is None:
            merge(found, value)
            continue
        put(found, machine.evaluate(key_node, scope), value)
    return one(found)


def _comprehension(
    machine: Machine, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, scope: Scope
) -> Value:
    inside = _generated(machine, node.generators, scope)
    return many(machine.evaluate(node.elt, inside)) if inside else one(Container())


def _dict_comprehension(machine: Machine, node: ast.DictComp, scope: Scope) -> Value:
    inside = _generated(machine, node.generators, scope)
    found = Container()
    if inside:
        value = machine.evaluate(node.value, inside)
        put(found, machine.evaluate(node.key, inside), value)
    return one(found)


def _generated(machine: Machine, generators: list[ast.comprehension], scope: Scope) -> Scope | None:
    """Return the scope in which an element is made; None where none ever is."""
    inside = Scope(outer=scope)
    for generator in generators:
        value = elements(machine.evaluate(generator.iter, inside))
        machine.assign(generator.target, value, inside)
        for test in generator.ifs:
            if truth(machine.evaluate(test, inside)) is False:
                return None
    return inside


def _text(machine: Machine, node: ast.JoinedStr, scope: Scope) -> Value:
    parts = [machine.evaluate(each, scope) for each in node.values]
    folded = folding.fold(lambda *given: "".join(map(str, given)), parts)
    return folded if folded is not None else made_of(*parts)


def _formatted(machine: Machine, node: ast.FormattedValue, scope: Scope) -> Value:
    return machine.evaluate(node.value, scope)


def _walrus(machine: Machine, node: ast.NamedExpr, scope: Scope) -> Value:
    value = machine.evaluate(node.value, scope)
    machine.assign(node.target, value, scope)
    return value


def _inner(
    machine: Machine, node: ast.Await | ast.Starred | ast.YieldFrom | ast.Yield, scope: Scope
) -> Value:
    value = machine.evaluate(node.value, scope) if node.value else UNKNOWN
    if isinstance(node, ast.Yield):
        scope.given.append(many(value))
    elif isinstance(node, ast.YieldFrom):
        scope.given.append(many(elements(deep(value))))
    return value


_HANDLERS: dict[type[ast.expr], Callable[..., Value]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Call: _call,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _boolean,
    ast.Compare: _compare,
    ast.IfExp: _conditional,
    ast.Lambda: _lambda,
    ast.Tuple: _sequence,
    ast.List: _sequence,
    ast.Set: _sequence,
    ast.Dict: _dict,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _dict_comprehension,
    ast.JoinedStr: _text,
    ast.FormattedValue: _formatted,
    ast.NamedExpr: _walrus,
    ast.Await: _inner,
    ast.Starred: _inner,
    ast.Yield: _inner,
    ast.YieldFrom: _inner,
}
