"""Servers that speak OpenAI's protocol: OpenAI's own, vLLM, llama.cpp, Ollama, OpenRouter."""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from selftaught.errors import ModelRefusedError
from selftaught.models.abilities import Abilities
from selftaught.models.answer_text import choice_of
from selftaught.models.fault import Fault, read_fault
from selftaught.models.keys import Key, find_key
from selftaught.models.options import ModelOptions
from selftaught.models.price import Tariff, chosen_price
from selftaught.models.provider import ProviderModel, Provision
from selftaught.models.provider_client import Ask, Manner, Reply, ReplyChoice
from selftaught.models.response_body import Body, StatusError, count, hear, take, usage_of
from selftaught.models.waiter import Waiter

if TYPE_CHECKING:
    from aiohttp import ClientSession

KEY_VARIABLE = "OPENAI_API_KEY"
URL_VARIABLE = "OPENAI_BASE_URL"
OLLAMA_KEY_VARIABLE = "OLLAMA_API_KEY"

MOST_CHOICES = 64
_NO_KEY = "none"
"""Sent where a local server wants no key; some insist on a header."""

_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))

_FINISH = {
    "length": "length",
    "max_tokens": "length",
    "max_output_tokens": "length",
    "model_length": "length",
    "content_filter": "filtered",
    "safety": "filtered",
    "sensitive": "filtered",
    "recitation": "filtered",
    "refusal": "filtered",
    "tool_calls": "tool",
    "tool_use": "tool",
    "function_call": "tool",
}
_BROKEN = ("error", "abort", "cancelled", "network_error", "insufficient_system_resource")
"""How servers say that a choice was given up before its end."""


def open_openai(
    name: str,
    model: str,
    options: ModelOptions,
    *,
    key_variable: str = KEY_VARIABLE,
    waiter: Waiter | None = None,
) -> ProviderModel:
    """Return the model of that name at OpenAI's servers or at ``options.base_url``.

    Args:
        name: as the user gave it, e.g. ``openai/gpt-5``.
        model: as the server knows it.
        options: where the server is and how to ask it.
        key_variable: where the key is; other servers get no key of OpenAI's.
        waiter: the clock; None: real time.

    Raises:
        ModelRefusedError: OpenAI's own server, and no key.
    """
    url = options.base_url or os.environ.get(URL_VARIABLE, "")
    key = find_key((key_variable,), options.env_file)
    if not key.secret and not url:
        raise ModelRefusedError(
            f"a key for {name} in {key_variable}",
            "none",
            f"set {key_variable}, name a file that holds it with --env-file, "
            "or name a server that needs none with --base-url",
        )
    provision = Provision(
        name=name,
        client=OpenAIClient(model, key, url, options.max_answer_bytes),
        abilities=Abilities(
            choices=MOST_CHOICES,
            default_max_tokens=options.max_output_tokens,
            manner=Manner(role=options.system_role, stream=options.stream),
        ),
        tariff=Tariff("openai", model, url, chosen_price(options)),
        key=key,
        place=url or "OpenAI",
    )
    return ProviderModel(provision, options, waiter)


class OpenAIClient:
    """Chat completions over aiohttp (docs/decisions/0005-asking-models.md says why no SDK).

    The body is read here, in bytes and bounded; retries are the caller's.
    """

    def __init__(self, model: str, key: Key, url: str, most_bytes: int) -> None:
        """Keep what the session needs, which is made at the first request."""
        self._model = model
        self._key = key
        self._url = url
        self._most_bytes = most_bytes
        self._session: ClientSession | None = None
        self._place = ""

    def prepare(self) -> None:
        """Make the session, once; within the event loop that uses it."""
        if self._session is not None:
            return
        from selftaught.models.openai_http import open_session  # noqa: PLC0415 - imports aiohttp

        self._session, self._place = open_session(self._key.secret or _NO_KEY, self._url)

    async def ask(self, ask: Ask) -> Reply | Fault:
        """Return what the server answered, or why it did not."""
        told = ask.told()

        def refusal(status: int, text: str, headers: Mapping[str, str]) -> Fault:
            key = self._key.variable
            return read_fault(status, text, headers, sent=told, now=time.time(), key=key)

        most = self._most_bytes * ask.count
        return await hear(lambda: self._post(ask, most), read_reply, refusal, most)

    async def close(self) -> None:
        """Let go of connections."""
        if self._session is not None:
            await self._session.close()

    async def _post(self, ask: Ask, most: int) -> Body | StatusError:
        """Return the body of the server's answer, read up to just over the bound.

        The request's deadline is the caller's to keep.
        """
        from selftaught.models.openai_http import posted  # noqa: PLC0415 - imports aiohttp

        self.prepare()
        assert self._session is not None
        body = _ENCODER.encode(self._asked(ask)).encode()
        async with posted(self._session, self._place, body) as response:
            told = await take(response.content.iter_any(), most)
            kind = response.headers.get("Content-Type", "")
            if 200 <= response.status < 300:
                return Body(told, kind)
            said = Body(told, kind).text()[0] or response.headers.get("Location", "")
            return StatusError(response.status, said, response.headers)

    def _asked(self, ask: Ask) -> dict[str, Any]:
        """Return what is sent."""
        messages = [{"role": m.role, "content": m.content} for m in ask.messages]
        sent: dict[str, Any] = {"model": self._model, "messages": messages, **ask.settings}
        if ask.count > 1:
            sent["n"] = ask.count
        if ask.manner.stream:
            sent["stream"] = True
            if ask.manner.usage:
                sent["stream_options"] = {"include_usage": True}
        return sent


def read_reply(data: Any) -> Reply:
    """Return what a chat completion says.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: it is no chat completion.
    """
    if isinstance(data, list) and len(data) == 1:
        data = data[0]
    usage = usage_of(data)
    choices = _choices(data)
    whole = [each for each in choices if each.get("finish_reason") not in _BROKEN]
    if choices and not whole:
        raise ValueError(f"finish_reason {choices[0]['finish_reason']!r}")
    return Reply(
        choices=tuple(_choice(choice) for choice in whole),
        tokens_in=count(usage.get("prompt_tokens")),
        tokens_out=count(usage.get("completion_tokens")),
        cost_usd=_dollars(usage.get("cost")),
        model=str(data.get("model") or ""),
        fingerprint=str(data.get("system_fingerprint") or ""),
    )


def _choices(data: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the choices of a completion; some servers answer with one, in words of their own."""
    if "choices" not in data:
        message = data.get("message")
        if isinstance(message, dict) and "content" in message:  # Ollama's own protocol
            return ({"message": message, "finish_reason": data.get("done_reason")},)
        for name in ("generated_text", "response"):  # TGI's, Ollama's
            if isinstance(data.get(name), str):
                return ({"text": data[name], "finish_reason": data.get("done_reason")},)
    return data["choices"] or ()


def _choice(choice: Mapping[str, Any]) -> ReplyChoice:
    finish = _FINISH.get(str(choice.get("finish_reason")).lower(), "stop")
    message = choice.get("message") or choice.get("delta")
    if message is None:
        return choice_of({"content": choice.get("text")}, finish)
    return choice_of(message if isinstance(message, dict) else {"content": message}, finish)


def _dollars(value: object) -> float | None:
    """Return what the server says it charged; routers of many providers do."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 < value < math.inf else None
