"""The seam between our own machinery and the providers' clients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from selftaught.models.fault import Fault
from selftaught.models.request_form import ROLE, STREAM, STREAM_OPTIONS
from selftaught.ports import Message

Setting = float | int | str


@dataclass(frozen=True)
class Manner:
    """The form in which a server wants to be asked.

    Attributes:
        role: whose words the expertise is sent as: ``system``, ``developer``, or ``user``,
            as the beginning of the user's own message.
        stream: whether the answer is asked for as a stream of events.
        usage: whether a stream is asked to count its tokens.
    """

    role: str = "system"
    stream: bool = False
    usage: bool = True

    def sent(self, messages: tuple[Message, ...]) -> tuple[Message, ...]:
        """Return the messages in this form; in the user's, none follows one of its own role."""
        if self.role == "system":
            return messages
        named = [
            replace(each, role=self.role) if each.role == "system" else each for each in messages
        ]
        if self.role != "user":
            return tuple(named)
        merged: list[Message] = []
        for each in named:
            if merged and merged[-1].role == each.role:
                parts = (merged.pop().content, each.content)
                merged.append(replace(each, content="\n\n".join(filter(None, parts))))
            else:
                merged.append(each)
        return tuple(merged)


@dataclass(frozen=True)
class Ask:
    """One request to a server.

    Attributes:
        messages: the prompt, in the form that the manner names.
        settings: sampling parameters that the model takes, as it spells them.
        count: choices wanted, 1 and up.
        seconds: the time that the request may take.
        manner: the form in which to ask.
    """

    messages: tuple[Message, ...]
    settings: Mapping[str, Setting]
    count: int
    seconds: float
    manner: Manner = Manner()

    def told(self) -> dict[str, Any]:
        """Return what of the request a server may refuse: settings, ``n``, role and stream."""
        sent: dict[str, Any] = dict(self.settings)
        if self.count > 1:
            sent["n"] = self.count
        if any(each.role == self.manner.role for each in self.messages):
            sent[ROLE] = self.manner.role
        if self.manner.stream:
            sent[STREAM] = True
            if self.manner.usage:
                sent[STREAM_OPTIONS] = True
        return sent


@dataclass(frozen=True)
class ReplyChoice:
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

    choices: tuple[ReplyChoice, ...]
    tokens_in: int | None = None
    tokens_out: int | None = None
    cost_usd: float | None = None
    model: str = ""
    fingerprint: str = ""
    notes: tuple[str, ...] = ()


class ProviderClient(Protocol):
    """A provider's client, reduced to one request at a time; no retries of its own."""

    def prepare(self) -> None:
        """Import what the provider's client needs and make it; nothing the second time."""
        ...

    async def ask(self, ask: Ask) -> Reply | Fault:
        """Return what the server answered, or why it did not; raises nothing of its own."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
