"""Targets: the function, method, class or file that may be changed, found by syntax."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from selftaught.errors import UnknownNameError, UsageError
from selftaught.improver.helpers.indentation import dedented
from selftaught.repository.place import Repository
from selftaught.repository.source import SourceFile, plain, read_source
from selftaught.values import syntax

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class UnreadableSyntaxError(UsageError):
    """A file that is no Python as our own interpreter reads it."""

    def __init__(self, path: str, said: str) -> None:
        """Say what is wrong with the file at ``path``, relative to the root."""
        super().__init__(f"Python in {path}", said, "correct the file first")
        self.path, self.said = path, said


@dataclass(frozen=True)
class Target:
    """What may be changed.

    Attributes:
        path: of the file, relative to the repository's root, with ``/``.
        name: ``function``, ``Class`` or ``Class.method``; empty for the whole file.
        line: its ``def`` or ``class`` line, where several have the name; None: the only one.
    """

    path: str
    name: str = ""
    line: int | None = None

    def __str__(self) -> str:
        place = f"@{self.line}" if self.line else ""
        return f"{self.path}::{self.name}{place}" if self.name else self.path


@dataclass(frozen=True)
class Located:
    """A target that was found in its file.

    Attributes:
        target: what was looked for.
        file: where it is.
        node: its syntax; None for the whole file.
        root: of the repository; None: it is in none.
    """

    target: Target
    file: SourceFile
    node: Definition | None
    root: Path | None = None

    @property
    def first(self) -> int:
        """The first line, from 1: that of the first decorator where there is one."""
        if self.node is None:
            return 1
        return min(each.lineno for each in (self.node, *self.node.decorator_list))

    @property
    def last(self) -> int:
        """The last line, from 1, included."""
        if self.node is None:
            return len(self.file.lines)
        return self.node.end_lineno or self.node.lineno

    @property
    def span(self) -> tuple[str, ...]:
        """The target's lines with their endings."""
        return self.file.lines[self.first - 1 : self.last]

    @cached_property
    def indentation(self) -> str:
        """The white space before its first line."""
        first = self.span[0] if self.node is not None else ""
        return first[: len(first) - len(first.lstrip(" \t\f"))]

    @cached_property
    def text(self) -> str:
        r"""The target as a program of its own: without indentation, ``\n`` for line endings."""
        return dedented(plain("".join(self.span)), self.indentation)


def parse_target(text: str, repository: Repository) -> Target:
    """Return the target that a user names as ``path/mod.py::name``.

    Args:
        text: a path, relative to where the user is; after ``::`` a dotted name, and after
            ``@`` the line of its definition where the file has several of that name.
        repository: in which the file must be.

    Raises:
        UsageError: the path is no Python file in the repository.
    """
    path, _, name = text.partition("::")
    name, _, line = name.partition("@")
    if line and not line.isdecimal():
        raise UsageError("a line number after @", repr(line), "e.g. path/mod.py::area@12")
    file = (repository.root / repository.folder / path).resolve()
    if not file.is_relative_to(repository.root):
        raise UsageError(f"a file in the repository {repository.root}", str(file))
    if not file.is_file() or file.suffix != ".py":
        near = sorted(each.name for each in _siblings(file))[:8]
        raise UsageError(
            "a Python file before ::",
            f"{path!r}, which {'is not a Python file' if file.exists() else 'does not exist'}",
            f"nearby: {', '.join(near)}" if near else "check the path",
        )
    relative = file.relative_to(repository.root).as_posix()
    return Target(relative, name.strip(), int(line) if line else None)


def locate(root: Path, target: Target) -> Located:
    """Return where a target is in its file.

    Raises:
        UnknownNameError: the file has no such definition; the nearest names are offered.
        UsageError: the file is not readable Python, or has several of that name.
    """
    return replace(located(read_source(root, target.path), target), root=root)


def located(file: SourceFile, target: Target) -> Located:
    """Return where a target is in a file that was read; raises as `locate` does."""
    tree = parsed(file)
    if not target.name:
        return Located(target, file, None)
    known = list(definitions(tree.body))
    found = [node for name, node in known if name == target.name and not _overload(node)]
    if target.line:
        found = [node for node in found if node.lineno == target.line]
    if not found:
        raise UnknownNameError(
            f"function, method or class of {target.path}",
            target.name + (f"@{target.line}" if target.line else ""),
            {name for name, _ in known},
        )
    if len(found) > 1:
        places = ", ".join(str(node.lineno) for node in found)
        raise UsageError(
            f"one definition of {target.name} in {target.path}",
            f"{len(found)}, on lines {places}",
            f"select one by its line: {target.path}::{target.name}@{found[0].lineno}",
        )
    return Located(target, file, found[0])


def parsed(file: SourceFile) -> ast.Module:
    """Return a file's syntax.

    Raises:
        UnreadableSyntaxError: it is no Python that this interpreter reads.
    """
    try:
        return syntax.parse(file.text)
    except (SyntaxError, ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None) or 1
        said = getattr(error, "msg", None) or str(error)
        raise UnreadableSyntaxError(file.path, f"{said} (line {line})") from error


def definitions(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, Definition]]:
    """Yield every function and class with its dotted name, also inside if, try and with."""
    for node in body:
        if isinstance(node, Definition):
            yield prefix + node.name, node
            yield from definitions(node.body, f"{prefix}{node.name}.")
        else:
            for _, value in ast.iter_fields(node):
                yield from definitions(_statements(value), prefix)


def _statements(value: object) -> list[ast.stmt]:
    """Return the statements in a field: of a body, or of the handlers and cases in it."""
    if not isinstance(value, list):
        return []
    found = [each for each in value if isinstance(each, ast.stmt)]
    for each in value:
        if isinstance(each, ast.ExceptHandler | ast.match_case):
            found += each.body
    return found


def _overload(node: Definition) -> bool:
    """Return whether a definition is only for type checkers."""
    return any(ast.unparse(each).split(".")[-1] == "overload" for each in node.decorator_list)


def _siblings(file: Path) -> list[Path]:
    folder = file.parent
    return list(folder.glob("*.py")) if folder.is_dir() else []
