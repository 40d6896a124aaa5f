"""Options of a model: where it is, and how patiently it is asked."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from selftaught.errors import UsageError
from selftaught.models.request_form import ROLES


@dataclass(frozen=True)
class ModelOptions:
    """How to reach a model and how to ask it; None: what suits the kind of model.

    Attributes:
        base_url: the server that speaks the provider's protocol, e.g.
            ``http://localhost:8000/v1``; None: the provider's own.
        env_file: a ``.env`` file in which keys are looked up before the environment.
        in_flight: requests under way at once, > 0.
        request_timeout_seconds: one request, from sending to the answer's last byte, > 0.
        total_timeout_seconds: one prompt with all its retries and waits, from its first
            request on; > 0, may be infinite.
        max_retries: how often a failed request is repeated, 0 and up. Being told to wait
            (429) is no failure and ends only with the total timeout.
        max_answer_mb: what is read of one answer at most, in MiB, > 0; eight times that of
            a stream, each piece of which comes in a frame.
        max_output_tokens: the tokens of one answer, thinking included, > 0; None: what the
            server allows.
        system_role: whose words a prompt's expertise is sent as: ``system``, ``developer``,
            or ``user``, as the beginning of the prompt itself.
        stream: whether answers are asked for as streams; without, only where a server
            gives them in no other way.
        price_usd_per_million: dollars for a million tokens (of prompts, of answers), for
            models whose price is not known; each 0 and up.
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
                "give e.g. --base-url http://localhost:8000/v1",
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
