"""Numbers: the score in what a command printed."""

from __future__ import annotations

import json
import math
import re
from typing import Any

_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d[\d,_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w])")


class NoNumberError(ValueError):
    """What was printed holds no number where one was expected; the message says what it holds."""


def last_number(output: str, key: str = "") -> float:
    """Return the last number that was printed, or the one under a key of the printed JSON.

    Args:
        output: what the command printed.
        key: dotted, e.g. ``results.0.mean``; empty: the last number of the text.

    Raises:
        NoNumberError: there is none, or it is not finite.
    """
    number = _under_key(output, key) if key else _last(output)
    if not math.isfinite(number):
        raise NoNumberError(f"the score is {number}, not a finite number")
    return number


def _last(output: str) -> float:
    found = _NUMBER.findall(output)
    if not found:
        shown = output.strip()[-200:]
        raise NoNumberError(f"no number in {shown!r}" if shown else "nothing was printed")
    return float(found[-1].replace(",", "").replace("_", ""))


def _under_key(output: str, key: str) -> float:
    value: Any = _json(output)
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
    return float(value)


def _json(output: str) -> Any:
    """Return the JSON of the whole output, else of the last line that is some."""
    for text in (output, *reversed(output.splitlines())):
        try:
            found = json.loads(text)
        except ValueError:
            continue
        if isinstance(found, dict | list):
            return found
    raise NoNumberError(f"no JSON object in {output.strip()[-200:]!r}")
