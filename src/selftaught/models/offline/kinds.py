"""Light type inference: the kind of value that an expression is likely to have."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from selftaught.models.offline.sites import FunctionNode, parameters


class ValueKind(StrEnum):
    """What an expression's value is likely to be."""

    INT = "int"
    NUMBER = "number"
    BOOL = "bool"
    ARRAY = "array"
    MASK = "mask"
    LIST = "list"
    TEXT = "text"
    FUNCTION = "function"
    OBJECT = "object"
    UNKNOWN = "unknown"


NUMERIC = frozenset({ValueKind.INT, ValueKind.NUMBER, ValueKind.BOOL})
TRUTHS = frozenset({ValueKind.BOOL, ValueKind.MASK})
Names = Mapping[str, ValueKind]

_RESULTS = {
    **dict.fromkeys(
        ("len", "int", "ord", "hash", "randint", "randrange", "index", "count"), ValueKind.INT
    ),
    **dict.fromkeys(("argmax", "argmin", "find", "bit_count"), ValueKind.INT),
    **dict.fromkeys(
        ("float", "abs", "sum", "random", "uniform", "gauss", "round"), ValueKind.NUMBER
    ),
    **dict.fromkeys(
        ("expovariate", "normalvariate", "mean", "std", "var", "prod"), ValueKind.NUMBER
    ),
    **dict.fromkeys(
        ("median", "dot", "log", "sqrt", "exp", "log2", "log1p", "pow"), ValueKind.NUMBER
    ),
    **dict.fromkeys(
        ("sin", "cos", "tan", "tanh", "hypot", "fabs", "perf_counter"), ValueKind.NUMBER
    ),
    **dict.fromkeys(
        ("range", "list", "sorted", "split", "sample", "choices", "tolist"), ValueKind.LIST
    ),
    **dict.fromkeys(
        ("str", "join", "strip", "format", "replace", "lower", "upper"), ValueKind.TEXT
    ),
    **dict.fromkeys(("bool", "any", "all", "isinstance", "callable", "startswith"), ValueKind.BOOL),
}
_REDUCTIONS = frozenset(
    {"sum", "mean", "max", "min", "std", "var", "prod", "median", "argmax", "argmin", "dot"}
    | {"random", "uniform"}
)
_NUMPY = frozenset({"np", "numpy"})


def infer(function: FunctionNode, has_numpy: bool) -> dict[str, ValueKind]:
    """Return the kind of every parameter and variable of a function.

    Args:
        function: the function; functions nested in it are not entered for variables.
        has_numpy: whether the program imports numpy, so that a sized parameter is
            likely to be an array.
    """
    names = {name: ValueKind.UNKNOWN for name in parameters(function)}
    names |= _from_use(function, names, has_numpy)
    for _ in range(2):
        for node in ast.walk(function):
            _learn(node, names)
    return names


def _learn(node: ast.AST, names: dict[str, ValueKind]) -> None:
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        name, kind = node.targets[0].id, kind_of(node.value, names)
        if names.get(name, ValueKind.UNKNOWN) is ValueKind.UNKNOWN or kind is ValueKind.NUMBER:
            names[name] = kind
    elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        operation = ast.BinOp(ast.Name(node.target.id, ast.Load()), node.op, node.value)
        names[node.target.id] = kind_of(operation, names)
    elif isinstance(node, ast.For | ast.comprehension):
        _learn_loop(node.target, node.iter, names)
    elif isinstance(node, ast.FunctionDef):
        names.setdefault(node.name, ValueKind.FUNCTION)


def _learn_loop(target: ast.expr, iterable: ast.expr, names: dict[str, ValueKind]) -> None:
    called = _callee(iterable) if isinstance(iterable, ast.Call) else ""
    if isinstance(target, ast.Name):
        kind = ValueKind.INT if called == "range" else ValueKind.UNKNOWN
        if kind_of(iterable, names) is ValueKind.ARRAY:
            kind = ValueKind.NUMBER
        names.setdefault(target.id, kind)
    elif isinstance(target, ast.Tuple) and called == "enumerate":
        first = target.elts[0]
        if isinstance(first, ast.Name):
            names[first.id] = ValueKind.INT


