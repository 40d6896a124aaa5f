"""The improver's contract: entry point, what is sent into its child, what it may ask."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache
from importlib import resources

from selftaught.values import syntax

ENTRY_POINT = "improve_algorithm"
"""The function that every improver defines: (initial_solution, utility, language_model)."""

UTILITY = "utility"
"""Request: (list of solutions, None for what is no string) -> list of scores."""

FEEDBACK = "feedback"
"""Request: (solution) -> text."""

USES = "uses"
"""Request: () -> utility calls charged so far."""

PROMPT = "prompt"
"""Request: (list of prompts, each a list of [role, content]; n; temperature) -> n texts each."""

ATTEMPT = "attempt"
"""Request: (category, action, target) -> None; reports what the improver tried."""

_ARGUMENTS = 3


@cache
def prelude() -> str:
    """Return the source that a child runs before an improver; it defines ``wrap``."""
    return _read("stubs.py")


@cache
def helpers_sources() -> Mapping[str, str]:
    """Return the sources of the package ``helpers`` that improvers import, by module name."""
    folder = resources.files(__package__).joinpath("helpers")
    names = sorted(each.name for each in folder.iterdir() if each.name.endswith(".py"))
    return {
        "helpers" if name == "__init__.py" else f"helpers.{name.removesuffix('.py')}": (
            folder.joinpath(name).read_text("utf-8")
        )
        for name in names
    }


def check_entry_point(source: str) -> str | None:
    """Return why a text is no improver, None where nothing speaks against it.

    Nothing runs: the text must parse, and define ``improve_algorithm`` at its top level,
    where it is a plain function so that it takes three arguments by position.
    """
    try:
        tree = syntax.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = f" (line {error.lineno})" if isinstance(error, SyntaxError) and error.lineno else ""
        message = error.msg if isinstance(error, SyntaxError) else str(error)
        return f"it does not parse: {message}{line}"
    found = [node for node in _top_level(tree.body) if _binds(node)]
    if not found:
        return f"it defines no function {ENTRY_POINT}"
    last = found[-1]
    if isinstance(last, ast.AsyncFunctionDef):
        return f"{ENTRY_POINT} is a coroutine (line {last.lineno}); a plain function is called"
    if isinstance(last, ast.FunctionDef) and not _takes_three(last.args):
        return (
            f"{ENTRY_POINT} (line {last.lineno}) does not take three arguments: "
            "initial_solution, utility, language_model"
        )
    return None


def _read(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")


def _top_level(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return the statements that run in the module's own scope, inner blocks included."""
    found: list[ast.stmt] = []
    waiting: list[ast.AST] = [*reversed(body)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.stmt):
            found.append(node)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = [
                part
                for part in ast.iter_child_nodes(node)
                if isinstance(part, ast.stmt | ast.excepthandler | ast.match_case)
            ]
            waiting += reversed(inner)
    return found


def _binds(node: ast.stmt) -> bool:
    """Return whether a statement gives the entry point's name a value."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return node.name == ENTRY_POINT
    if isinstance(node, ast.Import | ast.ImportFrom):
        return any((name.asname or name.name) in (ENTRY_POINT, "*") for name in node.names)
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(
            isinstance(part, ast.Name)
            and part.id == ENTRY_POINT
            and isinstance(part.ctx, ast.Store)
            for target in targets
            for part in ast.walk(target)
        )
    return False


def _takes_three(arguments: ast.arguments) -> bool:
    """Return whether a call with three arguments by position is possible."""
    positional = len(arguments.posonlyargs) + len(arguments.args)
    required = positional - len(arguments.defaults)
    keyword_only = any(default is None for default in arguments.kw_defaults)
    enough = positional >= _ARGUMENTS or arguments.vararg is not None
    return enough and required <= _ARGUMENTS and not keyword_only
