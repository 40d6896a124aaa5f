"""Indentation: taken off a definition and put back, strings of several lines left alone."""

from __future__ import annotations

import io
import re
import tokenize

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_OPENING = {"FSTRING_START", "TSTRING_START"}
_CLOSING = {"FSTRING_END", "TSTRING_END"}
_SILENT = (tokenize.NL, tokenize.COMMENT)


def dedented(text: str, prefix: str) -> str:
    r"""Return the text without ``prefix`` before its lines.

    Lines within a string stay as they are, since there white space means something; those
    of a docstring move along where all of them can.

    Args:
        text: a definition, ``\n`` for line endings.
        prefix: white space.
    """
    if not prefix:
        return text
    lines = _LINE.findall(text)
    kept = _within_strings(text, lines, prefix)
    return "".join(
        line if number in kept else line.removeprefix(prefix) for number, line in enumerate(lines)
    )


def indented(text: str, prefix: str, *, docstrings: bool = True) -> str:
    r"""Return the text with ``prefix`` before its lines; empty ones stay empty.

    Args:
        text: a definition, ``\n`` for line endings.
        prefix: white space.
        docstrings: whether the lines of docstrings move along.
    """
    if not prefix:
        return text
    lines = _LINE.findall(text)
    kept = _within_strings(text, lines, "" if docstrings else None)
    return "".join(
        line if number in kept or not line.strip() else prefix + line
        for number, line in enumerate(lines)
    )


def unit(text: str) -> str:
    """Return the white space of the first indented line of code, empty where there is none."""
    lines: list[str] = _LINE.findall(text)
    kept = _within_strings(text, lines, "")
    for number, line in enumerate(lines):
        bare = line.lstrip(" \t")
        if number not in kept and bare.strip() and bare != line and not bare.startswith("#"):
            return line[: len(line) - len(bare)]
    return ""


def with_unit(text: str, wanted: str) -> str:
    """Return the text with every level of indentation written as ``wanted``.

    What is within strings, or is no whole number of levels, keeps what it has beyond them.
    """
    found = unit(text)
    if not found or not wanted or found == wanted:
        return text
    lines = _LINE.findall(text)
    kept = _within_strings(text, lines, "")
    return "".join(
        line if number in kept else _converted(line, found, wanted)
        for number, line in enumerate(lines)
    )


def _converted(line: str, found: str, wanted: str) -> str:
    levels = 0
    while line.startswith(found):
        line, levels = line[len(found) :], levels + 1
    return wanted * levels + line


def _within_strings(text: str, lines: list[str], prefix: str | None) -> set[int]:
    """Return the numbers of the lines, from 0, that begin within a string that stays.

    Docstrings move where all their lines have the prefix; None: they stay, too.
    """
    inside: set[int] = set()
    for first, last, docstring in _long_strings(text):
        rows = range(first + 1, last + 1)
        moves = prefix is not None and all(
            not lines[row].strip() or lines[row].startswith(prefix) for row in rows
        )
        if not (docstring and moves):
            inside.update(rows)
    return inside


def _long_strings(text: str) -> list[tuple[int, int, bool]]:
    """Return first and last line, from 0, of strings over lines, and whether it documents."""
    found: list[tuple[int, int, bool]] = []
    opened: list[int] = []
    before = tokenize.INDENT
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            name = tokenize.tok_name[token.type]
            if name in _OPENING:
                opened.append(token.start[0])
            elif name in _CLOSING:
                found.append((opened.pop() - 1, token.end[0] - 1, False))
            elif token.type == tokenize.STRING:
                documents = before == tokenize.INDENT
                found.append((token.start[0] - 1, token.end[0] - 1, documents))
            if token.type not in _SILENT:
                before = token.type
    except (tokenize.TokenError, SyntaxError, IndentationError):
        pass  # what is no Python is refused elsewhere, with the reason
    return [each for each in found if each[1] > each[0]]
