"""Reads code out of a model's answer: the module ``helpers`` that improvers import.

It is shipped as text into the sandbox, so it uses the standard library alone and imports
nothing of ours. The offline model reads prompts with the same functions.
"""

from __future__ import annotations

import ast
import re
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import overload

_FENCE = re.compile(r"^([ \t]*)(`{3,}|~{3,})[ \t]*([^\n`]*)$", re.MULTILINE)
_LANGUAGE = re.compile(r"[A-Za-z][\w+#.-]*\s*(\{.*\})?")
_OUTSIDE = re.compile(
    r"""#[^\n]*|\"""|'''|"|'|^[ \t]*(?P<fence>`{3,}|~{3,})""",
    re.MULTILINE,
)
_INSIDE = {
    '"""': re.compile(r'(?:[^"\\]|\\.|"(?!""))*+(?:"""|\Z)', re.DOTALL),
    "'''": re.compile(r"(?:[^'\\]|\\.|'(?!''))*+(?:'''|\Z)", re.DOTALL),
    '"': re.compile(r'(?:[^"\\\n]|\\.)*+"?', re.DOTALL),
    "'": re.compile(r"(?:[^'\\\n]|\\.)*+'?", re.DOTALL),
}
_WORK_PER_CHARACTER = 8
"""Characters that may be scanned and parsed for each character of a text: bounds the time."""

_MOST_EDITS = 200
"""Edits of one answer; a longer answer is no edit but an accident."""

one_at_a_time = threading.RLock()
"""Held while a tree is made: threads share the filters of warnings and, in CPython 3.11, more."""


@overload
def extract_code(answer: str) -> str | None: ...
@overload
def extract_code(answer: list[str] | tuple[str, ...]) -> list[str | None]: ...
def extract_code(
    answer: str | list[str] | tuple[str, ...],
) -> str | list[str | None] | None:
    """Return the largest fenced code block of an answer, None where it has none.

    A block ends at the first closing fence at which its content parses as Python (programs
    contain fences themselves), else at the outermost one. A bare fence and a block that
    was cut off before its end count too.

    Args:
        answer: a text, or several: then the result is a list with one entry for each.
            What is no text has no block.
    """
    if isinstance(answer, str):
        return max(blocks(answer), key=len, default=None)
    if isinstance(answer, (list, tuple)):
        return [extract_code(text) if isinstance(text, str) else None for text in answer]
    return None


@dataclass(frozen=True)
class Asked:
    """What an answer answers; all of it may be unknown.

    Attributes:
        initial: the program to improve; empty: unknown.
        entry_point: the function that programs define, dotted for a method; empty: whatever
            the initial program defines.
        messages: what the model was sent; programs stand in fenced blocks.
        scoring: ``utility.str``; code in it is not what is to be improved.
    """

    initial: str = ""
    entry_point: str = ""
    messages: tuple[str, ...] = ()
    scoring: str = ""


UNKNOWN = Asked()


def reason_without_code(answer: str, asked: Asked = UNKNOWN) -> str:
    """Return why an answer gives no new program, an empty text where it gives one.

    The reasons are short phrases for people: "empty", "no code block", "does not define
    NAME", "same as what was sent", "does not parse: …", "edits do not apply". They begin
    alike for one kind; what follows a colon differs from answer to answer.

    Args:
        answer: the model's text.
        asked: what it answers; what is unknown is not held against the answer.
    """
    if not answer.strip():
        return "empty"
    found = blocks(answer)
    if not found:
        return "no code block"
    name = asked.entry_point.rpartition(".")[2]
    sent = [asked.initial, *(block for message in asked.messages for block in blocks(message))]
    if all(block.strip() in [text.strip() for text in sent] for block in found):
        return "same as what was sent"
    if not any(_parses(block) for block in found):
        return "does not parse: " + _syntax_error(found[-1])
    if name and not any(re.search(rf"\b(def|class) {name}\b", block) for block in found):
        return f"does not define {name}"
    return ""


