"""Makes whole programs of what an answer holds: parts put into what was sent, names kept."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence

from .asked import MARKED, Asked
from .indentation import dedented, indented
from .trees import (
    FUNCTIONS,
    Definition,
    bound,
    definitions,
    needed,
    nested,
    source_of,
    span,
    tree_of,
)

_IMPORTS = (ast.Import, ast.ImportFrom)
_LEFT_OUT = re.compile(
    r"#\s*(?:"
    r"(?:\.\.\.|\u2026)\s*"
    r"|(?:\.\.\.|\u2026).*\b(?:rest|remain\w*|existing|unchanged|same|other|previous|omitted|code"
    r"|implementation|before|above)\b.*"
    r"|.*\b(?:rest|remain\w*|existing|unchanged|same|other|previous|omitted|code|implementation"
    r"|before|above|here)\b.*(?:\.\.\.|\u2026)\s*"
    r"|(?:the\s+)?(?:rest|remainder|remaining|other|existing|previous|original)\b[\w\s,'()]*\b"
    r"(?:is|are|stays?|remains?|goes|code|unchanged|same|here|as (?:before|above|is))\b[\w\s]*\.?"
    r"|(?:your|the|add)\b[\w\s]*\b(?:code|implementation|logic)\s+(?:goes\s+)?here\b.*"
    r"|unchanged\.?|same as (?:before|above|original)\.?|(?:todo|fixme)\b.*implement.*"
    r")",
    re.IGNORECASE,
)


def elision(text: str, tree: ast.Module, names: Iterable[str], known: Sequence[str]) -> str:
    """Return the line that stands for code which an answer leaves out; empty where none does.

    Only the definitions of ``names`` are looked at, where there are some. What the programs
    that are ``known`` hold, too, leaves nothing out.
    """
    lines = text.split("\n")
    found = definitions(tree)
    parts: list[ast.AST] = [found[name] for name in names if name in found] or [tree]
    held = {line.strip() for each in known for line in each.split("\n")}
    for part in parts:
        first, last = span(part) if isinstance(part, ast.stmt) else (0, len(lines))
        strings = {
            row
            for node in ast.walk(part)
            if isinstance(node, ast.Constant | ast.JoinedStr) and node.end_lineno
            for row in range(node.lineno, node.end_lineno)
        }
        for row in range(first, last):
            line = lines[row].strip()
            mark = line.find("#")
            comment = (
                line if mark == 0 else line[mark:] if line[:mark].strip() in ("...", "pass") else ""
            )
            if row not in strings and line not in held and _LEFT_OUT.fullmatch(comment):
                return line
        for node in ast.walk(part):
            body = getattr(node, "body", None)
            if "..." not in held and isinstance(body, list) and _left_out(node, body, part):
                return "..."
    return ""


def _left_out(node: ast.AST, body: list[ast.AST], part: ast.AST) -> bool:
    """Return whether a body has `...` in the place of statements; a stub's stands for nothing."""
    if not any(map(_is_dots, body)):
        return False
    stub = all(_is_dots(each) or _is_text(each) for each in body)
    return not stub or node is part or not isinstance(node, Definition)


def _is_dots(node: ast.AST) -> bool:
    value = node.value if isinstance(node, ast.Expr) else None
    return isinstance(value, ast.Constant) and value.value is Ellipsis


def _is_text(node: ast.AST) -> bool:
    value = node.value if isinstance(node, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def completed(text: str, tree: ast.Module, others: Sequence[str], bases: Sequence[str]) -> str:
    """Return a program with what it needs and lacks: from other blocks, then from what was sent."""
    lacking = needed(tree) - _all_bound(tree)
    if not lacking:
        return text
    before = [other for other in others if other != text and _provides(other, lacking)]
    if before:
        whole = "\n\n".join([*dict.fromkeys(before), text])
        joined = tree_of(whole)
        if joined is not None:
            text, tree = whole, joined
            lacking = needed(tree) - _all_bound(tree)
    for base in bases:
        shown = tree_of(base)
        if lacking and shown and lacking & _all_bound(shown):
            return merged(base, text) or text
    return text


def _provides(text: str, names: set[str]) -> bool:
    """Return whether a text binds some of the names, and does nothing but define."""
    tree = tree_of(text)
    if tree is None or not names & _all_bound(tree):
        return False
    kinds = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.If, ast.Try)
    return all(isinstance(node, Definition | kinds) or _is_text(node) for node in tree.body)


