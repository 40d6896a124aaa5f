"""Recordings: requests, responses and errors as JSON lines, and the model that writes them.

A request is written once, before it is answered; responses and errors name it by its id,
the SHA-256 over what identifies it. Keys and headers are never part of a request.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from selftaught.errors import ModelError, PromptTooLongError, UsageError
from selftaught.ports import LanguageModel, Message, ModelRequest, ModelResponse, Parameters


class RecordingLine(BaseModel):
    """Base of a recording's lines: frozen, no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class RecordedMessage(RecordingLine):
    """A message of the prompt."""

    role: str
    content: str


class RequestLine(RecordingLine):
    """A request: which samples of which prompt were wanted, from which model."""

    kind: Literal["request"] = "request"
    id: str
    model: str
    parameters: dict[str, Any]
    messages: tuple[RecordedMessage, ...]
    invocation: str
    samples: tuple[int, ...]


class ResponseLine(RecordingLine):
    """A response, as `ports.ModelResponse` describes it."""

    kind: Literal["response"] = "response"
    request: str
    sample: int
    text: str
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float | None = None
    estimated: bool = False
    model: str = ""
    fingerprint: str = ""
    finish: str = "stop"
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    more: int = 0

    def response(self) -> ModelResponse:
        """Return the response that was recorded."""
        return ModelResponse(**self.model_dump(exclude={"kind", "request"}))


class TooLong(RecordingLine):
    """That a prompt exceeds the model's context, as `errors.PromptTooLongError` keeps it."""

    said: str
    tokens: int | None = None
    limit: int | None = None


class ErrorLine(RecordingLine):
    """A request that the model could not answer, or not whole.

    Only ``too_long`` is replayed: it is the prompt's doing and an answer of its own; other
    errors are the server's and of their day.
    """

    kind: Literal["error"] = "error"
    request: str
    error: str
    too_long: TooLong | None = None

    @classmethod
    def of(cls, request: str, error: ModelError) -> ErrorLine:
        """Return the line that records an error of a request."""
        too_long = None
        if isinstance(error, PromptTooLongError):
            too_long = TooLong(said=error.said, tokens=error.tokens, limit=error.limit)
        return cls(request=request, error=str(error), too_long=too_long)


RecordLine = Annotated[RequestLine | ResponseLine | ErrorLine, Field(discriminator="kind")]


RECORD_LINE: TypeAdapter[RecordLine] = TypeAdapter(RecordLine)
"""Reads any line of a recording."""


def request_id(
    model: str, parameters: Parameters, messages: tuple[Message, ...], invocation: str
) -> str:
    """Return the id under which a prompt's samples are recorded.

    Together with a sample's number it is design.md's key of a response.
    """
    parts = [model, vars(parameters), [[m.role, m.content] for m in messages], invocation]
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def request_line(model: str, request: ModelRequest) -> RequestLine:
    """Return the line that records a request to the model of that name."""
    return RequestLine(
        id=request_id(model, request.parameters, request.messages, request.invocation),
        model=model,
        parameters=asdict(request.parameters),
        messages=tuple(RecordedMessage(role=m.role, content=m.content) for m in request.messages),
        invocation=request.invocation,
        samples=request.samples,
    )


def write_line(line: RecordingLine) -> str:
    """Return the line as JSON in ASCII, which keeps lone surrogates, with its line end."""
    return json.dumps(line.model_dump(mode="python"), separators=(",", ":")) + "\n"


class RecordingModel:
    """Wraps a model; each answer of a provider is written whole before it is passed on."""

    def __init__(self, model: LanguageModel, path: Path) -> None:
        """Open the file for appending; an unfinished last line of an earlier run is cut off.

        Raises:
            UsageError: the file can't be written.
        """
        self._model = model
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("ab+")
            _cut_unfinished_line(self._file)
        except OSError as error:
            raise UsageError(
                f"a file to record to at {path}", str(error), "name another --record file"
            ) from error

    @property
    def name(self) -> str:
        """The wrapped model's name."""
        return self._model.name

    async def respond(self, request: ModelRequest) -> AsyncIterator[ModelResponse]:
        """Yield the wrapped model's responses, each recorded first.

        Raises:
            ModelError: as the wrapped model does; the error is recorded too.
        """
        asked = request_line(self.name, request)
        self._write(asked)
        try:
            together: list[ModelResponse] = []
            async for response in self._model.respond(request):
                together.append(response)
                if response.more:
                    continue
                self._write(*(ResponseLine(request=asked.id, **asdict(one)) for one in together))
                for one in together:
                    yield one
                together = []
        except ModelError as error:
            self._write(ErrorLine.of(asked.id, error))
            raise

    async def close(self) -> None:
        """Close the file and the wrapped model."""
        try:
            await self._model.close()
        finally:
            self._file.close()

    def _write(self, *lines: RecordingLine) -> None:
        self._file.write("".join(map(write_line, lines)).encode("ascii"))
        self._file.flush()


def _cut_unfinished_line(file: io.BufferedRandom) -> None:
    file.seek(0)
    text = file.read()
    file.truncate(text.rfind(b"\n") + 1)
    file.seek(0, io.SEEK_END)
