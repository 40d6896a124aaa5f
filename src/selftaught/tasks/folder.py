"""Folder: reads a task folder into a task, or reports every fault of it at once."""

from __future__ import annotations

import ast
import difflib
import hashlib
import linecache
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

from selftaught.errors import TaskCodeError, TaskFormatError
from selftaught.tasks.beside import PREFIX, imported, package
from selftaught.tasks.manifest import (
    EnvironmentTable,
    InstancesTable,
    Manifest,
    key_lines,
    read_manifest,
)
from selftaught.tasks.tracebacks import task_traceback
from selftaught.values import syntax
from selftaught.values.decoding import TextError, source_of, text_of
from selftaught.values.program import Program, text_id
from selftaught.values.task import (
    Environment,
    Limits,
    PublishedInstance,
    ScoreRange,
    Split,
    Task,
)

FUNCTIONS: Mapping[str, str] = {
    "make_instance": "rng",
    "score": "inputs, key, output",
    "drive": "inputs, call",
}
"""Functions of ``utility.py`` and their arguments; ``drive`` is optional."""

REQUIRED = ("make_instance", "score")


REQUIRED_FILES = ("task.toml", "seed.py", "utility.py")

PAPER = "paper.py"
"""Of a task with a published scorer: ``make_instance(seed)`` draws what that scorer draws."""

FILES = (*REQUIRED_FILES, "description.md", PAPER)


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


def load(folder: Path) -> Task:
    """Return the task that a folder describes (design: "A task on disk").

    ``utility.py`` is run as a module of a name of its own: it is the user's code and
    trusted. ``seed.py`` is only parsed. The task's ``digest`` is the SHA-256 over the names
    and contents of the files of a task named above and of the modules beside ``utility.py``
    that it imports; other files of the folder do not count.

    Raises:
        TaskFormatError: the folder has faults; the error lists all of them.
        TaskCodeError: ``utility.py`` raised while it was run.
    """
    folder = Path(os.path.abspath(folder))
    if not folder.is_dir():
        raise TaskFormatError(str(folder), [f"{folder.name}: expected a folder; found none"])
    texts, faults = _read(folder)
    manifest: Manifest | None = None
    if "task.toml" in texts:
        manifest, more = read_manifest(texts["task.toml"])
        faults += more
    if "seed.py" in texts:
        faults += seed_faults(texts["seed.py"], manifest.entry_point if manifest else None)
    if "utility.py" in texts:
        faults += utility_faults(texts["utility.py"])
    if manifest:
        lines = key_lines(texts["task.toml"])
        faults += _environment_faults(folder, manifest.environment, lines)
        faults += _paper_faults(texts, manifest.instances, lines)
    if faults or manifest is None:
        raise TaskFormatError(str(folder), faults)
    return _task(folder, manifest, texts)


def _read(folder: Path) -> tuple[dict[str, str], list[str]]:
    texts: dict[str, str] = {}
    faults: list[str] = []
    for name in FILES:
        path = folder / name
        if not path.exists():
            if name in REQUIRED_FILES:
                faults.append(f"{name}: expected this file; found none")
            continue
        try:
            data = path.read_bytes()
            texts[name] = source_of(data) if name.endswith(".py") else text_of(data)
        except TextError as error:
            faults.append(
                f"{name}:{error.line}: expected UTF-8 text; found {error.found}; save it as UTF-8"
            )
        except OSError as error:
            faults.append(f"{name}: expected a readable file; found {error.strerror}")
    return texts, faults


def _helpers(folder: Path, texts: Mapping[str, str]) -> dict[str, str]:
    """Return the modules beside ``utility.py`` that it imports, by path in the folder.

    Raises:
        TaskFormatError: one of them can't be read.
    """
    sources = {name: text for name, text in texts.items() if name in ("utility.py", PAPER)}
    try:
        found = imported(folder, sources)
    except (TextError, OSError) as error:
        fault = f"a module beside utility.py: {error}"
        raise TaskFormatError(str(folder), [fault]) from None
    return {name: text for name, text in found.items() if name not in FILES}


def _shown(texts: Mapping[str, str], helpers: Mapping[str, str]) -> str:
    """Return what a model sees: the description, else all of the scoring's own text."""
    if "description.md" in texts:
        return texts["description.md"]
    parts = [f"\n\n# ==== {name}, which is imported\n{text}" for name, text in helpers.items()]
    return texts["utility.py"] + "".join(parts)


