"""Context: what a model is shown beside the function, each part with the place it is from."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from selftaught.errors import UsageError
from selftaught.patching.repository.contents import shown_paths
from selftaught.patching.repository.place import Repository
from selftaught.patching.repository.source import SourceFile, plain, read_source
from selftaught.patching.repository.target import (
    FUNCTIONS,
    Definition,
    Located,
    definitions,
    parsed,
)
from selftaught.values.excerpt import excerpt

MOST_CHARACTERS = 20_000
"""Characters of context that a model is shown where the user names no other limit."""

CALLERS = 8
"""Callers that are shown."""

_LARGEST = 1_000_000
"""Bytes of a file above which callers are not looked for in it."""


@dataclass(frozen=True)
class Section:
    """A part of the context: what it is, the place that it is from, and its text."""

    title: str
    place: str
    text: str

    def __str__(self) -> str:
        return f"# --- {self.title}\n{self.text.rstrip()}\n"


@dataclass(frozen=True)
class Context:
    """What a model is shown; ``left_out`` is the number of characters over the limit."""

    sections: tuple[Section, ...]
    left_out: int

    @property
    def text(self) -> str:
        """All sections, one after the other."""
        said = f"# --- {self.left_out:,} characters more were left out\n" if self.left_out else ""
        return "\n".join(map(str, self.sections)) + said


def gather(
    repository: Repository,
    parts: Sequence[Located],
    *,
    files: Iterable[str] = (),
    most: int = MOST_CHARACTERS,
) -> Context:
    """Return what surrounds the targets: module, class, what they call, who calls them.

    Args:
        repository: the user's.
        parts: the targets.
        files: further files to show whole, relative to where the user is.
        most: characters at most; the last sections are cut first.

    Raises:
        UsageError: one of ``files`` can't be read.
    """
    sections = [_whole(repository, name) for name in files]
    for part in parts:
        sections += _surroundings(repository, part)
    unique = list(dict.fromkeys(section for section in sections if section.text.strip()))
    return _limited(unique, most)


def _limited(sections: Sequence[Section], most: int) -> Context:
    kept: list[Section] = []
    left, over = most, 0
    for section in sections:
        size = len(section.text)
        if size > left:
            over += size - left
            text = excerpt(section.text, left) if left > 200 else ""
            section = Section(section.title, section.place, text)  # noqa: PLW2901
        left -= min(size, left)
        if section.text:
            kept.append(section)
    return Context(tuple(kept), over)


def _whole(repository: Repository, name: str) -> Section:
    path = repository.root / repository.folder / name
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"a readable text file for --context: {name}", str(error), "check its path"
        ) from error
    return Section(f"{name}, which belongs to it", name, plain(text))


def _surroundings(repository: Repository, part: Located) -> list[Section]:
    if part.node is None:
        return []
    tree, path = parsed(part.file), part.file.path
    sections = [Section(f"{path} begins with", path, _head(tree))]
    owner = _owner(tree, part.target.name)
    if owner:
        title = f"the class of {part.target.name}, in {path}"
        sections.append(Section(title, path, _class(owner, part.node)))
    sections += list(_called(repository, part, tree))
    callers = "\n".join(_callers(repository, part))
    sections.append(Section(f"callers of {part.target.name}", f"callers of {part.target}", callers))
    return sections


def _head(tree: ast.Module) -> str:
    """Return the imports and constants of a module."""
    lines = []
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            lines.append(ast.unparse(node))
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            lines.append(excerpt(ast.unparse(node), 200))
    return "\n".join(lines)


def _class(owner: ast.ClassDef, target: Definition) -> str:
    """Return a class with its constructor whole and the other methods' first lines."""
    lines = [_class_line(owner)]
    for node in owner.body:
        if isinstance(node, Definition) and node is not target:
            whole = node.name in ("__init__", "__new__", "__slots__")
            text = ast.unparse(node) if whole else signature(node)
            lines += ["    " + line for line in text.splitlines()]
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            lines.append("    " + excerpt(ast.unparse(node), 200))
    return "\n".join(lines)


def _class_line(node: ast.ClassDef) -> str:
    arguments = [ast.unparse(each) for each in (*node.bases, *node.keywords)]
    return f"class {node.name}({', '.join(arguments)}):" if arguments else f"class {node.name}:"


