"""An improver's model calls, metered, recorded and answered in order."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import Counter
from dataclasses import asdict, dataclass, field, replace

from selftaught.budget import Budget
from selftaught.engine.concurrency import all_or_first_failure
from selftaught.engine.journal import Journal
from selftaught.engine.run_limits import RunLimits
from selftaught.errors import PromptTooLongError
from selftaught.ports import LanguageModel, Message, ModelRequest, ModelResponse, Parameters
from selftaught.values.facts import Fact, Prompted, Responded

Conversation = tuple[Message, ...]


class CallRefused(Exception):  # noqa: N818 - an answer to the improver, not a failure of ours
    """A call that the improver may not make; raised inside the improver."""

    def __init__(self, exception: str, message: str, counted: bool) -> None:
        """Name the builtin exception to raise there, and whether it counts as a refusal."""
        super().__init__(message)
        self.exception, self.message, self.counted = exception, message, counted


@dataclass(frozen=True)
class ModelBudget:
    """What one invocation may ask of the model: calls, and responses of each call."""

    calls: int
    responses_per_call: int


@dataclass(frozen=True)
class MeteredModel:
    """Where a run's answers come from: the model, and the log of what it said before.

    Nothing is asked while ``going`` is not set.
    """

    model: LanguageModel
    journal: Journal
    spending: RunLimits
    going: asyncio.Event


@dataclass
class ModelCalls:
    """The model calls of one invocation.

    Samples of equal prompts are numbered from 0, so that repeats stay distinct and a
    resumed run finds each response again.
    """

    source: MeteredModel
    ledger: Budget
    invocation: str
    seed: int
    budget: ModelBudget
    parameters: Parameters = field(default_factory=Parameters)
    calls: int = 0
    received: list[Responded] = field(default_factory=list)
    _samples: Counter[str] = field(default_factory=Counter)

    async def prompt(
        self, conversations: list[Conversation], n: int, temperature: float | None
    ) -> list[list[str]]:
        """Return ``n`` texts for each conversation, in order; one call of the budget.

        Raises:
            CallRefused: too many responses wanted, no call left, or a prompt that is longer
                than the model's context; the other prompts of its batch are answered first.
            LimitReached: a limit of the run is spent.
            ModelError: the model can't answer.
        """
        self._check(len(conversations) * n)
        parameters = replace(self.parameters, temperature=temperature)
        self.calls += 1
        call = self.calls - 1
        self.ledger.reserve(model_calls=1, responses=len(conversations) * n)
        samples = [self._number(each, parameters, n) for each in conversations]
        first = self._record_call(call, conversations, samples, parameters)
        answers = await self._gather(call, first, conversations, samples, parameters)
        return [[self.source.journal.get(answer.text) for answer in row] for row in answers]

    def _check(self, wanted: int) -> None:
        most = self.budget.responses_per_call
        if wanted > most:
            raise CallRefused(
                "ValueError", f"{wanted} responses in one call; at most {most} are allowed", False
            )
        if self.calls >= self.budget.calls:
            raise CallRefused(
                "RuntimeError", f"the budget of {self.budget.calls} model calls is spent", True
            )

    def _digest(self, conversation: Conversation, parameters: Parameters) -> str:
        return prompt_digest(self.source.model.name, conversation, parameters)

    def _number(
        self, conversation: Conversation, parameters: Parameters, n: int
    ) -> tuple[int, ...]:
        digest = self._digest(conversation, parameters)
        first = self._samples[digest]
        self._samples[digest] += n
        return tuple(range(first, first + n))

    def _record_call(
        self,
        call: int,
        conversations: list[Conversation],
        samples: list[tuple[int, ...]],
        parameters: Parameters,
    ) -> int:
        digests = [self._digest(each, parameters) for each in conversations]
        fact = Prompted(
            call=call,
            messages=tuple(
                tuple((message.role, self.source.journal.put(message.content)) for message in each)
                for each in conversations
            ),
            samples=tuple(samples),
            parameters=asdict(parameters),
        )
        content = ",".join(f"{d}#{s[0] if s else 0}" for d, s in zip(digests, samples, strict=True))
        key = "prompt:" + self.invocation + ":" + hashlib.sha256(content.encode()).hexdigest()
        return self.source.journal.open_call(self.invocation, fact, key)

    async def _gather(
        self,
        call: int,
        first: int,
        conversations: list[Conversation],
        samples: list[tuple[int, ...]],
        parameters: Parameters,
    ) -> list[list[Responded]]:
        places = _Places(self.invocation, call, first, samples)
        grouped: dict[Conversation, list[int]] = {}
        for prompt, conversation in enumerate(conversations):
            grouped.setdefault(conversation, []).append(prompt)
        for conversation, prompts in grouped.items():
            digest = self._digest(conversation, parameters)
            where = {s: prompt for prompt in prompts for s in samples[prompt]}
            missing = tuple(
                s for s in sorted(where) if self.source.journal.find(places.key(digest, s)) is None
            )
            if missing:
                places.wanted.append(_Wanted(conversation, digest, where, missing))
        too_long = await self._ask(places, parameters) if places.wanted else []
        found = [
            [self._known(places.key(self._digest(c, parameters), s)) for s in row]
            for c, row in zip(conversations, samples, strict=True)
        ]
        answers = [[each for each in row if each is not None] for row in found]
        self._charge([answer for row in answers for answer in row])
        if too_long:
            raise CallRefused("RuntimeError", str(too_long[0]), True)
        assert answers == found, f"the model left a prompt of {self.invocation} unanswered"
        return answers

    def _charge(self, answers: list[Responded]) -> None:
        self.received += answers
        self.ledger.spend(
            tokens=sum(answer.tokens_in + answer.tokens_out for answer in answers),
            cost_usd=sum(answer.cost_usd or 0.0 for answer in answers),
        )

    async def _ask(self, places: _Places, parameters: Parameters) -> list[PromptTooLongError]:
        """Send what is missing, all prompts of a batch at once.

        A prompt that is too long is the improver's doing, so it ends no run and keeps no
        other prompt from its answer; it is returned.
        """
        source = self.source
        await source.going.wait()
        too_long: list[PromptTooLongError] = []
        count = sum(len(wanted.missing) for wanted in places.wanted)
        async with source.spending.asking(count) as held:

            async def ask(wanted: _Wanted) -> None:
                request = ModelRequest(
                    wanted.conversation,
                    parameters,
                    wanted.missing,
                    self.invocation,
                    self.seed,
                    source.journal.run,
                )
                together: list[tuple[int, Fact, str]] = []
                try:
                    async for response in source.model.respond(request):
                        together.append(places.fact(wanted, response, source.journal))
                        if not response.more:
                            held.release(len(together))
                            source.journal.write_all(self.invocation, together)
                            together = []
                except PromptTooLongError as error:
                    too_long.append(error)

            await all_or_first_failure([ask(wanted) for wanted in places.wanted])
        return too_long

    def _known(self, key: str) -> Responded | None:
        fact = self.source.journal.find(key)
        return fact if isinstance(fact, Responded) else None


@dataclass(frozen=True)
class _Wanted:
    """What is missing of equal prompts: samples, each with its prompt's place in the batch."""

    conversation: Conversation
    digest: str
    prompts: dict[int, int]
    missing: tuple[int, ...]


