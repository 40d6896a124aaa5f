"""Diffs: what turns one program's text into another's, in parts that can be left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from selftaught.values import syntax


@dataclass(frozen=True)
class Change:
    """Lines of the earlier text that give way to lines of the later one.

    Attributes:
        first: where in the earlier text, a line's number from 0.
        removed: the lines that go, with their ends; none for an insertion.
        added: the lines that come; none for a deletion.
    """

    first: int
    removed: tuple[str, ...]
    added: tuple[str, ...]


def changes(before: str, after: str, *, fine: bool = False) -> list[Change]:
    """Return the changes from one text to the other, in order; applying all gives ``after``.

    Args:
        before: the earlier text.
        after: the later text.
        fine: a change a line, where lines stand against lines; else a change a hunk.
    """
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    found: list[Change] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        hunk = Change(i1, tuple(old[i1:i2]), tuple(new[j1:j2]))
        found += _lines(hunk) if fine else [hunk]
    return found


def applied(before: str, chosen: Iterable[Change]) -> str:
    """Return the earlier text with some of its `changes`, in their order."""
    lines = before.splitlines(keepends=True)
    result: list[str] = []
    place = 0
    for change in chosen:
        result += lines[place : change.first]
        result += change.added
        place = max(place, change.first) + len(change.removed)
    return "".join(result + lines[place:])


def parts(chosen: Sequence[Change], count: int) -> list[list[Change]]:
    """Return the changes in ``count`` runs of about equal length, none empty."""
    size, rest = divmod(len(chosen), count)
    found, place = [], 0
    for number in range(count):
        end = place + size + (number < rest)
        found.append(list(chosen[place:end]))
        place = end
    return [part for part in found if part]


def parses(source: str) -> bool:
    """Return whether a text is a Python program."""
    try:
        syntax.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _lines(hunk: Change) -> list[Change]:
    """Return a hunk line by line: pairs first, then what one side has more."""
    pairs = min(len(hunk.removed), len(hunk.added))
    found = [Change(hunk.first + n, (hunk.removed[n],), (hunk.added[n],)) for n in range(pairs)]
    found += [
        Change(hunk.first + n, (hunk.removed[n],), ()) for n in range(pairs, len(hunk.removed))
    ]
    end = hunk.first + len(hunk.removed)
    return found + [Change(end, (), (line,)) for line in hunk.added[pairs:]]
