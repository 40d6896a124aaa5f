"""Sabotage: the targets broken on purpose, to see whether a check notices."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from selftaught.patching.repository.splice import Spliced
from selftaught.patching.repository.target import FUNCTIONS, Definition, Located

STATEMENT = "raise RuntimeError('broken on purpose, to see whether the check notices')"


def sabotaged(parts: Sequence[Located]) -> Spliced:
    """Return the files with an exception in place of what the targets do.

    Functions and methods raise when they are called; so does every method of a class that
    is a target; a whole file raises when it is imported.
    """
    contents: dict[str, bytes] = {}
    for path in {part.file.path: None for part in parts}:
        own = [part for part in parts if part.file.path == path]
        file = own[0].file
        lines = list(file.lines)
        if any(part.node is None for part in own):
            lines.append(f"{file.newline}{STATEMENT}{file.newline}")
        else:
            nodes = [node for part in own for node in _functions(part.node)]
            for node in sorted(nodes, key=lambda each: -each.body[0].lineno):
                _break(lines, node, file.newline)
        contents[path] = file.encoded("".join(lines))
    return Spliced(contents)


def _functions(node: Definition | None) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    if isinstance(node, FUNCTIONS):
        return [node]
    return [each for each in node.body if isinstance(each, FUNCTIONS)] if node else []


def _break(lines: list[str], node: ast.FunctionDef | ast.AsyncFunctionDef, newline: str) -> None:
    """Put the exception before the first statement of a function."""
    first = node.body[0]
    at = first.lineno - 1
    decorators = getattr(first, "decorator_list", [])
    at = min([at, *(each.lineno - 1 for each in decorators)])
    line = lines[at]
    if at == node.lineno - 1 or not line[: first.col_offset].isspace():  # def f(): return 1
        head = _until(line, first.col_offset)
        lines[at : node.end_lineno] = [f"{head}{STATEMENT}{newline}"]
        return
    lines.insert(at, f"{line[: first.col_offset]}{STATEMENT}{newline}")


def _until(line: str, offset: int) -> str:
    """Return the line up to a column, which syntax trees count in bytes of UTF-8."""
    return line.encode()[:offset].decode()
