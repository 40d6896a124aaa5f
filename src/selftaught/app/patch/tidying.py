"""Tidying: what is left of a winner, made as a reviewer would have written it."""

from __future__ import annotations

from selftaught.repository.comments import settled
from selftaught.repository.unused import without_unused_locals


def tidied(seed: str, winner: str, part: str) -> str:
    """Return what is left of a winner with its comments in place and without unused names.

    Args:
        seed: the program before the change.
        winner: the program with all of the change.
        part: the program with what is left of it.
    """
    text = settled(seed, winner, part)
    try:
        return without_unused_locals(seed, winner, text)
    except (SyntaxError, ValueError, RecursionError):
        return text
