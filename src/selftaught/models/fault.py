"""What went wrong with a request, read from what the server said."""

from __future__ import annotations

import email.utils
import json
import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from selftaught.models.request_form import demanded, demanded_stream
from selftaught.models.text_decoding import shown


class FaultKind(StrEnum):
    """What a fault calls for."""

    FAILED = "failed"
    """Try again after a while: cut off, rubbish, timeout, the server's own failure."""
    THROTTLED = "throttled"
    """Try again when the server says so: too many requests, overloaded."""
    UNSUPPORTED = "unsupported"
    """Try again without a parameter, with another spelling or value of it, or in another form."""
    FILTERED = "filtered"
    """The provider will not answer this prompt: an answer without text."""
    TOO_LONG = "too_long"
    """The prompt is longer than the model's context."""
    REFUSED = "refused"
    """No retry can help: key, quota, unknown model, a request that it does not understand."""


@dataclass(frozen=True)
class Fault:
    """Why a request gave no answer.

    Attributes:
        kind: what to do about it.
        detail: what the server said, or what happened.
        next_step: what the user can do where no retry helps.
        wait_seconds: how long the server asks to wait; None where it does not.
        parameter: of ``unsupported``: which one, in our words; ``n`` is several choices,
            and the parts of a request's form are called as in `demands`.
        instead: of ``unsupported``: the spelling, or the form, that the server wants; empty:
            none.
        limit: of ``unsupported``: the most that it takes; of ``too_long``: the context's
            tokens; None where it does not say.
        tokens: of ``too_long``: the prompt's tokens; None where it does not say.
    """

    kind: FaultKind
    detail: str
    next_step: str = ""
    wait_seconds: float | None = None
    parameter: str = ""
    instead: str = ""
    limit: int | None = None
    tokens: int | None = None


KEY_STEP = "check the key in {key}, or name the file that holds it with --env-file"
MODEL_STEP = "check the model's name and --base-url (it usually ends in /v1)"
QUOTA_STEP = "the account has no credit left: top it up, then resume the run"
MOVED_STEP = "if you trust it, use the address that it redirects to as --base-url"
PROXY_STEP = "put the proxy's user and password into HTTPS_PROXY, or add the host to NO_PROXY"
ROLE_STEP = "see the server's message above; --system-role user puts the expertise into the prompt"

_QUOTA = re.compile(r"insufficient_quota|billing_(hard_)?limit|credit balance is too low")
_LOADING = re.compile(r"\bloading (?:the )?model|model\b.{0,80}\b(?:is|being) (?:\w+ )?load", re.I)
_FILTER = re.compile(
    r"content_?filter|content management policy|prohibited_content|\bflagged\b", re.I
)
_WAIT = re.compile(r"(?:try again|retry) (?:in|after) (?:(\d+)m)?(\d+(?:\.\d+)?)(ms|s)\b", re.I)
_TOO_LONG = re.compile(
    r"context[ _](?:length|size|window)|(?:prompt|request|payload|input)(?: \w+)? is too long|"
    r"input token count|maximum model length|too many (?:input )?tokens|"
    r"exceeds? the (?:available |maximum )?context|inputs?\W? tokens.{0,40} must be <=?|"
    r"request (?:entity )?too large",
    re.I,
)
_LIMIT = re.compile(
    r"(?:context (?:length|window|size)(?: is| of)?|model length of|allowed|context size) ?\(?(\d+)"
    r"|> ?(\d+)",
    re.I,
)
_PARAMETERS = {
    "seed": r"\bseed\b",
    "top_p": r"\btop_?p\b",
    "reasoning_effort": r"reasoning|thinking|effort|output_config",
    "temperature": r"\btemperature\b",
    "max_tokens": r"max_?(?:completion|output)?_?tokens",
    "n": r"['\"`]n['\"`]|\bn (?:must|should|is|=|>|parameter)|candidate|\bbest_of\b",
}
_NEW_WORD = "max_completion_tokens"
_UNKNOWN_MODEL = re.compile(r"model", re.I)


def read_fault(
    status: int,
    body: str,
    headers: Mapping[str, str],
    *,
    sent: Mapping[str, Any],
    now: float = 0.0,
    key: str = "the environment",
) -> Fault:
    """Return what a response that is no answer calls for.

    Args:
        status: HTTP status.
        body: the response's text, JSON or not.
        headers: of the response; names in any case.
        sent: the parameters that were sent, in our words; ``n`` where more than 1.
        now: seconds since the epoch, for a ``Retry-After`` that is a date.
        key: the name of the variable that holds the key.
    """
    error = _error_object(body)
    message = _message(error, body)
    said = f"HTTP {status}: {message}" if message else f"HTTP {status} without a word"
    whole = f"{message} {json.dumps(error)}"
    wait = _wait_seconds(headers, error, now)
    step = QUOTA_STEP if _QUOTA.search(whole) else _STEPS.get(status, "")
    if 300 <= status < 400:
        step = MOVED_STEP
    if status == 403 and _FILTER.search(whole):
        return Fault(FaultKind.FILTERED, said)
    if step:
        return Fault(FaultKind.REFUSED, said, step.format(key=key))
    if status in (429, 529) or (status == 503 and (wait is not None or _LOADING.search(said))):
        return Fault(FaultKind.THROTTLED, said, wait_seconds=wait)
    if status in (408, 409, 425):
        return Fault(FaultKind.FAILED, said, wait_seconds=wait)
    refused = _unfit(status, said, whole, sent)
    if refused is not None:
        return refused
    if status >= 500:
        return Fault(FaultKind.FAILED, said, wait_seconds=wait)
    return _bad_request(said, whole, error, sent)


