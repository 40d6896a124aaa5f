"""The built-in model: no key, no network and no neural network."""

from __future__ import annotations

import asyncio
import json
import threading
import warnings
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from random import Random

from selftaught.errors import UnknownNameError
from selftaught.models.offline.mutation import FAMILIES, mutate
from selftaught.models.offline.prompt_reading import read
from selftaught.ports import ModelRequest, ModelResponse
from selftaught.values.program import text_id
from selftaught.values.seeds import derive

CHARACTERS_PER_TOKEN = 4
_warning_filters = threading.Lock()


class OfflineModel:
    """Answers prompts by genetic improvement of the program that the prompt shows.

    It finds the program to improve, changes its syntax tree with general operators and
    answers as a language model would: an idea in one line and the changed program in a
    fenced block. An answer depends on the request's seed, messages, parameters and
    sample number alone, so that improvers that are compared get common random numbers.
    """

    name = "offline"

    def __init__(self, seed: int = 0, families: frozenset[str] | None = None) -> None:
        """Choose the operators.

        Args:
            seed: changes every answer.
            families: names of the families of operators to use; None: all of them.

        Raises:
            UnknownNameError: for a family that does not exist.
        """
        for family in sorted(families or ()):
            if family not in FAMILIES:
                raise UnknownNameError("family of operators", family, FAMILIES)
        self._seed, self._families = seed, families
        self._thread: ThreadPoolExecutor | None = None

    async def respond(self, request: ModelRequest) -> AsyncIterator[ModelResponse]:
        """Yield one response for each wanted sample, in their order.

        The work is done on a thread of the model's own, so that the event loop goes on.
        """
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="offline-model")
        loop = asyncio.get_running_loop()
        for sample in request.samples:
            yield await loop.run_in_executor(self._thread, self.answer, request, sample)

    async def close(self) -> None:
        """End the thread; may be called twice, and the model may be used again after it."""
        if self._thread is not None:
            self._thread.shutdown()
            self._thread = None

    def answer(self, request: ModelRequest, sample: int) -> ModelResponse:
        """Return the response for one sample; the same for equal requests and samples."""
        messages = json.dumps([[each.role, each.content] for each in request.messages])
        parameters = json.dumps(asdict(request.parameters), sort_keys=True)
        part = ("offline", self._seed, text_id(messages), parameters, sample)
        with _warning_filters, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # programs in prompts are no concern of ours
            text = self._text(request, Random(derive(request.seed, *part)))
        characters = sum(len(message.content) for message in request.messages)
        return ModelResponse(
            sample=sample,
            text=text,
            tokens_in=characters // CHARACTERS_PER_TOKEN,
            tokens_out=len(text) // CHARACTERS_PER_TOKEN,
            cost_usd=0.0,
            estimated=True,
            model=self.name,
        )

    def _text(self, request: ModelRequest, rng: Random) -> str:
        temperature = request.parameters.temperature
        change = mutate(
            read(request.messages),
            rng,
            temperature=0.7 if temperature is None else max(0.0, temperature),
            families=self._families,
        )
        if change is None:
            return "Idea: none, since the prompt shows no program that I can read."
        source = change.source.strip("\n")
        return f"Idea: {change.idea}.\n\n```python\n{source}\n```\n"