def _all_bound(tree: ast.Module) -> set[str]:
    return {name for node in tree.body for name in bound(node)}


def merged(base: str, text: str) -> str | None:
    """Return a program with the definitions of a text in it; None where they can't be put in.

    What both define is replaced in its place, what is new stands before the first of those,
    new imports after those that the base begins with.
    """
    old, new = tree_of(base), tree_of(text)
    if old is None or new is None:
        return None
    changes = _Changes(old)
    for node in new.body:
        changes.take(node, source_of(text, node))
    whole = changes.applied(base, _first_row(old))
    return whole if whole and tree_of(whole) else None


class _Changes:
    """What is put into a program: lines in the place of others, new parts, imports."""

    def __init__(self, old: ast.Module) -> None:
        self._places = {name: node for node in old.body for name in bound(node)}
        self._known = {ast.dump(node) for node in old.body if isinstance(node, _IMPORTS)}
        self._replaced: dict[tuple[int, int], str] = {}
        self._added: list[str] = []
        self._above: list[str] = []

    def take(self, node: ast.stmt, source: str) -> None:
        """Take a statement; what only acts (prints, asserts, loops) is left out."""
        if isinstance(node, _IMPORTS):
            if ast.dump(node) not in self._known:
                self._above.append(source)
        elif isinstance(node, Definition | ast.Assign | ast.AnnAssign):
            there = [self._places[name] for name in sorted(bound(node)) if name in self._places]
            if there and isinstance(there[0], Definition | ast.Assign | ast.AnnAssign):
                self._replaced[span(there[0])] = source
            else:
                self._added.append(source)

    def applied(self, base: str, row: int) -> str | None:
        """Return the program; imports go above line ``row``. None where nothing is replaced."""
        if not self._replaced:
            return None
        first = min(self._replaced)
        self._replaced[first] = "\n\n\n".join([*self._added, self._replaced[first]])
        lines = base.split("\n")
        for (start, end), source in sorted(self._replaced.items(), reverse=True):
            lines[start:end] = source.split("\n")
        lines[row:row] = self._above
        return "\n".join(lines)


def _first_row(tree: ast.Module) -> int:
    """Return the line, from 0, at which imports may be put in: after those that begin it."""
    row = span(tree.body[0])[0] if tree.body else 0
    for node in tree.body:
        if not isinstance(node, _IMPORTS) and not _is_text(node):
            return row
        row = span(node)[1]
    return row


def fits(text: str, bases: Sequence[str]) -> str | None:
    """Return the first program that was sent with the parts of it which a text holds.

    None where a text defines nothing that one of them defines, or something of another kind.
    """
    tree = tree_of(text)
    if tree is None:
        return None
    found = definitions(tree)
    for base in bases:
        shown = tree_of(base)
        known = definitions(shown) if shown else {}
        if len(known) > 1 and found and any(name in known for name in found):
            return merged(base, text)
    return None


def of_a_class(text: str, tree: ast.Module, name: str) -> str | None:
    """Return a method that stands in a class, without it where it stands there alone."""
    places = list(nested(tree.body, name))
    if len(places) != 1:
        return None
    holder, node = places[0]
    beside = [each for each in holder.body if each is not node and not _is_text(each)]
    around = [each for each in tree.body if each is not holder]
    if beside or around or holder not in tree.body:
        return text
    source = source_of(text, node)
    return dedented(source, source[: len(source) - len(source.lstrip())])


