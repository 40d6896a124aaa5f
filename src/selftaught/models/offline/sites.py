"""Places in a syntax tree that can be changed: expressions and blocks of statements."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
SKIPPED_FIELDS = frozenset(
    {"annotation", "returns", "decorator_list", "format_spec", "type_params"}
)
SIZED = frozenset(
    {"len", "range", "arange", "zeros", "ones", "full", "linspace", "reshape", "enumerate"}
    | {"isinstance", "randrange", "choice", "sample"}
)
"""Functions whose arguments are sizes or containers rather than terms of a sum."""

BLOCK_FIELDS = ("body", "orelse", "finalbody")


@dataclass(frozen=True)
class TreeSite:
    """One expression and where it hangs.

    Attributes:
        owner: the node that holds it.
        field: the owner's field.
        index: its place in the field's list; None where the field is no list.
        exact: whether it is part of an index or a size, or says how many values are
            unpacked, so that hardly any other value would do.
    """

    owner: ast.AST
    field: str
    index: int | None = None
    exact: bool = False

    @property
    def node(self) -> ast.expr:
        """The expression that hangs there now."""
        value: Any = getattr(self.owner, self.field)
        found: ast.expr = value if self.index is None else value[self.index]
        return found

    def put(self, new: ast.expr) -> None:
        """Hang ``new`` in the place."""
        if self.index is None:
            setattr(self.owner, self.field, new)
        else:
            getattr(self.owner, self.field)[self.index] = new


def _is_docstring(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def expression_sites(root: ast.AST, exact: bool = False) -> Iterator[TreeSite]:
    """Yield every expression under ``root`` whose value is read, outermost first.

    Left out are annotations, docstrings, the parts of f-strings, assignment targets and
    the names of called functions, since a change there seldom leaves a valid program.
    """
    for field, value in ast.iter_fields(root):
        if field in SKIPPED_FIELDS or isinstance(root, ast.JoinedStr):
            continue
        inside = exact or _wants_exact(root, field)
        items = enumerate(value) if isinstance(value, list) else [(None, value)]
        for index, child in items:
            if not isinstance(child, ast.AST) or _is_docstring(child):
                continue
            if isinstance(child, ast.expr) and _is_read(child, field, root):
                yield TreeSite(root, field, index, inside)
            yield from expression_sites(child, inside)


def _wants_exact(owner: ast.AST, field: str) -> bool:
    """Return whether what stands in a field is an index, a size or a number of values."""
    if isinstance(owner, ast.Subscript):
        return field == "slice"
    if isinstance(owner, ast.Assign):
        return field == "value" and isinstance(owner.targets[0], ast.Tuple)
    if isinstance(owner, ast.Call) and field == "args":
        called = owner.func.attr if isinstance(owner.func, ast.Attribute) else ""
        return (called or getattr(owner.func, "id", "")) in SIZED
    return False


def _is_read(child: ast.expr, field: str, owner: ast.AST) -> bool:
    if isinstance(child, ast.Slice | ast.Starred | ast.JoinedStr | ast.FormattedValue):
        return False
    if isinstance(owner, ast.Call) and field == "func":
        return False
    if isinstance(owner, ast.Attribute) and isinstance(child, ast.Name):
        return False
    context = getattr(child, "ctx", None)
    return context is None or isinstance(context, ast.Load)


def blocks(root: ast.AST) -> Iterator[list[ast.stmt]]:
    """Yield every list of statements under ``root``, the module's own left out."""
    for node in ast.walk(root):
        for field in BLOCK_FIELDS:
            block = getattr(node, field, None)
            if isinstance(block, list) and block and not isinstance(node, ast.Module):
                yield block
        for handler in getattr(node, "handlers", ()):
            yield handler.body


def functions(tree: ast.AST) -> list[ast.FunctionDef]:
    """Return every function, nested ones and methods included, in order of the text."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return sorted(found, key=lambda node: getattr(node, "lineno", 0))


def parameters(function: FunctionNode | ast.Lambda) -> list[str]:
    """Return the names of the parameters in order, starred ones last."""
    arguments = function.args
    plain = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    starred = [argument for argument in (arguments.vararg, arguments.kwarg) if argument]
    return [argument.arg for argument in [*plain, *starred]]


def required(function: FunctionNode) -> list[str]:
    """Return the names of the parameters that have no default: what a caller must give."""
    plain = [*function.args.posonlyargs, *function.args.args]
    return [argument.arg for argument in plain[: len(plain) - len(function.args.defaults)]]


def names_in(tree: ast.AST) -> set[str]:
    """Return every identifier that occurs under ``tree``, read or written."""
    found = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    found |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    named = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return found | {node.name for node in ast.walk(tree) if isinstance(node, named)}


def number(value: float) -> ast.expr:
    """Return the expression of a number as a parse of it gives: a sign is an operation."""
    if value < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value)


def fresh_name(wish: str, tree: ast.AST) -> str:
    """Return ``wish``, or it with the first number that makes it new to ``tree``."""
    taken = names_in(tree)
    name, number = wish, 2
    while name in taken:
        name, number = f"{wish}_{number}", number + 1
    return name
