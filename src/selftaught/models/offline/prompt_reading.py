"""What a prompt holds: the program to improve, other programs, scores, words, scoring code."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from selftaught.improver.helpers import blocks
from selftaught.ports import Message
from selftaught.values import syntax

_SCORE = re.compile(r"\bscor(?:e|es|ed|ing)\b[^\n\d-]{0,20}(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)", re.I)
WORDS_BEFORE_BLOCK = 200
"""Characters before a block in which its score is looked for."""
_HEADING = re.compile(r"^(#{1,6})[ \t]+(.*?)[ \t#:]*$", re.M)
_CURRENT = re.compile(r"(?:the )?current (?:program|solution|code|candidate|component)", re.I)


@dataclass(frozen=True)
class PromptReading:
    """A prompt, read.

    Attributes:
        solution: source of the program to improve; None where the prompt shows none.
        others: further programs that define a function of the same name, in order.
        scoring: source that defines ``score``; empty where the prompt shows none.
        scores: what the prompt says that the programs score, by source.
        is_current: whether a heading names the solution as the current program, so that it
            is the one to go on from, whatever others score.
        words: what the prompt says after its last program, in lower case.
    """

    solution: str | None
    others: tuple[str, ...] = ()
    scoring: str = ""
    scores: dict[str, float] = field(default_factory=dict)
    is_current: bool = False
    words: str = ""

    @property
    def best(self) -> str | None:
        """The program to go on from: one of the others if it is said to score higher."""
        if self.is_current or self.solution is None or self.solution not in self.scores:
            return self.solution
        scored = [other for other in self.others if other in self.scores]
        return max([self.solution, *scored], key=self.scores.__getitem__)

    @property
    def relatives(self) -> tuple[str, ...]:
        """The programs that are not ``best``, the solution among them."""
        shown = (self.solution or "", *self.others)
        return tuple(source for source in shown if source and source != self.best)


def read(messages: Sequence[Message]) -> PromptReading:
    """Return what the messages hold; code in system messages counts last."""
    return _read(tuple(messages))


@lru_cache(maxsize=64)
def _read(messages: tuple[Message, ...]) -> PromptReading:
    ordered = sorted(messages, key=lambda message: message.role == "system")
    found: list[str] = []
    current: list[str] = []
    words: list[str] = []
    scores: dict[str, float] = {}
    for message in ordered:
        rest = message.content.replace("\r\n", "\n")
        headings: dict[int, str] = {}
        for block in blocks(rest):
            before, _, rest = rest.partition(block)
            words.clear()
            headings = _headings(headings, before)
            if any(map(_CURRENT.fullmatch, headings.values())):
                current.append(block)
            said = _SCORE.findall(before[-WORDS_BEFORE_BLOCK:])
            if said:
                scores.setdefault(block, float(said[-1]))
            found.append(block)
        if message.role != "system":
            words.append(rest)
    if not found:
        return PromptReading(None)
    solution = (current or found)[0]
    found.remove(solution)
    names = defined(solution)
    others = tuple(
        block for block in dict.fromkeys(found) if names & defined(block) and block != solution
    )
    scoring = [block for block in found if "score" in defined(block) - names]
    text = "\n".join(words).lower()
    return PromptReading(
        solution, others, scoring[0] if scoring else "", scores, bool(current), text
    )


def _headings(above: dict[int, str], text: str) -> dict[int, str]:
    """Return the headings that the end of a text stands under, by level.

    Args:
        above: those that its beginning stands under.
        text: Markdown.
    """
    kept = dict(above)
    for marks, words in _HEADING.findall(text):
        kept = {level: each for level, each in kept.items() if level < len(marks)}
        kept[len(marks)] = words
    return kept


def defined(source: str) -> frozenset[str]:
    """Return the names of the functions at the top level; none where it does not parse."""
    tree = parse(source)
    body = tree.body if tree else []
    return frozenset(node.name for node in body if isinstance(node, ast.FunctionDef))


def parse(source: str) -> ast.Module | None:
    """Return the syntax tree, or None where the source has none."""
    try:
        return syntax.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
