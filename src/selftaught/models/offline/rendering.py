"""Writes a changed tree as source that keeps the unchanged statements as they were written.

Comments, line breaks and quotes survive wherever a statement did not change, so that the
difference between a program and its improvement shows the improvement alone.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from selftaught.values import syntax

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
HEADED = (
    *FUNCTIONS,
    ast.ClassDef,
    ast.With,
    ast.AsyncWith,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.If,
)
"""Compound statements that are written as a header and blocks; others are written whole."""


def render(tree: ast.Module, source: str) -> str:
    """Return the source of ``tree``, which came out of a parse of ``source`` by edits.

    The text always parses to the tree: where keeping the old text would not do, the whole
    is written anew, without its comments.
    """
    ast.fix_missing_locations(tree)
    text = _Renderer(source).module(tree)
    try:
        faithful = equal(syntax.parse(text), tree)
    except (SyntaxError, ValueError):
        faithful = False
    return text if faithful else ast.unparse(tree) + "\n"


def equal(left: object, right: object) -> bool:
    """Return whether two trees, or parts of trees, are the same but for their positions."""
    if isinstance(left, ast.AST):
        if type(left) is not type(right):
            return False
        return all(
            equal(getattr(left, field, None), getattr(right, field, None)) for field in left._fields
        )
    if isinstance(left, list):
        if not isinstance(right, list) or len(left) != len(right):
            return False
        return all(equal(one, other) for one, other in zip(left, right, strict=True))
    return type(left) is type(right) and left == right


class _Renderer:
    """Writes statements, taking lines of the old source where they still say the same."""

    def __init__(self, source: str) -> None:
        self.lines = source.split("\n")
        self.old: dict[tuple[int, int], ast.stmt] = {}
        self.above: dict[tuple[int, int], int] = {}
        tree = syntax.parse(source)
        start = min((_start(node) for node in tree.body[:1]), default=1)
        self.head = self.lines[: start - 1]
        self._note(tree.body, start - 1)
        last = max((node.end_lineno or 0 for node in tree.body), default=0)
        self.tail = [line for line in self.lines[last:] if line.strip()]

    def _note(self, body: list[ast.stmt], end: int) -> None:
        """Note where statements stand, and which lines above belong to each."""
        for node in body:
            start = _start(node)
            if start > end:  # else it shares a line with the one before
                self.old[node.lineno, node.col_offset] = node
                self.above[node.lineno, node.col_offset] = end + 1
            end = node.end_lineno or node.lineno
            for block in _blocks_of(node):
                header_end = block[0].lineno - 1
                self._note(block, self._code_end(header_end, block[0]))

    def _code_end(self, line: int, first: ast.stmt) -> int:
        """Return the number of the last line above ``first`` that is no comment or blank."""
        line = min(line, _start(first) - 1)
        while line > 0 and self.lines[line - 1].strip().startswith(("#",)):
            line -= 1
        return line

    def module(self, tree: ast.Module) -> str:
        written = self.block(tree.body, 0)
        return "\n".join([*self.head, *written, *self.tail]).strip("\n") + "\n"

    def block(self, body: list[ast.stmt], indent: int) -> list[str]:
        """Return the lines of a block, with blank lines around functions that are new."""
        lines: list[str] = []
        follows = True
        for node in body:
            new = self.statement(node, indent)
            known = self._origin(node, indent) is not None
            if indent == 0 and lines and not (known and follows):
                is_definition = isinstance(node, (*FUNCTIONS, ast.ClassDef))
                if is_definition or lines[-1].startswith(" "):
                    lines, new = _stripped_end(lines), ["", "", *_stripped_start(new)]
            lines += new
            follows = known
        return lines

    def _origin(self, node: ast.stmt, indent: int) -> ast.stmt | None:
        """Return the old statement that stood where this one says it stands, None if new."""
        old = self.old.get((node.lineno, node.col_offset))
        return old if node.col_offset == indent and type(old) is type(node) else None

    def statement(self, node: ast.stmt, indent: int) -> list[str]:
        """Return a statement's lines: old ones if it did not change, else as few new as can be."""
        old = self._origin(node, indent)
        if old is None:
            return self.headed(node, indent)
        first = self.above[node.lineno, node.col_offset] - 1
        if equal(node, old):
            return self.lines[first : old.end_lineno]
        above = self.lines[first : _start(old) - 1]
        return [*above, *self.headed(node, indent, old)]

    def headed(self, node: ast.stmt, indent: int, old: ast.stmt | None = None) -> list[str]:
        """Return the lines of a compound statement block by block, of another one anew."""
        if not isinstance(node, HEADED):
            return _indented(_simple(node), indent)
        inner = indent + 4 if old is None else _indent_of(old, indent)
        lines = self.header(node, indent, old) + self.block(node.body, inner)
        orelse = getattr(node, "orelse", [])
        if not orelse:
            return lines
        if isinstance(node, ast.If) and len(orelse) == 1 and isinstance(orelse[0], ast.If):
            chained = self.headed(orelse[0], indent, None)
            start = next(n for n, line in enumerate(chained) if line.strip().startswith("if "))
            chained[start] = chained[start].replace("if ", "elif ", 1)
            return [*lines, *chained]
        return [*lines, " " * indent + "else:", *self.block(orelse, inner)]

    def header(self, node: ast.stmt, indent: int, old: ast.stmt | None) -> list[str]:
        """Return the lines before a compound statement's first block."""
        if old is not None and equal(_bare(node), _bare(old)):
            first = next(iter(_blocks_of(old)))[0]
            if _start(first) > old.lineno:
                return self.lines[_start(old) - 1 : self._code_end(first.lineno - 1, first)]
        lines = _indented(ast.unparse(_bare(node)), indent)
        return lines[:-1]


def _simple(node: ast.stmt) -> str:
    """Return the source of a statement; a docstring of one line in the usual quotes."""
    text = ast.unparse(node)
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    if is_text and text.startswith("'") and not set(text[1:-1]) & set("\\'\""):
        return f'"""{text[1:-1]}"""'
    return text


def _start(node: ast.stmt) -> int:
    """Return the number of a statement's first line, decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min(node.lineno, *(decorator.lineno for decorator in decorators), node.lineno)


def _blocks_of(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    for field in ("body", "orelse"):
        block = getattr(node, field, None)
        if isinstance(node, HEADED) and block:
            yield block


def _bare(node: ast.stmt) -> ast.stmt:
    """Return a compound statement with nothing in its blocks."""
    fields: dict[str, Any] = {name: getattr(node, name, None) for name in node._fields}
    fields["body"] = [ast.Pass()]
    if "orelse" in fields:
        fields["orelse"] = []
    return ast.fix_missing_locations(type(node)(**fields))


def _indent_of(old: ast.stmt, indent: int) -> int:
    """Return how far a compound statement's body is indented."""
    first = next(_blocks_of(old), None)
    deeper = first is not None and first[0].lineno > old.lineno
    return first[0].col_offset if first is not None and deeper else indent + 4


def _indented(text: str, indent: int) -> list[str]:
    """Return the lines of a statement written anew.

    ``ast.unparse`` breaks no line inside a string, so that indenting is safe; docstrings
    are the exception, and their blank lines stay blank.
    """
    return [" " * indent + line if line.strip() else line for line in text.split("\n")]


def _stripped_end(lines: list[str]) -> list[str]:
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return lines


def _stripped_start(lines: list[str]) -> list[str]:
    while lines and not lines[0].strip():
        lines = lines[1:]
    return lines
