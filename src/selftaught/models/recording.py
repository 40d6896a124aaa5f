"""A model that records what another one is asked and answers."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path

from selftaught.errors import ModelError, UsageError
from selftaught.models.record import ErrorLine, Line, ResponseLine, request_line, write_line
from selftaught.ports import LanguageModel, ModelRequest, ModelResponse


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

    def _write(self, *lines: Line) -> None:
        self._file.write("".join(map(write_line, lines)).encode("ascii"))
        self._file.flush()


def _cut_unfinished_line(file: io.BufferedRandom) -> None:
    file.seek(0)
    text = file.read()
    file.truncate(text.rfind(b"\n") + 1)
    file.seek(0, io.SEEK_END)
