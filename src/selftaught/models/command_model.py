"""A model that is a program: the prompt on standard input, the answer on standard output."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shlex
import shutil
import signal
from collections.abc import AsyncIterator

from selftaught.errors import ModelError, UsageError
from selftaught.models.options import ModelOptions
from selftaught.models.price import Tariff, chosen_price
from selftaught.models.text_decoding import decoded, shown
from selftaught.models.tokens import estimate_tokens, prompt_tokens
from selftaught.models.waiter import RealWaiter, Waiter
from selftaught.ports import NO_TEXT, Message, ModelRequest, ModelResponse

IN_FLIGHT = 4
"""Processes at once where none is given: agent programs are heavy."""

MAX_RETRIES = 2
"""A program that failed three times will fail again."""

_TERMINAL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
"""Control sequences of terminals: colours and cursor, titles and links, others."""

_CHUNK_BYTES = 65_536
_STDERR_SHOWN = 2_000


class CommandModel:
    """Runs the user's program once a sample, in the user's environment, without a shell."""

    def __init__(self, command: str, options: ModelOptions, waiter: Waiter | None = None) -> None:
        """Split the command as a shell splits words, and look its program up.

        Raises:
            UsageError: the command is empty, has an open quote, or its program is not found.
        """
        self._command = command
        self._options = options
        self._waiter = waiter or RealWaiter()
        self._slots = asyncio.Semaphore(options.in_flight or IN_FLIGHT)
        try:
            self._words = shlex.split(command)
        except ValueError as error:
            raise UsageError("a command after command:", f"{command!r} ({error})") from None
        if not self._words or shutil.which(self._words[0]) is None:
            raise UsageError(
                "an executable program after command:",
                repr(self._words[0]) if self._words else "nothing",
                "check the spelling and PATH; no shell is used, so no ~, pipes or variables",
            )

    @property
    def name(self) -> str:
        """The name as the user gave it."""
        return f"command:{self._command}"

    async def respond(self, request: ModelRequest) -> AsyncIterator[ModelResponse]:
        """Yield the program's answers as they come; leaving early ends the processes.

        Raises:
            ModelError: the program failed repeatedly; the other samples were yielded before.
        """
        tasks = {asyncio.create_task(self._sample(request, n)) for n in request.samples}
        failed: ModelError | None = None
        try:
            for done in asyncio.as_completed(tasks):
                try:
                    response = await done
                except ModelError as error:
                    failed = error
                else:
                    yield response
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if failed is not None:
            raise failed

    async def close(self) -> None:
        """Do nothing: every process has ended with its sample."""

    async def _sample(self, request: ModelRequest, sample: int) -> ModelResponse:
        text = prompt_text(request.messages)
        fault = ""
        for attempt in range(min(self._options.max_retries, MAX_RETRIES) + 1):
            if attempt:
                await self._waiter.sleep(2.0**attempt)
            async with self._slots:
                began = self._waiter.monotonic()
                answer, cut, fault = await self._run(text)
            if not fault:
                return self._response(
                    request, sample, answer, cut, self._waiter.monotonic() - began
                )
        raise ModelError(
            f"an answer from {self._words[0]}",
            fault,
            "run the command manually with a prompt on its standard input, then resume",
        )

    async def _run(self, text: bytes) -> tuple[bytes, bool, str]:
        """Return what was printed, whether it was cut, and what went wrong (empty: nothing)."""
        try:
            process = await asyncio.create_subprocess_exec(
                *self._words,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            return b"", False, str(error)
        try:
            async with asyncio.timeout(self._options.request_timeout_seconds):
                return await self._converse(process, text)
        except TimeoutError:
            return b"", False, f"no end after {self._options.request_timeout_seconds:g} s"
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            # asyncio waits for the ends of the pipes, too, which a flood that nobody reads on, or
            # a grandchild in a session of its own, would keep open.
            process._transport.close()  # type: ignore[attr-defined]
            await process.wait()

    async def _converse(
        self, process: asyncio.subprocess.Process, text: bytes
    ) -> tuple[bytes, bool, str]:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        limit = self._options.max_answer_bytes
        feeding = asyncio.create_task(_feed(process.stdin, text))
        complaining = asyncio.create_task(_read(process.stderr, _STDERR_SHOWN, keep_on=True))
        try:
            answer = await _read(process.stdout, limit)
            if len(answer) > limit:
                return answer[:limit], True, ""
            complaint = (await complaining)[:_STDERR_SHOWN].decode("utf-8", "replace").strip()
            status = await process.wait()
        finally:
            for task in (feeding, complaining):
                task.cancel()
            await asyncio.gather(feeding, complaining, return_exceptions=True)
        if status:
            said = complaint or shown(decoded(answer)[0]) or "nothing on either output"
            return b"", False, f"exit status {status}: {said}"
        return answer, False, ""

    def _response(
        self, request: ModelRequest, sample: int, printed: bytes, cut: bool, seconds: float
    ) -> ModelResponse:
        text, notes = answer_text(printed, request.messages, cut)
        tokens_in, tokens_out = prompt_tokens(request.messages), estimate_tokens(text)
        tariff = Tariff("", "", chosen=chosen_price(self._options))
        if cut:
            notes = (*notes, f"cut after {self._options.max_answer_mb:g} MiB")
        return ModelResponse(
            sample=sample,
            text=text,
            tokens_in=tokens_in,
            tokens_out=tokens_out,
            cost_usd=tariff.cost(tokens_in, tokens_out),
            estimated=True,
            model=self.name,
            finish="length" if cut else "stop" if text.strip() else "empty",
            notes=notes,
            seconds=seconds,
        )


def answer_text(
    printed: bytes, messages: tuple[Message, ...], cut: bool = False
) -> tuple[str, tuple[str, ...]]:
    """Return the answer that a program printed, and what there is to note of it.

    Left out are a byte-order mark, what only a terminal understands (colours, cursor), and
    the prompt where the program repeats it first.

    Args:
        printed: all of its standard output; in another character set than UTF-8 it is read
            as Windows-1252.
        messages: the prompt.
        cut: whether the output went on, so that it may end within a character.
    """
    if cut:
        printed = printed[: len(printed) - _unfinished(printed)]
    text, guessed = decoded(printed)
    notes = [f"an answer {guessed}"] if guessed else []
    plain = _TERMINAL.sub("", text) if "\x1b" in text else text
    asked = prompt_text(messages).decode()
    rest = _after(plain, asked)
    if rest is not None:
        notes.append("the prompt, which the program repeated, was left out")
        plain = rest
    if not plain.strip():
        why = "the program printed its prompt only" if rest is not None else "it printed nothing"
        notes.append(NO_TEXT + why)
    return plain, tuple(notes)


def _after(text: str, prompt: str) -> str | None:
    """Return what follows the prompt in a text that begins with it; None where none does."""
    begun = text.lstrip().replace("\r\n", "\n")
    prompt = prompt.strip().replace("\r\n", "\n")
    return begun[len(prompt) :].lstrip("\n") if prompt and begun.startswith(prompt) else None


def _unfinished(data: bytes) -> int:
    """Return how many bytes at the end begin a character of UTF-8 that is not there whole."""
    for back in range(1, min(3, len(data)) + 1):
        byte = data[-back]
        if byte >= 0xC0:
            length = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return back if back < length else 0
        if byte < 0x80:
            return 0
    return 0


def prompt_text(messages: tuple[Message, ...]) -> bytes:
    """Return what a program reads: the messages, with a blank line between them."""
    return "\n\n".join(message.content for message in messages).encode("utf-8", "replace")


async def _feed(stream: asyncio.StreamWriter, text: bytes) -> None:
    """Write the prompt; a program that does not read it may answer all the same."""
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        stream.write(text)
        await stream.drain()
        stream.close()
        await stream.wait_closed()


async def _read(stream: asyncio.StreamReader, limit: int, *, keep_on: bool = False) -> bytes:
    """Read to the end, or until more than ``limit`` bytes came.

    With ``keep_on`` the rest is read and dropped, so that the writer is not held up.
    """
    kept = bytearray()
    while chunk := await stream.read(_CHUNK_BYTES):
        if len(kept) <= limit:
            kept += chunk
        if len(kept) > limit and not keep_on:
            break
    return bytes(kept)
