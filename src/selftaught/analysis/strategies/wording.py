"""Wording: temperatures, alternative wordings, feedback, and asking for parts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from selftaught.analysis.interpretation.tags import DATA, Tag
from selftaught.analysis.interpretation.values import Value
from selftaught.analysis.strategies.reading import Asked, Reading

JUDGING = re.compile(
    r"review|critic|critique|weak|flaw|fault|bug|wrong|problem|mistake|fail|judge|assess|shortcoming"
    r"|slow|objection|complain|limit|bad|worse|lack",
    re.I,
)


STEPS = re.compile(
    r"\b(only|first|then|next|last|finally|lastly|step \d|nothing else|leave the rest)\b", re.I
)
"""Words by which a list of sub-tasks differs from a list of ways to ask for the whole."""


def temperature_variation(reading: Reading) -> Iterator[ast.AST]:
    """Give the calls of the model, where they use two or more temperatures."""
    values = [each.temperature.flat() for each in reading.asked]
    numbers = {
        float(number)
        for value in values
        for number in value.constants
        if isinstance(number, int | float)
    }
    changing = [
        each.node
        for each, value in zip(reading.asked, values, strict=True)
        if value.varies() or value.has(Tag.RANDOM, Tag.SCORE, Tag.NUMBER, Tag.COMPARED)
    ]
    if len(numbers) > 1:
        yield from (each.node for each in reading.asked)
    yield from changing


def prompt_variation(reading: Reading) -> Iterator[ast.AST]:
    """Give the calls whose fixed wording is one of several."""
    tasks = {each.node for each in reading.asked if _sub_tasks(reading, each)}
    for each in reading.asked:
        if each.message.has(Tag.ALTERNATIVE) and each.node not in tasks:
            yield each.node
    yield from _given_wordings(reading)


def _given_wordings(reading: Reading) -> Iterator[ast.AST]:
    """Give the calls in a function that is called with two wordings for the same template."""
    for n, each in enumerate(reading.asked):
        for other in reading.asked[:n]:
            if other.node is not each.node or other.stack == each.stack:
                continue
            common = each.message.words & other.message.words
            apart = each.message.words - common and other.message.words - common
            same = each.message.tags == other.message.tags
            if apart and same and any(len(text.split()) > 2 for text in common):
                yield each.node


def _sub_tasks(reading: Reading, asked: Asked) -> bool:
    """Return whether a call is made for each of a list of sub-tasks in turn on one program."""
    if not asked.message.has(Tag.CANDIDATE):
        return False
    for loop in asked.loops:
        if not isinstance(loop, ast.For):
            continue
        over = reading.value(loop.iter).flat()
        texts = [t for t in over.constants if isinstance(t, str) and t.strip()]
        if len(texts) < 2 or over.tags & DATA:
            continue
        rest = " ".join(asked.message.words - set(texts))
        if STEPS.search(rest) or sum(bool(STEPS.search(t)) for t in texts) * 3 >= len(texts) * 2:
            return True
    return False


def feedback(reading: Reading) -> Iterator[ast.AST]:
    """Give the calls that tell the model how candidates fared."""
    for each in reading.asked:
        message = each.message
        told = message.has(Tag.SCORE, Tag.OBSERVED)
        if told or _critique(message):
            yield each.node


def _critique(message: Value) -> bool:
    judged = any(JUDGING.search(word) for word in message.words)
    return message.has(Tag.RAW) and message.has(Tag.SURVIVOR, Tag.CANDIDATE) and judged


def decomposition(reading: Reading) -> Iterator[ast.AST]:
    """Give the calls that ask for one part of a program or of the work."""
    for each in reading.asked:
        part = each.message.has(Tag.PART) and (each.loops or each.batch)
        if part or (each.message.has(Tag.ALTERNATIVE) and _sub_tasks(reading, each)):
            yield each.node