def _syntax_error(text: str) -> str:
    try:
        with one_at_a_time, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as error:
        return f"{error.msg} (line {error.lineno})"
    except (ValueError, RecursionError, MemoryError) as error:
        return type(error).__name__
    return ""


def first_block(text: str) -> str | None:
    """Return the first fenced block that is not blank, None where there is none."""
    return next(_blocks(text), None)


def blocks(text: str) -> list[str]:
    """Return the content of every fenced block that is not blank, in order.

    Each without its fences, the indentation that its fence has, and blank lines around it.
    """
    return list(_blocks(text))


def apply_edits(solution: str, answer: str) -> str | None:
    r"""Return the solution after the edits of an answer, None where they don't apply.

    An edit is a SEARCH/REPLACE block; lines are compared whole, first as they are, then
    without trailing blanks, then with another indentation, which the new lines then get::

        <<<<<<< SEARCH
        lines as they stand in the solution
        =======
        lines to put there instead
        >>>>>>> REPLACE

    Edits apply one after another, each to the first place that fits; an empty SEARCH
    appends. All apply or none: None also stands for an answer without edits, or with one
    that was cut off.
    """
    edits = _edits(answer)
    if not edits:
        return None
    text: str | None = solution.replace("\r\n", "\n")
    for old, new in edits:
        if text is None:
            return None
        text = _replace(text, old, new)
    return text


# ------------------------------------------------------------------------------- blocks


class _Work:
    """How many characters may still be looked at."""

    def __init__(self, left: int) -> None:
        self.left = left

    def take(self, size: int) -> bool:
        """Return whether so much work is left, and take it off."""
        self.left -= size
        return self.left >= 0


def _blocks(text: str) -> Iterator[str]:
    text = text.replace("\r\n", "\n")
    fences = list(_FENCE.finditer(text))
    places = {fence.start(): number for number, fence in enumerate(fences)}
    work = _Work(_WORK_PER_CHARACTER * len(text) + 10_000)
    at = 0
    while at < len(fences):
        content, at = _read_block(text, fences, (at, places), work)
        if content.strip():
            yield content


def _read_block(
    text: str, fences: list[re.Match[str]], where: tuple[int, dict[int, int]], work: _Work
) -> tuple[str, int]:
    """Return the content of the block that fence ``where[0]`` opens, and the next fence."""
    opening, places = where
    fence = fences[opening]
    start = min(fence.end() + 1, len(text))
    end = _code_end(text, start, work)
    if work.take(2 * (end - start)):
        at = places.get(end, len(fences))
        content = _content(text[start:end], fence, cut_off=at == len(fences))
        closed = at == len(fences) or _closes(fences[at], fence)
        # Where the fence opens a block, the closing one was forgotten: the next block begins.
        if (closed or content.strip()) and _parses(content):
            return content, at + closed
    closing = _outermost(fences, opening)
    if closing is None:
        return _content(text[start:], fence, cut_off=True), len(fences)
    return _content(text[start : fences[closing].start()], fence), closing + 1


def _code_end(text: str, start: int, work: _Work) -> int:
    """Return where the first fence outside Python's strings begins; the text's end if none.

    A content that parses ends there: before it a string would be left open, and after it
    the content would hold a fence as code.
    """
    at = start
    while work.left > 0 and (token := _OUTSIDE.search(text, at)):
        if token["fence"]:
            work.take(token.end() - at)
            return token.start()
        end = token.end()
        if token[0] in _INSIDE:
            inside = _INSIDE[token[0]].match(text, end)
            end = inside.end() if inside else end
        work.take(end - at)
        at = end
    return len(text)


def _closes(fence: re.Match[str], opening: re.Match[str]) -> bool:
    """Return whether a fence can close the block: same kind, as long, nothing after it."""
    return fence[2].startswith(opening[2]) and not fence[3].strip()


