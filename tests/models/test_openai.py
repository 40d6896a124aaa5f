"""The protocol's provider against a server whose every byte the test decides."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest

from fakes.model_server import (
    Asked,
    ModelServer,
    Step,
    chat,
    choice,
    cut,
    drip,
    flood,
    http,
    never,
    refusal,
)
from fakes.prompts import answers, ask, texts
from fakes.waiter import FakeWaiter
from selftaught.errors import ModelError, ModelRefusedError, PromptTooLongError
from selftaught.models.openai import open_openai
from selftaught.models.options import ModelOptions
from selftaught.models.provider import ProviderModel
from selftaught.ports import NO_TEXT, Parameters

SECRET = "sk-very-secret-0123456789"


@contextlib.asynccontextmanager
async def opened(
    server: ModelServer, waiter: FakeWaiter | None = None, **options: Any
) -> AsyncIterator[ProviderModel]:
    at = ModelOptions(base_url=f"{server.url}/v1", **options)
    model = open_openai("openai/tiny", "tiny", at, waiter=waiter or FakeWaiter())
    try:
        yield model
    finally:
        await model.close()


async def test_one_request_asks_for_all_samples_and_shares_out_their_tokens() -> None:
    async with (
        ModelServer([chat("a", "bbbb" * 3, tokens=(10, 8))]) as server,
        opened(server) as model,
    ):
        first, second = await answers(model, ask(2))
    assert [first.text, second.text] == ["a", "bbbb" * 3]
    assert (first.tokens_in, second.tokens_in) == (10, 0)
    assert (first.tokens_out, second.tokens_out) == (2, 6)
    assert (first.more, second.more) == (1, 0)
    assert first.model == "served-1"
    assert first.fingerprint == "fp_1"
    assert not first.estimated
    body = server.asked[0].body
    assert body["n"] == 2
    assert body["temperature"] == 0.7
    assert body["messages"][0] == {"role": "system", "content": "You are an expert."}
    assert server.asked[0].path == "/v1/chat/completions"


async def test_choices_that_a_server_leaves_out_are_asked_for_again() -> None:
    numbers = iter(range(100))
    async with (
        ModelServer(lambda asked: chat(f"answer {next(numbers)}")) as server,
        opened(server) as model,
    ):
        given = await answers(model, ask(5))
        await answers(model, ask(2, "another prompt"))
    assert len({each.text for each in given}) == 5
    assert [each.sample for each in given] == [0, 1, 2, 3, 4]
    counts = [asked.body.get("n", 1) for asked in server.asked]
    assert counts == [5, 1, 1, 1, 1, 1, 1]
    assert len({asked.body["seed"] for asked in server.asked}) == 7


async def test_a_refused_parameter_is_left_out_from_then_on_and_noted() -> None:
    def step(asked: Asked) -> Step:
        if "temperature" in asked.body:
            return refusal(400, "Unsupported value: 'temperature'.", param="temperature")
        return chat("fine")

    async with ModelServer(step) as server, opened(server) as model:
        (first,) = await answers(model, ask())
        (second,) = await answers(model, ask(text="again"))
    assert first.text == "fine"
    assert first.notes == second.notes == ("temperature left out: the model does not take it",)
    assert len(server.asked) == 3


async def test_the_newer_word_for_the_bound_of_tokens_is_learnt() -> None:
    def step(asked: Asked) -> Step:
        if "max_tokens" in asked.body:
            return refusal(
                400,
                "Unsupported parameter: 'max_tokens' is not supported with this model. "
                "Use 'max_completion_tokens' instead.",
                param="max_tokens",
            )
        if asked.body["max_completion_tokens"] > 100:
            return refusal(400, "max_completion_tokens is too large: 500. At most 100.")
        return chat(choice("cut sho", "length"))

    async with ModelServer(step) as server, opened(server) as model:
        (given,) = await answers(model, ask(parameters=Parameters(max_tokens=500)))
    assert given.finish == "length"
    assert given.notes == ("max_tokens lowered to 100",)
    assert server.asked[-1].body["max_completion_tokens"] == 100


async def test_a_server_that_refuses_several_choices_is_asked_for_single_ones() -> None:
    def step(asked: Asked) -> Step:
        return (
            refusal(400, "only one completion: 'n' must be 1") if "n" in asked.body else chat("x")
        )

    async with ModelServer(step) as server, opened(server) as model:
        assert await texts(model, ask(3)) == ["x", "x", "x"]
    assert len(server.asked) == 4


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(refusal(500, "oops"), id="500"),
        pytest.param(cut, id="cut"),
        pytest.param(http(200, b"{rubbish"), id="no json"),
        pytest.param(http(200, {"hello": "world"}), id="other shape"),
        pytest.param(http(200, {"choices": [{"message": {"content": 3}}]}), id="content no text"),
        pytest.param(http(200, [1, 2]), id="a list"),
        pytest.param(
            http(200, {"error": {"message": "overloaded", "code": 503}}), id="error in 200"
        ),
        pytest.param(b"no http at all\r\n\r\n", id="no http"),
    ],
)
async def test_a_failure_is_tried_again_and_told_when_it_stays(fault: Step) -> None:
    async with ModelServer([fault, fault, chat("fine")]) as server, opened(server) as model:
        assert await texts(model, ask()) == ["fine"]
    waiter = FakeWaiter()
    async with ModelServer([fault]) as server, opened(server, waiter, max_retries=3) as model:
        with pytest.raises(ModelError, match="after 4 tries"):
            await answers(model, ask())
    assert len(server.asked) == 4
    assert sum(waiter.sleeps) > 0


@pytest.mark.parametrize("slow", [never, drip])
async def test_a_request_ends_at_its_timeout_whatever_trickles_in(slow: Step) -> None:
    async with (
        ModelServer([slow, chat("fine")]) as server,
        opened(server, request_timeout_seconds=0.2) as model,
    ):
        assert await texts(model, ask()) == ["fine"]
    assert len(server.asked) == 2


async def test_an_endless_answer_is_dropped_at_the_bound() -> None:
    async with ModelServer([flood]) as server, opened(server, max_answer_mb=0.5) as model:
        (given,) = await answers(model, ask())
    assert given.finish == "length"
    assert given.text == ""
    assert given.tokens_out >= 2**17
    assert given.notes == ("no text: longer than --max-answer-mb, so it was dropped",)


async def test_no_server_at_all_is_told_with_its_address() -> None:
    async with ModelServer([chat("x")]) as server:
        pass
    async with opened(server, max_retries=1) as model:
        with pytest.raises(ModelError, match=server.url):
            await answers(model, ask())


@pytest.mark.parametrize(
    ("given", "finish"),
    [
        (choice(None, "content_filter"), "filtered"),
        (choice(None, "stop", refusal="I can't"), "filtered"),
        (choice(None, "tool_calls", tool_calls=[{"id": "1"}]), "tool"),
        (choice("", "stop"), "empty"),
        (choice("half", "length"), "length"),
        (choice("text beside", "tool_calls", tool_calls=[{"id": "1"}]), "stop"),
    ],
)
async def test_how_an_answer_ended_is_kept(given: dict[str, Any], finish: str) -> None:
    async with ModelServer([chat(given)]) as server, opened(server) as model:
        (response,) = await answers(model, ask())
    assert response.finish == finish
    assert response.text == (given["message"]["content"] or "")
    why = [note for note in response.notes if note.startswith(NO_TEXT)]
    assert len(why) == (0 if response.text else 1)


async def test_a_filtered_prompt_is_an_answer_without_text() -> None:
    step = refusal(400, "filtered by the content management policy", code="content_filter")
    async with ModelServer([step]) as server, opened(server) as model:
        given = await answers(model, ask(2))
    assert [each.finish for each in given] == ["filtered", "filtered"]


async def test_no_choices_are_asked_for_once_more_and_their_tokens_are_counted() -> None:
    async with ModelServer([chat(tokens=(10, 0))]) as server, opened(server) as model:
        (given,) = await answers(model, ask())
    assert given.finish == "empty"
    assert given.tokens_in == 20
    assert len(server.asked) == 2


async def test_tokens_that_are_not_counted_are_estimated_and_marked() -> None:
    for tokens in (None, (0, 0)):
        async with ModelServer([chat("x" * 40, tokens=tokens)]) as server, opened(server) as model:
            (given,) = await answers(model, ask())
        assert given.estimated
        assert given.tokens_out == 10
        assert given.tokens_in > 0


@pytest.mark.parametrize(("price", "cost"), [(None, None), ((2.0, 10.0), 0.003)])
async def test_an_unknown_price_is_none_and_a_given_one_counts(price: Any, cost: Any) -> None:
    step = chat("x", tokens=(1000, 100))
    async with ModelServer([step]) as server, opened(server, price_usd_per_million=price) as model:
        (given,) = await answers(model, ask())
    assert given.cost_usd == (cost and pytest.approx(cost))


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (refusal(401, f"Incorrect API key provided: {SECRET}"), "OPENAI_API_KEY"),
        (refusal(404, "The model `tiny` does not exist", code="model_not_found"), "model's name"),
        (refusal(429, "You exceeded your quota", code="insufficient_quota"), "no credit left"),
        (refusal(400, "messages: expected something else"), "the server's message above"),
    ],
)
async def test_what_no_retry_can_help_is_refused_at_once(
    step: bytes, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    async with ModelServer([step]) as server, opened(server) as model:
        with pytest.raises(ModelRefusedError, match=told) as caught:
            await answers(model, ask())
    assert SECRET not in str(caught.value)
    assert len(server.asked) == 1
    assert server.asked[0].headers["authorization"] == f"Bearer {SECRET}"


async def test_a_prompt_over_the_context_says_by_how_much() -> None:
    said = (
        "This model's maximum context length is 8192 tokens. However, your messages resulted "
        "in 10000 tokens. Please reduce the length of the messages."
    )
    step = refusal(400, said, code="context_length_exceeded")
    async with ModelServer([step]) as server, opened(server) as model:
        with pytest.raises(PromptTooLongError, match="1,808 tokens too many") as caught:
            await answers(model, ask())
    assert (caught.value.tokens, caught.value.limit) == (10_000, 8_192)


async def test_being_told_to_wait_is_obeyed_however_often() -> None:
    waiter = FakeWaiter()
    busy = refusal(429, "slow down", Retry_After="7")
    async with (
        ModelServer([busy] * 20 + [chat("fine")]) as server,
        opened(server, waiter, max_retries=0) as model,
    ):
        assert await texts(model, ask()) == ["fine"]
    assert waiter.now >= 20 * 7


async def test_waiting_ends_with_the_total_timeout() -> None:
    waiter = FakeWaiter()
    async with (
        ModelServer([refusal(429, "slow down", Retry_After="7")]) as server,
        opened(server, waiter, total_timeout_seconds=30) as model,
    ):
        with pytest.raises(ModelError, match="asks to wait 7 s"):
            await answers(model, ask())
    assert waiter.now <= 30


async def test_a_storm_of_refusals_and_cuts_loses_no_answer_and_doubles_none() -> None:
    numbers = iter(range(10_000))
    served: Counter[str] = Counter()

    def step(asked: Asked) -> Step:
        number = next(numbers)
        if number % 10 < 3:
            return refusal(429, "slow down", Retry_After="0.1")
        if number % 20 == 13:
            return cut
        prompt = asked.body["messages"][1]["content"]
        served[prompt] += 1
        return chat(f"{prompt}/{served[prompt]}")

    async with ModelServer(step) as server, opened(server, in_flight=16) as model:
        given = await asyncio.gather(*(answers(model, ask(3, f"prompt {n}")) for n in range(30)))
    assert all(len(row) == 3 for row in given)
    assert sum(served.values()) == 90 == len({each.text for row in given for each in row})


async def test_what_came_before_a_failure_is_kept() -> None:
    numbers = iter(range(100))

    def step(asked: Asked) -> Step:
        return chat("first") if next(numbers) == 0 else refusal(500, "down")

    async with ModelServer(step) as server, opened(server, max_retries=1) as model:
        stream = aiter(model.respond(ask(3)))
        assert (await anext(stream)).text == "first"
        with pytest.raises(ModelError):
            await anext(stream)


async def test_leaving_early_cancels_what_is_in_flight() -> None:
    async def slowly(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(30)

    numbers = iter(range(100))

    def step(asked: Asked) -> Step:
        return chat("first") if next(numbers) == 0 else slowly

    async with ModelServer(step) as server, opened(server) as model:
        stream = model.respond(ask(4))
        async for response in stream:
            assert response.text == "first"
            while len(server.asked) < 4:
                await asyncio.sleep(0.01)
            break
        await stream.aclose()  # type: ignore[attr-defined]
        while server.cut_off < 3:
            await asyncio.sleep(0.01)
    assert len(server.asked) == 4


async def test_no_more_requests_are_in_flight_than_allowed() -> None:
    now, most = 0, 0

    async def counted(writer: asyncio.StreamWriter) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.01)
        writer.write(chat("x"))
        await writer.drain()
        now -= 1

    async with ModelServer(lambda asked: counted) as server, opened(server, in_flight=5) as model:
        await asyncio.gather(*(answers(model, ask(text=f"{n}")) for n in range(40)))
    assert most == 5


async def test_a_prompt_with_lone_surrogates_can_be_sent() -> None:
    async with ModelServer([chat("a \ud800 in the answer too")]) as server, opened(server) as model:
        assert await texts(model, ask(text="a \udc00 b")) == ["a \ud800 in the answer too"]
    assert server.asked[0].body["messages"][1]["content"] == "a ? b"


async def test_equal_requests_send_equal_seeds_and_others_other_ones() -> None:
    async with ModelServer([chat("x")]) as server, opened(server) as model:
        for request in (ask(), ask(), ask(seed=1), ask((1,)), ask(text="other")):
            await answers(model, request)
    seeds = [asked.body["seed"] for asked in server.asked]
    assert seeds[0] == seeds[1]
    assert len(set(seeds)) == 4
    assert all(0 <= seed < 2**31 for seed in seeds)


def test_without_a_key_and_a_server_the_next_step_is_told() -> None:
    with pytest.raises(ModelRefusedError, match="OPENAI_API_KEY") as caught:
        open_openai("openai/gpt-5", "gpt-5", ModelOptions())
    assert "--base-url" in caught.value.next_step
