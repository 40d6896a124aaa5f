"""A model that answers from a recording."""

from __future__ import annotations

import difflib
import json
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from selftaught.errors import ModelError, PromptTooLongError, UsageError
from selftaught.models.recording import (
    RECORD_LINE,
    RecordLine,
    RequestLine,
    ResponseLine,
    TooLong,
    request_id,
    request_line,
)
from selftaught.models.text_decoding import decoded
from selftaught.ports import ModelRequest, ModelResponse


class ReplayModel:
    """Serves recorded responses, keyed as design.md says; asks nobody."""

    def __init__(self, path: Path) -> None:
        """Read the recording.

        Raises:
            UsageError: no such file, no recording, or a line that is none.
        """
        self._path = path
        self._requests: dict[str, RequestLine] = {}
        self._responses: dict[tuple[str, int], ModelResponse] = {}
        self._too_long: dict[str, TooLong] = {}
        for line in _read(path):
            if isinstance(line, RequestLine):
                self._requests.setdefault(line.id, line)
            elif isinstance(line, ResponseLine):
                self._responses[line.request, line.sample] = line.response()
            elif line.too_long is not None:
                self._too_long[line.request] = line.too_long
        self._models = list(dict.fromkeys(line.model for line in self._requests.values()))
        if not self._models:
            raise UsageError(
                f"a recording in {path}", "no request in it", "make one with --record FILE"
            )

    @property
    def name(self) -> str:
        """The recorded model's name, so that a replayed run equals the recorded one.

        ``replay:FILE`` where several models were recorded in one file.
        """
        return self._models[0] if len(self._models) == 1 else f"replay:{self._path}"

    async def respond(self, request: ModelRequest) -> AsyncIterator[ModelResponse]:
        """Yield the recorded response of each wanted sample.

        Raises:
            PromptTooLongError: the prompt was recorded as too long.
            ModelError: a sample was not recorded; the message shows the nearest recorded
                prompt and the difference.
        """
        for sample in request.samples:
            # each stands alone here: a resumed run may want a part of an answer only
            yield replace(self._find(request, sample), more=0)

    async def close(self) -> None:
        """Do nothing: the file was read whole."""

    def _find(self, request: ModelRequest, sample: int) -> ModelResponse:
        for model in self._models:
            key = request_id(model, request.parameters, request.messages, request.invocation)
            response = self._responses.get((key, sample))
            if response is not None:
                return response
            too_long = self._too_long.get(key)
            if too_long is not None:
                raise PromptTooLongError(model, too_long.said, too_long.tokens, too_long.limit)
        raise ModelError(
            f"a recorded response for sample {sample} in {self._path}",
            self._difference(request, sample),
            "replay with the command and seed that were recorded, or record again",
        )

    def _difference(self, request: ModelRequest, sample: int) -> str:
        """Say how the nearest recorded request differs from the wanted one."""
        wanted = request_line(self._models[0], request)
        if any(line.id == wanted.id for line in self._requests.values()):
            kept = sorted(number for key, number in self._responses if key == wanted.id)
            return f"the same prompt with samples {kept} only, not {sample}"
        nearest = _nearest(wanted, list(self._requests.values()))
        lines = difflib.unified_diff(
            _describe(nearest), _describe(wanted), "nearest recorded", "asked now", lineterm="", n=1
        )
        return "no such prompt; the nearest one differs so:\n" + "\n".join(list(lines)[:60])


def _read(path: Path) -> Iterable[RecordLine]:
    try:
        text, _ = decoded(path.read_bytes())
    except OSError as error:
        raise UsageError(
            f"a recording at {path}", str(error), "make one with --record FILE"
        ) from error
    lines = text.split("\n")
    if not _whole(lines[-1]):  # the recorder was stopped in the middle of it
        lines.pop()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            # json, since pydantic's own reader refuses the lone surrogates of some answers
            yield RECORD_LINE.validate_python(json.loads(line))
        except ValueError as error:
            raise UsageError(
                f"a recorded request or response in line {number} of {path}",
                _first_line(error),
                "remove the line or record again",
            ) from None


def _whole(line: str) -> bool:
    """Return whether a line is JSON; the last one of a file written by hand may lack its end."""
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _first_line(error: ValueError) -> str:
    return error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)


def _describe(line: RequestLine) -> list[str]:
    told = [f"invocation: {line.invocation}", f"parameters: {line.parameters}"]
    for message in line.messages:
        told += [f"[{message.role}]", *message.content.splitlines()]
    return told


def _nearest(wanted: RequestLine, requests: Sequence[RequestLine]) -> RequestLine:
    """Return the recorded request with the most lines in common, places counted first."""
    words = set(_describe(wanted))

    def likeness(line: RequestLine) -> float:
        own = set(_describe(line))
        return len(words & own) / len(words | own)

    return max(requests, key=likeness)
