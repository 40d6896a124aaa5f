"""Retries: one request, asked until it is answered, refused, or its time or its tries end."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from selftaught.models.abilities import Abilities
from selftaught.models.fault import Fault, FaultKind
from selftaught.models.provider_client import Ask, ProviderClient, Reply, ReplyChoice, Setting
from selftaught.models.rate_limiter import RateLimiter
from selftaught.models.waiter import Waiter
from selftaught.ports import Message

FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 60.0


MOST_REFUSED_PARAMETERS = 12
"""Each is refused at most twice, by name and by spelling; more is a server gone astray."""

Number = TypeVar("Number", int, float)

_FINAL = (FaultKind.REFUSED, FaultKind.TOO_LONG, FaultKind.UNSUPPORTED)


class RetryPolicy:
    """Counts one prompt's retries and decides on each wait; full of jitter, never past the end.

    The deadline runs from the first request on, not while the prompt waits for its turn.
    """

    def __init__(
        self, *, retries: int, seconds: float, waiter: Waiter, jitter: random.Random
    ) -> None:
        """Set the bounds: retries of failures, and seconds altogether."""
        self._retries = retries
        self._seconds = seconds
        self._waiter = waiter
        self._jitter = jitter
        self._deadline: float | None = None
        self._failures = 0
        self._waits = 0

    @property
    def tries(self) -> int:
        """How often the prompt was sent without an answer."""
        return self._failures + self._waits

    def left(self) -> float:
        """Return the seconds that are left, and start the clock at the first call."""
        now = self._waiter.monotonic()
        if self._deadline is None:
            self._deadline = now + self._seconds
        return max(0.0, self._deadline - now)

    def wait_seconds(self, fault: Fault) -> float | None:
        """Return how long to wait before the next try; None where there is none.

        Failures are tried again ``retries`` times; being told to wait is no failure and is
        bounded by the deadline alone.
        """
        if fault.kind is FaultKind.THROTTLED:
            self._waits += 1
        else:
            self._failures += 1
        if self._failures > self._retries:
            return None
        grown = FIRST_WAIT_SECONDS * 2.0 ** min(self.tries - 1, 20)
        wait = min(grown, LONGEST_WAIT_SECONDS) * self._jitter.uniform(0.5, 1.0)
        wait = max(wait, fault.wait_seconds or 0.0)
        return wait if wait < self.left() else None


@dataclass(frozen=True)
class Endpoint:
    """What requests to one model share.

    Attributes:
        client: the provider's client.
        abilities: what the model takes, as far as it is known.
        limiter: hands out the slots.
        waiter: the clock.
        request_seconds: the time that one request may take.
    """

    client: ProviderClient
    abilities: Abilities
    limiter: RateLimiter
    waiter: Waiter
    request_seconds: float


class RetriedRequest:
    """Asks for some choices of a prompt; what failed tries cost is added to the answer."""

    def __init__(
        self,
        endpoint: Endpoint,
        policy: RetryPolicy,
        *,
        messages: tuple[Message, ...],
        settings: Callable[[], dict[str, Setting]],
        count: int,
        ticket: int,
    ) -> None:
        """Keep what to ask for.

        Args:
            endpoint: the way to the model.
            policy: this prompt's retries and deadline.
            messages: the prompt.
            settings: returns what the model takes of the wanted parameters, asked anew
                for each try, since a refusal may have narrowed it.
            count: choices wanted.
            ticket: the place in the queue; lower ones go first.
        """
        self._endpoint = endpoint
        self._policy = policy
        self._messages = tuple(map(_sendable, messages))
        self._settings = settings
        self._count = count
        self._ticket = ticket
        self._paid: Reply | None = None
        self._refused = 0
        self.seconds = 0.0
        """Wall time of the last request."""

    async def answer(self) -> Reply | Fault:
        """Return the first reply with choices, or the fault that ended it.

        A reply without any choice is asked for once more; a second one, and a prompt that
        the provider filters, count as answers without text.
        """
        while True:
            heard = await self._once()
            if isinstance(heard, Reply):
                told = heard if self._paid is None else _joined(self._paid, heard)
                if heard.choices:
                    return told
                if self._policy.tries > 0:
                    return _wordless(told, "empty", 1)
                self._paid = told
                heard = Fault(FaultKind.FAILED, "a reply without any choice")
            if heard.kind is FaultKind.FILTERED:
                return _wordless(self._paid or Reply(()), "filtered", self._count)
            if heard.kind is FaultKind.UNSUPPORTED and self._refused < MOST_REFUSED_PARAMETERS:
                self._refused += 1
                self._endpoint.abilities.learn(heard)
                continue
            wait = None if heard.kind in _FINAL else self._policy.wait_seconds(heard)
            if wait is None:
                return heard
            await self._endpoint.waiter.sleep(wait)

    async def _once(self) -> Reply | Fault:
        """Send one request when its turn comes."""
        endpoint = self._endpoint
        endpoint.client.prepare()  # not on the request's time
        async with endpoint.limiter.slot(self._ticket):
            left = self._policy.left()
            manner = endpoint.abilities.manner
            ask = Ask(
                messages=manner.sent(self._messages),
                settings=self._settings(),
                count=min(self._count, endpoint.abilities.choices),
                seconds=min(endpoint.request_seconds, left),
                manner=manner,
            )
            began = endpoint.waiter.monotonic()
            try:
                async with asyncio.timeout(ask.seconds):
                    heard = await endpoint.client.ask(ask)
            except TimeoutError:
                heard = Fault(FaultKind.FAILED, f"no whole answer within {ask.seconds:.3g} s")
            self.seconds = endpoint.waiter.monotonic() - began
            if isinstance(heard, Reply):
                endpoint.limiter.succeeded()
                endpoint.abilities.counted(ask.count, len(heard.choices))
            elif heard.kind is FaultKind.THROTTLED:
                endpoint.limiter.throttled(began, heard.wait_seconds)
        return heard


def _sendable(message: Message) -> Message:
    """Return the message with ``?`` for lone surrogates, which no request can carry."""
    if message.content.isascii():
        return message
    return replace(message, content=message.content.encode("utf-8", "replace").decode("utf-8"))


def _joined(paid: Reply, reply: Reply) -> Reply:
    """Return the later reply with what both cost."""
    return replace(
        reply,
        tokens_in=_sum(paid.tokens_in, reply.tokens_in),
        tokens_out=_sum(paid.tokens_out, reply.tokens_out),
        cost_usd=_sum(paid.cost_usd, reply.cost_usd),
    )


def _sum(first: Number | None, second: Number | None) -> Number | None:
    if first is None or second is None:
        return first if second is None else second
    return first + second


def _wordless(reply: Reply, finish: str, count: int) -> Reply:
    return replace(reply, choices=(ReplyChoice("", finish),) * count)
