"""Varying names: files that commands make under another name in each run, learned as patterns.

Logs with a time, coverage data with a process number, output folders of an hour: two runs of the
unchanged repository show which part of a path varies. A pattern covers files that a run makes, not
those that the repository has.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from itertools import combinations, pairwise

_TOKEN = re.compile(r"[A-Za-z0-9_]+")
_DIGITS = re.compile(r"\d+")
_LEADING = re.compile(r"(?:[A-Za-z]+_)*")
_DATE = re.compile(r"(?:19|20)\d{2}[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:[0-2]\d|3[01])")
_LONG = 6
"""Letters from which on a word of one length, other each time, counts as generated."""
_HASH = 8
"""Characters from which on a word may be a hash."""
_CHANGES = 4
"""Changes between digits, small and large letters that a hash has at least."""
_LOADED = (".py", ".pth", ".so", ".pyd", ".egg-link", ".pyx", ".ini", ".cfg", ".toml")
"""Endings of files that Python or its tools pick up by themselves: never covered by a pattern."""


def learned(runs: Sequence[Collection[str]]) -> tuple[str, ...]:
    """Return regular expressions for the names that vary, sorted.

    Args:
        runs: for each run of one command the paths of files that it made; two runs or more.
    """
    always = set.intersection(*map(set, runs)) if runs else set()
    found = {_dated(path) for path in always if _DATE.search(path)}
    for one, other in combinations(runs, 2):
        for path in sorted(set(one) - set(other)):
            pairs = (_merged(path, each) for each in sorted(set(other) - set(one)))
            best = min((pair for pair in pairs if pair), default=None)
            if best:
                found.add(best[1])
    return tuple(sorted(found))


def unknown(
    made: Iterable[str], traces: Collection[str], patterns: Collection[str]
) -> tuple[str, ...]:
    """Return the files that neither a list of paths nor a pattern covers, sorted."""
    return tuple(sorted(path for path in made if path not in traces and not fits(path, patterns)))


def fits(path: str, patterns: Collection[str]) -> bool:
    """Return whether a pattern covers a file that a run made."""
    return not is_loaded(path) and any(re.fullmatch(each, path, re.ASCII) for each in patterns)


def is_loaded(path: str) -> bool:
    """Return whether Python or its tools pick a file up by themselves."""
    return path.endswith(_LOADED)


def shown(pattern: str) -> str:
    """Return a pattern as people write it: a star for what varies."""
    return re.sub(r"\\(.)", r"\1", pattern.replace("[A-Za-z0-9_]+", "*").replace("[0-9]+", "*"))


def _merged(one: str, other: str) -> tuple[int, str] | None:
    """Return how many words of two paths differ and the pattern of both; None where none fits."""
    if _TOKEN.split(one) != _TOKEN.split(other):
        return None
    words, others = _TOKEN.findall(one), _TOKEN.findall(other)
    differing = [(a, b) for a, b in zip(words, others, strict=True) if a != b]
    if not all(_generated(a, b) for a, b in differing):
        return None
    between = _TOKEN.split(one)
    text = re.escape(between[0])
    for a, b, gap in zip(words, others, between[1:], strict=True):
        text += (_any(a, b) if a != b or _is_hash(a) else _numbered(a)) + re.escape(gap)
    return len(differing), text


def _generated(one: str, other: str) -> bool:
    """Return whether two words that differ look as if a program made them up."""
    if any(each.isdigit() for each in one + other):
        return True
    return len(one) == len(other) >= _LONG


def _is_hash(word: str) -> bool:
    """Return whether a word looks like a hash, which equal contents may have given twice.

    Coverage data has one behind its process number: another one once a version runs other lines.
    """
    if len(word) < _HASH or word.isdigit():
        return False
    kinds = ["0" if each.isdigit() else "a" if each.islower() else "A" for each in word]
    return sum(one != other for one, other in pairwise(kinds)) >= _CHANGES


def _any(one: str, other: str) -> str:
    first, second = _LEADING.match(one), _LEADING.match(other)
    same = first and second and first[0] == second[0]
    return (re.escape(first[0]) if first and same else "") + "[A-Za-z0-9_]+"


def _numbered(word: str) -> str:
    return "[0-9]+" if word.isdigit() else re.escape(word)


def _dated(path: str) -> str:
    """Return the pattern of a path with a date or a time: any number may be another one."""
    parts = _DIGITS.split(path)
    return "[0-9]+".join(map(re.escape, parts))
