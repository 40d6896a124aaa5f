"""Turns the scoring code that a prompt shows into a function that a program can call."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from selftaught.models.offline.prompt_reading import parse
from selftaught.models.offline.sites import names_in, parameters
from selftaught.values import syntax

RATE = '''
def rate(inputs, answer):
    """Return the score of an answer, minus infinity where it is none."""
    try:
        return float(score(inputs, None, answer))
    except ValueError:
        return float("-inf")
'''


@dataclass(frozen=True)
class Scorer:
    """Scoring code to put into a program.

    Attributes:
        body: source of the imports, constants and functions, one statement each, the last
            of them ``rate(inputs, answer)``.
        names: the functions and constants that the body defines.
    """

    body: tuple[str, ...]
    names: frozenset[str]


@lru_cache(maxsize=64)
def scorer(scoring: str) -> Scorer | None:
    """Return a scorer made of scoring code, None where a program can't use it.

    It can't where the answer is played rather than returned (``drive``), or where the
    score needs the key, which programs never see. What does not depend on the answer and
    only divides the score is left out, and so is the text beside a score.
    """
    tree = parse(scoring)
    if tree is None:
        return None
    tops = {name: node for node in tree.body for name in _bound(node)}
    score = tops.get("score")
    if "drive" in tops or not isinstance(score, ast.FunctionDef) or len(parameters(score)) != 3:
        return None
    _Returns(_depending(score, parameters(score)[2])).visit(score)
    if any(
        isinstance(node, ast.Name) and node.id == score.args.args[1].arg for node in _inner(score)
    ):
        return None
    needed = _closure(score, tops)
    foreign = {name for node in needed if _is_foreign(node) for name in _bound(node)}
    kept = [
        _OwnCode(foreign).visit(node) for node in tree.body if node in needed - {*_foreign(needed)}
    ]
    has_numpy = any(isinstance(node, ast.Import) and "np" in _bound(node) for node in kept)
    head = [] if has_numpy else syntax.parse("import numpy as np").body
    body = [*head, *kept, *syntax.parse(RATE).body]
    imports = (ast.Import, ast.ImportFrom)
    names = {name for node in body if not isinstance(node, imports) for name in _bound(node)}
    return Scorer(tuple(ast.unparse(node) for node in body), frozenset(names))


def _inner(function: ast.FunctionDef) -> Iterable[ast.AST]:
    return (node for statement in function.body for node in ast.walk(statement))


def _bound(node: ast.stmt) -> list[str]:
    """Return the names that a statement at the top level defines."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [(alias.asname or alias.name).split(".")[0] for alias in node.names]
    if isinstance(node, ast.Assign):
        return [
            name.id
            for target in node.targets
            for name in ast.walk(target)
            if isinstance(name, ast.Name)
        ]
    return []


def _closure(start: ast.stmt, tops: dict[str, ast.stmt]) -> set[ast.stmt]:
    """Return the statements at the top level that ``start`` needs, itself included."""
    found, pending = {start}, [start]
    while pending:
        for name in sorted(names_in(pending.pop())):
            node = tops.get(name)
            if node is not None and node not in found:
                found.add(node)
                pending.append(node)
    return found


def _foreign(nodes: Iterable[ast.stmt]) -> list[ast.stmt]:
    return [node for node in nodes if _is_foreign(node)]


def _is_foreign(node: ast.stmt) -> bool:
    """Return whether a statement imports what a program may not have: not numpy, not standard."""
    if isinstance(node, ast.ImportFrom):
        modules = [node.module or ""]
    elif isinstance(node, ast.Import):
        modules = [alias.name for alias in node.names]
    else:
        return False
    return any(name.split(".")[0] not in {*sys.stdlib_module_names, "numpy"} for name in modules)


def _depending(function: ast.FunctionDef, parameter: str) -> set[str]:
    """Return the names whose values may depend on a parameter."""
    found = {parameter}
    for _ in range(3):
        for node in ast.walk(function):
            targets: list[ast.expr] = []
            if isinstance(node, ast.Assign):
                targets = node.targets
            elif isinstance(node, ast.AugAssign | ast.For | ast.comprehension):
                targets = [node.target]
            source = getattr(node, "value", None) or getattr(node, "iter", None)
            if targets and source is not None and names_in(source) & found:
                found |= {name for target in targets for name in names_in(target)}
    return found


class _Returns(ast.NodeTransformer):
    """Leaves the text out of what ``score`` returns, and what only scales the number."""

    def __init__(self, depending: set[str]) -> None:
        self.depending = depending

    def visit_Return(self, node: ast.Return) -> ast.AST:
        """Return the number alone, unscaled."""
        value = node.value
        if isinstance(value, ast.Tuple) and value.elts:
            value = value.elts[0]
        if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Div):
            divisor = names_in(value.right)
            if divisor and not divisor & self.depending:
                value = value.left
        node.value = value
        return node


class _OwnCode(ast.NodeTransformer):
    """Puts an array of the first argument in place of calls to functions that are missing."""

    def __init__(self, foreign: set[str]) -> None:
        self.foreign = foreign

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Return the call, or an array of its first argument."""
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in self.foreign and node.args:
            return syntax.parse_expression(f"np.asarray({ast.unparse(node.args[0])})")
        return node
