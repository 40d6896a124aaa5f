from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import openai
import pytest

from fakes.prompts import answers, ask
from selftaught.errors import ModelError, PromptTooLongError, UsageError
from selftaught.models.check import check
from selftaught.models.offline import OfflineModel
from selftaught.models.openai_server import serve
from selftaught.models.options import ModelOptions
from selftaught.models.registry import open_model
from selftaught.models.scripted import ScriptedModel
from selftaught.ports import LanguageModel, ModelRequest

USER = {"role": "user", "content": "hello"}


@contextlib.asynccontextmanager
async def served(model: LanguageModel) -> AsyncIterator[str]:
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve(model, 0, ready.set_result))
    await asyncio.wait({serving, ready}, return_when=asyncio.FIRST_COMPLETED)
    try:
        yield ready.result()
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


@contextlib.asynccontextmanager
async def client(model: LanguageModel) -> AsyncIterator[openai.AsyncOpenAI]:
    async with served(model) as url, openai.AsyncOpenAI(api_key="none", base_url=url) as made:
        yield made


def echo() -> ScriptedModel:
    return ScriptedModel(lambda request, n: f"{n}: {request.messages[-1].content} \ud800")


async def test_the_sdk_gets_choices_usage_and_the_list_of_models() -> None:
    async with client(echo()) as sdk:
        given = await sdk.chat.completions.create(model="scripted", messages=[USER], n=3)  # type: ignore[list-item]
        listed = [each.id async for each in sdk.models.list()]
    assert [each.message.content for each in given.choices] == [
        f"{n}: hello \ud800" for n in range(3)
    ]
    assert given.usage is not None
    assert given.usage.total_tokens == given.usage.prompt_tokens + given.usage.completion_tokens > 0
    assert listed == ["scripted"]


async def test_a_stream_ends_with_its_usage() -> None:
    async with client(echo()) as sdk:
        stream = await sdk.chat.completions.create(
            model="scripted",
            messages=[USER],
            stream=True,
            stream_options={"include_usage": True},  # type: ignore[list-item]
        )
        parts = [part async for part in stream]
    said = "".join(part.choices[0].delta.content or "" for part in parts if part.choices)
    assert said == "0: hello \ud800"
    assert parts[-1].usage is not None


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"model": "other"}, "unknown model"),
        ({"n": 0}, "n:"),
        ({"temperature": 9}, "temperature:"),
        ({"messages": []}, "messages:"),
    ],
)
async def test_a_bad_request_is_told_in_the_protocol_s_words(
    wrong: dict[str, object], told: str
) -> None:
    asked: dict[str, object] = {"model": "scripted", "messages": [USER], **wrong}
    async with client(echo()) as sdk:
        with pytest.raises(openai.APIStatusError, match=told) as caught:
            await sdk.chat.completions.create(**asked)  # type: ignore[call-overload]
    assert caught.value.status_code in (400, 404)


async def test_our_own_provider_reads_what_our_server_says() -> None:
    def too_long(request: ModelRequest, sample: int) -> str:
        raise PromptTooLongError("scripted", "100 tokens > 90 maximum", 100, 90)

    def failing(request: ModelRequest, sample: int) -> str:
        raise ModelError("an answer", "none")

    async with served(ScriptedModel(too_long)) as url:
        model = open_model("openai/scripted", options=ModelOptions(base_url=url))
        with pytest.raises(PromptTooLongError):
            await answers(model, ask())
        await model.close()
    async with served(ScriptedModel(failing)) as url:
        model = open_model("openai/scripted", options=ModelOptions(base_url=url, max_retries=0))
        with pytest.raises(ModelError, match="HTTP 502"):
            await answers(model, ask())
        await model.close()


async def test_the_built_in_model_answers_the_same_to_the_same_seed() -> None:
    text = "Improve:\n```python\ndef solve(x):\n    return x + 1\n```"
    asked = {"model": "offline", "messages": [{"role": "user", "content": text}], "n": 2}
    async with client(OfflineModel()) as sdk:
        first, again = [
            await sdk.chat.completions.create(**asked, seed=7)  # type: ignore[call-overload]
            for _ in range(2)
        ]
    assert [c.message.content for c in first.choices] == [c.message.content for c in again.choices]
    assert "```" in first.choices[0].message.content


async def test_a_check_tells_what_one_request_shows() -> None:
    async with served(echo()) as url:
        options = ModelOptions(base_url=url)
        model = open_model("openai/scripted", options=options)
        report = await check(model, options)
        await model.close()
    assert report.choices
    assert report.usage
    assert report.served == "scripted"
    assert report.latency_seconds > 0
    assert report.price_usd is report.cost_usd is report.context_tokens is None
    assert report.notes == ()


async def test_a_port_that_is_taken_is_told() -> None:
    async with served(echo()) as url:
        with pytest.raises(UsageError, match="--port"):
            await serve(echo(), int(url.split(":")[2].split("/")[0]))
