"""Telling: how far something is that takes time, in words for a person who waits."""

from __future__ import annotations

from collections.abc import Callable

Report = Callable[[str], None]
"""Told what is being done, or how far it is."""


def silent(text: str) -> None:
    """Report nobody."""
