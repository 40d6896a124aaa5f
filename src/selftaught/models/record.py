"""The format of a recording: requests, responses and errors as JSON lines.

A request is written once, before it is answered; responses and errors name it by its id,
the SHA-256 over what identifies it. Keys and headers are never part of a request.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from selftaught.errors import ModelError, PromptTooLongError
from selftaught.ports import Message, ModelRequest, ModelResponse, Parameters


class Line(BaseModel):
    """Base of a recording's lines: frozen, no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class RecordedMessage(Line):
    """A message of the prompt."""

    role: str
    content: str


class RequestLine(Line):
    """A request: which samples of which prompt were wanted, from which model."""

    kind: Literal["request"] = "request"
    id: str
    model: str
    parameters: dict[str, Any]
    messages: tuple[RecordedMessage, ...]
    invocation: str
    samples: tuple[int, ...]


class ResponseLine(Line):
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


class TooLong(Line):
    """That a prompt exceeds the model's context, as `errors.PromptTooLongError` keeps it."""

    said: str
    tokens: int | None = None
    limit: int | None = None


class ErrorLine(Line):
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


def write_line(line: Line) -> str:
    """Return the line as JSON in ASCII, which keeps lone surrogates, with its line end."""
    return json.dumps(line.model_dump(mode="python"), separators=(",", ":")) + "\n"
