"""A model behind a server: many prompts at once, each sample as it comes, with its costs."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from selftaught.errors import ModelError, ModelRefusedError, PromptTooLongError
from selftaught.models.abilities import Abilities
from selftaught.models.fault import Fault, FaultKind
from selftaught.models.keys import Key
from selftaught.models.options import ModelOptions
from selftaught.models.price import Tariff
from selftaught.models.provider_client import ProviderClient, Reply, ReplyChoice, Setting
from selftaught.models.rate_limiter import RateLimiter
from selftaught.models.recording import request_id
from selftaught.models.retries import Endpoint, RetriedRequest, RetryPolicy
from selftaught.models.tokens import estimate_tokens, prompt_tokens, share
from selftaught.models.waiter import RealWaiter, Waiter
from selftaught.ports import NO_TEXT, ModelRequest, ModelResponse
from selftaught.values.seeds import derive

_WHY = {
    "empty": "the server sent an empty answer",
    "filtered": "the provider's filter withheld the answer",
    "length": "the bound of tokens was used up before the answer began; raise it with "
    "--max-output-tokens, or have the model think less",
    "tool": "the model called a tool, and none was offered to it",
}
"""Why an answer has no text, by how it ended, where its provider's reader knows no more."""


IN_FLIGHT = 32

TOTAL_TIMEOUT_SECONDS = 1_800.0


def responses(
    request: ModelRequest,
    samples: tuple[int, ...],
    reply: Reply,
    tariff: Tariff,
    seconds: float,
) -> list[ModelResponse]:
    """Return one response for each choice, at most one a sample.

    The first carries the prompt's tokens; the answers' tokens and dollars are shared out
    by length where the server counts them together. Counts that are missing or 0 are
    estimated and marked.
    """
    choices = reply.choices[: len(samples)]
    lengths = [estimate_tokens(choice.text) for choice in choices]
    tokens_in = reply.tokens_in or prompt_tokens(request.messages)
    tokens_out = reply.tokens_out or sum(lengths)
    estimated = not reply.tokens_in or (not reply.tokens_out and any(lengths))
    outs = share(tokens_out, lengths)
    costs = _costs(reply, tariff, tokens_in, outs)
    return [
        ModelResponse(
            sample=sample,
            text=choice.text,
            tokens_in=tokens_in if place == 0 else 0,
            tokens_out=outs[place],
            cost_usd=costs[place],
            estimated=estimated,
            model=reply.model,
            fingerprint=reply.fingerprint,
            finish=_finish(choice),
            notes=(*_notes(choice), *reply.notes),
            seconds=seconds,
            more=len(choices) - place - 1,
        )
        for place, (sample, choice) in enumerate(zip(samples, choices, strict=False))
    ]


def _finish(choice: ReplyChoice) -> str:
    return "empty" if choice.finish == "stop" and not choice.text.strip() else choice.finish


def _notes(choice: ReplyChoice) -> tuple[str, ...]:
    """Return what there is to say of one answer; of one without text, always why."""
    if choice.text.strip():
        return (choice.note,) if choice.note else ()
    return (NO_TEXT + (choice.note or _WHY.get(_finish(choice), _WHY["empty"])),)


def _costs(reply: Reply, tariff: Tariff, tokens_in: int, outs: list[int]) -> list[float | None]:
    """Return the dollars of each response; the first pays for the prompt."""
    total = reply.cost_usd
    if total is None:
        total = tariff.cost(tokens_in, sum(outs), reply.model)
    if total is None:
        return [None] * len(outs)
    prompt = min(total, tariff.cost(tokens_in, 0, reply.model) or 0.0)
    weights = outs if sum(outs) else [1] * len(outs)
    costs: list[float | None] = [(total - prompt) * weight / sum(weights) for weight in weights]
    costs[0] = (costs[0] or 0.0) + prompt
    return costs


@dataclass(frozen=True)
class Provision:
    """What a provider's file puts together.

    Attributes:
        name: the model's name as the user gave it.
        client: the provider's client.
        abilities: what its protocol takes.
        tariff: its prices.
        key: the key, which is kept out of every message.
        place: where the server is, for messages.
    """

    name: str
    client: ProviderClient
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
        self._endpoint = Endpoint(
            client=provision.client,
            abilities=provision.abilities,
            limiter=RateLimiter(options.in_flight or IN_FLIGHT, self._waiter),
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
        await self._provision.client.close()

    def _start(self, request: ModelRequest, samples: tuple[int, ...]) -> set[asyncio.Task[_Part]]:
        """Pursue samples, each row of them in a task of its own."""
        return {asyncio.create_task(self._pursue(request, row)) for row in self._rows(samples)}

    def _rows(self, samples: tuple[int, ...]) -> list[tuple[int, ...]]:
        """Return the samples in rows, as many in one as the server gives at once."""
        size = self._provision.abilities.choices
        return [samples[start : start + size] for start in range(0, len(samples), size)]

    async def _pursue(self, request: ModelRequest, samples: tuple[int, ...]) -> _Part:
        """Return what became of the samples once the server answered or was given up."""
        policy = RetryPolicy(
            retries=self._options.max_retries,
            seconds=self._options.total_timeout_seconds or TOTAL_TIMEOUT_SECONDS,
            waiter=self._waiter,
            jitter=self._jitter,
        )
        retried = RetriedRequest(
            self._endpoint,
            policy,
            messages=request.messages,
            settings=lambda: self._settings(request, samples[0]),
            count=len(samples),
            ticket=next(self._tickets),
        )
        heard = await retried.answer()
        if isinstance(heard, Fault):
            return _Part([], error=self._error(heard, policy.tries))
        notes = self._provision.abilities.notes(request.parameters)
        if notes:
            heard = replace(heard, notes=(*heard.notes, *notes))
        given = responses(request, samples, heard, self._provision.tariff, retried.seconds)
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
