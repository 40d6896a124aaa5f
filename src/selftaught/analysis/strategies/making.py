"""Making: candidates that the program itself edits or composes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from selftaught.analysis.interpretation.tags import Tag
from selftaught.analysis.interpretation.values import Value
from selftaught.analysis.strategies.population import generations, repeated
from selftaught.analysis.strategies.reading import Reading


def character_search(reading: Reading) -> Iterator[ast.AST]:
    """Give the calls of the utility that score an edited text."""
    for each in reading.scored:
        if each.program.has(Tag.EDITED):
            yield each.node


def ensemble(reading: Reading) -> Iterator[ast.AST]:
    """Give the prompts and places that combine several candidates into one answer."""
    for each in reading.asked:
        if each.message.has(Tag.MANY, Tag.PAIR) and not repeated(each.loops):
            yield each.node
    if any(each.message.has(Tag.PART) for each in reading.asked):
        return  # what is put together are the parts of a decomposition
    if _voted(reading.returned.flat()):
        yield from (n for n, v in reading.values.items() if isinstance(n, ast.Call) and _voted(v))
    for scored in reading.scored:
        if scored.program.has(Tag.MANY) and scored.program.has(Tag.HELD):
            yield scored.node
    crossed = set(generations(reading))
    for node, _, inside in reading.spliced:
        if node not in crossed and _counts(reading, inside):
            yield node


def _voted(value: Value) -> bool:
    return value.has(Tag.VOTED) and value.has(Tag.CANDIDATE)


def _counts(reading: Reading, inside: Value) -> bool:
    """Return whether what was put together is scored or returned."""
    used = any(each.program.has(Tag.SPLICED) for each in reading.scored)
    return used or reading.returned.has(Tag.SPLICED)
