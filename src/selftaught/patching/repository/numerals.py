"""Numbers in a line of text, read as a careful person reads them, or told apart from numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["number", "missing", "unclear", "hidden", "time", "word"]

_SIGN = "-+\u2212"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\ufe63\uff0d"
_MISSING = r"(?i:nan|inf|infinity|none|null|n/a|undefined|true|false)|NA|NaT|\u221e"
_TOKEN = re.compile(
    rf"""
    (?P<time>(?<![\w.])(?:\d{{4}}[-/]\d\d[-/]\d\d(?:[T ]+\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)?
        |\d{{1,2}}:\d\d(?::\d\d(?:[.,]\d+)?)?)(?:Z|[+-]\d\d:?\d\d)?(?![\w:]|\.\d))
    |(?P<quoted>(?<!\w)(?P<quote>["'])(?=[^"'\n]*[^\W\d_])[^"'\n]*(?P=quote)(?!\w))
    |(?P<missing>(?<!\w)[{_SIGN}]?(?:{_MISSING})(?![\w-]))
    |(?P<word>[^\W\d]\w*(?:[-./@\\]+\w+)*)
    |(?P<sign>[{_SIGN}{_DASHES}]*)(?P<digits>\d[\d_]*(?:[.,'\u2019]\d[\d_]*)*\.?|\.\d+)
        (?P<power>[eE][{_SIGN}]?\d+(?!\w))?(?P<suffix>[^\W\d_]\w*|%)?
    """,
    re.VERBOSE,
)
_PLAIN = re.compile(r"(?:\d+(?:_\d+)*\.?(?:\d+)?|\.\d+)")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+\.\d+|\d{1,3}(?:,\d{3}){2,}")
_GOES_ON = re.compile(r"[/:^]\s*\d|\*\*")
_COMPARED = re.compile(r"(?:^|[^-=])[<>\u2264\u2265]\s*$")
_APART = re.compile(rf"(?:^|[=:(,\[])\s*[{_SIGN}]\s+$")
_SPREAD = re.compile(rf"\s*\(?\s*(?:\u00b1|\+/?[{_SIGN}])\s*")
_HASH = re.compile(r"(?=(?:\d*[a-f]){2})[0-9a-f]{7,40}")
_ENDS_WITH_NUMBER = re.compile(r"[-.@]+\d[\d.]*")

_SECONDS = {
    **dict.fromkeys(("ns", "nsec", "nanoseconds"), 1e-9),
    **dict.fromkeys(("us", "usec", "\u00b5s", "\u03bcs", "microseconds"), 1e-6),
    **dict.fromkeys(("ms", "msec", "msecs", "milliseconds", "millis"), 1e-3),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), 60.0),
    **dict.fromkeys(("hour", "hours"), 3600.0),
}
_BYTES = {
    **dict.fromkeys(("byte", "bytes"), 1.0),
    **{f"{letter}B": 1000.0**power for power, letter in enumerate("kMGT", 1)},
    **{f"{letter}iB": 1024.0**power for power, letter in enumerate("KMGT", 1)},
}
_FAMILIES = {"time": _SECONDS, "bytes": _BYTES}
_OTHER_UNITS = frozenset(("%", "x", "k", "M", "G", "B", "KB", "Hz", "kHz", "MHz", "GHz", "fps"))
_UNIT_AFTER = re.compile(r"[ \t]*([^\W\d_]+|%)(?!\w)")


class NoNumberError(ValueError):
    """What was printed can't be read as one number; the message says what it holds."""


@dataclass(frozen=True)
class Token:
    """A part of a line.

    Attributes:
        kind: ``missing`` stands where a number is expected and is none that is finite;
            ``unclear`` has digits that can be read in several ways, or in none; ``hidden`` is
            a word that may be a label and its number, or a hash.
        text: as it was printed.
        start: its place in the line.
        end: the place after it, unit and spread included.
        value: of a number; otherwise 0.
        unit: of a number; empty: none that is known.
    """

    kind: Kind
    text: str
    start: int
    end: int
    value: float = 0.0
    unit: str = ""


def tokens(line: str) -> list[Token]:
    """Return the words and numbers of a line; ``12.3 ± 0.4 ms`` is one number."""
    found: list[Token] = []
    for token, digits in _tokens(line):
        last = found[-1] if found else None
        between = line[last.end : digits] if last else ""
        if last and "number" == last.kind == token.kind and _SPREAD.fullmatch(between):
            unit = last.unit or token.unit
            found[-1] = Token(last.kind, last.text, last.start, token.end, last.value, unit)
        elif not (last and token.start < last.end):  # a unit that its number has taken
            doubled = token.kind == "number" and digits - token.start > 1
            found.append(replace(token, kind="unclear") if doubled else token)
    return found


def _tokens(line: str) -> Iterator[tuple[Token, int]]:
    """Yield each token, and where its digits begin."""
    for match in _TOKEN.finditer(line):
        if match["digits"]:
            yield _number(line, match), match.start("digits")
            continue
        kind: Kind = "word"
        if match["time"]:
            first = not line[: match.start()].strip("[( \t")
            kind = "time" if first and line[match.end() :].strip("]) \t") else "unclear"
        elif match["missing"] or re.fullmatch(_MISSING, match[0].strip("\"' ")):
            kind = "missing"
        elif _hides_number(match[0]):
            kind = "hidden"
        yield Token(kind, match[0], *match.span()), match.start()


def _hides_number(word: str) -> bool:
    """Return whether a word may be a label and its number, as in ``score-5``; no file, no name."""
    label = _ENDS_WITH_NUMBER.search(word)
    return bool(label and label.end() == len(word) and "/" not in word and word[:1] not in "\"'")


def _number(line: str, match: re.Match[str]) -> Token:
    before, after = line[: match.start()], line[match.end() :]
    start, end = match.span()
    digits, suffix = match["digits"], match["suffix"] or ""
    if digits.count(".") > 1 and digits.endswith(".") and not after[:1].isdigit():
        digits = digits[:-1]  # the end of a sentence
    known = _PLAIN.fullmatch(digits) or _GROUPED.fullmatch(digits)
    sign = match["sign"][-1:]
    unit = suffix if _is_unit(suffix) else ""
    odd = (
        not known
        or (sign and sign not in _SIGN)
        or (len(match["sign"]) > 1 and not _SPREAD.fullmatch(match["sign"]))
        or suffix != unit
        or _GOES_ON.match(after)
        or _COMPARED.search(before)
        or _APART.search(before)
        or before.endswith((".", ","))
    )
    if odd:
        return Token("hidden" if _HASH.fullmatch(match[0]) else "unclear", match[0], start, end)
    if not unit and (found := _UNIT_AFTER.match(line, end)) and _is_unit(found[1]):
        unit, end = found[1], found.end()
    text = sign + digits + (match["power"] or "")
    return Token("number", match[0], start, end, value_of(text), unit)


def _is_unit(text: str) -> bool:
    return text in _OTHER_UNITS or bool(family(text))


def value_of(text: str) -> float:
    """Return the number that a text without a unit is; infinite where it is too large."""
    return float(text.replace("\u2212", "-").replace(",", "").replace("_", ""))


def family(unit: str) -> str:
    """Return what a unit measures where units of it can be converted; empty where they can't."""
    return next((name for name, units in _FAMILIES.items() if unit in units), "")


def converted(number: float, unit: str, wanted: str) -> float:
    """Return a number of one unit in another one.

    Raises:
        NoNumberError: one can't be converted into the other.
    """
    if unit == wanted:
        return number
    units = _FAMILIES.get(family(unit), {})
    if not units or wanted not in units:
        raise NoNumberError(
            f"the number has the unit {unit or 'none'!r}; it was {wanted or 'none'!r}"
        )
    return number * units[unit] / units[wanted]


def finite(number: float) -> float:
    """Return the number.

    Raises:
        NoNumberError: it is not finite.
    """
    if not math.isfinite(number):
        raise NoNumberError(f"the score is {number}, not a finite number")
    return number
