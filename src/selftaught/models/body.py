"""The body of a response: read in bounds, decoded with suspicion."""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from selftaught.models.fault import Fault, FaultKind
from selftaught.models.payload import ADDRESS_STEP, error_in, payload
from selftaught.models.stream import is_over
from selftaught.models.texts import decoded, shown
from selftaught.models.tokens import BYTES_PER_TOKEN
from selftaught.models.wire import Choice, Reply

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
        choices=(Choice("", "length", "longer than --max-answer-mb, so it was dropped"),),
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
