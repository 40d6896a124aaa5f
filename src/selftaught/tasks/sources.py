"""Sources: what the files of a task folder define, checked without running them."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterable, Iterator, Mapping

from selftaught.values import syntax

FUNCTIONS: Mapping[str, str] = {
    "make_instance": "rng",
    "score": "inputs, key, output",
    "drive": "inputs, call",
}
"""Functions of ``utility.py`` and their arguments; ``drive`` is optional."""

REQUIRED = ("make_instance", "score")


def seed_faults(text: str, entry_point: str | None) -> list[str]:
    """Return the faults of ``seed.py``; with no entry point only its syntax is checked."""
    tree, faults = _parse("seed.py", text)
    if tree is None or entry_point is None:
        return faults
    defined = dict(_definitions(tree.body))
    if entry_point in defined:
        return []
    near = difflib.get_close_matches(entry_point, defined, n=1, cutoff=0.4)
    offer = f"; did you mean {near[0]}, defined in line {defined[near[0]].lineno}?" if near else ""
    return [
        f"seed.py:1: {entry_point}: expected a function of this name, the entry point of"
        f" task.toml; found none at the top level{offer}"
    ]


def utility_faults(text: str) -> list[str]:
    """Return the faults of ``utility.py``: syntax, missing functions, wrong arguments."""
    tree, faults = _parse("utility.py", text)
    if tree is None:
        return faults
    defined = dict(_definitions(tree.body))
    for name, arguments in FUNCTIONS.items():
        node = defined.get(name)
        if node is None and name in REQUIRED:
            faults.append(
                f"utility.py:1: {name}: expected a function {name}({arguments}) at the top"
                f" level; found none"
            )
        elif isinstance(node, ast.FunctionDef) and not _takes(node, arguments.count(",") + 1):
            faults.append(
                f"utility.py:{node.lineno}: {name}: expected {name}({arguments});"
                f" found {name}({ast.unparse(node.args)})"
            )
        elif isinstance(node, ast.AsyncFunctionDef):
            faults.append(f"utility.py:{node.lineno}: {name}: expected def; found async def")
    return faults


def _parse(file: str, text: str) -> tuple[ast.Module | None, list[str]]:
    try:
        return syntax.parse(text), []
    except SyntaxError as error:
        return None, [f"{file}:{error.lineno or 1}: expected Python; found {error.msg}"]
    except (ValueError, RecursionError, MemoryError) as error:  # NUL bytes; too deeply nested
        return None, [f"{file}:1: expected Python; found {error or type(error).__name__}"]


def _definitions(body: Iterable[ast.stmt]) -> Iterator[tuple[str, ast.stmt]]:
    """Yield the names that statements bind at the top level, inside if and try as well."""
    for node in body:
        if isinstance(node, ast.If | ast.Try | ast.With):
            blocks = [value for _, value in ast.iter_fields(node) if isinstance(value, list)]
            yield from _definitions(v for block in blocks for v in block if isinstance(v, ast.stmt))
        else:
            yield from ((name, node) for name in _bound(node))


def _bound(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from (alias.asname or alias.name.split(".")[0] for alias in node.names)
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        parts = [part for part in ast.walk(node) if isinstance(part, ast.Name)]
        yield from (part.id for part in parts if isinstance(part.ctx, ast.Store))


def _takes(node: ast.FunctionDef, count: int) -> bool:
    """Whether a function can be called with that many positional arguments."""
    arguments = node.args
    positional = len(arguments.posonlyargs) + len(arguments.args)
    needed = positional - len(arguments.defaults)
    keywords_needed = any(default is None for default in arguments.kw_defaults)
    return (
        needed <= count
        and (positional >= count or bool(arguments.vararg))
        and not (keywords_needed)
    )
