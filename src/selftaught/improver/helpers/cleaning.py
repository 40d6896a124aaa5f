"""Cleans answers and blocks: marks of chats, prompts, line numbers, escapes, prose around code."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from .edits import after
from .fences import fenced
from .indentation import dedented
from .trees import definitions, parses, tree_of

_INVISIBLE = "\ufeff\u200b\u200c\u200d\u200e\u2060"
_INVISIBLE_FIRST = re.compile(
    rf"\A[{_INVISIBLE}]+|^[{_INVISIBLE}]+(?=[ \t]*(?:`{{3}}|~{{3}}))", re.MULTILINE
)
_TOKEN = (
    r"(?:<\|[\w ]+\|>(?:assistant\b)?|<\uff5c[^\uff5c\n]{1,40}\uff5c>|</?s>|\[/?INST\]"
    r"|<(?:start|end)_of_turn>(?:model\b)?)"
)
_TOKENS_FIRST = re.compile(rf"\A(?:\s*{_TOKEN})+[ \t]*\n?")
_TOKENS_LAST = re.compile(rf"(?:\s*{_TOKEN})+\s*\Z")
_THOUGHT = r"think|thinking|thought|thoughts|reasoning|reflection|scratchpad|analysis"
_OPENING = re.compile(rf"<({_THOUGHT})>", re.IGNORECASE)
_CLOSING = re.compile(rf"</(?:{_THOUGHT})>", re.IGNORECASE)
_NUMBERED = re.compile(r"[ \t]*(\d+)(?:[ \t]?[|:\u2502\u2192.)]|\t|(?= {1,}|$))(.*)")
_DOCTEST = re.compile(r"[ \t]*(?:>>>|\.\.\.|In \[\d+\]:|\.\.\.:)(?: |$)")
_MAGIC = re.compile(r"[ \t]*(?:%{1,2}[a-z]|![a-z])")
_NAME_LINE = re.compile(r"(?:python3?|py|[\w./\\-]+\.pyi?:?)[ \t]*", re.IGNORECASE)
_ENTITY = re.compile(r"&(lt|gt|amp|quot|apos|nbsp|#39|#x27|#34|#x22|#96|#x60);")
_ENTITIES = {
    **{"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'", "nbsp": " ", "#39": "'"},
    **{"#x27": "'", "#34": '"', "#x22": '"', "#96": "`", "#x60": "`"},
}
_TYPOGRAPHY = str.maketrans(
    {
        **dict.fromkeys("\u00a0\u202f\u2007\u3000", " "),
        **dict.fromkeys("\u2018\u2019\u201a\u201b", "'"),
        **dict.fromkeys("\u201c\u201d\u201e", '"'),
        **dict.fromkeys(_INVISIBLE, ""),
        **dict.fromkeys("\u2212\u2010\u2011\u2013", "-"),
    }
)
_MOST_CUTS = 30
"""Statements that are taken off a program's end in the search for its complete part."""


def cleaned(answer: str) -> str:
    r"""Return an answer with ``\n`` for line endings, without special tokens around it."""
    text = answer.replace("\r\n", "\n").replace("\r", "\n")
    text = _INVISIBLE_FIRST.sub("", text)
    return _TOKENS_LAST.sub("", _TOKENS_FIRST.sub("", text))


def without_thoughts(text: str) -> str:
    """Return a text without what stands in tags for thinking.

    A tag within a program is a part of the program. A tag that only closes ends a thought
    that began with the text; one that only opens begins a thought that was cut off.
    """
    programs = [(each.start, each.end) for each in fenced(text) if parses(each.text)]
    tags = sorted(
        (tag.start(), tag.end(), tag.re is _OPENING)
        for tag in (*_OPENING.finditer(text), *_CLOSING.finditer(text))
        if not any(start <= tag.start() < end for start, end in programs)
    )
    kept, at, thinking = "", 0, False
    for start, end, opens in tags:
        if opens and not thinking:
            kept, thinking = kept + text[at:start] + "\n", True
        elif not opens:
            kept, at, thinking = kept if thinking else "", end, False
    return kept if thinking else kept + text[at:]


