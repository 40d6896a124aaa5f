"""The seam between our own machinery and the providers' clients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from selftaught.models.fault import Fault
from selftaught.ports import Message

Setting = float | int | str


@dataclass(frozen=True)
class Ask:
    """One request to a server.

    Attributes:
        messages: the prompt.
        settings: sampling parameters that the model takes, as it spells them.
        count: choices wanted, 1 and up.
        seconds: the time that the request may take.
    """

    messages: tuple[Message, ...]
    settings: Mapping[str, Setting]
    count: int
    seconds: float


@dataclass(frozen=True)
class Choice:
    """One answer.

    Attributes:
        text: what the model said; empty where it said nothing that can be used.
        finish: how it ended, in the words of `ports.ModelResponse`.
        note: where the text came from if not from its usual place, or why there is none.
    """

    text: str
    finish: str = "stop"
    note: str = ""


@dataclass(frozen=True)
class Reply:
    """What a server answered.

    Attributes:
        choices: as many as it gave, maybe none.
        tokens_in: tokens of the prompt; None where it does not say.
        tokens_out: tokens of all choices; None where it does not say.
        cost_usd: dollars where the server says so itself, else None.
        model: the name that it gives itself.
        fingerprint: its fingerprint; empty where it gives none.
        notes: what a reader should know of the answer.
    """

    choices: tuple[Choice, ...]
    tokens_in: int | None = None
    tokens_out: int | None = None
    cost_usd: float | None = None
    model: str = ""
    fingerprint: str = ""
    notes: tuple[str, ...] = ()


class Wire(Protocol):
    """A provider's client, reduced to one request at a time; no retries of its own."""

    def prepare(self) -> None:
        """Import the provider's SDK and make its client; nothing the second time."""
        ...

    async def ask(self, ask: Ask) -> Reply | Fault:
        """Return what the server answered, or why it did not; raises nothing of its own."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
