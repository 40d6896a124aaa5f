"""Reading: the score in what a command printed, or why no person could be sure of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from selftaught.patching.repository.numerals import (
    NoNumberError,
    Token,
    converted,
    family,
    finite,
    tokens,
)
from selftaught.patching.repository.settings import Goal

MARKED = "selftaught score: "
"""Begins the line of the pytest plugin, which counts wherever it stands."""
LONGEST_LINE = 10_000
"""Characters of a line that is read."""
SHOWN = 160
"""Characters of a line that is shown."""
REMEDY = (
    "let the command print the score, one number, as its last line; or name it: --score-key KEY "
    "where it prints JSON, else --score-pattern REGEX with one group, e.g. --score-pattern "
    r"'score: (\S+)'"
)

_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_REMARKS = re.compile(
    r"^\s*\d+ loops?, best of \d+:"
    r"|\(mean \u00b1 std\. dev\. of [^()]*\)"
    r"|\(?\bbest of \d+\)?"
    r"|\(\s*[nN]\s*=\s*\d[\d,]*\s*\)"
    r"|\((?:[a-z]+ (?:of|over) |over )?\d+ (?:runs?|rounds?|loops?|repeats?|samples?|trials?)\)"
)
_SUMMARY = re.compile(
    r"\b(?:done|finished|completed|passed|failed|warnings?|skipped|exit)\b", re.IGNORECASE
)
_RESULT = re.compile(
    r"(?<![^\W_])(?:score|result|metric|accuracy|acc|f1|auc|reward|loss|rmse|mse|mae|perplexity)"
    r"(?![^\W_])",
    re.IGNORECASE,
)
_VALUES = ("number", "missing", "unclear", "hidden")


@dataclass(frozen=True)
class Rule:
    """How a score is read.

    Attributes:
        key: dotted, of the number in the JSON that is printed; empty: no JSON is expected.
        pattern: a regular expression whose one group is the number; empty: none.
        shape: the line of the unchanged program, its number left out; other lines hold
            no score. Empty: not known yet.
        unit: of the unchanged program's number; others are converted into it.
    """

    key: str = ""
    pattern: str = ""
    shape: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Reading:
    """A score as it was read.

    Attributes:
        number: finite, in the rule's unit.
        line: in which it stands, shortened.
        shape: see `Rule`.
        unit: see `Rule`.
    """

    number: float
    line: str
    shape: str = ""
    unit: str = ""


def rule_of(goal: Goal, shape: str = "", unit: str = "") -> Rule:
    """Return how a goal's score is read, as far as it is known."""
    return Rule(goal.score_key, goal.score_pattern, shape, unit)


def read_score(output: str, rule: Rule | None = None) -> Reading:
    """Return the score in what a command printed.

    Without a key or a pattern it is the one number of the last line that holds any.

    Args:
        output: of the command.
        rule: how it is read; None: as a command's that was never read before.

    Raises:
        NoNumberError: there is none, it is not finite, or it can be read in several ways.
    """
    rule = rule or Rule()
    text = plain(output)
    if rule.key:
        return _under_key(text, rule.key)
    found = _matched(text, rule.pattern) if rule.pattern else _last(text)
    if rule.shape and not rule.pattern and found.shape != rule.shape:
        raise NoNumberError(
            f"the last line with a number is {found.line!r}, which is not like the one of the "
            f"unchanged program ({rule.shape!r})"
        )
    if rule.shape:
        number = finite(converted(found.number, found.unit, rule.unit))
        return replace(found, number=number, unit=rule.unit)
    return replace(found, number=finite(found.number))


def plain(output: str) -> str:
    """Return an output as a terminal shows it: without colours and what was written over."""
    text = _ESCAPE.sub("", output).replace("\r\n", "\n")
    lines = (
        next((part for part in reversed(line.split("\r")) if part.strip()), "")
        for line in text.split("\n")
    )
    return "\n".join(lines)


def _last(text: str) -> Reading:
    lines = text.splitlines()
    marked = [line for line in lines if line.startswith(MARKED)]
    if marked:
        return _of_line(marked[-1])
    place = next((n for n in reversed(range(len(lines))) if _holds_value(lines[n])), None)
    if place is None:
        shown = _shown(text.strip()[-SHOWN:])
        raise NoNumberError(f"no number in {shown!r}" if shown else "nothing was printed")
    for value, first, last in _json_values(text):
        if first < last and first <= place <= last:
            return _of_json(value)
    _refuse_part(lines[place])
    _refuse_remark(lines, place)
    return _of_line(lines[place])


def _holds_value(line: str) -> bool:
    return len(line) > LONGEST_LINE or any(each.kind in _VALUES for each in tokens(line))


def _refuse_part(line: str) -> None:
    """Refuse a line that is too long to be shown, or no whole."""
    if len(line) > LONGEST_LINE:
        raise NoNumberError(f"the last line has {len(line):,} characters: {_shown(line)!r}")
    if any(line.count(end) > line.count(start) for start, end in ("()", "[]", "{}")):
        raise NoNumberError(f"the end of something over several lines: {_shown(line)!r}")


def _refuse_remark(lines: Sequence[str], place: int) -> None:
    """Refuse a line that tells something else than the result, which stands before it."""
    line = lines[place]
    if _shape(line, tokens(line)) == "#" or (_RESULT.search(line) and not _SUMMARY.search(line)):
        return
    earlier = [each for each in lines[:place] if _holds_value(each)]
    if not _SUMMARY.search(line):
        earlier = [each for each in earlier if _RESULT.search(each)]
    if earlier:
        raise NoNumberError(
            f"the last line with a number is {_shown(line)!r}, and the score may as well be in "
            f"{_shown(earlier[-1])!r}"
        )


