"""Population: what tells generations of recombined or drawn parents from other searches."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from selftaught.analysis.interpretation.tags import Tag
from selftaught.analysis.strategies.reading import Reading

REPEATS = (ast.For, ast.AsyncFor, ast.While)


def repeated(loops: tuple[ast.AST, ...]) -> bool:
    """Return whether one of these loops is a statement, not a comprehension."""
    return any(isinstance(loop, REPEATS) for loop in loops)


def selects_inside(reading: Reading, loops: tuple[ast.AST, ...]) -> bool:
    """Return whether candidates are compared by score within one of these loops."""
    return any(
        each.key.has(Tag.SCORE) and any(loop in loops for loop in each.loops)
        for each in reading.selected
        if each.members.has(Tag.CANDIDATE)
    ) or any(any(loop in loops for loop in each.loops) for each in reading.scored)


def generations(reading: Reading) -> Iterator[ast.AST]:
    """Give the prompts and splices by which a population over generations gets offspring."""
    drawn = any(
        each.kind == "draw" and each.members.has(Tag.CANDIDATE) and repeated(each.loops)
        for each in reading.selected
    )
    for each in reading.asked:
        if not repeated(each.loops) or not selects_inside(reading, each.loops):
            continue
        message = each.message
        if message.has(Tag.PART) and not message.has(Tag.DRAWN):
            continue  # a part beside its whole
        waits = message.has(Tag.POPPED)
        if message.has(Tag.PAIR, Tag.DRAWN) and message.has(Tag.CANDIDATE) and not waits:
            yield each.node
    for node, loops, inside in reading.spliced:
        outer = tuple(loop for loop in loops if isinstance(loop, REPEATS))
        if outer and (inside.has(Tag.DRAWN) or drawn) and selects_inside(reading, outer):
            yield node
    for scored in reading.scored:
        own = scored.program.has(Tag.EDITED) and scored.program.has(Tag.DRAWN)
        if own and repeated(scored.loops):
            yield scored.node
