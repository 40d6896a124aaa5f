"""The part that a function's parameters play: a candidate, a scorer, something to call."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from selftaught.models.offline.sites import parameters


@dataclass(frozen=True)
class Shape:
    """A function that takes a candidate, calls its other parameters and returns a candidate.

    Attributes:
        function: the function.
        candidate: the parameter that holds the candidate.
        scorer: the parameter that is called with a candidate and gives its score; None
            where no parameter is used so.
    """

    function: ast.FunctionDef
    candidate: str
    scorer: str | None

    @property
    def arguments(self) -> str:
        """The function's parameters, as they are handed on to another function."""
        return ", ".join(parameters(self.function))


def called_parameters(function: ast.FunctionDef) -> set[str]:
    """Return the parameters that the function calls, or whose methods it calls."""
    own = set(parameters(function))
    found = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            target = node.func.value if isinstance(node.func, ast.Attribute) else node.func
            if isinstance(target, ast.Name) and target.id in own:
                found.add(target.id)
    return found | {name for name in own if _is_key(function, name)}


def _is_key(function: ast.FunctionDef, name: str) -> bool:
    """Return whether a parameter is handed on as ``key=`` or to ``map``."""
    return any(
        (isinstance(node, ast.keyword) and node.arg == "key" and _is_name(node.value, name))
        or (
            isinstance(node, ast.Call)
            and _is_name(node.func, "map")
            and bool(node.args)
            and _is_name(node.args[0], name)
        )
        for node in ast.walk(function)
    )


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _scores(function: ast.FunctionDef, name: str) -> bool:
    """Return whether a parameter is called with one value, as a score is."""
    return _is_key(function, name) or any(
        isinstance(node, ast.Call) and _is_name(node.func, name) and len(node.args) == 1
        for node in ast.walk(function)
    )


def shape_of(function: ast.FunctionDef) -> Shape | None:
    """Return the shape of a function, None where it doesn't take and return a candidate."""
    called = called_parameters(function)
    returns = [node for node in ast.walk(function) if isinstance(node, ast.Return) and node.value]
    if not called or not returns:
        return None
    attributed = {
        node.value.id
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    plain = [name for name in parameters(function) if name not in called | attributed]
    scorers = [name for name in parameters(function) if name in called and _scores(function, name)]
    if not plain:
        return None
    return Shape(function, plain[0], scorers[0] if scorers else None)


def shapes(tree: ast.Module) -> list[Shape]:
    """Return the shapes of the functions at the top level, in order of the text."""
    found = [shape_of(node) for node in tree.body if isinstance(node, ast.FunctionDef)]
    return [shape for shape in found if shape]