@dataclass
class _Places:
    """Where the responses of one call stand in the log."""

    invocation: str
    call: int
    first: int
    samples: list[tuple[int, ...]]
    wanted: list[_Wanted] = field(default_factory=list)

    def key(self, digest: str, sample: int) -> str:
        return f"response:{self.invocation}:{digest}:{sample}"

    def sequence(self, prompt: int, sample: int) -> int:
        before = sum(len(row) for row in self.samples[:prompt])
        return self.first + before + self.samples[prompt].index(sample)

    def fact(
        self, wanted: _Wanted, response: ModelResponse, journal: Journal
    ) -> tuple[int, Fact, str]:
        """Return a response as a fact, with its place and key; its text is kept."""
        prompt = wanted.prompts[response.sample]
        fact = responded(self.call, prompt, response, journal.put(response.text))
        place = self.sequence(prompt, response.sample)
        return place, fact, self.key(wanted.digest, response.sample)


def prompt_digest(model: str, conversation: Conversation, parameters: Parameters) -> str:
    """Return the SHA-256 over model, messages and parameters: what makes prompts equal."""
    content = json.dumps(
        [model, [[m.role, m.content] for m in conversation], asdict(parameters)], sort_keys=True
    )
    return hashlib.sha256(content.encode()).hexdigest()


def responded(call: int, prompt: int, response: ModelResponse, text: str) -> Responded:
    """Return the fact that a response is; ``text`` is the id of its kept text."""
    given = asdict(response)
    del given["text"], given["more"]
    return Responded(call=call, prompt=prompt, text=text, **given)