_STEPS = {
    401: KEY_STEP,
    402: QUOTA_STEP,
    403: KEY_STEP,
    404: MODEL_STEP,
    405: MODEL_STEP,
    407: PROXY_STEP,
    410: MODEL_STEP,
}
"""What to do where a status alone says that no retry helps."""


def _unfit(status: int, said: str, whole: str, sent: Mapping[str, Any]) -> Fault | None:
    """Return what is wrong with the prompt or its form, which some servers report as theirs."""
    if status == 413 or _TOO_LONG.search(whole):
        tokens, limit = _lengths(whole)
        step = "a shorter prompt, or a model with a longer context"
        return Fault(FaultKind.TOO_LONG, said, step, tokens=tokens, limit=limit)
    parameter, instead = demanded(said, sent)
    if parameter:
        return Fault(FaultKind.UNSUPPORTED, said, ROLE_STEP, parameter=parameter, instead=instead)
    return None


def _bad_request(said: str, whole: str, error: Mapping[str, Any], sent: Mapping[str, Any]) -> Fault:
    """Read a request that the server understood but does not take."""
    if _FILTER.search(whole):
        return Fault(FaultKind.FILTERED, said)
    values = dict(sent)
    if _NEW_WORD in sent:
        values["max_tokens"] = sent[_NEW_WORD]
    parameter = _named_parameter(said, error, values)
    if parameter:
        other = parameter == "max_tokens" and _NEW_WORD in said and _NEW_WORD not in sent
        instead = _NEW_WORD if other else ""
        limit = _smaller(said, values[parameter]) if parameter == "max_tokens" else None
        return Fault(FaultKind.UNSUPPORTED, said, parameter=parameter, instead=instead, limit=limit)
    parameter, instead = demanded_stream(said, sent)
    if parameter:
        return Fault(FaultKind.UNSUPPORTED, said, parameter=parameter, instead=instead)
    step = MODEL_STEP if _UNKNOWN_MODEL.search(said) else "see the server's message above"
    return Fault(FaultKind.REFUSED, said, step)


def _error_object(body: str) -> dict[str, Any]:
    """Return the part of the body that tells of the error; empty where there is none."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    if isinstance(data, list) and data:
        data = data[0]
    if not isinstance(data, dict):
        return {}
    inner = data.get("error", data)
    return inner if isinstance(inner, dict) else {**data, "message": str(inner)}


def _message(error: Mapping[str, Any], body: str) -> str:
    for field in ("message", "detail", "msg"):
        if error.get(field):
            return shown(str(error[field]), 500)
    return shown(body, 500)


def _named_parameter(said: str, error: Mapping[str, Any], sent: Collection[str]) -> str:
    """Return which of the parameters that were sent the server takes offence at."""
    named = error.get("param") or error.get("loc")
    places = [str(part) for part in named] if isinstance(named, list) else [str(named or "")]
    for text in (*places, said):
        for parameter, pattern in _PARAMETERS.items():
            if parameter in sent and (text == parameter or re.search(pattern, text, re.I)):
                return parameter
    return ""


def _smaller(said: str, value: Any) -> int | None:
    """Return the largest number in the message below the value that was sent."""
    numbers = [int(number) for number in re.findall(r"\d+", said.split(":", 1)[-1])]
    return max((number for number in numbers if 0 < number < int(value)), default=None)


def _lengths(whole: str) -> tuple[int | None, int | None]:
    """Return the prompt's tokens and the context's, where the message tells."""
    text = re.sub(r"(?<=\d),(?=\d{3})", "", whole)
    match = _LIMIT.search(text)
    if match is None:
        return None, None
    limit = int(match[1] or match[2])
    asked = max(int(number) for number in re.findall(r"\d+", text))
    return (asked if asked > limit else None), limit


def _wait_seconds(headers: Mapping[str, str], error: Mapping[str, Any], now: float) -> float | None:
    """Return how long the server asks to wait; None where it does not say."""
    lower = {name.lower(): value for name, value in headers.items()}
    milliseconds = _number(lower.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    told = lower.get("retry-after", "")
    seconds = _number(told.strip().removesuffix("s"))
    if seconds is not None:
        return seconds
    if told:
        try:
            return max(0.0, email.utils.parsedate_to_datetime(told).timestamp() - now)
        except (ValueError, TypeError, OverflowError):
            return None
    estimated = error.get("estimated_time")
    if isinstance(estimated, int | float):
        return _number(str(estimated))
    details = error.get("details")
    for detail in details if isinstance(details, list) else []:
        if isinstance(detail, dict) and "retryDelay" in detail:
            return _number(str(detail["retryDelay"]).removesuffix("s"))
    match = _WAIT.search(str(error.get("message")))
    if match is None:
        return None
    return 60 * int(match[1] or 0) + float(match[2]) / (1000 if match[3].lower() == "ms" else 1)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None
