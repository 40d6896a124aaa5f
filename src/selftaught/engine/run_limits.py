"""Limits of a whole run on what is known only afterwards: tokens, dollars and CPU seconds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from selftaught.budget import Budget, Reservation
from selftaught.engine.settings import Caps
from selftaught.errors import UsageError
from selftaught.values.event import Event
from selftaught.values.facts import Evaluated, InvocationFinished, Responded

AFTERWARDS = ("tokens", "cost_usd", "cpu_seconds")
"""Resources whose use is known only afterwards."""


class RunLimits:
    """Tokens, dollars and CPU seconds of a run: a fold over its log.

    So a resumed run has paid already for what it will be given again. A response under
    way counts as much as the dearest so far. As long as none is known the first call of a
    limited run goes alone: no wave of calls can pass the limit together.
    """

    def __init__(self, caps: Caps, events: Iterable[Event]) -> None:
        """Take in what the log holds; `apply` has to be told of every further event."""
        self._caps = caps
        self._ledger = Budget({name: getattr(caps, name) for name in AFTERWARDS})
        self._dearest = {"tokens": 0.0, "cost_usd": 0.0}
        self._unpriced = False
        self._first = asyncio.Lock()
        for event in events:
            self.apply(event)

    def apply(self, event: Event) -> None:
        """Take in what an event cost."""
        fact = event.fact
        if isinstance(fact, Responded):
            cost = {"tokens": fact.tokens_in + fact.tokens_out, "cost_usd": fact.cost_usd or 0.0}
            self._dearest = {name: max(self._dearest[name], cost[name]) for name in cost}
            self._unpriced = self._unpriced or fact.cost_usd is None
            self._ledger.spend(**cost)
        elif isinstance(fact, Evaluated | InvocationFinished):
            self._ledger.spend(cpu_seconds=fact.seconds)

    def check(self) -> None:
        """Refuse to go on where a limit is spent.

        Raises:
            LimitReached: tokens, dollars or CPU seconds are used up.
            UsageError: dollars are limited and the model's price is unknown.
        """
        if self._unpriced and self._caps.cost_usd is not None:
            raise UsageError(
                "a model of known price, since you gave --max-cost-usd",
                "an answer without a price",
                "pass --price-in and --price-out, or use --max-tokens instead of --max-cost-usd",
            )
        self._ledger.check(*AFTERWARDS)

    @asynccontextmanager
    async def asking(self, responses: int) -> AsyncIterator[Held]:
        """Hold back what so many responses may cost; the block releases them one by one.

        Raises:
            LimitReached: they may cost more than is left.
            UsageError: dollars are limited and the model's price is unknown.
        """
        alone = self._blind
        if alone:
            await self._first.acquire()
            if not self._blind:
                self._first.release()
                alone = False
        try:
            self.check()
            held = Held(self._ledger, responses, self._dearest)
            try:
                yield held
            finally:
                held.release(responses)
        finally:
            if alone:
                self._first.release()

    @property
    def _blind(self) -> bool:
        limited = self._caps.tokens is not None or self._caps.cost_usd is not None
        return limited and not self._dearest["tokens"]


class Held:
    """What is held back for responses that are under way."""

    def __init__(self, ledger: Budget, responses: int, each: dict[str, float]) -> None:
        """Hold back ``each`` for every response.

        Raises:
            LimitReached: it is more than is left; nothing is held then.
        """
        self._ledger = ledger
        self._each = dict(each)
        self._left = responses
        ledger.reserve(**{name: responses * amount for name, amount in each.items()})

    def release(self, responses: int) -> None:
        """Release so many responses, as far as they are held: they came, or will not."""
        count = min(responses, self._left)
        self._left -= count
        amounts = {name: count * amount for name, amount in self._each.items()}
        self._ledger.settle(Reservation(amounts))
