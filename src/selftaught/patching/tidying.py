"""Tidying: what is left of a winner, made as a reviewer would have written it."""

from __future__ import annotations

import ast

from selftaught.patching.repository.comments import settled
from selftaught.patching.repository.unused import without_unused_locals
from selftaught.values import syntax


def tidied(seed: str, winner: str, part: str) -> str:
    """Return what is left of a winner with its comments in place and without unused names.

    A smaller diff counts only where the code is smaller, too: where keeping lines of the original
    makes the program larger than the winner is, the winner is returned, tidied.

    Args:
        seed: the program before the change.
        winner: the program with all of the change.
        part: the program with what is left of it.
    """
    try:
        left, whole = (_tidy(seed, winner, text) for text in (part, winner))
        return whole if _size(whole) < _size(left) else left
    except (SyntaxError, ValueError, RecursionError):
        return part


def _tidy(seed: str, winner: str, text: str) -> str:
    return without_unused_locals(seed, winner, settled(seed, winner, text))


def _size(text: str) -> int:
    return sum(1 for _ in ast.walk(syntax.parse(text)))
