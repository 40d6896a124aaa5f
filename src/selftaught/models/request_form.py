"""What a server demands of the form of a request, read from its refusals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

ROLE, STREAM, STREAM_OPTIONS = "role", "stream", "stream_options"
"""Parts of a request's form: whose words the expertise is, and whether an answer is a stream."""

ROLES = ("system", "developer", "user")
"""Whose words an expertise can be sent as."""

_ROLE = re.compile(
    r"\b(?:system|developer)['\"`]?[ _-]?(?:role|message|prompt|instruction)"
    r"|\broles?\b.{0,120}\b(?:system|developer|alternate|user|assistant)\b"
    r"|\b(?:system|developer|user|assistant)\b.{0,80}\broles?\b"
    r"|messages?\W{0,4}\d+\W{0,4}role"
    r"|first message\b.{0,40}\buser\b|(?:start|begin)s? with an? ['\"`]?user",
    re.I | re.S,
)
_SYSTEM_TAKEN = re.compile(r"optional system message", re.I)
"""Said where a system message may come first and something else is wrong."""
_DEVELOPER = re.compile(
    r"(?:input should be|permitted:?|must be|one of|expected|supported (?:values|roles)(?: are)?:?"
    r"|use)[^.]{0,60}['\"`]?developer\b",
    re.I,
)
_STREAM = re.compile(r"(?<![\w-])(?:non-)?stream(?:ing|ed|s)?(?:\b|=)", re.I)


def demanded(said: str, sent: Mapping[str, Any]) -> tuple[str, str]:
    """Return what of a request's form a server does not take, and what it takes instead.

    Args:
        said: what the server said.
        sent: what was sent: `ROLE` with the role, `STREAM` and `STREAM_OPTIONS` where so.

    Returns:
        One of `ROLE` with another role, `STREAM` with ``on`` or nothing, and
        `STREAM_OPTIONS` with nothing; empty texts where the form is not to blame.
    """
    role = sent.get(ROLE)
    if role in ("system", "developer") and _ROLE.search(said) and not _SYSTEM_TAKEN.search(said):
        developer = role == "system" and _DEVELOPER.search(said)
        return ROLE, "developer" if developer else "user"
    if STREAM_OPTIONS in sent and re.search(r"stream_options|include_usage", said, re.I):
        return STREAM_OPTIONS, ""
    return "", ""


def demanded_stream(said: str, sent: Mapping[str, Any]) -> tuple[str, str]:
    """Return as `demanded` does whether the answer should be a stream, or should be none."""
    if not _STREAM.search(said):
        return "", ""
    return STREAM, "" if STREAM in sent else "on"