def _from_use(function: FunctionNode, names: Names, has_numpy: bool) -> dict[str, ValueKind]:
    """Return what annotations and uses tell about the parameters."""
    sized = ValueKind.ARRAY if has_numpy and _uses_numpy(function) else ValueKind.LIST
    found: dict[str, ValueKind] = {}
    read = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    for argument in arguments:
        if argument.annotation is not None:
            found[argument.arg] = _annotated(ast.unparse(argument.annotation))
        elif argument.arg not in read and not argument.arg.startswith("_"):
            found[argument.arg] = ValueKind.NUMBER
    annotated = {argument.arg for argument in arguments if argument.annotation is not None}
    for node in ast.walk(function):
        for name, kind in _used_as(node, sized):
            weak = found.get(name, ValueKind.UNKNOWN) in {ValueKind.UNKNOWN, ValueKind.NUMBER}
            if name in names and weak and name not in annotated:
                found[name] = kind if kind is not ValueKind.NUMBER else found.get(name, kind)
    sized = ValueKind.ARRAY if has_numpy else ValueKind.LIST
    for name in names:  # nothing tells: a plural is likely to hold several numbers
        found.setdefault(name, sized if name.endswith("s") else ValueKind.NUMBER)
    return found


def _used_as(node: ast.AST, sized: ValueKind) -> list[tuple[str, ValueKind]]:
    """Return the kinds that one node's use of names speaks for."""
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name):
            is_size = node.func.id in {"len", "enumerate", "sorted", "sum", "max", "min"}
            used = [(a.id, sized) for a in node.args if is_size and isinstance(a, ast.Name)]
            return [(node.func.id, ValueKind.FUNCTION), *used]
        return []
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        is_array = node.attr in _REDUCTIONS | {"shape", "size", "copy", "T", "astype"}
        return [(node.value.id, ValueKind.ARRAY if is_array else ValueKind.OBJECT)]
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        return [(node.value.id, sized)]
    if isinstance(node, ast.For) and isinstance(node.iter, ast.Name):
        return [(node.iter.id, sized)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub | ast.Mult | ast.Div | ast.Pow):
        sides = (node.left, node.right)
        return [(side.id, ValueKind.NUMBER) for side in sides if isinstance(side, ast.Name)]
    return []


def _annotated(text: str) -> ValueKind:
    table = {
        "int": ValueKind.INT,
        "float": ValueKind.NUMBER,
        "bool": ValueKind.BOOL,
        "str": ValueKind.TEXT,
    }
    if "ndarray" in text or "Array" in text:
        return ValueKind.ARRAY
    if text.lower().startswith(("list", "tuple", "sequence")):
        return ValueKind.LIST
    if "Callable" in text:
        return ValueKind.FUNCTION
    return table.get(text, ValueKind.UNKNOWN)


def _uses_numpy(function: FunctionNode) -> bool:
    return any(isinstance(node, ast.Name) and node.id in _NUMPY for node in ast.walk(function))


def _callee(call: ast.Call) -> str:
    if isinstance(call.func, ast.Name):
        return call.func.id
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def kind_of(node: ast.expr, names: Names) -> ValueKind:
    """Return the kind of an expression, given the kinds of its names."""
    if isinstance(node, ast.Name):
        return names.get(node.id, ValueKind.UNKNOWN)
    if isinstance(node, ast.IfExp):
        return kind_of(node.body, names)
    rule = _RULES.get(type(node))
    return rule(node, names) if rule else _BY_NODE.get(type(node), ValueKind.UNKNOWN)


