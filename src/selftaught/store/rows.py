"""Events and texts as a database or a file holds them."""

from __future__ import annotations

import json
import math
import re
import zlib
from typing import Any

from pydantic import ValidationError

from selftaught.errors import StoreError
from selftaught.values.event import Event
from selftaught.values.facts import FACT, Fact, Responded

Row = tuple[str, int, str, str, float, str]
"""invocation, sequence, kind, key, at, data."""

TEXT_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
SYNCED_KINDS = frozenset({"run_started", "decided", "round_finished", "run_finished"})
SMALLEST_PACKED = 128
"""Bytes below which a text is not worth compressing."""


def to_json(value: Any) -> str:
    """Return plain data as strict JSON in ASCII.

    Lone surrogates become escapes, and numbers that JSON lacks the strings ``NaN``,
    ``Infinity`` and ``-Infinity``, which a fact's float fields read back as numbers.
    """
    try:
        return json.dumps(value, allow_nan=False, separators=(",", ":"))
    except ValueError:
        return json.dumps(_finite(value), allow_nan=False, separators=(",", ":"))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def fact_data(fact: Fact) -> dict[str, Any]:
    """Return a fact's fields as plain data, its kind included."""
    return fact.model_dump()


def to_fact(data: Any, where: str) -> Fact:
    """Return the fact that plain data describe; ``where`` says where they were read.

    Raises:
        StoreError: they are no fact that this version knows.
    """
    try:
        return FACT.validate_python(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise StoreError(
            "events that this version of selftaught can read",
            f"{where}: {field}: {first['msg']}",
            "read it with the version that wrote it; a backup may be intact",
        ) from error


def to_row(event: Event) -> Row:
    """Return an event's columns."""
    data = to_json(fact_data(event.fact))
    return (event.invocation, event.sequence, event.fact.kind, event.key, event.at, data)


def to_event(row: Row, where: str) -> Event:
    """Return the event of a row; ``where`` says where it was read.

    Raises:
        StoreError: its data are no fact that this version knows.
    """
    invocation, sequence, _, key, at, data = row
    try:
        plain = json.loads(data)
    except ValueError as error:
        raise StoreError(
            "events as JSON", f"{where}: {error}", "the store is damaged: restore a backup"
        ) from error
    return Event(invocation, sequence, to_fact(plain, where), key, at)


def must_be_synced(event: Event) -> bool:
    """Return whether a power loss must not take the event back.

    That is what was paid for (an answer without a known price counts as paid), what was
    decided, and how a run begins and ends. All else can be had again for nothing.
    """
    if isinstance(event.fact, Responded):
        return event.fact.cost_usd != 0.0
    return event.fact.kind in SYNCED_KINDS


def mentioned(row: Row) -> set[str]:
    """Return everything in an event that may be a text's id."""
    return set(TEXT_ID.findall(row[5])) | set(TEXT_ID.findall(row[3]))


def pack(text: str) -> tuple[int, bytes]:
    """Return ``(1, zlib bytes)`` where that is clearly smaller, else ``(0, bytes)``."""
    plain = text.encode("utf-8", "surrogatepass")
    if len(plain) >= SMALLEST_PACKED:
        packed = zlib.compress(plain, 6)
        if len(packed) < 0.9 * len(plain):
            return 1, packed
    return 0, plain


def unpack(packed: int, data: bytes) -> str:
    """Return the text that ``pack`` packed.

    Raises:
        ValueError, zlib.error: the data are damaged.
    """
    return (zlib.decompress(data) if packed else data).decode("utf-8", "surrogatepass")
