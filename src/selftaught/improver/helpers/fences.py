"""Reads fenced blocks: where each begins and ends, also where programs contain fences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .trees import parses

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


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        text: its content, without the indentation that its fence has, and blank lines around.
        info: what follows the opening fence on its line, e.g. the language.
        start: where the opening fence begins in the text.
        end: where its closing fence ends; without one, where the next fence begins.
    """

    text: str
    info: str
    start: int
    end: int


def first_block(text: str) -> str | None:
    """Return the first fenced block that is not blank, None where there is none."""
    return next((block.text for block in _blocks(text)), None)


def blocks(text: str) -> list[str]:
    """Return the content of every fenced block that is not blank, in order.

    Each without its fences, the indentation that its fence has, and blank lines around it.
    A block ends at the first closing fence at which its content parses as Python (programs
    contain fences themselves), else at the outermost one. A bare fence and a block that
    was cut off before its end count too.
    """
    return [block.text for block in _blocks(text)]


def fenced(text: str) -> list[Block]:
    """Return every fenced block that is not blank, as `blocks` finds them."""
    return list(_blocks(text))


class _Work:
    """How many characters may still be looked at."""

    def __init__(self, left: int) -> None:
        self.left = left

    def take(self, size: int) -> bool:
        """Return whether so much work is left, and take it off."""
        self.left -= size
        return self.left >= 0


def _blocks(text: str) -> Iterator[Block]:
    text = text.replace("\r\n", "\n")
    fences = list(_FENCE.finditer(text))
    places = {fence.start(): number for number, fence in enumerate(fences)}
    work = _Work(_WORK_PER_CHARACTER * len(text) + 10_000)
    at = 0
    while at < len(fences):
        opening = fences[at]
        content, at, end = _read_block(text, fences, (at, places), work)
        if content.strip():
            yield Block(content, opening[3].strip(), opening.start(), end)


def _read_block(
    text: str, fences: list[re.Match[str]], where: tuple[int, dict[int, int]], work: _Work
) -> tuple[str, int, int]:
    """Return what the fence ``where[0]`` opens, the number of the next one, the block's end."""
    opening, places = where
    fence = fences[opening]
    start = min(fence.end() + 1, len(text))
    end = _code_end(text, start, work)
    if work.take(2 * (end - start)):
        at = places.get(end, len(fences))
        content = _content(text[start:end], fence, cut_off=at == len(fences))
        closed = at == len(fences) or _closes(fences[at], fence)
        # Where the fence opens a block, the closing one was forgotten: the next block begins.
        if (closed or content.strip()) and parses(content):
            last = fences[at].end() if at < len(fences) and closed else end
            return content, at + closed, last
    closing = _outermost(fences, opening)
    if closing is None:
        return _content(text[start:], fence, cut_off=True), len(fences), len(text)
    ending = fences[closing]
    return _content(text[start : ending.start()], fence), closing + 1, ending.end()


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
