"""A model that is a folder: requests are files, and whoever writes the answers answers."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from selftaught.errors import ModelError, UsageError
from selftaught.models.options import ModelOptions
from selftaught.models.price import Price, chosen_price
from selftaught.models.text_decoding import decoded
from selftaught.models.tokens import estimate_tokens, prompt_tokens
from selftaught.models.waiter import RealWaiter, Waiter
from selftaught.ports import NO_TEXT, ModelRequest, ModelResponse

DEADLINE_SECONDS = 7 * 86_400.0
"""How long an answer is waited for where no total timeout is given: people take days."""

FIRST_LOOK_SECONDS, SLOWEST_LOOK_SECONDS = 0.02, 0.5


class Letter(BaseModel):
    """An answer's file (design.md, Models)."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    text: str | None = None
    error: str | None = None
    tokens_in: int | None = Field(default=None, ge=0)
    tokens_out: int | None = Field(default=None, ge=0)
    cost_usd: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    model: str | None = None

    @property
    def says(self) -> bool:
        """Whether it is an answer: a text, which null makes an empty one, or an error."""
        return "text" in self.model_fields_set or self.error is not None


class MailboxModel:
    """Writes each wanted sample as a file and waits for its answer's file.

    A request's id follows from its run, prompt and sample, so that a resumed run finds the
    answers that came meanwhile, and asks nothing twice.
    """

    def __init__(self, folder: Path, options: ModelOptions, waiter: Waiter | None = None) -> None:
        """Make the folder and its two parts.

        Raises:
            UsageError: they can't be made or written to.
        """
        self._folder = folder
        self._options = options
        self._waiter = waiter or RealWaiter()
        try:
            for part in (self._requests, self._responses):
                part.mkdir(parents=True, exist_ok=True)
            if not os.access(self._requests, os.W_OK):
                raise PermissionError(f"{self._requests} can't be written to")
        except OSError as error:
            raise UsageError(
                f"a folder for a mailbox at {folder}", str(error), "name another folder"
            ) from error

    @property
    def name(self) -> str:
        """The name as the user gave it."""
        return f"mailbox:{self._folder}"

    async def respond(self, request: ModelRequest) -> AsyncIterator[ModelResponse]:
        """Write what was not asked yet, and yield the answers as they come.

        Raises:
            ModelError: some answers say ``error``, or did not come before the deadline; all
                that did come were yielded before.
        """
        waiting = {sample: self._ask(request, sample) for sample in request.samples}
        began, look, errors = self._waiter.monotonic(), FIRST_LOOK_SECONDS, list[str]()
        deadline = began + (self._options.total_timeout_seconds or DEADLINE_SECONDS)
        while waiting:
            for sample, name in list(waiting.items()):
                letter = self._look(name)
                if letter is None:
                    continue
                del waiting[sample]
                if letter.text is None and letter.error is not None:
                    errors.append(f"{name}.json says {letter.error!r}")
                    continue
                look = FIRST_LOOK_SECONDS
                yield self._response(request, sample, letter, self._waiter.monotonic() - began)
            if waiting and self._waiter.monotonic() >= deadline:
                raise self._late(sorted(waiting.values()))
            if waiting:
                await self._waiter.sleep(look)
                look = min(look * 1.5, SLOWEST_LOOK_SECONDS)
        if errors:
            raise ModelError(
                f"an answer in {self._responses}",
                "; ".join(errors),
                "remove or replace the named files, then resume the run",
            )

    async def close(self) -> None:
        """Do nothing: the files stay, for a resumed run."""

    @property
    def _requests(self) -> Path:
        return self._folder / "requests"

    @property
    def _responses(self) -> Path:
        return self._folder / "responses"

    def _ask(self, request: ModelRequest, sample: int) -> str:
        """Write the sample's request, unless it is there; return its id."""
        body = {
            "run": request.run,
            "invocation": request.invocation,
            "model": self.name,
            "messages": [asdict(message) for message in request.messages],
            "parameters": asdict(request.parameters),
            "sample": sample,
        }
        # not the model's name: the folder may be moved between two sittings of a run
        named = json.dumps({k: v for k, v in body.items() if k != "model"}, sort_keys=True)
        name = hashlib.sha256(named.encode()).hexdigest()[:32]
        path = self._requests / f"{name}.json"
        if not path.exists():
            draft = self._requests / f".{name}.{os.getpid()}"
            draft.write_text(json.dumps({"id": name, **body}, indent=1) + "\n", encoding="ascii")
            draft.replace(path)
        return name

    def _look(self, name: str) -> Letter | None:
        """Return the answer; None while it is missing, half-written or not to be read."""
        path = self._responses / f"{name}.json"
        try:
            if path.stat().st_size > self._options.max_answer_bytes:
                return None
            letter = self._read(path)
        except (OSError, ValueError, RecursionError):
            return None
        return letter if letter.says else None

    def _read(self, path: Path) -> Letter:
        """Return an answer, in whatever character set an editor left it."""
        return Letter.model_validate(json.loads(decoded(path.read_bytes())[0]))

    def _response(
        self, request: ModelRequest, sample: int, letter: Letter, seconds: float
    ) -> ModelResponse:
        text = letter.text or ""
        counted = letter.tokens_in is not None and letter.tokens_out is not None
        tokens_in = letter.tokens_in
        if tokens_in is None:
            tokens_in = prompt_tokens(request.messages)
        tokens_out = estimate_tokens(text) if letter.tokens_out is None else letter.tokens_out
        price = chosen_price(self._options)
        return ModelResponse(
            sample=sample,
            text=text,
            tokens_in=tokens_in,
            tokens_out=tokens_out,
            cost_usd=_cost(letter, price, tokens_in, tokens_out),
            estimated=not counted,
            model=letter.model or self.name,
            finish="stop" if text.strip() else "empty",
            notes=() if text.strip() else (NO_TEXT + "whoever answered wrote none",),
            seconds=seconds,
        )

    def _late(self, names: list[str]) -> ModelError:
        unread = [name for name in names if (self._responses / f"{name}.json").exists()]
        told = f"none for {len(names)} request(s), the first being {names[0]}.json"
        if unread:
            told += f"; {unread[0]}.json is there but " + self._fault(unread[0])
        return ModelError(
            f"a readable answer in {self._responses} before the deadline",
            told,
            "answer the files in requests/, then resume the run",
        )

    def _fault(self, name: str) -> str:
        path = self._responses / f"{name}.json"
        try:
            if path.stat().st_size > self._options.max_answer_bytes:
                return f"is larger than {self._options.max_answer_mb:g} MiB"
            self._read(path)
        except ValidationError as error:
            first = error.errors()[0]
            return f"its field {first['loc'][0] if first['loc'] else ''!s} is wrong: {first['msg']}"
        except (OSError, ValueError, RecursionError) as error:
            return f"can't be read: {error}"
        return "has neither text nor error"


def _cost(letter: Letter, price: Price | None, tokens_in: int, tokens_out: int) -> float | None:
    if letter.cost_usd is not None:
        return letter.cost_usd
    return None if price is None else tokens_in * price[0] + tokens_out * price[1]
