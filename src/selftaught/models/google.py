"""Google's models, through the `google-genai` SDK."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
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
from selftaught.models.response_body import Body, StatusError, count, hear, usage_of
from selftaught.models.waiter import Waiter

if TYPE_CHECKING:
    from google.genai import Client
    from httpx2 import AsyncClient

KEY_VARIABLES = ("GEMINI_API_KEY", "GOOGLE_API_KEY")

MOST_CHOICES = 8

_VERSION = re.compile(r"(.*)/(v\d\w*)/?")
"""A base URL that ends in the protocol's version, which the SDK takes apart from it."""

_FINISH = {
    "MAX_TOKENS": "length",
    "SAFETY": "filtered",
    "RECITATION": "filtered",
    "BLOCKLIST": "filtered",
    "PROHIBITED_CONTENT": "filtered",
    "SPII": "filtered",
    "IMAGE_SAFETY": "filtered",
    "LANGUAGE": "filtered",
    "MODEL_ARMOR": "filtered",
    "MALFORMED_FUNCTION_CALL": "tool",
    "UNEXPECTED_TOOL_CALL": "tool",
}


def open_google(
    name: str, model: str, options: ModelOptions, *, waiter: Waiter | None = None
) -> ProviderModel:
    """Return the model of that name.

    Args:
        name: as the user gave it, e.g. ``google/gemini-2.5-flash``.
        model: as the server knows it.
        options: where the server is and how to ask it.
        waiter: the clock; None: real time.

    Raises:
        ModelRefusedError: no key.
        UsageError: the extra is not installed.
    """
    need("google.genai", "google", name)
    key = find_key(KEY_VARIABLES, options.env_file)
    if not key.secret:
        raise ModelRefusedError(
            f"a key for {name} in {KEY_VARIABLES[0]}",
            "none",
            f"set {KEY_VARIABLES[0]}, or name a file that holds it with --env-file",
        )
    url = options.base_url or ""
    provision = Provision(
        name=name,
        client=GoogleClient(model, key, url, options),
        abilities=Abilities(
            MOST_CHOICES,
            default_max_tokens=options.max_output_tokens,
            manner=Manner(role=options.role_of("system", "user")),
        ),
        tariff=Tariff("google", model, url, chosen_price(options)),
        key=key,
        place=url or "Google",
    )
    return ProviderModel(provision, options, waiter)


