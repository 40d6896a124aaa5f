"""What the text of an answer holds: JSON, a stream of events, or neither."""

from __future__ import annotations

import json
import re
from typing import Any

from selftaught.models.fault import Fault, FaultKind
from selftaught.models.stream import EVENT_FIELD, assembled, is_piece, json_lines, pieces
from selftaught.models.texts import shown

ADDRESS_STEP = (
    "check --base-url (it usually ends in /v1) and that nothing answers in the server's place, "
    "such as a proxy or a login page; then resume the run"
)
CUT_STEP = (
    "check whether the server or a proxy in front of it ends long answers, then resume the run"
)

_BLANK_OR_COMMENT = re.compile(r"(?:\s|:[^\r\n]*(?:[\r\n]|\Z))*")
"""What some routers send while the model works, before a stream or plain JSON."""
_DECODER = json.JSONDecoder()


def payload(text: str) -> Any:
    """Return the data that an answer's text holds, of a stream as one whole answer; or a fault."""
    text = text[_first(text) :]
    if not text:
        return Fault(FaultKind.FAILED, "an answer with an empty body", ADDRESS_STEP)
    if EVENT_FIELD.match(text):
        return assembled(pieces(text))
    try:
        data, _ = _DECODER.raw_decode(text)  # what follows a whole answer is no part of it
    except (ValueError, RecursionError) as error:
        return _no_json(text, error)
    if is_piece(data):
        return assembled(json_lines(text))
    return data


def error_in(data: Any) -> tuple[int, dict[str, Any]] | None:
    """Return the status and the words of an error that came as an answer; None where none did."""
    if isinstance(data, list) and len(data) == 1:
        data = data[0]
    if not isinstance(data, dict):
        return None
    choices = data.get("choices")
    error = data.get("error")
    if choices and isinstance(choices, list):
        errors = [each.get("error") for each in choices if isinstance(each, dict)]
        error = errors[0] if all(errors) and errors else None
    elif not error and "error" in (data.get("object"), data.get("type")):
        error = data
    if not error:
        return None
    told = error if isinstance(error, dict) else {"message": str(error)}
    return _status(told), told


def _status(error: dict[str, Any]) -> int:
    """Return the HTTP status that an error amounts to; 502 where it does not tell."""
    for name in ("code", "status", "status_code"):
        told = str(error.get(name) or "")
        if told.isdecimal() and 400 <= int(told) < 600:
            return int(told)
    kinds = f"{error.get('type')} {error.get('code')} {error.get('status')}".lower()
    return next((status for word, status in _STATUSES.items() if word in kinds), 502)


_STATUSES = {
    "overloaded": 529,
    "rate_limit": 429,
    "resource_exhausted": 429,
    "authentication": 401,
    "permission": 403,
    "not_found": 404,
    "invalid_request": 400,
    "badrequest": 400,
}
"""The status that goes with an error's kind, where it comes as an answer."""


def _first(text: str) -> int:
    match = _BLANK_OR_COMMENT.match(text)
    return match.end() if match else 0


def _no_json(text: str, error: Exception) -> Fault:
    if text[0] in "{[":
        where = f"{error.msg} at {error.pos:,}" if isinstance(error, json.JSONDecodeError) else ""
        told = f"an answer that is no JSON ({where or error}, of {len(text):,} characters)"
        return Fault(FaultKind.FAILED, f"{told}: {shown(text)}", CUT_STEP)
    return Fault(FaultKind.FAILED, f"an answer that is no JSON: {shown(text)}", ADDRESS_STEP)
