"""The body of a response: read in bounds, decoded with suspicion."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from selftaught.models.fault import Fault, FaultKind
from selftaught.models.tokens import BYTES_PER_TOKEN
from selftaught.models.wire import Choice, Reply

MISTAKES = (TypeError, AttributeError, NameError, AssertionError, ImportError)
"""What a mistake in the program raises: asking again can't mend it, and must not hide it."""

Refusal = Callable[[int, str, Mapping[str, str]], Fault]
"""Reads a fault from a status, a body and headers."""


@dataclass(frozen=True)
class StatusError:
    """What a response that is no answer said: its status, body and headers."""

    status: int
    body: str
    headers: Mapping[str, str]


async def take(pieces: AsyncIterator[bytes], most_bytes: int) -> bytes:
    """Return a body that comes in pieces, read until it ends or exceeds ``most_bytes``."""
    body = bytearray()
    async for chunk in pieces:
        body += chunk
        if len(body) > most_bytes:
            break
    return bytes(body)


async def hear(
    post: Callable[[], Awaitable[bytes | StatusError]],
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
        return Fault(FaultKind.FAILED, _chain(error))
    if isinstance(body, StatusError):
        return refusal(body.status, body.body, body.headers)
    if len(body) > most_bytes:
        return _gigantic(len(body))
    try:
        data = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        return Fault(FaultKind.FAILED, f"an answer that is no JSON ({error})")
    if isinstance(data, dict) and data.get("error") and not data.get("choices"):
        told = data["error"]
        code = told.get("code") if isinstance(told, dict) else None
        return refusal(code if isinstance(code, int) else 502, body.decode("utf-8"), {})
    try:
        return read(data)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        return Fault(FaultKind.FAILED, f"an answer of an unknown shape ({error!r})")


def count(value: object) -> int | None:
    """Return a number of tokens; None where there is none."""
    return value if isinstance(value, int) and value >= 0 else None


def _gigantic(length: int) -> Reply:
    """Return an answer without text that is charged for what was read of it."""
    return Reply(
        choices=(Choice("", "length", "longer than --max-answer-mb, so it was dropped"),),
        tokens_out=length // BYTES_PER_TOKEN,
    )


def _chain(error: BaseException) -> str:
    """Return the messages of an error and of what caused it, innermost last."""
    told: list[str] = []
    current: BaseException | None = error
    while current is not None and len(told) < 4:
        text = str(current).strip() or type(current).__name__
        if text not in told:
            told.append(text)
        current = current.__cause__ or current.__context__
    return ": ".join(told)