_BY_NODE: dict[type[ast.expr], ValueKind] = {
    ast.BoolOp: ValueKind.BOOL,
    ast.List: ValueKind.LIST,
    ast.ListComp: ValueKind.LIST,
    ast.JoinedStr: ValueKind.TEXT,
    ast.Lambda: ValueKind.FUNCTION,
    ast.Dict: ValueKind.OBJECT,
    ast.Set: ValueKind.OBJECT,
}


def _kind_of_sign(node: ast.UnaryOp, names: Names) -> ValueKind:
    return ValueKind.BOOL if isinstance(node.op, ast.Not) else kind_of(node.operand, names)


def _kind_of_comparison(node: ast.Compare, names: Names) -> ValueKind:
    kinds = [kind_of(side, names) for side in (node.left, *node.comparators)]
    return ValueKind.MASK if ValueKind.ARRAY in kinds else ValueKind.BOOL


def _kind_of_constant(node: ast.Constant, names: Names) -> ValueKind:
    table = {bool: ValueKind.BOOL, int: ValueKind.INT, float: ValueKind.NUMBER, str: ValueKind.TEXT}
    return table.get(type(node.value), ValueKind.OBJECT)


def _kind_of_operation(node: ast.BinOp, names: Names) -> ValueKind:
    kinds = {kind_of(node.left, names), kind_of(node.right, names)}
    for strong in (ValueKind.ARRAY, ValueKind.TEXT, ValueKind.LIST):
        if strong in kinds:
            return strong
    if kinds <= {ValueKind.INT, ValueKind.BOOL} and not isinstance(node.op, ast.Div):
        return ValueKind.INT
    if kinds & NUMERIC or isinstance(node.op, ast.Sub | ast.Mult | ast.Div | ast.Pow):
        return ValueKind.MASK if ValueKind.MASK in kinds else ValueKind.NUMBER
    return ValueKind.UNKNOWN


def _kind_of_call(node: ast.Call, names: Names) -> ValueKind:
    called = _callee(node)
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    arguments = [kind_of(argument, names) for argument in node.args]
    if isinstance(owner, ast.Name) and owner.id in _NUMPY:
        if called in _REDUCTIONS:
            has_axis = any(keyword.arg == "axis" for keyword in node.keywords)
            return ValueKind.ARRAY if has_axis else _RESULTS.get(called, ValueKind.NUMBER)
        plain = bool(arguments) and all(kind in NUMERIC for kind in arguments)
        makes = called in {"arange", "zeros", "ones", "full", "array", "linspace", "argsort"}
        return ValueKind.NUMBER if plain and not makes else ValueKind.ARRAY
    if owner is not None and kind_of(owner, names) is ValueKind.ARRAY:
        return _RESULTS.get(called, ValueKind.NUMBER if called in _REDUCTIONS else ValueKind.ARRAY)
    if called in {"max", "min"}:
        return ValueKind.NUMBER if set(arguments) & NUMERIC else ValueKind.UNKNOWN
    return _RESULTS.get(called, ValueKind.UNKNOWN)


def _kind_of_subscript(node: ast.Subscript, names: Names) -> ValueKind:
    kind = kind_of(node.value, names)
    if isinstance(node.slice, ast.Slice):
        return kind
    if isinstance(node.value, ast.Attribute) and node.value.attr == "shape":
        return ValueKind.INT
    if kind is ValueKind.ARRAY:
        many = kind_of(node.slice, names) in {ValueKind.ARRAY, ValueKind.MASK}
        return ValueKind.ARRAY if many else ValueKind.NUMBER
    return ValueKind.UNKNOWN


_RULES: dict[type[ast.expr], Callable[[Any, Names], ValueKind]] = {
    ast.Constant: _kind_of_constant,
    ast.BinOp: _kind_of_operation,
    ast.UnaryOp: _kind_of_sign,
    ast.Compare: _kind_of_comparison,
    ast.Call: _kind_of_call,
    ast.Subscript: _kind_of_subscript,
}