def signature(node: Definition) -> str:
    """Return a definition's first line and the first line of its documentation."""
    documented = (ast.get_docstring(node) or "").split("\n", 1)[0]
    if isinstance(node, ast.ClassDef):
        line = _class_line(node)
    else:
        kind = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
        returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
        line = f"{kind} {node.name}({ast.unparse(node.args)}){returns}:"
    return line + (f"  # {documented}" if documented else " ...")


def _owner(tree: ast.Module, name: str) -> ast.ClassDef | None:
    """Return the class that a dotted name is in, if any."""
    above = name.rpartition(".")[0]
    nodes = (node for known, node in definitions(tree.body) if known == above)
    return next((node for node in nodes if isinstance(node, ast.ClassDef)), None)


def _called(repository: Repository, part: Located, tree: ast.Module) -> Iterator[Section]:
    """Yield what the target calls, of its own file and of the repository's other modules."""
    assert part.node is not None
    names = _names_called(part.node)
    own = {
        name: node
        for name, node in definitions(tree.body)
        if name in names and node is not part.node
    }
    text = "\n".join(signature(node) for node in own.values())
    yield Section(f"called by {part.target.name}, in {part.file.path}", part.file.path, text)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            wanted = {each.name for each in node.names if (each.asname or each.name) in names}
            file = _module(repository, part.file, node) if wanted else None
            if file:
                found = [each for name, each in definitions(parsed(file).body) if name in wanted]
                text = "\n".join(signature(each) for each in found)
                yield Section(f"called by {part.target.name}, in {file.path}", file.path, text)


def _names_called(node: ast.AST) -> set[str]:
    called = [each.func for each in ast.walk(node) if isinstance(each, ast.Call)]
    return {each.id for each in called if isinstance(each, ast.Name)}


def _module(repository: Repository, file: SourceFile, node: ast.ImportFrom) -> SourceFile | None:
    """Return the repository's file that an import is from; None where it is elsewhere."""
    parts = (node.module or "").split(".") if node.module else []
    folder = Path(file.path).parent
    if node.level:
        starts = [Path(*folder.parts[: len(folder.parts) - node.level + 1])]
    else:
        starts = [Path(), Path("src"), folder]
    for start in starts:
        base = start.joinpath(*parts)
        for path in (base.with_suffix(".py") if parts else base, base / "__init__.py"):
            if (repository.root / path).is_file() and path.suffix == ".py":
                return _readable(repository, path.as_posix())
    return None


def _callers(repository: Repository, part: Located) -> Iterator[str]:
    """Yield the first lines of functions that use the target's name, with the line that does."""
    name = part.target.name.rpartition(".")[2]
    shown = 0
    for path in sorted(shown_paths(repository), key=lambda path: ("test" in path, path)):
        if shown >= CALLERS or not path.endswith(".py") or not _mentions(repository, path, name):
            continue
        file = _readable(repository, path)
        for place, caller in _uses(file, name, part) if file else ():
            if shown < CALLERS:
                shown += 1
                yield f"# {path}:{place}: {file.lines[place - 1].strip() if file else ''}"
                yield signature(caller)


def _uses(file: SourceFile, name: str, part: Located) -> Iterator[tuple[int, Definition]]:
    for _, node in definitions(parsed(file).body):
        same = file.path == part.file.path and node.lineno == (part.node or node).lineno
        if not isinstance(node, FUNCTIONS) or (same and part.node is not None):
            continue
        for each in ast.walk(node):
            function = each.func if isinstance(each, ast.Call) else None
            if (isinstance(function, ast.Name) and function.id == name) or (
                isinstance(function, ast.Attribute) and function.attr == name
            ):
                yield each.lineno, node  # type: ignore[attr-defined]
                break


def _mentions(repository: Repository, path: str, name: str) -> bool:
    file = repository.root / path
    try:
        return file.stat().st_size <= _LARGEST and name.encode() in file.read_bytes()
    except OSError:
        return False


def _readable(repository: Repository, path: str) -> SourceFile | None:
    """Return a file; None where it is no Python that can be read."""
    try:
        file = read_source(repository.root, path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed(file)
    except UsageError:
        return None
    return file
