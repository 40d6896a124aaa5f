"""A model behind a server: many prompts at once, each sample as it comes."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from selftaught.errors import ModelError, ModelRefusedError, PromptTooLongError
from selftaught.models.abilities import Abilities
from selftaught.models.answers import responses
from selftaught.models.fault import Fault, FaultKind
from selftaught.models.keys import Key
from selftaught.models.options import ModelOptions
from selftaught.models.pace import Pace
from selftaught.models.patience import Patience
from selftaught.models.price import Tariff
from selftaught.models.pursuit import Line, Pursuit
from selftaught.models.record import request_id
from selftaught.models.waiter import RealWaiter, Waiter
from selftaught.models.wire import Setting, Wire
from selftaught.ports import ModelRequest, ModelResponse
from selftaught.values.seeds import derive

IN_FLIGHT = 32
TOTAL_TIMEOUT_SECONDS = 1_800.0


@dataclass(frozen=True)
class Provision:
    """What a provider's file puts together.

    Attributes:
        name: the model's name as the user gave it.
        wire: the provider's client.
        abilities: what its protocol takes.
        tariff: its prices.
        key: the key, which is kept out of every message.
        place: where the server is, for messages.
    """

    name: str
    wire: Wire
    abilities: Abilities
    tariff: Tariff
    key: Key
    place: str


@dataclass(frozen=True)
class _Part:
    """What became of some samples: responses, those to ask for again, or an error."""

    responses: list[ModelResponse]
    missing: tuple[int, ...] = ()
    error: ModelError | None = None


class ProviderModel:
    """Asks a server for each prompt's samples, many prompts at once."""

    def __init__(
        self, provision: Provision, options: ModelOptions, waiter: Waiter | None = None
    ) -> None:
        """Put the model together; nothing is sent yet."""
        self._provision = provision
        self._options = options
        self._waiter = waiter or RealWaiter()
        self._line = Line(
            wire=provision.wire,
            abilities=provision.abilities,
            pace=Pace(options.in_flight or IN_FLIGHT, self._waiter),
            waiter=self._waiter,
            request_seconds=options.request_timeout_seconds,
        )
        self._tickets = itertools.count()
        self._jitter = random.Random(0)  # no result depends on it, only when a retry goes out

    @property
    def name(self) -> str:
        """The name that the user gave."""
        return self._provision.name

    async def respond(self, request: ModelRequest) -> AsyncIterator[ModelResponse]:
        """Yield one response for each wanted sample, each as it comes.

        Where a server gives fewer choices than asked for, the missing ones are asked for
        again. Leaving the generator early cancels what is in flight.

        Raises:
            ModelRefusedError: at once, where no retry can help.
            ModelError: where retries did not help; the other samples were yielded before.
        """
        rows = self._rows(request.samples)
        errors: list[ModelError] = []
        parts: set[asyncio.Task[_Part]] = set()
        ended: list[_Part] = []
        if len(rows) == 1:
            ended = [await self._pursue(request, rows[0])]  # a task of its own would cost a tenth
        else:
            parts = self._start(request, request.samples)
        try:
            while parts or ended:
                if not ended:
                    done, parts = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
                    ended = [task.result() for task in done]
                for part in ended:
                    parts |= self._start(request, part.missing)
                    errors += [part.error] if part.error else []
                for response in itertools.chain.from_iterable(part.responses for part in ended):
                    yield response
                ended = []
                for error in errors:
                    if isinstance(error, ModelRefusedError):
                        raise error
        finally:
            await _cancel(parts)
        if errors:
            raise errors[0]

    async def close(self) -> None:
        """Let go of connections."""
        await self._provision.wire.close()

    def _start(self, request: ModelRequest, samples: tuple[int, ...]) -> set[asyncio.Task[_Part]]:
        """Pursue samples, each row of them in a task of its own."""
        return {asyncio.create_task(self._pursue(request, row)) for row in self._rows(samples)}

    def _rows(self, samples: tuple[int, ...]) -> list[tuple[int, ...]]:
        """Return the samples in rows, as many in one as the server gives at once."""
        size = self._provision.abilities.choices
        return [samples[start : start + size] for start in range(0, len(samples), size)]

    async def _pursue(self, request: ModelRequest, samples: tuple[int, ...]) -> _Part:
        """Return what became of the samples once the server answered or was given up."""
        patience = Patience(
            retries=self._options.max_retries,
            seconds=self._options.total_timeout_seconds or TOTAL_TIMEOUT_SECONDS,
            waiter=self._waiter,
            jitter=self._jitter,
        )
        pursuit = Pursuit(
            self._line,
            patience,
            messages=request.messages,
            settings=lambda: self._settings(request, samples[0]),
            count=len(samples),
            ticket=next(self._tickets),
        )
        heard = await pursuit.answer()
        if isinstance(heard, Fault):
            return _Part([], error=self._error(heard, patience.tries))
        notes = self._provision.abilities.notes(request.parameters)
        if notes:
            heard = replace(heard, notes=(*heard.notes, *notes))
        given = responses(request, samples, heard, self._provision.tariff, pursuit.seconds)
        return _Part(given, missing=samples[len(given) :])

    def _settings(self, request: ModelRequest, sample: int) -> dict[str, Setting]:
        """Return what to send; the seed is the sample's own, in 31 bits as servers take it."""
        prompt = request_id(self.name, request.parameters, request.messages, request.invocation)
        seed = derive(request.seed, "sample", prompt, sample) >> 32
        abilities = self._provision.abilities
        return abilities.spelled(abilities.settings(request.parameters, seed))

    def _error(self, fault: Fault, tries: int) -> ModelError:
        said = self._provision.key.scrub(fault.detail)
        place = self._provision.key.scrub(self._provision.place)
        step = fault.next_step
        if fault.kind is FaultKind.TOO_LONG:
            return PromptTooLongError(self.name, said, fault.tokens, fault.limit)
        if fault.kind in (FaultKind.REFUSED, FaultKind.UNSUPPORTED):
            return ModelRefusedError(f"an answer of {self.name} from {place}", said, step)
        if fault.wait_seconds:
            said += f"; it asks to wait {fault.wait_seconds:g} s"
        return ModelError(
            f"an answer of {self.name} from {place}",
            f"{said} (after {tries} tries)",
            step or "check that the server is up, then resume the run",
        )


async def _cancel(tasks: set[asyncio.Task[_Part]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