def _of_line(line: str) -> Reading:
    """Return the one number of a line."""
    token, used = _one(line)
    return Reading(token.value, _shown(line), _shape(used, tokens(used)), token.unit)


def _one(line: str) -> tuple[Token, str]:
    """Return the number of a line, and the line without remarks that hold numbers."""
    for used in (line, _REMARKS.sub("", line)):
        found = [each for each in tokens(used) if _may_be_value(each)]
        if len(found) == 1 and found[0].kind == "number":
            return found[0], used
    shown = _shown(line)
    found = [each for each in tokens(line) if each.kind in _VALUES]
    missing = next((each for each in found if each.kind == "missing"), None)
    if missing:
        raise NoNumberError(f"{missing.text!r} in the line {shown!r} is not a finite number")
    if len(found) > 1:
        listed = ", ".join(each.text for each in found[:5])
        raise NoNumberError(f"several numbers ({listed}) in the line {shown!r}")
    raise NoNumberError(f"{found[0].text!r} in the line {shown!r} can be read in several ways")


def _may_be_value(token: Token) -> bool:
    """Return whether a token beside a number may be the result; ``top-5`` is none."""
    if token.kind == "hidden":
        return bool(_RESULT.search(token.text))
    return token.kind in _VALUES


def _shape(line: str, found: Sequence[Token]) -> str:
    """Return a line with its numbers, times and endings of words left out."""
    parts: list[str] = []
    end = 0
    for each in found:
        parts += [line[end : each.start], _kind_of(each)]
        end = each.end
    return " ".join("".join([*parts, line[end:]]).split())[:SHOWN]


def _kind_of(token: Token) -> str:
    if token.kind == "number":
        measure = family(token.unit)
        return "#" + (f" <{measure}>" if measure else token.unit)
    if token.kind == "time":
        return "<when>"
    named = re.sub(r"(?=\w*\d)\w{4,}", "0", token.text)
    return named.casefold().removesuffix("s")


def _matched(text: str, pattern: str) -> Reading:
    """Return what the pattern's group matched last, and the unit that follows it."""
    matches = list(re.finditer(pattern, text, re.MULTILINE))
    if not matches:
        raise NoNumberError(
            f"nothing that matches {pattern!r} in {_shown(text.strip()[-SHOWN:])!r}"
        )
    match = matches[-1]
    said = match[1]
    start, end = text.rfind("\n", 0, match.start()) + 1, text.find("\n", match.start())
    line = text[start : None if end < 0 else end]
    if said is None or not said.strip():
        raise NoNumberError(f"the group of {pattern!r} is empty in the line {_shown(line)!r}")
    token, _ = _one(said)
    if said[: token.start].strip() or said[token.end :].strip():
        raise NoNumberError(f"the group of {pattern!r} holds more than a number: {_shown(said)!r}")
    unit = token.unit
    if not unit and end != match.end(1):
        rest = text[match.end(1) : None if end < 0 else end]
        joined = next(iter(tokens(said.strip() + rest[:20])), token)
        unit = joined.unit if joined.kind == "number" and joined.value == token.value else ""
    return Reading(token.value, _shown(line), pattern, unit)


def _json_values(text: str) -> list[tuple[Any, int, int]]:
    """Return the JSON objects and lists that begin a line, with their first and last line."""
    decoder = json.JSONDecoder()
    found: list[tuple[Any, int, int]] = []
    place = 0
    for match in re.finditer(r"^[ \t]*(?=[{\[])", text, re.MULTILINE):
        if match.start() < place:
            continue
        try:
            value, place = decoder.raw_decode(text, match.end())
        except (ValueError, RecursionError):
            continue
        found.append((value, text.count("\n", 0, match.end()), text.count("\n", 0, place)))
    return found


def _of_json(value: Any) -> Reading:
    """Return the one number of JSON over several lines."""
    numbers = list(_numbers(value, ""))
    if len(numbers) == 1:
        key, number = numbers[0]
        return Reading(finite(number), f"{key}: {number}", f"JSON {key}")
    keys = ", ".join(key for key, _ in numbers[:8])
    raise NoNumberError(f"JSON with {len(numbers)} numbers" + (f": {keys}" if keys else ""))


def _numbers(value: Any, key: str) -> Iterator[tuple[str, float]]:
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield key, _float(value)
    elif isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for name, each in pairs:
            yield from _numbers(each, f"{key}.{name}" if key else str(name))


def _float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return float("inf")


def _under_key(text: str, key: str) -> Reading:
    values = _json_values(text)
    if not values:
        raise NoNumberError(f"no JSON object in {_shown(text.strip()[-SHOWN:])!r}")
    value: Any = values[-1][0]
    for part in key.split("."):
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (KeyError, IndexError, TypeError, ValueError):
            offered = (
                ", ".join(map(str, value)) if isinstance(value, dict) else type(value).__name__
            )
            raise NoNumberError(f"no {part!r} of the key {key!r}; there is {offered}") from None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NoNumberError(f"{key} is {value!r:.100}, not a number")
    return Reading(finite(_float(value)), f"{key}: {value}"[:SHOWN])


def _shown(text: str) -> str:
    return text.strip() if len(text) <= SHOWN else f"{text.strip()[: SHOWN - 2]} …"