def unescaped(text: str) -> str:
    """Return a text with the common HTML entities as characters."""
    return _ENTITY.sub(lambda found: _ENTITIES[found[1]], text)


def tidy(text: str) -> str:
    """Return a block without the indentation that all its lines have and a file's name above."""
    text = text.strip("\n").rstrip()
    first, _, rest = text.partition("\n")
    if rest.strip() and _NAME_LINE.fullmatch(first.strip()):
        text = rest.strip("\n")
    return _dedented(text)


_FUNCTION = re.compile(r"^(?:(?:async[ \t]+)?def|class)[ \t]+(?!test|Test|main\b)\w", re.MULTILINE)


def repaired(text: str) -> Iterator[str]:
    """Yield what a block may be meant to be that is no Python; each is Python."""
    for repair in _REPAIRS:
        found = repair(text)
        if found and found != text:
            found = tidy(found)
            if parses(found):
                yield found
                return
            for second in _REPAIRS:
                again = second(found)
                if again and parses(tidy(again)):
                    yield tidy(again)
                    return


def _dedented(text: str) -> str:
    first = next((line for line in text.split("\n") if line.strip()), "")
    prefix = first[: len(first) - len(first.lstrip(" \t"))]
    if prefix and not parses(text):
        # Comments before the first statement may stand anywhere, strings have lines anywhere.
        found = dedented(text, prefix)
        return found if parses(found) else text
    return text


def _without_numbers(text: str) -> str | None:
    """Return lines without the numbers before them, which must count up."""
    lines = [line for line in text.split("\n") if line.strip()]
    found = [_NUMBERED.fullmatch(line) for line in lines]
    if len(lines) < 2 or not all(found):
        return None
    numbers = [int(each[1]) for each in found if each]
    if any(right <= left for left, right in pairwise(numbers)):
        return None
    rest = [each[2] for each in found if each]
    gaps = [len(line) - len(line.lstrip(" ")) for line in rest if line.strip()]
    width = min(gaps, default=0)
    return "\n".join(line[width:] for line in rest)


def _without_prompts(text: str) -> str | None:
    """Return what is typed at the prompts of a session; what it prints is left out."""
    lines = text.split("\n")
    if not any(line.lstrip().startswith((">>>", "In [")) for line in lines):
        return None
    return "\n".join(_DOCTEST.sub("", line, count=1) for line in lines if _DOCTEST.match(line))


def _without_magic(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not _MAGIC.match(line))


def _literal(text: str) -> str | None:
    r"""Return the text that ``\n`` and ``\"`` stand for where a program is one line of them."""
    body = text.strip()
    if "\\n" not in body or body.count("\n") > body.count("\\n"):
        return None
    try:
        found = ast.literal_eval(body) if body[:1] in "\"'" else json.loads(f'"{body}"')
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        found = body.replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"')
    return found if isinstance(found, str) else None


def _first_line_moved_in(text: str) -> str | None:
    """Return lines of which the first alone has lost its indentation, all moved to the left."""
    first, _, rest = text.partition("\n")
    lines = [line for line in rest.split("\n") if line.strip()]
    indents = [line[: len(line) - len(line.lstrip(" \t"))] for line in lines]
    least = min(indents, key=len, default="")
    return f"{least}{first}\n{rest}" if least else None


def _without_rest(text: str) -> str | None:
    """Return the statements before what makes a program no Python: prose, or a cut end.

    A function may not get lost with it, a test excepted.
    """
    lines = text.split("\n")
    starts = [
        number
        for number, line in enumerate(lines)
        if line.strip() and not line[0].isspace() and line[0] not in ")]}"
    ]
    for start in reversed(starts[-_MOST_CUTS:]):
        found = "\n".join(lines[:start]).rstrip()
        tree = tree_of(found) if found else None
        if tree and definitions(tree):
            return None if _FUNCTION.search("\n".join(lines[start:])) else found
    return None


_REPAIRS: tuple[Callable[[str], str | None], ...] = (
    unescaped,
    lambda text: text.translate(_TYPOGRAPHY),
    after,
    _without_numbers,
    _without_prompts,
    _without_magic,
    _literal,
    _first_line_moved_in,
    _without_rest,
)
"""What is tried in turn; two of them together, too."""