class GoogleClient:
    """Generated content through the SDK, which retries nothing unless told to.

    The SDK reads a body whole before it hands it on, so that here the bound of an answer
    drops it only afterwards.
    """

    def __init__(self, model: str, key: Key, url: str, options: ModelOptions) -> None:
        """Keep what the client needs; it is made at the first request."""
        self._model = model
        self._key = key
        self._url = url
        self._options = options
        self._client: Client | None = None
        self._http: AsyncClient | None = None

    def prepare(self) -> None:
        """Import the SDK and make its client, once."""
        if self._client is not None:
            return
        import httpx2  # noqa: PLC0415
        from google import genai  # noqa: PLC0415

        base, version = self._url or None, None
        if named := _VERSION.fullmatch(self._url):
            base, version = named[1], named[2]
        # a client of ours, since with its own the SDK repeats a cut request after 1 to 10 s
        self._http = httpx2.AsyncClient(timeout=None)  # each request has its own
        options = genai.types.HttpOptions(
            base_url=base, api_version=version, httpx_async_client=self._http
        )
        self._client = genai.Client(api_key=self._key.secret, http_options=options)

    async def ask(self, ask: Ask) -> Reply | Fault:
        """Return what the server answered, or why it did not."""
        sent = ask.told()

        def refusal(status: int, text: str, headers: Mapping[str, str]) -> Fault:
            key = self._key.variable
            return read_fault(status, text, headers, sent=sent, now=time.time(), key=key)

        most = self._options.max_answer_bytes * ask.count
        return await hear(lambda: self._post(ask, sent), read_reply, refusal, most)

    async def close(self) -> None:
        """Let go of connections."""
        if self._client is not None:
            await self._client.aio.aclose()
        if self._http is not None:
            await self._http.aclose()

    async def _post(self, ask: Ask, sent: Mapping[str, Any]) -> Body | StatusError:
        from google.genai import errors, types  # noqa: PLC0415

        self.prepare()
        assert self._client is not None
        expertise = [m.content for m in ask.messages if m.role == "system"]
        config = types.GenerateContentConfig(
            system_instruction="\n\n".join(expertise) or None,
            temperature=sent.get("temperature"),
            top_p=sent.get("top_p"),
            seed=sent.get("seed"),
            max_output_tokens=sent.get("max_tokens"),
            candidate_count=sent.get("n"),
            thinking_config=_thinking(sent.get("reasoning_effort")),
            should_return_http_response=True,
            http_options=types.HttpOptions(timeout=max(1, int(ask.seconds * 1000))),
        )
        contents: Any = [
            types.Content(role="user", parts=[types.Part(text=m.content)])
            for m in ask.messages
            if m.role != "system"
        ]
        try:
            answer = await self._client.aio.models.generate_content(
                model=self._model, contents=contents, config=config
            )
        except errors.APIError as error:
            headers = dict(getattr(error.response, "headers", None) or {})
            return StatusError(error.code, json.dumps(error.details, default=str), headers)
        body = answer.sdk_http_response.body if answer.sdk_http_response else None
        return Body((body or "").encode("utf-8", "surrogatepass"))


def _thinking(effort: str | None) -> Any:
    """Return the SDK's own word for a reasoning effort; None where none is asked for."""
    if effort is None:
        return None
    from google.genai import types  # noqa: PLC0415

    return types.ThinkingConfig(thinking_level=types.ThinkingLevel(effort.upper()))


def read_reply(data: Any) -> Reply:
    """Return what generated content says; a blocked prompt is one filtered choice.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: it is no generated content.
    """
    usage = usage_of(data, "usageMetadata")
    said, thought = (
        count(usage.get(part)) for part in ("candidatesTokenCount", "thoughtsTokenCount")
    )
    choices = tuple(_choice(candidate) for candidate in data.get("candidates") or ())
    blocked = (data.get("promptFeedback") or {}).get("blockReason")
    if not choices and blocked:
        choices = (ReplyChoice("", "filtered", f"the provider blocked the prompt: {blocked}"),)
    elif not choices and "candidates" not in data and not usage:
        raise KeyError("candidates")
    return Reply(
        choices=choices,
        tokens_in=count(usage.get("promptTokenCount")),
        tokens_out=None if said is None else said + (thought or 0),
        model=str(data.get("modelVersion") or ""),
    )


def _choice(candidate: Mapping[str, Any]) -> ReplyChoice:
    parts = (candidate.get("content") or {}).get("parts") or ()
    text, thoughts = (
        "".join(part.get("text") or "" for part in parts if bool(part.get("thought")) is thought)
        for thought in (False, True)
    )
    reason = str(candidate.get("finishReason"))
    finish = _FINISH.get(reason, "stop")
    if text.strip():
        return ReplyChoice(text, "stop" if finish == "tool" else finish)
    calls = [part["functionCall"] for part in parts if part.get("functionCall")]
    calls += [part["executableCode"] for part in parts if part.get("executableCode")]
    if calls or finish == "tool":
        named = [(str(c.get("name") or "code"), c.get("args", c.get("code"))) for c in calls]
        return tool_choice(named)
    if finish == "filtered":
        return ReplyChoice(text, finish, f"the provider withheld the answer: {reason}")
    if finish == "length":
        return ReplyChoice(text, finish, thought_away(thoughts))
    return misplaced(thoughts, "parts that are thoughts", finish)
