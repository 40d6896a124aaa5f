"""Unused names: what a change left behind that nothing needs any more, taken out."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from selftaught.patching.repository.target import FUNCTIONS
from selftaught.values import syntax

Import = ast.Import | ast.ImportFrom
_WORD = re.compile(r"[^\W\d]\w*")
_LOOKS_ROUND = frozenset(("locals", "vars", "eval", "exec", "dir"))
"""A function that calls one of these may use any of its names."""
_HARMLESS_NAMES = """
abs bool dict enumerate float frozenset int len list max min range reversed round set sorted str
sum tuple zip
"""
_HARMLESS = frozenset(_HARMLESS_NAMES.split())
"""What the value of an unused variable may call."""
_MOST = 50
"""Names that are taken out of one text."""
_LARGEST = 2_000_000
_PASSED_OVER = frozenset(("node_modules", "site-packages", "__pycache__"))


def without_unused_globals(before: str, after: str, spared: Callable[[str], bool]) -> str:
    """Return a file without the imports and private names that a change made unused.

    Taken out are plain imports at the top level and functions, classes and constants that begin
    with one underscore, where the file used them before, or where they are new and unused.

    Args:
        before: the file without the change.
        after: the file with it.
        spared: whether a name of the file may be needed elsewhere.
    """
    old = syntax.parse(before)
    known, was_used = set(_bound(old)), _used(old, before)
    text = after
    for _ in range(_MOST):
        tree = syntax.parse(text)
        removable = _idle_global(tree, text, known, was_used, spared)
        if removable is None:
            break
        text = removable
    return text


def _idle_global(
    tree: ast.Module,
    text: str,
    known: set[str],
    was_used: set[str],
    spared: Callable[[str], bool],
) -> str | None:
    """Return the text without one more name; None where there is none to take out."""
    used, bound = _used(tree, text), _bound(tree)
    for node in tree.body:
        for name in _names(node):
            if bound.count(name) > 1 or (name in used and not _only_itself(tree, text, node, name)):
                continue
            if name in known and (name not in was_used or spared(name)):
                continue
            smaller = _without(text, node, name)
            if smaller is not None:
                return smaller
    return None


def _only_itself(tree: ast.Module, text: str, node: ast.stmt, name: str) -> bool:
    """Return whether nothing but a definition itself uses its name."""
    return name in _used(node, "") and name not in _used(tree, text, beside=node)


def _names(node: ast.stmt) -> list[str]:
    """Return the names of a statement at the top level that may be taken out."""
    if isinstance(node, Import):
        return _imported(node)
    if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.decorator_list:
        return [node.name] if _private(node.name) else []
    target = _variable(node)
    return [target] if target and _private(target) else []


def _private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name != "_"


def _imported(node: Import) -> list[str]:
    """Return the names that an import binds, but those that it means to pass on."""
    if isinstance(node, ast.ImportFrom) and node.module == "__future__":
        return []
    return [
        each.asname or each.name.partition(".")[0]
        for each in node.names
        if each.name not in ("*", each.asname)
    ]


def _bound(tree: ast.Module) -> list[str]:
    """Return every name that the top level of a file binds, each time that it does."""
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, Import):
            found += [each.asname or each.name.partition(".")[0] for each in node.names]
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.append(statement.name)
        elif name := _variable(statement):
            found.append(name)
    return found


def without_unused_locals(seed: str, winner: str, part: str) -> str:
    """Return a part of a change without variables and imports of functions that nothing reads.

    What was unused in the seed program stays. So does a variable whose value may have an effect,
    unless the winner does without that name.

    Args:
        seed: the program before the change.
        winner: the program with all of the change.
        part: the program with a part of it.
    """
    idle = {each.name for each in _idle_locals(syntax.parse(seed))}
    needed = set(_WORD.findall(winner))
    text = part
    for _ in range(_MOST):
        smaller = None
        for each in _idle_locals(syntax.parse(text)):
            free = each.harmless or each.name not in needed
            if free and each.name not in idle and not each.alone:
                smaller = _without(text, each.node, each.name)
            if smaller is not None:
                break
        if smaller is None:
            break
        text = smaller
    return text


@dataclass(frozen=True)
class _Idle:
    """A statement that binds a name which its function never reads; ``alone`` in its block."""

    node: ast.stmt
    name: str
    alone: bool
    harmless: bool


def _idle_locals(tree: ast.Module) -> Iterator[_Idle]:
    """Yield the statements of functions that bind a name which is never read."""
    for function in ast.walk(tree):
        if not isinstance(function, FUNCTIONS):
            continue
        used = _used(function, "")
        declared = {
            name
            for node in ast.walk(function)
            if isinstance(node, ast.Global | ast.Nonlocal)
            for name in node.names
        }
        if used & _LOOKS_ROUND:
            continue
        for node, alone in _statements(function):
            for name in _imported(node) if isinstance(node, Import) else [_target(node)]:
                if name and name not in used | declared and name != "_":
                    harmless = isinstance(node, Import) or bool(_variable(node))
                    yield _Idle(node, name, alone, harmless)


def _statements(node: ast.AST) -> Iterator[tuple[ast.stmt, bool]]:
    """Yield statements of a function, not those of functions and classes in it or after ``try``."""
    for field in ("body", "orelse", "finalbody"):
        body = getattr(node, field, [])
        for statement in body if isinstance(body, list) else []:
            yield statement, len(body) == 1
            if not isinstance(statement, (*FUNCTIONS, ast.ClassDef, ast.Try)):
                yield from _statements(statement)


def _variable(node: ast.stmt) -> str:
    """Return the variable that a statement gives a value that has no effect; empty: none."""
    return _target(node) if _harmless(getattr(node, "value", None)) else ""


def _target(node: ast.stmt) -> str:
    """Return the one variable that a statement gives a value; empty: none."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target: ast.expr = node.targets[0]
    elif isinstance(node, ast.AnnAssign):
        target = node.target
    else:
        return ""
    return target.id if isinstance(target, ast.Name) else ""


