"""Comments: put where the statements are that they describe, in what is left of a change."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from selftaught.values import syntax

_OPENING = {"FSTRING_START", "TSTRING_START"}
_CLOSING = {"FSTRING_END", "TSTRING_END"}


@dataclass(frozen=True)
class Row:
    """A line of code, and the comments and empty lines above it; the last row has no code."""

    above: tuple[str, ...]
    code: str

    @property
    def remarked(self) -> bool:
        """Whether a comment is above it."""
        return any(line.strip() for line in self.above)

    @property
    def blank(self) -> tuple[str, ...]:
        """The empty lines above it."""
        return tuple(line for line in self.above if not line.strip())


def settled(seed: str, winner: str, part: str) -> str:
    """Return a part of a change with each comment at the statement that it describes.

    A comment describes the statement below it. Where that is as it was in the seed program, with
    everything in it, its comment is, too; anywhere else the comments are the winner's. The code
    stays as it is.

    Args:
        seed: the program before the change.
        winner: the program with all of the change.
        part: the program with a part of it.
    """
    try:
        rows, before, after = (rows_of(text) for text in (part, seed, winner))
        kept = _unchanged(part, rows, _aligned(rows, before))
    except (SyntaxError, ValueError, tokenize.TokenError):
        return part
    of_winner = _aligned(rows, after)
    of_seed = _aligned(rows, before)
    chosen: list[str] = []
    for number, row in enumerate(rows):
        mine = before[of_seed[number]] if number in of_seed else None
        theirs = after[of_winner[number]] if number in of_winner else None
        near = any(each not in of_seed for each in (number - 1, number + 1))
        if mine and number in kept and (mine.remarked or not (theirs and near)):
            chosen += mine.above
        elif theirs:
            chosen += theirs.above
        else:
            chosen += (mine or row).blank
        chosen.append(row.code)
    text = "".join(chosen)
    return text if _same_code(text, part) else part


def doubtful(seed: str, version: str) -> list[str]:
    """Return comments of the seed program that stand above other code in a version, in order."""
    try:
        before, after = rows_of(seed), rows_of(version)
    except (SyntaxError, ValueError, tokenize.TokenError):
        return []
    was: dict[str, set[str]] = {}
    for row in before:
        for line in row.above:
            was.setdefault(line.strip(), set()).add(row.code.strip())
    return [
        line.strip()
        for row in after
        for line in row.above
        if line.strip() and row.code.strip() not in was.get(line.strip(), {row.code.strip()})
    ]


def rows_of(text: str) -> list[Row]:
    """Return a text's lines of code with what is above each.

    Raises:
        tokenize.TokenError: it is no Python.
        SyntaxError: it is no Python.
    """
    silent = _silent_lines(text)
    rows: list[Row] = []
    above: list[str] = []
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        if number in silent:
            above.append(line)
        else:
            rows.append(Row(tuple(above), line))
            above = []
    return [*rows, Row(tuple(above), "")]


def _silent_lines(text: str) -> set[int]:
    """Return the numbers of the lines that hold no code: comments and empty ones."""
    lines = text.splitlines()
    silent = {number for number, line in enumerate(lines, 1) if not line.strip()}
    opened: list[int] = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        kind = tokenize.tok_name[token.type]
        if kind == "COMMENT" and not token.line[: token.start[1]].strip():
            silent.add(token.start[0])
        elif kind == "STRING":
            silent -= set(range(token.start[0], token.end[0] + 1))
        elif kind in _OPENING:
            opened.append(token.start[0])
        elif kind in _CLOSING:
            silent -= set(range(opened.pop(), token.end[0] + 1))
    return silent


def _aligned(rows: Sequence[Row], others: Sequence[Row]) -> dict[int, int]:
    """Return the place among others of each row that is there, too; the last rows correspond."""
    one, other = [row.code for row in rows], [row.code for row in others]
    found = {len(one) - 1: len(other) - 1}
    for block in SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks():
        found |= {block.a + step: block.b + step for step in range(block.size)}
    return found


def _unchanged(text: str, rows: Sequence[Row], of_seed: dict[int, int]) -> set[int]:
    """Return the rows at which a statement begins all of whose rows are in a row in the seed."""
    place: dict[int, int] = {}
    line = 1
    for number, row in enumerate(rows):
        line += len(row.above)
        place[line] = number
        line += 1
    found = set()
    for node in ast.walk(syntax.parse(text)):
        if not isinstance(node, ast.stmt):
            continue
        decorators = getattr(node, "decorator_list", [])
        first = place.get(min(each.lineno for each in (node, *decorators)))
        last = place.get(node.end_lineno or node.lineno)
        if first is None or last is None:
            continue
        start = of_seed.get(first)
        whole = range(first, last + 1)
        if start is not None and all(of_seed.get(each) == start + each - first for each in whole):
            found.add(first)
        else:
            found.discard(first)
    return found


def _same_code(one: str, other: str) -> bool:
    try:
        return ast.dump(syntax.parse(one)) == ast.dump(syntax.parse(other))
    except (SyntaxError, ValueError, RecursionError):
        return False