def _outermost(fences: list[re.Match[str]], opening: int) -> int | None:
    """Return the number of the fence that closes the block where fences nest, None if none."""
    depth = 1
    for number in range(opening + 1, len(fences)):
        fence = fences[number]
        if fence[2][0] != fences[opening][2][0]:
            continue
        if _closes(fence, fences[opening]):
            depth -= 1
        elif _LANGUAGE.fullmatch(fence[3].strip()):
            depth += 1
        elif depth > 1:
            depth -= 1  # a fence and the quotes that end a string
        if depth == 0:
            return number
    return None


def _content(text: str, opening: re.Match[str], *, cut_off: bool = False) -> str:
    """Return a block's content without the indentation of its fence."""
    text = text.rstrip()
    last = text[text.rfind("\n") + 1 :].strip()
    if cut_off and last.endswith(opening[2]) and last != opening[2]:
        text = text[: -len(opening[2])].rstrip()
    indent = opening[1]
    lines = text.split("\n")
    first = next((line for line in lines if line.strip()), "")
    if indent and first.startswith(indent):
        width = len(indent)
        lines = [line[min(width, len(line) - len(line.lstrip(" \t"))) :] for line in lines]
    while lines and not lines[0].strip():
        lines.pop(0)
    return "\n".join(lines)


def _parses(text: str) -> bool:
    """Return whether a text is Python; a warning is no reason to say no."""
    try:
        with one_at_a_time, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


# -------------------------------------------------------------------------------- edits

_SEARCH = re.compile(r"\s*<{5,9} ?SEARCH\s*")
_DIVIDER = re.compile(r"\s*={5,9}\s*")
_REPLACE = re.compile(r"\s*>{5,9} ?REPLACE\s*")


def _edits(answer: str) -> list[tuple[list[str], list[str]]]:
    """Return the (old lines, new lines) of an answer; none where one is cut off."""
    found: list[tuple[list[str], list[str]]] = []
    old: list[str] = []
    new: list[str] = []
    state = "outside"
    for line in answer.replace("\r\n", "\n").split("\n"):
        if state == "outside":
            if _SEARCH.fullmatch(line):
                old, new, state = [], [], "old"
        elif state == "old":
            if _DIVIDER.fullmatch(line):
                state = "new"
            else:
                old.append(line)
        elif _REPLACE.fullmatch(line):
            found.append((old, new))
            state = "outside"
        else:
            new.append(line)
    return found if state == "outside" and len(found) <= _MOST_EDITS else []


def _replace(text: str, old: list[str], new: list[str]) -> str | None:
    """Return the text with the first place of the old lines changed, None if not found."""
    lines = text.split("\n")
    if not any(line.strip() for line in old):
        ended = lines[:-1] if lines[-1] == "" else lines
        return "\n".join([*ended, *new, ""])
    for strip in (str, str.rstrip, str.strip):
        at = _find([strip(line) for line in lines], [strip(line) for line in old])
        if at is None:
            continue
        fitted = new if strip is not str.strip else _shift(lines[at : at + len(old)], old, new)
        return "\n".join([*lines[:at], *fitted, *lines[at + len(old) :]])
    return None


def _find(lines: list[str], wanted: list[str]) -> int | None:
    """Return the number of the first line from which on all wanted lines follow."""
    text = "\n" + "\n".join(lines) + "\n"
    place = text.find("\n" + "\n".join(wanted) + "\n")
    return text.count("\n", 0, place) if place >= 0 else None


def _shift(there: list[str], old: list[str], new: list[str]) -> list[str]:
    """Return the new lines, indented as the lines there are and not as the old ones."""
    number = next(number for number, line in enumerate(old) if line.strip())
    right, wrong = (line[: len(line) - len(line.lstrip())] for line in (there[number], old[number]))
    return [right + line.removeprefix(wrong) if line.strip() else line for line in new]