def _harmless(value: ast.expr | None) -> bool:
    """Return whether a value can be left out: it calls only what has no effect."""
    if value is None:
        return True
    for node in ast.walk(value):
        if isinstance(node, ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr):
            return False
        if isinstance(node, ast.Call) and not (
            isinstance(node.func, ast.Name) and node.func.id in _HARMLESS
        ):
            return False
    return True


def _used(tree: ast.AST, text: str, beside: ast.AST | None = None) -> set[str]:
    """Return the names that code reads; in strings that are names or annotations, too.

    Args:
        tree: the code.
        text: the same as text, for comments on types.
        beside: what does not count.
    """
    found = {
        word for line in text.splitlines() for word in _WORD.findall(line.partition("# type:")[2])
    }
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if node is beside:
            continue
        waiting += ast.iter_child_nodes(node)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
        elif isinstance(node, ast.Global):
            found |= set(node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= _in_string(node.value)
    return found


def _in_string(text: str) -> set[str]:
    """Return the names in a string that may be an annotation, a name, or holds examples."""
    examples = [line.strip() for line in text.splitlines()]
    found = {
        word for line in examples if line.startswith((">>>", "...")) for word in _WORD.findall(line)
    }
    if len(text) < 1000 and "\n" not in text:
        try:
            tree = syntax.parse_expression(text.strip())
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return found
        found |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return found


def _without(text: str, node: ast.stmt, name: str) -> str | None:
    """Return the text without a name that a statement binds; None where it can't be cut out."""
    lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text)
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    own = lines[first : last + 1]
    start, end = node.col_offset, node.end_col_offset or 0
    if own[0].encode()[:start].strip() or own[-1].encode()[end:].strip():
        return None  # beside another statement, or with a remark for a tool
    if isinstance(node, Import):
        if any("#" in line or "\\" in line for line in own):
            return None
        if len(node.names) > 1:
            return _cut("".join(lines[:first]), lines[first:], node, name)
    while first and _belongs(lines[first - 1], lines[: first - 1], start):
        first -= 1
    rest = lines[last + 1 :]
    blank = sum(not line.strip() for line in _leading(lines[:first][::-1]))
    while rest and not rest[0].strip() and (blank or not first):
        rest, blank = rest[1:], blank - (1 if first else 0)
    return "".join(lines[:first] + rest)


