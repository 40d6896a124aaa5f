"""Modules beside ``utility.py``: found by its imports, kept apart from those of other tasks.

A task's code is a package of a name of its own, whose path is the task's folder. An import in
it of a name that lies there is one from that package; the standard library and numpy come
first, whatever lies there.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import importlib.util
import linecache
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from selftaught.values import syntax
from selftaught.values.decoding import source_of

FIRST = sys.stdlib_module_names | {"numpy", "selftaught"}
"""Top-level names that a file in a task's folder never stands for."""
PREFIX = "selftaught_task_"


def imported(folder: Path, texts: Mapping[str, str]) -> dict[str, str]:
    """Return the texts of the modules beside that these import, directly or not, by path.

    Args:
        folder: of the task.
        texts: Python files by name; those that can't be parsed are passed over.

    Raises:
        TextError: a module's file can't be decoded; it can't be loaded then.
        OSError: it can't be read.
    """
    found: dict[str, str] = {}
    waiting = [("", text) for text in texts.values()]
    while waiting:
        package, text = waiting.pop()
        for name in _names(text, package):
            for path in _files(folder, name):
                place = path.relative_to(folder).as_posix()
                if place not in found and place not in texts:
                    found[place] = read(path)
                    inner = name if path.name == "__init__.py" else name.rpartition(".")[0]
                    waiting.append((inner, found[place]))
    return dict(sorted(found.items()))


def read(path: Path) -> str:
    """Return a module's source.

    Raises:
        ValueError: it is no text.
        OSError: it can't be read.
    """
    return source_of(path.read_bytes())


def package(name: str, folder: Path) -> ModuleType:
    """Return an empty module in which a task's file can run and import what lies beside it.

    Args:
        name: unique in this process; begins with `PREFIX`.
        folder: of the task.
    """
    module = ModuleType(name)
    module.__path__ = [str(folder)]
    module.__dict__["__builtins__"] = _builtins(name, folder)
    if not any(isinstance(each, _Finder) for each in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    return module


def _names(text: str, inside: str) -> Iterator[str]:
    """Yield the dotted names that a source imports, those of members among them."""
    try:
        tree = syntax.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = inside.split(".") if inside else []
                base = ".".join([*parts[: len(parts) - node.level + 1], *filter(None, [base])])
            yield base
            yield from (f"{base}.{alias.name}".strip(".") for alias in node.names)


def _files(folder: Path, name: str) -> Iterator[Path]:
    """Yield the files of a dotted name and of the packages around it that lie in a folder."""
    parts = name.split(".")
    if not parts[0] or parts[0] in FIRST:
        return
    for count in range(1, len(parts) + 1):
        base = folder.joinpath(*parts[:count])
        for path in (base / "__init__.py", base.with_name(base.name + ".py")):
            if path.is_file():
                yield path
                break


def _is_beside(folder: Path, top: str) -> bool:
    path = folder / top
    return top not in FIRST and (
        path.with_name(f"{top}.py").is_file() or any(path.glob("**/*.py") if path.is_dir() else ())
    )


def _builtins(name: str, folder: Path) -> dict[str, Any]:
    def import_beside(
        wanted: str,
        scope: Mapping[str, Any] | None = None,
        local: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        top = wanted.partition(".")[0]
        if level or not _is_beside(folder, top):
            return builtins.__import__(wanted, scope, local, fromlist or (), level)
        found = builtins.__import__(f"{name}.{wanted}", scope, local, fromlist or (), 0)
        return found if fromlist else sys.modules[f"{name}.{top}"]

    return {**vars(builtins), "__import__": import_beside}


class _Finder:
    """Finds the modules of tasks' packages; runs their text as it is read, caches nothing."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not name.startswith(PREFIX) or path is None:
            return None
        last = name.rpartition(".")[2]
        for folder in map(Path, path):
            for file in (folder / last / "__init__.py", folder / f"{last}.py"):
                if file.is_file():
                    inner = [str(file.parent)] if file.name == "__init__.py" else None
                    return importlib.util.spec_from_file_location(
                        name, file, loader=_Loader(), submodule_search_locations=inner
                    )
            if (folder / last).is_dir():
                spec = ModuleSpec(name, None, is_package=True)
                spec.submodule_search_locations = [str(folder / last)]
                return spec
        return None


class _Loader(Loader):
    """Runs a module of a task's package."""

    def create_module(self, spec: ModuleSpec) -> None:
        """Let Python make it."""

    def exec_module(self, module: ModuleType) -> None:
        path = Path(str(module.__file__))
        text = read(path)
        base = sys.modules[module.__name__.partition(".")[0]]
        linecache.cache[str(path)] = (len(text), None, text.splitlines(keepends=True), str(path))
        module.__dict__["__builtins__"] = base.__dict__["__builtins__"]
        exec(compile(text, str(path), "exec", dont_inherit=True), module.__dict__)
