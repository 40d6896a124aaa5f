"""Anthropic's models, through the `anthropic` SDK."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from selftaught.errors import ModelRefusedError
from selftaught.models.abilities import Abilities
from selftaught.models.answer_text import misplaced, thought_away, tool_choice
from selftaught.models.fault import Fault, read_fault
from selftaught.models.keys import Key, find_key
from selftaught.models.optional_clients import need
from selftaught.models.options import ModelOptions
from selftaught.models.price import Tariff, chosen_price
from selftaught.models.provider import ProviderModel, Provision
from selftaught.models.provider_client import Ask, Manner, Reply, ReplyChoice
from selftaught.models.response_body import Body, StatusError, count, hear, take, usage_of
from selftaught.models.waiter import Waiter

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

KEY_VARIABLE = "ANTHROPIC_API_KEY"

DEFAULT_MAX_TOKENS = 16_384
"""The protocol demands a bound; a model with a lower one says so and is asked again."""

_FINISH = {
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "filtered",
    "tool_use": "tool",
}


def open_anthropic(
    name: str, model: str, options: ModelOptions, *, waiter: Waiter | None = None
) -> ProviderModel:
    """Return the model of that name.

    Args:
        name: as the user gave it, e.g. ``anthropic/claude-sonnet-4-5``.
        model: as the server knows it.
        options: where the server is and how to ask it.
        waiter: the clock; None: real time.

    Raises:
        ModelRefusedError: no key.
        UsageError: the extra is not installed.
    """
    need("anthropic", "anthropic", name)
    key = find_key((KEY_VARIABLE,), options.env_file)
    if not key.secret:
        raise ModelRefusedError(
            f"a key for {name} in {KEY_VARIABLE}",
            "none",
            f"set {KEY_VARIABLE}, or name a file that holds it with --env-file",
        )
    abilities = Abilities(
        1,
        highest_temperature=1.0,
        left_out={"seed": ""},
        default_max_tokens=options.max_output_tokens or DEFAULT_MAX_TOKENS,
        manner=Manner(role=options.role_of("system", "user"), stream=options.stream, usage=False),
    )
    url = options.base_url or ""
    provision = Provision(
        name=name,
        client=AnthropicClient(model, key, url, options.max_answer_bytes),
        abilities=abilities,
        tariff=Tariff("anthropic", model, url, chosen_price(options)),
        key=key,
        place=url or "Anthropic",
    )
    return ProviderModel(provision, options, waiter)


class AnthropicClient:
    """Messages through the SDK, its own retries off as in `openai.OpenAIClient`."""

    def __init__(self, model: str, key: Key, url: str, most_bytes: int) -> None:
        """Keep what the client needs; it is made at the first request."""
        self._model = model
        self._key = key
        self._url = url
        self._most_bytes = most_bytes
        self._client: AsyncAnthropic | None = None

    def prepare(self) -> None:
        """Import the SDK and make its client, once."""
        if self._client is not None:
            return
        from anthropic import AsyncAnthropic  # noqa: PLC0415

        self._client = AsyncAnthropic(
            api_key=self._key.secret, base_url=self._url or None, max_retries=0
        )

    async def ask(self, ask: Ask) -> Reply | Fault:
        """Return what the server answered, or why it did not."""
        told = ask.told()

        def refusal(status: int, text: str, headers: Mapping[str, str]) -> Fault:
            key = self._key.variable
            return read_fault(status, text, headers, sent=told, now=time.time(), key=key)

        return await hear(lambda: self._post(ask), read_reply, refusal, self._most_bytes)

    async def close(self) -> None:
        """Let go of connections."""
        if self._client is not None:
            await self._client.close()

    async def _post(self, ask: Ask) -> Body | StatusError:
        from anthropic import APIStatusError  # noqa: PLC0415

        self.prepare()
        assert self._client is not None
        sent: dict[str, Any] = dict(ask.settings)
        if "reasoning_effort" in sent:
            sent["output_config"] = {"effort": sent.pop("reasoning_effort")}
        if ask.manner.stream:
            sent["stream"] = True
        most_tokens = sent.pop("max_tokens")
        expertise = [m.content for m in ask.messages if m.role == "system"]
        if expertise:
            sent["system"] = "\n\n".join(expertise)
        messages: Any = [
            {"role": m.role, "content": m.content} for m in ask.messages if m.role != "system"
        ]
        try:
            async with self._client.messages.with_streaming_response.create(
                model=self._model,
                messages=messages,
                max_tokens=most_tokens,
                timeout=ask.seconds,
                extra_body=sent,  # which of them a model takes is the server's to say
            ) as response:
                told = await take(response.iter_bytes(), self._most_bytes)
                return Body(told, response.headers.get("Content-Type", ""))
        except APIStatusError as error:
            return StatusError(error.status_code, error.response.text, error.response.headers)


def read_reply(data: Any) -> Reply:
    """Return what a message says.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: it is no message.
    """
    usage = usage_of(data)
    cached = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    counts = [count(usage.get(part)) for part in cached]
    finish = _FINISH.get(str(data.get("stop_reason")), "stop")
    return Reply(
        choices=(_choice(data["content"] or (), finish),),
        tokens_in=None if counts[0] is None else sum(each or 0 for each in counts),
        tokens_out=count(usage.get("output_tokens")),
        model=str(data.get("model") or ""),
    )


def _choice(blocks: Iterable[Mapping[str, Any]], finish: str) -> ReplyChoice:
    """Return the choice that a message's blocks are."""
    of: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for block in blocks:
        of[str(block.get("type"))].append(block)
    text = "".join(str(block["text"]) for block in of["text"])
    if text.strip():
        return ReplyChoice(text, "stop" if finish == "tool" else finish)
    thoughts = "".join(str(block.get("thinking") or "") for block in of["thinking"])
    if of["tool_use"] or finish == "tool":
        return tool_choice([(str(b.get("name")), b.get("input")) for b in of["tool_use"]])
    if finish == "length":
        return ReplyChoice(text, finish, thought_away(thoughts))
    return misplaced(thoughts, "thinking", finish)
