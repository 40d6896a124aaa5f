"""Splicing: a candidate's text put where its target stands, and nothing else changed."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from selftaught.improver.helpers.indentation import indented, unit, with_unit
from selftaught.patching.repository.signature import incompatible, incompatible_all
from selftaught.patching.repository.source import SourceFile, encoding_of, plain
from selftaught.patching.repository.syntaxes import READS
from selftaught.patching.repository.target import Definition, Located, definitions
from selftaught.patching.repository.unused import needed_elsewhere, without_unused_globals
from selftaught.values import syntax

MARKER = "# ==== {} ===="
"""Stands before each part of a program that is made of several targets."""

_MARKED = re.compile(r"^# ==== (.+?) ====[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class Spliced:
    """New contents of files, by their path; those that do not change are left out."""

    files: Mapping[str, bytes]


@dataclass(frozen=True)
class Refused:
    """Why a candidate can't be put in place."""

    reason: str


def joined(parts: Sequence[Located]) -> str:
    """Return the program that targets are: the text of one, or several behind markers."""
    return joined_texts(parts, [part.text for part in parts])


def joined_texts(parts: Sequence[Located], texts: Sequence[str]) -> str:
    """Return the program that other texts of the same targets are."""
    if len(parts) == 1:
        return texts[0]
    return "\n\n".join(
        f"{MARKER.format(part.target)}\n{text.strip(chr(10))}\n"
        for part, text in zip(parts, texts, strict=True)
    )


def splice(parts: Sequence[Located], program: str) -> Spliced | Refused:
    """Return the files with a candidate in the place of the targets, or why it is refused.

    Args:
        parts: the targets; none within another.
        program: the candidate's source, made as `joined` makes the seed program.
    """
    if plain(program).strip() == joined(parts).strip():
        return Spliced({})
    texts = _parted(parts, plain(program))
    if isinstance(texts, Refused):
        return texts
    contents: dict[str, bytes] = {}
    for path in {part.file.path: None for part in parts}:
        changed = _file([part for part in parts if part.file.path == path], texts)
        if isinstance(changed, Refused):
            return changed
        if changed is not None:
            contents[path] = changed
    return Spliced(contents)


def _parted(parts: Sequence[Located], program: str) -> dict[str, str] | Refused:
    """Return the text of each target by its name."""
    names = [str(part.target) for part in parts]
    pieces = _MARKED.split(program)
    if len(pieces) == 1 and len(parts) == 1:
        return {names[0]: program}
    found = dict(zip(pieces[1::2], pieces[2::2], strict=True))
    if pieces[0].strip():
        return Refused("text before the first marker: only the named targets may be changed")
    for name in names:
        if name not in found:
            return Refused(f"no part {MARKER.format(name)!r}: each target keeps its marker")
    for name in found:
        if name not in names:
            return Refused(f"a part {name!r}: only the named targets may be changed")
    return found


def _file(parts: Sequence[Located], texts: Mapping[str, str]) -> bytes | Refused | None:
    """Return a file's new content, None where it does not change."""
    file = parts[0].file
    lines = list(file.lines)
    for part in sorted(parts, key=lambda each: -each.first):
        text = texts[str(part.target)]
        if text.strip() == part.text.strip():
            continue
        refused = _misfit(part, text)
        if refused:
            return Refused(refused)
        lines[part.first - 1 : part.last] = [_placed(part, text)]
    new = "".join(lines)
    if new == file.text:
        return None
    return _checked(file, new, parts)


def _checked(file: SourceFile, new: str, parts: Sequence[Located]) -> bytes | Refused:
    """Return the new content, unless it is no Python or differs beside the targets."""
    try:
        tree = syntax.parse(new)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(new, file.path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError) as error:
        return Refused(f"{file.path} with the candidate in place is no {READS}: {error}")
    if all(part.node is not None for part in parts):
        names = {part.target.name for part in parts}
        if _rest(syntax.parse(file.text), names) != _rest(tree, names):
            return Refused("a change beside the named targets")
    try:
        content = file.encoded(_tidied(file, new, parts[0].root))
    except UnicodeEncodeError as error:
        return Refused(f"a character that {file.path} can't hold in {file.encoding}: {error}")
    return content if encoding_of(content) == file.encoding else Refused("another encoding")


def _tidied(file: SourceFile, new: str, root: Path | None) -> str:
    """Return the new text without the imports and private names that the change made unused."""
    if root is None:
        return new
    return without_unused_globals(
        file.text, new, lambda name: needed_elsewhere(root, file.path, name)
    )


def _misfit(part: Located, text: str) -> str:
    """Return why a text can't stand for the target; empty where it can."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = syntax.parse(text).body
    except (SyntaxError, ValueError, RecursionError) as error:
        return f"no {READS}: {error}"
    if part.node is None:
        return incompatible_all(syntax.parse(part.file.text).body, body)
    found = [node for node in body if isinstance(node, Definition)]
    beside = [node for node in body if not isinstance(node, Definition)]
    if len(found) != 1 or found[0].name != part.node.name:
        names = ", ".join(node.name for node in found) or "no definition"
        return f"{names}, where exactly one definition of {part.node.name} belongs"
    if beside:
        shown = ast.unparse(beside[0]).splitlines()[0][:80]
        return f"`{shown}` beside {part.node.name}: what it needs belongs inside it"
    return incompatible(part.node, found[0])


def _placed(part: Located, text: str) -> str:
    """Return a candidate's text as the file has it: indentation, line endings, last line."""
    if part.node is None:
        body = text.lstrip("\n") if not part.text.startswith("\n") else text
    else:
        moved = indented(part.text, part.indentation) == plain("".join(part.span))
        text = with_unit(text.strip("\n"), unit(part.text))
        body = indented(text, part.indentation, docstrings=moved)
    body = body.rstrip() + "\n"
    if not part.span or not part.span[-1].endswith(("\n", "\r")):
        body = body.rstrip("\n")
    return body.replace("\n", part.file.newline)


def _rest(tree: ast.Module, names: set[str]) -> str:
    """Return the syntax of a file without its targets' insides."""
    for name, node in definitions(tree.body):
        if name in names:
            node.body, node.decorator_list = [ast.Pass()], []
            if not isinstance(node, ast.ClassDef):
                node.args, node.returns = ast.arguments([], [], None, [], [], None, []), None
    return ast.dump(tree)