def _leading(lines: list[str]) -> Iterator[str]:
    for line in lines:
        if line.strip():
            return
        yield line


def _belongs(line: str, before: list[str], column: int) -> bool:
    """Return whether a line is a comment that belongs to the statement below it."""
    bare = line.lstrip(" \t")
    return bare.startswith("#") and len(line) - len(bare) == column and bool(before)


def _cut(head: str, lines: list[str], node: Import, name: str) -> str:
    """Return the text without one of several names of an import."""
    names = [each.asname or each.name.partition(".")[0] for each in node.names]
    place = names.index(name)
    starts = node.names[place if place + 1 < len(names) else place - 1]
    ends = node.names[place + 1 if place + 1 < len(names) else place]
    rest = "".join(lines).encode()
    offsets = [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line.encode()))
    if place + 1 < len(names):
        start = offsets[starts.lineno - node.lineno] + starts.col_offset
        end = offsets[ends.lineno - node.lineno] + ends.col_offset
    else:
        start = offsets[starts.end_lineno - node.lineno] + starts.end_col_offset  # type: ignore[operator]
        end = offsets[ends.end_lineno - node.lineno] + ends.end_col_offset  # type: ignore[operator]
    return head + (rest[:start] + rest[end:]).decode()


def needed_elsewhere(root: Path, path: str, name: str) -> bool:
    """Return whether another file of a repository may use a name of one of its files.

    Args:
        root: the repository's.
        path: of the file, relative to the root.
        name: that it binds at its top level.
    """
    stem = Path(path).stem
    if stem == "__init__":
        return True  # what a package imports it passes on
    return any(_mentions(file, stem, name) for file in _sources(root) if file != root / path)


@lru_cache(maxsize=4)
def _sources(root: Path) -> tuple[Path, ...]:
    found = []
    for folder, names, files in os.walk(root):
        names[:] = [
            each
            for each in names
            if not each.startswith(".")
            and each not in _PASSED_OVER
            and not Path(folder, each, "pyvenv.cfg").exists()
        ]
        found += [Path(folder, each) for each in files if each.endswith((".py", ".pyi"))]
    return tuple(found)


def _mentions(file: Path, stem: str, name: str) -> bool:
    """Return whether a file names the module and has the name in it, as far as text can tell."""
    try:
        if file.stat().st_size > _LARGEST:
            return True
        text = file.read_text("utf-8", errors="replace")
    except OSError:
        return True
    if not (re.search(rf"\b{stem}\b", text) and re.search(rf"\b{re.escape(name)}\b", text)):
        return False
    try:
        tree = syntax.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return True
    return any(_takes(node, stem, name) for node in ast.walk(tree))


def _takes(node: ast.AST, stem: str, name: str) -> bool:
    """Return whether code takes the name from a module, by attribute, by import or by a string."""
    if isinstance(node, ast.ImportFrom):
        of_module = (node.module or "").rpartition(".")[2] == stem
        return of_module and any(each.name in (name, "*") for each in node.names)
    if isinstance(node, ast.Attribute):
        if node.attr != name:
            return False
        holder = node.value
        return not isinstance(holder, ast.Name) or holder.id not in ("self", "cls")
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value == name or f"{stem}.{name}" in node.value  # for mock.patch
    return False
