"""One server for one search: it answers prompts, counts the answers, and scores programs.

Prompts are answered by the application of `selftaught models --serve`, so a peer and an
improver of ours meet the same server. Between the two stands a meter: it counts the
responses, refuses those beyond the budget, and gives each request a seed of its own, drawn
from the repeat and the responses before it, whatever seed the client sent (a fixed one
would get the same answer again whenever a prompt comes back).
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import uvicorn
from fastapi import FastAPI

from selftaught.engine.settings import Settings
from selftaught.errors import ModelRefusedError
from selftaught.models.openai_server import HOST, application
from selftaught.models.registry import open_model
from selftaught.ports import LanguageModel, ModelRequest, ModelResponse
from selftaught.runs.evaluators import ProcessEvaluator
from selftaught.runs.resources import confinement
from selftaught.values.outcome import Outcome
from selftaught.values.program import Program
from selftaught.values.seeds import derive
from selftaught.values.task import InstanceSet, Split, Task

WORDS_SHOWN = 3
"""Different texts of the task, or reasons of failure, that a score's feedback holds."""


class Meter:
    """A model whose responses are counted, limited and seeded by their number."""

    def __init__(self, model: LanguageModel, most: int, seed: int) -> None:
        self.name = model.name
        self.responses = self.refused = 0
        self._model, self._most, self._seed = model, most, seed

    async def respond(self, request: ModelRequest) -> AsyncIterator[ModelResponse]:
        wanted = len(request.samples)
        if self.responses + wanted > self._most:
            self.refused += wanted
            raise ModelRefusedError(
                f"at most {self._most} responses", f"{wanted} more", "the search is over"
            )
        first, self.responses = self.responses, self.responses + wanted
        seed = derive(self._seed, "peers", first)
        async for response in self._model.respond(replace(request, seed=seed)):
            yield response

    async def close(self) -> None:
        await self._model.close()


class Scorer:
    """Scores programs on the train split as `selftaught improve` does, each text once."""

    def __init__(self, task: Task, seed: int, workers: int, unsafe: bool) -> None:
        self._task, self._instances = task, InstanceSet(Split.TRAIN, seed)
        policy = confinement(unsafe, Settings(seed=seed))
        self._evaluator = ProcessEvaluator(workers, policy)
        self._known: dict[str, asyncio.Task[Outcome]] = {}

    @property
    def scored(self) -> int:
        return len(self._known)

    async def score(self, source: str) -> dict[str, Any]:
        """Return the score, whether it is the lowest, the status, and in words what went wrong."""
        if source not in self._known:
            work = self._evaluator.evaluate(self._task, Program(source), self._instances)
            self._known[source] = asyncio.create_task(work)
        outcome = await asyncio.shield(self._known[source])
        low = self._task.scale.low
        failed = {each.detail for each in outcome.instances if each.detail}
        words = sorted(failed) or sorted({each.feedback for each in outcome.instances} - {""})
        return {
            "score": low if outcome.score is None else outcome.score,
            "failed": outcome.score is None or outcome.score <= low,
            "status": str(outcome.status),
            "feedback": "\n".join([f"status: {outcome.status}", *words[:WORDS_SHOWN]]),
        }

    async def close(self) -> None:
        for work in self._known.values():
            work.cancel()
        await self._evaluator.close()


class Service:
    """The server of one search, as an async context; ``url`` is the model's base address."""

    def __init__(
        self, task: Task, *, seed: int, model: str, most: int, workers: int, unsafe: bool
    ) -> None:
        self.meter = Meter(open_model(model), most, seed)
        self.scorer = Scorer(task, seed, workers, unsafe)
        self._app = application(self.meter)
        _add_score(self._app, self.scorer)

    async def __aenter__(self) -> Service:
        self._socket = socket.create_server((HOST, 0))
        self.address = f"http://{HOST}:{self._socket.getsockname()[1]}"
        self.url = f"{self.address}/v1"
        config = uvicorn.Config(self._app, log_level="error", lifespan="off")
        self._server = uvicorn.Server(config)
        self._serving = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.should_exit = True
        with contextlib.suppress(asyncio.CancelledError):
            await self._serving
        self._socket.close()
        await self.scorer.close()
        await self.meter.close()


def _add_score(app: FastAPI, scorer: Scorer) -> None:
    @app.post("/score")
    async def score(asked: dict[str, str]) -> dict[str, Any]:
        return await scorer.score(asked["program"])

    score.__annotations__.update(asked=dict[str, str], **{"return": dict[str, Any]})
