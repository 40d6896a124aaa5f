"""Syntax trees of programs, and the names that programs bind and need."""

from __future__ import annotations

import ast
import builtins
import threading
import warnings
from collections.abc import Iterable, Iterator
from functools import lru_cache

one_at_a_time = threading.RLock()
"""Held while a tree is made: threads share the filters of warnings and, in CPython 3.11, more."""

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_FAILURES = (SyntaxError, ValueError, RecursionError, MemoryError)
_BUILTINS = frozenset(dir(builtins)) | {"__file__", "__name__"}


def parses(text: str) -> bool:
    """Return whether a text is Python; a warning is no reason to say no."""
    return tree_of(text) is not None


def tree_of(text: str) -> ast.Module | None:
    """Return the syntax tree, None where there is none; nobody may change it."""
    try:
        return _parsed(text)
    except _FAILURES:
        return None


def error_of(text: str) -> str:
    """Return why a text is no Python, empty where it is."""
    try:
        _parsed(text)
    except SyntaxError as error:
        return f"{error.msg} (line {error.lineno})" if error.lineno else str(error.msg)
    except _FAILURES as error:
        return type(error).__name__
    return ""


@lru_cache(maxsize=32)
def _parsed(text: str) -> ast.Module:
    with one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


@lru_cache(maxsize=32)
def meaning(text: str) -> str:
    """Return what two texts share that differ in layout and comments alone."""
    tree = tree_of(text)
    try:
        return text.strip() if tree is None else ast.dump(tree)
    except RecursionError:
        return text.strip()


def definitions(tree: ast.Module) -> dict[str, Definition]:
    """Return the functions and classes at the top level by name, of several the last."""
    return {node.name: node for node in tree.body if isinstance(node, Definition)}


def nested(body: Iterable[ast.stmt], name: str) -> Iterator[tuple[ast.ClassDef, Definition]]:
    """Yield what classes define under a name, each with its class."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, Definition) and inner.name == name:
                    yield node, inner
            yield from nested(node.body, name)


def bound(node: ast.stmt) -> set[str]:
    """Return the names that a statement at the top level gives a value."""
    if isinstance(node, Definition):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(each.asname or each.name).partition(".")[0] for each in node.names}
    names = {
        part.id
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    }
    if isinstance(node, ast.If | ast.Try | ast.With):
        inner = (part for part in ast.walk(node) if isinstance(part, ast.stmt) and part is not node)
        for part in inner:
            if isinstance(part, Definition | ast.Import | ast.ImportFrom):
                names |= bound(part)
    return names


def assigned(tree: ast.Module) -> set[str]:
    """Return the names that definitions and assignments at the top level bind."""
    imports = (ast.Import, ast.ImportFrom)
    kept = [node for node in tree.body if not isinstance(node, imports)]
    return {name for node in kept for name in bound(node)}


def needed(node: ast.AST) -> set[str]:
    """Return the names that code reads, binds nowhere in itself, and that are no builtins."""
    read: set[str] = set()
    known: set[str] = set(_BUILTINS)
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            (read if isinstance(part.ctx, ast.Load) else known).add(part.id)
        elif isinstance(part, Definition):
            known.add(part.name)
        elif isinstance(part, ast.arg):
            known.add(part.arg)
        elif isinstance(part, ast.Import | ast.ImportFrom):
            known |= bound(part)
        elif isinstance(part, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and part.name:
            known.add(part.name)
    return read - known


def span(node: ast.stmt) -> tuple[int, int]:
    """Return the lines of a statement with its decorators: first from 0, and one past the last."""
    first = node.lineno
    if isinstance(node, Definition):
        first = min([first, *(each.lineno for each in node.decorator_list)])
    return first - 1, node.end_lineno or node.lineno


def source_of(text: str, node: ast.stmt) -> str:
    """Return the lines of a statement."""
    first, last = span(node)
    return "\n".join(text.split("\n")[first:last])
