"""Reads edits out of answers and applies them: SEARCH/REPLACE blocks and unified diffs."""

from __future__ import annotations

import re

_MOST_EDITS = 200
"""Edits of one answer; a longer answer is no edit but an accident."""

_SEARCH = re.compile(r"\s*(?:<{5,9}|-{5,9}) ?(?:SEARCH|ORIGINAL|HEAD|OLD|BEFORE)\b.*")
_DIVIDER = re.compile(r"\s*={5,9}\s*")
_REPLACE = re.compile(
    r"\s*(?:>{5,9}|\+{5,9}) ?(?:REPLACE|UPDATED|NEW|AFTER)\b.*|\s*>{7}(?: \S+)?\s*"
)
_ADDRESS = re.compile(r"\s*(?::\w+:\s*\d*|-{5,9})\s*")
_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})\s*[\w+-]*\s*")
_HUNK = re.compile(r"@@(?: -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@)?.*")
_HEADER = re.compile(r"(?:diff --git|index [0-9a-f]+\.\.|--- |\+\+\+ |\*\*\* ).*")


def apply_edits(solution: str, answer: str) -> str | None:
    r"""Return the solution after the edits of an answer, None where they don't apply.

    An edit is a SEARCH/REPLACE block; lines are compared whole, first as they are, then
    without trailing blanks, then with another indentation, which the new lines then get::

        <<<<<<< SEARCH
        lines as they stand in the solution
        =======
        lines to put there instead
        >>>>>>> REPLACE

    Edits apply one after another, each to the first place that fits; an empty SEARCH
    appends. All apply or none: None also stands for an answer without edits, or with one
    that was cut off.
    """
    return _applied(solution, _edits(answer))


def apply_diff(solution: str, answer: str) -> str | None:
    """Return the solution after the unified diffs of an answer, None where they don't apply.

    Lines are found by what they are, as those of `apply_edits`; the numbers of a hunk count
    only where it has nothing but new lines. All hunks apply or none.
    """
    hunks = _hunks(answer)
    for strip in (False, True):
        found = _applied(solution, [hunk.edit(strip=strip) for hunk in hunks])
        if found is not None:
            return found
    return None


def holds_edits(answer: str) -> bool:
    """Return whether an answer has edits of either kind, or the beginning of one."""
    lines = answer.split("\n")
    return any(_SEARCH.fullmatch(line) for line in lines) or bool(_hunks(answer))


def after(text: str) -> str | None:
    """Return the new side of lines that all begin as those of a diff, None where some don't."""
    lines = [line for line in text.split("\n") if not _HEADER.fullmatch(line)]
    lines = [line for line in lines if not line.startswith("@@")]
    full = [line for line in lines if line.strip()]
    if not any(line.startswith("+") for line in full):
        return None
    if not all(line[0] in "+- " for line in full):
        return None
    return "\n".join(line[1:] for line in lines if not line.startswith("-"))


def _applied(solution: str, edits: list[tuple[list[str], list[str]]]) -> str | None:
    """Return the solution after all edits, None where there is none or one does not apply."""
    text: str | None = solution.replace("\r\n", "\n") if edits else None
    for old, new in edits:
        if text is None:
            return None
        text = _replace(text, old, new)
        if text is None:
            return None
    return text


class _Hunk:
    """One hunk of a unified diff, as its lines stand in the answer."""

    def __init__(self, header: re.Match[str] | None) -> None:
        self.lines: list[str] = []
        known = header is not None and header[2] is not None and header[3] is not None
        self._counts = (int(header[2]), int(header[3])) if header and known else None

    @property
    def full(self) -> bool:
        """Whether both sides have as many lines as the header says."""
        sides = (
            sum(not line.startswith("+") for line in self.lines),
            sum(not line.startswith("-") for line in self.lines),
        )
        return self._counts is not None and sides == self._counts

    def edit(self, *, strip: bool) -> tuple[list[str], list[str]]:
        """Return old and new lines; ``strip``: without blank lines at the end."""
        lines = list(self.lines)
        while strip and lines and not lines[-1].strip():
            lines.pop()
        old = [line[1:] for line in lines if not line.startswith("+")]
        new = [line[1:] for line in lines if not line.startswith("-")]
        return old, new


def _hunks(answer: str) -> list[_Hunk]:
    """Return the hunks of an answer's diffs; none where there are too many."""
    found: list[_Hunk] = []
    hunk: _Hunk | None = None
    for line in answer.replace("\r\n", "\n").split("\n"):
        header = _HUNK.fullmatch(line)
        if header or _HEADER.fullmatch(line):
            hunk = _Hunk(header)
            if header or line.startswith(("+++ ", "*** Update")):
                found.append(hunk)
        elif hunk is None or hunk.full:
            hunk = None
        elif not line or line[0] in "+- ":
            hunk.lines.append(line or " ")
        elif not line.startswith("\\"):
            hunk = None
    found = [each for each in found if any(line[0] in "+-" for line in each.lines)]
    return found if len(found) <= _MOST_EDITS else []


def _edits(answer: str) -> list[tuple[list[str], list[str]]]:
    """Return the (old lines, new lines) of an answer; none where one is cut off."""
    found: list[tuple[list[str], list[str]]] = []
    old: list[str] = []
    new: list[str] = []
    state = "outside"
    for line in answer.replace("\r\n", "\n").split("\n"):
        if state == "outside":
            if _SEARCH.fullmatch(line):
                old, new, state = [], [], "old"
        elif state == "old":
            if _DIVIDER.fullmatch(line):
                state = "new"
            else:
                old.append(line)
        elif _REPLACE.fullmatch(line):
            found.append((_bare(old), _bare(new)))
            state = "outside"
        else:
            new.append(line)
    return found if state == "outside" and len(found) <= _MOST_EDITS else []


def _bare(lines: list[str]) -> list[str]:
    """Return lines without the address that some write first, and without fences around."""
    lines = list(lines)
    while lines and _ADDRESS.fullmatch(lines[0]):
        lines.pop(0)
    if len(lines) > 1 and _FENCE.fullmatch(lines[0]) and _FENCE.fullmatch(lines[-1]):
        lines = lines[1:-1]
    return lines


def _replace(text: str, old: list[str], new: list[str]) -> str | None:
    """Return the text with the first place of the old lines changed, None if not found."""
    lines = text.split("\n")
    if not any(line.strip() for line in old):
        ended = lines[:-1] if lines[-1] == "" else lines
        return "\n".join([*ended, *new, ""])
    for strip in (str, str.rstrip, str.strip):
        at = _find([strip(line) for line in lines], [strip(line) for line in old])
        if at is None:
            continue
        fitted = new if strip is not str.strip else _shift(lines[at : at + len(old)], old, new)
        return "\n".join([*lines[:at], *fitted, *lines[at + len(old) :]])
    return None


def _find(lines: list[str], wanted: list[str]) -> int | None:
    """Return the number of the first line from which on all wanted lines follow."""
    text = "\n" + "\n".join(lines) + "\n"
    place = text.find("\n" + "\n".join(wanted) + "\n")
    return text.count("\n", 0, place) if place >= 0 else None


def _shift(there: list[str], old: list[str], new: list[str]) -> list[str]:
    """Return the new lines, indented as the lines there are and not as the old ones."""
    number = next(number for number, line in enumerate(old) if line.strip())
    right, wrong = (line[: len(line) - len(line.lstrip())] for line in (there[number], old[number]))
    return [right + line.removeprefix(wrong) if line.strip() else line for line in new]
