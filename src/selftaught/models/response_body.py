"""The body of a response: read in bounds, decoded with suspicion, and the data that it holds."""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from selftaught.models.fault import Fault, FaultKind
from selftaught.models.provider_client import Reply, ReplyChoice
from selftaught.models.stream import EVENT_FIELD, assembled, is_over, is_piece, json_lines, pieces
from selftaught.models.text_decoding import decoded, shown
from selftaught.models.tokens import BYTES_PER_TOKEN

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

MISTAKES = (TypeError, AttributeError, NameError, AssertionError, ImportError)
"""What a mistake in the program raises: asking again can't mend it, and must not hide it."""

Refusal = Callable[[int, str, Mapping[str, str]], Fault]
"""Reads a fault from a status, a body and headers."""

CERTIFICATE_STEP = (
    "if the server has a certificate of your own authority, name that authority's file in "
    "SSL_CERT_FILE; else check the host in --base-url"
)

PLAIN_STEP = "the server does not speak TLS there: start --base-url with http://"

STREAM_FRAMES = 8
"""How many times longer than its answer a stream may be: each piece comes in a frame."""

_CHARSET = re.compile(r"charset=[\"']?([\w.:-]+)", re.I)


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


def _first(text: str) -> int:
    match = _BLANK_OR_COMMENT.match(text)
    return match.end() if match else 0


def _no_json(text: str, error: Exception) -> Fault:
    if text[0] in "{[":
        where = f"{error.msg} at {error.pos:,}" if isinstance(error, json.JSONDecodeError) else ""
        told = f"an answer that is no JSON ({where or error}, of {len(text):,} characters)"
        return Fault(FaultKind.FAILED, f"{told}: {shown(text)}", CUT_STEP)
    return Fault(FaultKind.FAILED, f"an answer that is no JSON: {shown(text)}", ADDRESS_STEP)


@dataclass(frozen=True)
class Body:
    """The body of an answer, and how its sender describes it (the Content-Type)."""

    data: bytes
    kind: str = ""

    def text(self) -> tuple[str, str]:
        """Return it as text, and a note where the character set had to be guessed."""
        match = _CHARSET.search(self.kind)
        return decoded(self.data, match[1] if match else "")


@dataclass(frozen=True)
class StatusError:
    """What a response that is no answer said: its status, body and headers."""

    status: int
    body: str
    headers: Mapping[str, str]


async def take(pieces: AsyncIterator[bytes], most_bytes: int) -> bytes:
    """Return a body that comes in pieces, read until it ends or exceeds ``most_bytes``.

    A stream of events ends with its last event, and may be `STREAM_FRAMES` times as long.
    """
    body = bytearray()
    async for chunk in pieces:
        body += chunk
        if is_over(body) or len(body) > most_bytes * (STREAM_FRAMES if _streams(body) else 1):
            break
    return bytes(body)


async def hear(
    post: Callable[[], Awaitable[Body | StatusError]],
    read: Callable[[Any], Reply],
    refusal: Refusal,
    most_bytes: int,
) -> Reply | Fault:
    """Return what a server answered, whatever it was and however the client failed on it.

    Args:
        post: sends the request and returns the body, or what was said instead.
        read: makes a reply of the decoded body; raises KeyError, TypeError, ValueError,
            AttributeError or IndexError where it has another shape.
        refusal: makes a fault of what was said instead.
        most_bytes: a longer body is dropped.

    Raises:
        TypeError, AttributeError, NameError, AssertionError, ImportError: from ``post``; a
            mistake in the program, and not in the answer, which ``read`` looks at.
    """
    try:
        body = await post()
    except MISTAKES:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a client makes of a bad answer
        return _unconnected(error)
    if isinstance(body, StatusError):
        return refusal(body.status, body.body, body.headers)
    length = len(body.data)
    if length > most_bytes * (STREAM_FRAMES if _streams(body.data) else 1):
        return _gigantic(length)
    text, note = body.text()
    data = payload(text)
    if isinstance(data, Fault):
        return data
    if told := error_in(data):
        return refusal(told[0], json.dumps({"error": told[1]}), {})
    try:
        reply = read(data)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        why = f"JSON of an unknown shape ({error!r}): {shown(text)}"
        return Fault(FaultKind.FAILED, why, ADDRESS_STEP)
    return replace(reply, notes=(*reply.notes, f"an answer {note}")) if note else reply


def _streams(body: bytes | bytearray) -> bool:
    """Return whether a body is a stream of events, as far as its beginning tells."""
    return body[:4096].lstrip().startswith((b"data:", b"event:", b"id:", b"retry:", b":"))


def _unconnected(error: Exception) -> Fault:
    """Return the fault that a client's own failure is."""
    told = _chain(error)
    causes = _causes(error)
    if any(isinstance(each, ssl.SSLCertVerificationError) for each in causes):
        return Fault(FaultKind.REFUSED, told, CERTIFICATE_STEP)
    if "wrong_version_number" in told.lower().replace(" ", "_"):
        return Fault(FaultKind.REFUSED, told, PLAIN_STEP)
    return Fault(FaultKind.FAILED, told)


def count(value: object) -> int | None:
    """Return a number of tokens, which some servers send as text; None where there is none."""
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def usage_of(data: Any, name: str = "usage") -> Mapping[str, Any]:
    """Return how an answer counts its tokens; empty where it does not."""
    told = data.get(name)
    return told if isinstance(told, dict) else {}


def _gigantic(length: int) -> Reply:
    """Return an answer without text that is charged for what was read of it."""
    return Reply(
        choices=(ReplyChoice("", "length", "longer than --max-answer-mb, so it was dropped"),),
        tokens_out=length // BYTES_PER_TOKEN,
    )


def _causes(error: BaseException) -> list[BaseException]:
    """Return an error and what caused it, innermost last."""
    found: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and len(found) < 4:
        found.append(current)
        current = current.__cause__ or current.__context__
    return found


def _chain(error: BaseException) -> str:
    """Return the messages of an error and of what caused it, innermost last."""
    texts = (str(each).strip() or type(each).__name__ for each in _causes(error))
    return ": ".join(dict.fromkeys(texts))