def as_body(text: str, tree: ast.Module, base: str, name: str) -> str | None:
    """Return the function that was sent with another body, where a text is nothing but one."""
    shown = tree_of(base)
    node = definitions(shown).get(name) if shown else None
    returns = any(isinstance(part, ast.Return) for part in _own_statements(tree))
    if not isinstance(node, FUNCTIONS) or definitions(tree).get(name) or not returns:
        return None
    first = node.body[0]
    lines = base.split("\n")
    keep = first.lineno - 1
    if _is_text(first) and not (tree.body and _is_text(tree.body[0])):
        keep = first.end_lineno or first.lineno
    if node.lineno == first.lineno or keep == 0:
        return None
    indent = lines[first.lineno - 1][: first.col_offset]
    body = indented(text.strip("\n") + "\n", indent).rstrip("\n").split("\n")
    _, end = span(node)
    return "\n".join([*lines[:keep], *body, *lines[end:]])


def _own_statements(tree: ast.Module) -> Iterable[ast.AST]:
    waiting: list[ast.AST] = [*tree.body]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, Definition):
            waiting += ast.iter_child_nodes(node)


def renamed(text: str, tree: ast.Module, bases: Sequence[str], name: str) -> str | None:
    """Return a function under the name it is to have, where an answer calls it a variant of it.

    It is the only one of the text, its name holds the other (``fast_distinct``, ``distinct_v2``)
    and its parameters have the same names.
    """
    found = [node for node in tree.body if isinstance(node, FUNCTIONS)]
    old = [definitions(shown).get(name) for base in bases if (shown := tree_of(base))]
    wanted = next((node for node in old if isinstance(node, FUNCTIONS)), None)
    alike = [
        node
        for node in found
        if wanted and _variant(node.name, name) and _parameters(node) == _parameters(wanted)
    ]
    if len(alike) != 1:
        return None
    return re.sub(rf"\b{re.escape(alike[0].name)}\b", name, text)


def _variant(found: str, name: str) -> bool:
    left, middle, right = found.lower().partition(name.lower())
    return (
        bool(middle)
        and found != name
        and "test" not in found
        and "old" not in (left.strip("_"), right.strip("_"))
    )


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    return [part.arg for part in ast.walk(node.args) if isinstance(part, ast.arg)]


# -------------------------------------------------------------------------- several targets


def assembled(texts: Sequence[str], asked: Asked) -> str | None:
    """Return the program of several targets with the parts that an answer's blocks hold."""
    base = next((each for each in asked.programs() if MARKED.search(each)), "")
    pieces = MARKED.split(base)
    parts = dict(zip(pieces[1::2], pieces[2::2], strict=True))
    changed = False
    for text in texts:
        for marker, source in _parts_of(text, parts):
            if not elision(source, tree_of(source) or ast.Module([], []), (), [base]):
                parts[marker] = f"\n{source.strip(chr(10))}\n\n\n"
                changed = True
    if not changed:
        return None
    whole = "".join(f"# ==== {marker} ===={source}" for marker, source in parts.items())
    return whole.rstrip() + "\n"


def _parts_of(text: str, parts: dict[str, str]) -> list[tuple[str, str]]:
    """Return the parts that a text holds, by their markers or by what it defines."""
    pieces = MARKED.split(text)
    marked = dict(zip(pieces[1::2], pieces[2::2], strict=True))
    if marked:
        return [(marker, source) for marker, source in marked.items() if marker in parts]
    tree = tree_of(text)
    if tree is None:
        return []
    names = [marker.rpartition("::")[2].partition("@")[0].rpartition(".")[2] for marker in parts]
    by_name = {n: m for n, m in zip(names, parts, strict=True) if names.count(n) == 1}
    found = {name: node for name, node in definitions(tree).items() if name in by_name}
    if len(found) == 1:
        return [(by_name[name], text) for name in found]
    return [(by_name[name], source_of(text, node)) for name, node in found.items()]
