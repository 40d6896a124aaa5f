"""Signatures: whether callers of a definition can call another in its place."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from selftaught.patching.repository.target import FUNCTIONS, Definition


def incompatible(before: Definition, after: Definition) -> str:
    """Return why ``after`` can't stand where ``before`` stood; empty where it can.

    Parameters that are added need a default and a place behind the others. Decorators and
    base classes stay; every method of a class keeps a compatible signature.
    """
    if type(before) is not type(after):
        return f"{_kind(after)} in place of {_kind(before)}"
    if before.name != after.name:
        return f"the name {after.name} in place of {before.name}"
    if _texts(before.decorator_list) != _texts(after.decorator_list):
        return f"other decorators on {before.name}"
    if isinstance(before, ast.ClassDef) and isinstance(after, ast.ClassDef):
        return _other_class(before, after)
    if isinstance(before, FUNCTIONS) and isinstance(after, FUNCTIONS):
        return _other_parameters(before, after)
    return ""


def incompatible_all(before: list[ast.stmt], after: list[ast.stmt]) -> str:
    """Return why code that uses the definitions of one body can't use those of another."""
    kept = named(after)
    for name, definition in named(before).items():
        if name not in kept:
            return f"no {name} any more"
        why = incompatible(definition, kept[name])
        if why:
            return why
    return ""


def named(body: list[ast.stmt]) -> Mapping[str, Definition]:
    """Return the definitions that stand directly in a body, the last of each name."""
    return {node.name: node for node in body if isinstance(node, Definition)}


def _other_class(before: ast.ClassDef, after: ast.ClassDef) -> str:
    if _texts([*before.bases, *before.keywords]) != _texts([*after.bases, *after.keywords]):
        return f"other base classes of {before.name}"
    return incompatible_all(before.body, after.body)


def _other_parameters(
    before: ast.FunctionDef | ast.AsyncFunctionDef, after: ast.FunctionDef | ast.AsyncFunctionDef
) -> str:
    old, new = _parameters(before.args), _parameters(after.args)
    for name, kind in old.items():
        if new.get(name) != kind:
            return f"another parameter {name} of {before.name}"
    if [name for name in new if name in old] != list(old):
        return f"another order of the parameters of {before.name}"
    positional = [name for name, (kind, _) in new.items() if kind in ("positional", "either")]
    earlier = [name for name in positional if name in old]
    if positional[: len(earlier)] != earlier:
        return f"a parameter before others of {before.name}"
    for name in new.keys() - old.keys():
        if new[name][0] in ("positional", "either", "keyword") and new[name][1] is None:
            return f"a parameter {name} of {before.name} that callers do not give"
    return ""


def _parameters(arguments: ast.arguments) -> dict[str, tuple[str, str | None]]:
    """Return kind and default of every parameter by name, in order."""
    found: dict[str, tuple[str, str | None]] = {}
    positional = [("positional", each) for each in arguments.posonlyargs]
    positional += [("either", each) for each in arguments.args]
    without = len(positional) - len(arguments.defaults)
    for place, (kind, argument) in enumerate(positional):
        default = arguments.defaults[place - without] if place >= without else None
        found[argument.arg] = (kind, ast.unparse(default) if default else None)
    if arguments.vararg:
        found[arguments.vararg.arg] = ("rest", None)
    for argument, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        found[argument.arg] = ("keyword", ast.unparse(value) if value else None)
    if arguments.kwarg:
        found[arguments.kwarg.arg] = ("keywords", None)
    return found


def _texts(nodes: Sequence[ast.AST]) -> list[str]:
    return [ast.unparse(node) for node in nodes]


def _kind(node: Definition) -> str:
    if isinstance(node, ast.FunctionDef):
        return "a function"
    return "an async function" if isinstance(node, ast.AsyncFunctionDef) else "a class"
