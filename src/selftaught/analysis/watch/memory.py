"""Memory: where a program keeps something from one call to the next."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from selftaught.values import syntax

_CHANGING = frozenset(
    [
        *("append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse"),
        *("add", "discard", "update", "setdefault", "popitem"),
        *("appendleft", "popleft", "rotate"),
    ]
)
"""Methods that change a collection."""

_GOING_ON = frozenset(
    [
        *("Random", "SystemRandom", "default_rng", "RandomState", "Generator"),
        *("count", "cycle", "iter", "chain"),
    ]
)
"""What makes an object whose every use changes it: generators of numbers, iterators."""

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def remembers(source: str) -> list[int]:
    """Return the lines where a function changes what outlives its call; none if unparsable.

    That is a name of the module (by ``global``, item, attribute or a changing method), a
    mutable default, or a generator or iterator of the module that is used up. It tells why
    answers may depend on the order of calls, not that they do: a cache is found here, too.
    ``functools.cache`` is not, since it changes no answer of a function of its arguments.
    """
    try:
        tree = syntax.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    names = set(_bound(tree.body))
    used_up = set(_using_up(tree.body))
    lines: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, _Function):
            lines |= _Outliving(node, names, used_up).lines()
    return sorted(lines)


class _Outliving:
    """One function, and which of its names outlive a call."""

    def __init__(self, function: _Function, names: set[str], used_up: set[str]) -> None:
        self._function = function
        stated = {
            name
            for node in ast.walk(function)
            if isinstance(node, ast.Global)
            for name in node.names
        }
        parameters = function.args
        own = {
            each.arg for each in (*parameters.posonlyargs, *parameters.args, *parameters.kwonlyargs)
        }
        own |= set(_assigned(function)) - stated
        self._stated = stated
        self._outer = (names - own) | set(_mutable_defaults(function))
        self._used_up = used_up - own

    def lines(self) -> set[int]:
        """Return the lines where one of them is changed."""
        return {
            node.lineno
            for node in ast.walk(self._function)
            if isinstance(node, ast.expr) and self._changes(node)
        }

    def _changes(self, node: ast.expr) -> bool:
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                return name in self._stated
            case ast.Subscript(value=owner, ctx=ast.Store() | ast.Del()):
                return _root(owner) in self._outer
            case ast.Attribute(value=owner, ctx=ast.Store() | ast.Del()):
                return _root(owner) in self._outer
            case ast.Call(func=ast.Name(id="next"), args=[first, *_]):
                return _root(first) in self._used_up
            case ast.Call(func=ast.Attribute(value=owner, attr=method)):
                root = _root(owner)
                return root in self._used_up or (root in self._outer and method in _CHANGING)
        return False


def _root(node: ast.expr) -> str | None:
    """Return the name at the beginning of ``a.b[c].d``."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _bound(body: list[ast.stmt]) -> Iterator[str]:
    """Yield the names that a module binds, imports left out: they are not the program's."""
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield statement.name
            continue
        if isinstance(statement, ast.Import | ast.ImportFrom):
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id


def _using_up(body: list[ast.stmt]) -> Iterator[str]:
    """Yield the names of a module that stand for something that every use changes."""
    for statement in body:
        if not isinstance(statement, ast.Assign):
            continue
        value = statement.value
        made = isinstance(value, ast.GeneratorExp) or (
            isinstance(value, ast.Call) and _last(value.func) in _GOING_ON
        )
        for target in statement.targets:
            if made and isinstance(target, ast.Name):
                yield target.id


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _assigned(function: _Function) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def _mutable_defaults(function: _Function) -> Iterator[str]:
    """Yield the parameters whose default is a collection that all calls share."""
    parameters = function.args
    positional = [*parameters.posonlyargs, *parameters.args]
    defaults = zip(reversed(positional), reversed(parameters.defaults), strict=False)
    keyword = zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True)
    for parameter, default in (*defaults, *keyword):
        displayed = isinstance(default, ast.List | ast.Dict | ast.Set)
        made = isinstance(default, ast.Call) and _last(default.func) in (
            *("list", "dict", "set", "deque", "defaultdict", "Counter", "OrderedDict"),
        )
        if displayed or made:
            yield parameter.arg