def _task(folder: Path, manifest: Manifest, texts: Mapping[str, str]) -> Task:
    helpers = _helpers(folder, texts)
    digest = _digest({**texts, **helpers})
    module = _run_utility(folder / "utility.py", texts["utility.py"], name=manifest.name)
    return Task(
        name=manifest.name,
        seed=Program(texts["seed.py"]),
        make_instance=_function(module, "make_instance", manifest.name),
        score=_function(module, "score", manifest.name),
        entry_point=manifest.entry_point,
        drive=_function(module, "drive", manifest.name) if hasattr(module, "drive") else None,
        summary=manifest.summary,
        text=_shown(texts, helpers),
        limits=Limits(**manifest.limits.model_dump()),
        instances=_splits(manifest.instances),
        scale=ScoreRange(**manifest.score.model_dump()),
        environment=_environment(folder, manifest.environment),
        reference=str(folder),
        digest=digest,
        published=_published(folder, manifest.name, texts),
    )


def _digest(texts: Mapping[str, str]) -> str:
    hashed = hashlib.sha256()
    for name in sorted(texts):
        hashed.update(f"{name}\0{text_id(texts[name])}\n".encode())
    return hashed.hexdigest()


def _run_utility(path: Path, text: str, *, name: str) -> ModuleType:
    """Run ``utility.py`` in a module of its own, of which tracebacks show the lines."""
    unique = f"{PREFIX}{name}_{text_id(f'{path}{text}')[:12]}"
    for known in [each for each in sys.modules if each.partition(".")[0] == unique]:
        del sys.modules[known]  # modules beside it may have changed
    module = package(unique, path.parent)
    module.__file__ = str(path)
    # The lines that run are the ones that were read: the file may be edited meanwhile.
    linecache.cache[str(path)] = (len(text), None, text.splitlines(keepends=True), str(path))
    sys.modules[module.__name__] = module  # dataclasses and the like look their module up
    try:
        exec(compile(text, str(path), "exec", dont_inherit=True), module.__dict__)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the user's code may raise anything
        del sys.modules[module.__name__]
        raise TaskCodeError(name, "the module body", task_traceback(error, str(path))) from None
    return module


def _function(module: ModuleType, name: str, task: str) -> Callable[..., Any]:
    function = getattr(module, name)
    if not callable(function):
        found = f"utility.py: {name}: expected a function; found {type(function).__name__}"
        raise TaskFormatError(f"{Path(str(module.__file__)).parent}", [found])
    return function  # type: ignore[no-any-return]


def _splits(table: InstancesTable) -> Mapping[Split, int]:
    counts = {
        Split.TRAIN: table.train,
        Split.GATE: table.gate,
        Split.TEST: table.test,
        Split.PAPER: table.paper,
        Split.PAPER_TRAIN: table.paper,
    }
    return MappingProxyType({split: count for split, count in counts.items() if count})


def _published(folder: Path, name: str, texts: Mapping[str, str]) -> PublishedInstance | None:
    if PAPER not in texts:
        return None
    module = _run_utility(folder / PAPER, texts[PAPER], name=name)
    return _function(module, "make_instance", name)


def _paper_faults(
    texts: Mapping[str, str], table: InstancesTable, lines: Mapping[tuple[str, ...], int]
) -> list[str]:
    """Return the faults of the splits of the paper: both parts belong together."""
    line = lines.get(("instances", "paper"), 1)
    if table.paper and PAPER not in texts:
        return [f"task.toml:{line}: instances.paper: expected {PAPER} in the folder; found none"]
    if PAPER in texts and not table.paper:
        return [f"task.toml:{line}: instances.paper: expected a number, for {PAPER}; found none"]
    return []


def _environment(folder: Path, table: EnvironmentTable) -> Environment:
    python = _inside(folder, table.python) if table.python else None
    return Environment(python=python, read=tuple(_inside(folder, path) for path in table.read))


def _environment_faults(
    folder: Path, table: EnvironmentTable, lines: Mapping[tuple[str, ...], int]
) -> list[str]:
    missing = []
    if table.python is not None and not os.access(_inside(folder, table.python), os.X_OK):
        missing.append(("python", table.python, "a program that can be started"))
    for path in table.read:
        if not Path(_inside(folder, path)).exists():
            missing.append(("read", path, "a file or folder that exists"))
    return [
        f"task.toml:{lines.get(('environment', key), 1)}: environment.{key}: expected {what},"
        f" relative to the task's folder; found {path!r}"
        for key, path, what in missing
    ]


def _inside(folder: Path, path: str) -> str:
    """Return a path relative to the folder as an absolute one; links are kept.

    A virtual environment is known by the path of its interpreter, which is a link.
    """
    return os.path.abspath(folder / Path(path).expanduser())
