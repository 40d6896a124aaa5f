"""Options of a model: its address, its limits and its timeouts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from selftaught.errors import UsageError
from selftaught.models.request_form import ROLES


@dataclass(frozen=True)
class ModelOptions:
    """How to reach and ask a model; None selects the default for the kind of model.

    Attributes:
        base_url: the server that speaks the provider's protocol, e.g.
            ``http://localhost:8000/v1``; None: the provider's own.
        env_file: a ``.env`` file in which keys are looked up before the environment.
        in_flight: maximum number of concurrent requests, > 0.
        request_timeout_seconds: one request, from sending to the answer's last byte, > 0.
        total_timeout_seconds: one prompt with all its retries and waits, from its first
            request on; > 0, may be infinite.
        max_retries: retries of a failed request, >= 0. Being told to wait (429) does not count
            as a failure and ends only with the total timeout.
        max_answer_mb: maximum size of one answer in MiB, > 0; eight times that for a stream,
            which has framing overhead.
        max_output_tokens: maximum number of tokens in one answer, including thinking, > 0;
            None: what the server allows.
        system_role: role of the message that states a prompt's expertise: ``system``,
            ``developer``, or ``user``, which puts it at the beginning of the prompt itself.
        stream: whether to request answers as streams; if False, only from servers that
            require it.
        price_usd_per_million: dollars per million tokens (of prompts, of answers), for models
            whose price is unknown; each >= 0.
        record: a file to which every request and response is written.
    """

    base_url: str | None = None
    env_file: Path | None = None
    in_flight: int | None = None
    request_timeout_seconds: float = 300.0
    total_timeout_seconds: float | None = None
    max_retries: int = 6
    max_answer_mb: float = 16.0
    max_output_tokens: int | None = None
    system_role: str = "system"
    stream: bool = False
    price_usd_per_million: tuple[float, float] | None = None
    record: Path | None = None

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            UsageError: a number is outside its range, or the URL is none.
        """
        positive = {
            "in_flight": self.in_flight,
            "request_timeout_seconds": self.request_timeout_seconds,
            "total_timeout_seconds": self.total_timeout_seconds,
            "max_answer_mb": self.max_answer_mb,
            "max_output_tokens": self.max_output_tokens,
        }
        for name, value in positive.items():
            if value is not None and not value > 0:
                raise UsageError(f"{name} above 0", str(value))
        if self.system_role not in ROLES:
            raise UsageError(f"system_role of {', '.join(ROLES)}", repr(self.system_role))
        if self.max_retries < 0:
            raise UsageError("max_retries of 0 or more", str(self.max_retries))
        for price in self.price_usd_per_million or ():
            if not (math.isfinite(price) and price >= 0):
                raise UsageError("prices of 0 or more dollars", str(price))
        if self.base_url is not None and not _is_address(self.base_url):
            raise UsageError(
                "a base URL that starts with http:// or https:// and names a host",
                repr(self.base_url),
                "for example --base-url http://localhost:8000/v1",
            )

    def role_of(self, *known: str) -> str:
        """Return the role of a prompt's expertise, which has to be one of those known.

        Raises:
            UsageError: the protocol has another one only.
        """
        if self.system_role not in known:
            raise UsageError(
                f"--system-role {' or '.join(known)} for this kind of model", repr(self.system_role)
            )
        return self.system_role

    @property
    def max_answer_bytes(self) -> int:
        """The bound of one answer in bytes."""
        return int(self.max_answer_mb * 2**20)


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port out of range, an open bracket
        return False
