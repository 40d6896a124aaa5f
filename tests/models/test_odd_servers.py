"""Servers that speak OpenAI's protocol in ways of their own."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

import pytest

from fakes.model_server import Asked, ModelServer, Step, chat, choice, http, refusal
from fakes.prompts import answers, ask
from fakes.waiter import FakeWaiter
from selftaught.errors import ModelError, ModelRefusedError, PromptTooLongError
from selftaught.models.check import check
from selftaught.models.openai import open_openai
from selftaught.models.options import ModelOptions
from selftaught.models.provider import ProviderModel
from selftaught.ports import NO_TEXT, Message, ModelRequest, ModelResponse, Parameters

CODE = "```python\ndef solve(x):\n    return x\n```"
MERGED = [{"role": "user", "content": "You are an expert.\n\nImprove it."}]


def opened(server: ModelServer, waiter: FakeWaiter | None = None, **options: Any) -> ProviderModel:
    at = ModelOptions(base_url=f"{server.url}/v1", **options)
    return open_openai("openai/tiny", "tiny", at, waiter=waiter or FakeWaiter())


async def heard(
    server: ModelServer, request: ModelRequest, waiter: FakeWaiter | None = None, **options: Any
) -> list[ModelResponse]:
    """The answers of a model that is opened for this request only."""
    async with contextlib.AsyncExitStack() as stack:
        model = opened(server, waiter, **options)
        stack.push_async_callback(model.close)
        return await answers(model, request)


async def told(
    server: ModelServer, request: ModelRequest, waiter: FakeWaiter | None = None, **options: Any
) -> list[str]:
    """The texts of such a model."""
    return [each.text for each in await heard(server, request, waiter, **options)]


async def one(step: Step, **options: Any) -> ModelResponse:
    """The answer of a server that always says the same."""
    async with ModelServer([step]) as server:
        (given,) = await heard(server, ask(), **options)
    return given


# ------------------------------------------------------------------ roles that are refused

ROLE_REFUSALS = {
    "Gemma on vLLM": (400, {"object": "error", "message": "System role not supported"}),
    "vLLM, with its class": (
        400,
        {"error": {"message": "System role not supported None", "type": "BadRequestError"}},
    ),
    "Mistral": (
        400,
        {"message": "Conversation roles must alternate user/assistant/user/assistant/..."},
    ),
    "Mistral, newer": (400, {"detail": "Only user and assistant roles are supported!"}),
    "llama.cpp": (
        500,
        {
            "error": {
                "code": 500,
                "message": "Value is not callable: System role not supported at row 1, column 96",
                "type": "server_error",
            }
        },
    ),
    "LM Studio": (
        400,
        {
            "error": 'Error rendering prompt with jinja template: "Error: Only user and assistant '
            'roles are supported!"'
        },
    ),
    "TGI": (
        422,
        {
            "error": "Template error: invalid operation: System role not supported (in <string>:1)",
            "error_type": "template_error",
        },
    ),
    "FastAPI": (
        422,
        {
            "detail": [
                {
                    "type": "literal_error",
                    "loc": ["body", "messages", 0, "role"],
                    "msg": "Input should be 'user' or 'assistant'",
                }
            ]
        },
    ),
    "o1-mini": (
        400,
        {
            "error": {
                "message": "Unsupported value: 'messages[0].role' does not support 'system' with "
                "this model.",
                "param": "messages[0].role",
                "code": "unsupported_value",
            }
        },
    ),
    "Google's endpoint": (
        400,
        [{"error": {"message": "Developer instruction is not enabled for models/gemma-3-27b-it"}}],
    ),
    "a proxy in words": (400, {"message": "messages must start with a user message"}),
    "an unknown role": (400, {"error": {"message": "Unexpected role 'system' in messages"}}),
    "an error as an answer": (200, {"object": "error", "message": "System role not supported",
                                    "code": 400}),
}  # fmt: skip


@pytest.mark.parametrize(("status", "body"), ROLE_REFUSALS.values(), ids=ROLE_REFUSALS)
async def test_a_model_without_a_system_role_gets_the_expertise_in_the_prompt(
    status: int, body: Any
) -> None:
    def step(asked: Asked) -> Step:
        if any(each["role"] != "user" for each in asked.body["messages"]):
            return http(status, body)
        return chat("fine")

    async with ModelServer(step) as server:
        model = opened(server)
        (first,) = await answers(model, ask())
        (second,) = await answers(model, ask())
        await model.close()
    assert first.text == second.text == "fine"
    assert first.notes == second.notes
    assert "no system message" in first.notes[0]
    assert [each.body["messages"] for each in server.asked[1:]] == [MERGED, MERGED]


async def test_a_model_that_wants_a_developer_gets_one() -> None:
    def step(asked: Asked) -> Step:
        if asked.body["messages"][0]["role"] == "system":
            return refusal(400, "Input should be 'developer', 'user' or 'assistant': role 'system'")
        return chat("fine")

    async with ModelServer(step) as server:
        assert await told(server, ask()) == ["fine"]
    assert [each["role"] for each in server.asked[-1].body["messages"]] == ["developer", "user"]


async def test_seeds_do_not_depend_on_the_role_that_is_sent() -> None:
    async with ModelServer([chat("x")]) as server:
        for role in ("system", "developer", "user"):
            await heard(server, ask(), system_role=role)
    assert len({each.body["seed"] for each in server.asked}) == 1
    assert [each.body["messages"][0]["role"] for each in server.asked] == [
        "system", "developer", "user",
    ]  # fmt: skip


async def test_no_message_follows_one_of_its_own_role() -> None:
    said = ("system", "A"), ("user", "B"), ("user", "C"), ("assistant", "D"), ("user", "E")
    request = ModelRequest(tuple(Message(*each) for each in said), Parameters(), (0,), "i", 0)
    async with ModelServer([chat("x")]) as server:
        await heard(server, request, system_role="user")
    sent = [(each["role"], each["content"]) for each in server.asked[0].body["messages"]]
    assert sent == [("user", "A\n\nB\n\nC"), ("assistant", "D"), ("user", "E")]


async def test_a_role_that_stays_refused_is_told_and_not_asked_for_ever() -> None:
    step = refusal(400, "Conversation roles must alternate user/assistant")
    async with ModelServer([step]) as server:
        with pytest.raises(ModelRefusedError, match="must alternate"):
            await heard(server, ask())
    assert len(server.asked) == 2


async def test_where_a_system_message_may_come_first_it_is_not_to_blame() -> None:
    step = refusal(400, "After the optional system message, roles must alternate user/assistant")
    async with ModelServer([step]) as server:
        with pytest.raises(ModelRefusedError):
            await heard(server, ask())
    assert len(server.asked) == 1


async def test_a_check_says_which_form_the_server_takes() -> None:
    def step(asked: Asked) -> Step:
        if asked.body["messages"][0]["role"] == "system":
            return refusal(400, "System role not supported")
        if not asked.body.get("stream"):
            return refusal(400, "stream must be true")
        return stream(delta("A"), delta(finish="stop"))

    async with ModelServer(step) as server:
        model = opened(server)
        report = await check(model)
        await model.close()
    assert report.text == "A"
    assert report.system_role == "user"
    assert report.stream


# ----------------------------------------------------------------------------- streams


def delta(content: Any = None, *, at: int = 0, finish: str | None = None, **more: Any) -> Any:
    said = {"content": content, **more}
    return {"choices": [{"index": at, "delta": said, "finish_reason": finish}], "model": "served-1"}


def events(*chunks: Any, end: str = "\n\n", done: bool = True) -> str:
    lines = [f"data: {json.dumps(each, ensure_ascii=False)}{end}" for each in chunks]
    return "".join(lines) + (f"data: [DONE]{end}" if done else "")


def stream(*chunks: Any, **how: Any) -> bytes:
    return http(200, events(*chunks, **how).encode(), Content_Type="text/event-stream")


WHOLE = (delta("é", role="assistant"), delta("\u2028b\n"), delta(finish="stop"))
USAGE = {"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 3}}
ERROR = {"error": {"message": "the engine is dead", "code": 500}}

STREAMS: dict[str, str] = {
    "as OpenAI's": events(*WHOLE, USAGE),
    "with CRLF": events(*WHOLE, end="\r\n\r\n"),
    "with CR": events(*WHOLE, end="\r\r"),
    "without blank lines": events(*WHOLE, end="\n"),
    "without a space": events(*WHOLE).replace("data: ", "data:"),
    "with a byte-order mark": "\ufeff" + events(*WHOLE),
    "with comments": ": OPENROUTER PROCESSING\n\n" + events(WHOLE[0]).replace(
        "data: [DONE]", ": wait") + events(*WHOLE[1:]),
    "with names": events(*WHOLE).replace("data: {", "id: 4\nevent: completion\nretry: 9\ndata: {"),
    "without [DONE]": events(*WHOLE, done=False),
    "without its last line end": events(*WHOLE).rstrip(),
    "without a finish": events(*WHOLE[:2]),
    "pretty": "".join(
        "".join(f"data: {line}\n" for line in json.dumps(each, indent=1).splitlines()) + "\n"
        for each in WHOLE
    ),
    "with signs of life": "data: ping\n\ndata: {}\n\ndata:\n\n" + events(*WHOLE),
    "as one message": events({"choices": [choice("é\u2028b\n")]}),
    "as growing messages": events(
        {"choices": [choice("é", None)]},  # type: ignore[arg-type]
        {"choices": [choice("é\u2028b\n", "stop")]},
    ),
    "with empty deltas": events(delta(""), *WHOLE, {"choices": [{"index": 0, "delta": None}]}),
    "in parts": events(delta([{"type": "text", "text": "é"}]), *WHOLE[1:]),
    "as JSON lines": "\n".join(json.dumps(each) for each in WHOLE),
    "as Ollama's own": "\n".join(
        json.dumps(each)
        for each in (
            {"message": {"content": "é"}, "done": False},
            {"message": {"content": "\u2028b\n"}, "done": False},
            {"message": {"content": ""}, "done": True, "done_reason": "stop"},
        )
    ),
    "as legacy completions": events(
        {"choices": [{"text": "é"}]},
        {"choices": [{"text": "\u2028b\n", "finish_reason": "stop"}]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", ["text/event-stream", "application/json", ""])
@pytest.mark.parametrize("body", STREAMS.values(), ids=STREAMS)
async def test_a_stream_that_nobody_asked_for_is_an_answer(body: str, kind: str) -> None:
    given = await one(http(200, body.encode(), Content_Type=kind))
    assert given.text == "é\u2028b\n"
    assert given.finish == "stop"


async def test_a_stream_counts_its_tokens_or_they_are_estimated() -> None:
    counted = await one(stream(*WHOLE, USAGE))
    assert (counted.tokens_in, counted.tokens_out, counted.estimated) == (7, 3, False)
    assert counted.model == "served-1"
    assert (await one(stream(*WHOLE))).estimated


async def test_choices_of_a_stream_may_come_interleaved() -> None:
    said = (delta("b", at=1), delta("a"), delta("B", at=1), delta("A", finish="length"))
    async with ModelServer([stream(*said, delta(at=1, finish="stop"))]) as server:
        given = await heard(server, ask(2))
    assert [(each.text, each.finish) for each in given] == [("aA", "length"), ("bB", "stop")]


BROKEN = {
    "cut in a piece": events(*WHOLE)[:60],
    "cut between pieces": events(*WHOLE[:2], done=False),
    "cut before anything": ": wait\n\n",
    "one choice unfinished": events(delta("a", finish="stop"), delta("b", at=1), done=False),
    "an error amid": events(*WHOLE[:2], ERROR),
    "an error by name": events(*WHOLE[:2], done=False) + 'event: error\ndata: {"message": "x"}\n\n',
    "lines cut": "\n".join(json.dumps(each) for each in WHOLE[:2]),
    "a line cut": "\n".join(json.dumps(each) for each in WHOLE)[:-10],
    "finish error": events(delta("a"), delta(finish="error")),
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
async def test_a_stream_that_breaks_off_is_asked_for_again(body: str) -> None:
    step = http(200, body.encode(), Content_Type="text/event-stream")
    async with ModelServer([step, step, chat("fine")]) as server:
        assert await told(server, ask()) == ["fine"]
    async with ModelServer([step]) as server:
        with pytest.raises(ModelError, match="after 2 tries") as caught:
            await heard(server, ask(), max_retries=1)
    assert caught.value.next_step


async def test_a_stream_is_read_whatever_its_pieces_on_the_wire_are() -> None:
    body = events(*WHOLE).encode()

    async def dribble(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for byte in body:
            writer.write(b"1\r\n%c\r\n" % byte)
            await writer.drain()
        await asyncio.Event().wait()  # and never ends the body

    given = await one(dribble, request_timeout_seconds=60)
    assert given.text == "é\u2028b\n"


DEMANDS = {
    "a must": (400, "stream must be true"),
    "only": (422, "Only streaming is supported by this endpoint"),
    "the ten minutes": (
        400,
        "Streaming is required for operations that may take longer than 10 minutes",
    ),
    "a thinking model": (
        400,
        "parameter.enable_thinking must be set to false for non-streaming calls",
    ),
    "a field": (422, "[{'loc': ['body', 'stream'], 'msg': 'Input should be True'}]"),
}


@pytest.mark.parametrize(("status", "words"), DEMANDS.values(), ids=DEMANDS)
async def test_a_server_that_demands_streams_is_asked_for_them(status: int, words: str) -> None:
    def step(asked: Asked) -> Step:
        return stream(*WHOLE) if asked.body.get("stream") else refusal(status, words)

    async with ModelServer(step) as server:
        model = opened(server)
        (first,) = await answers(model, ask())
        await answers(model, ask())
        await model.close()
    assert first.text == "é\u2028b\n"
    assert "stream" in first.notes[0]
    assert len(server.asked) == 3
    assert server.asked[-1].body["stream_options"] == {"include_usage": True}


async def test_a_stream_that_was_asked_for_may_be_refused_in_part_or_whole() -> None:
    def step(asked: Asked) -> Step:
        if "stream_options" in asked.body:
            return refusal(400, "Unrecognized request argument: stream_options")
        return chat("x") if "stream" not in asked.body else refusal(400, "no streaming here")

    async with ModelServer(step) as server:
        (given,) = await heard(server, ask(), stream=True)
    assert given.text == "x"
    assert [each.body.get("stream") for each in server.asked] == [True, True, None]
    assert "no stream" in given.notes[0]


# ------------------------------------------------------------ text in unusual places


def said(finish: str | None = "stop", **message: Any) -> dict[str, Any]:
    return {"message": {"role": "assistant", **message}, "finish_reason": finish}


def call(arguments: Any, name: str = "write") -> list[dict[str, Any]]:
    return [{"id": "1", "type": "function", "function": {"name": name, "arguments": arguments}}]


PLACES: dict[str, tuple[Any, str]] = {
    "reasoning_content": (said(content=None, reasoning_content=CODE), CODE),
    "reasoning": (said(content="", reasoning=CODE), CODE),
    "thinking": (said(content=" \n", thinking=CODE), CODE),
    "no content at all": (said(reasoning_content=CODE), CODE),
    "code without a fence": (said(content=None, reasoning="def f():\n  pass"), "def f():\n  pass"),
    "parts": (said(content=[{"type": "text", "text": "a"}, {"text": "b"}, "c"]), "abc"),
    "one part": (said(content={"type": "text", "text": "a"}), "a"),
    "parts with thoughts": (
        said(content=[{"type": "thinking", "thinking": [{"text": "hm"}]}, {"text": "a"}]), "a",
    ),
    "only a part with thoughts": (
        said(content=[{"type": "thinking", "thinking": [{"type": "text", "text": CODE}]}]), CODE,
    ),
    "a tool's fence": (said("tool_calls", content=None, tool_calls=call({"text": CODE})), CODE),
    "a tool's code": (
        said("tool_calls", tool_calls=call(json.dumps({"path": "a.py", "code": "def f(): pass"}))),
        "```python\ndef f(): pass\n```",
    ),
    "a function's code": (
        said("function_call", function_call={"name": "f", "arguments": CODE}), CODE,
    ),
    "legacy": ({"text": "a", "finish_reason": "stop"}, "a"),
    "a delta": ({"delta": {"content": "a"}, "message": None, "finish_reason": "stop"}, "a"),
    "no role, no finish, no index": ({"message": {"content": "a"}, "finish_reason": None}, "a"),
    "NUL and lone surrogates": (said(content="a\0\ud800"), "a\0\ud800"),
    "one long line": (said(content="x" * 300_000), "x" * 300_000),
    "beside a tool": (said("tool_calls", content="a", tool_calls=call({})), "a"),
}  # fmt: skip


@pytest.mark.parametrize(("given", "text"), PLACES.values(), ids=PLACES)
async def test_text_is_found_wherever_it_is(given: Any, text: str) -> None:
    response = await one(http(200, {"choices": [given]}))
    assert response.text == text
    assert response.finish == "stop"
    assert not any(note.startswith(NO_TEXT) for note in response.notes)


WITHOUT: dict[str, tuple[Any, str, str]] = {
    "nothing": (said(content=""), "empty", "empty answer"),
    "null": (said(content=None), "empty", "empty answer"),
    "no message": ({"message": None, "finish_reason": "stop"}, "empty", "empty answer"),
    "missing message": ({"finish_reason": "stop"}, "empty", "empty answer"),
    "blanks": (said(content=" \n"), "empty", "empty answer"),
    "thoughts": (said(content=None, reasoning="Let me think."), "empty", "13 characters"),
    "thoughts up to the bound": (
        said("length", content=None, reasoning_content=CODE), "length", "--max-output-tokens",
    ),
    "the bound": (said("length", content=""), "length", "--max-output-tokens"),
    "Mistral's bound": (said("model_length", content=""), "length", "--max-output-tokens"),
    "a tool": (said("tool_calls", tool_calls=call('{"a": 1}', "search")), "tool", "'search'"),
    "a tool without a call": (said("tool_calls", content=None), "tool", "none was offered"),
    "a refusal": (said(content=None, refusal="I won't."), "filtered", "I won't."),
    "a refusing part": (
        said(content=[{"type": "refusal", "refusal": "No."}]), "filtered", "No.",
    ),
    "a filter": (said("content_filter", content=None), "filtered", "filter"),
    "Zhipu's filter": (said("sensitive", content=""), "filtered", "filter"),
}  # fmt: skip


@pytest.mark.parametrize(("given", "finish", "why"), WITHOUT.values(), ids=WITHOUT)
async def test_an_answer_without_text_is_paid_once_and_says_why(
    given: Any, finish: str, why: str
) -> None:
    async with ModelServer([http(200, {"choices": [given]})]) as server:
        (response,) = await heard(server, ask())
    assert not response.text.strip()
    assert response.finish == finish
    (note,) = response.notes
    assert note.startswith(NO_TEXT)
    assert why in note
    assert len(server.asked) == 1


@pytest.mark.parametrize("choices", [[], None])
async def test_no_choices_are_asked_for_once_more_only(choices: Any) -> None:
    async with ModelServer([http(200, {"choices": choices, "usage": None})]) as server:
        (response,) = await heard(server, ask())
    assert response.finish == "empty"
    assert response.notes[0].startswith(NO_TEXT)
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    "body",
    [
        [{"generated_text": "a"}],
        {"generated_text": "a"},
        {"message": {"role": "assistant", "content": "a"}, "done": True, "done_reason": "stop"},
        {"response": "a", "done": True},
        {"choices": [said(content="a")], "timings": {"predicted_n": 1}, "x": [float("nan")]},
    ],
)
async def test_answers_in_words_of_their_own(body: Any) -> None:
    assert (await one(http(200, body))).text == "a"


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [
        ({"prompt_tokens": "7", "completion_tokens": "3"}, (7, 3)),
        ({"prompt_tokens": 7.0, "completion_tokens": 3.0}, (7, 3)),
        ({"prompt_tokens": -1, "completion_tokens": None}, None),
        ({"prompt_tokens": True, "completion_tokens": "many"}, None),
        ([], None),
        ("none", None),
        ({"prompt_tokens": 7, "completion_tokens": 3, "cost": float("inf")}, (7, 3)),
    ],
)
async def test_counts_are_taken_where_they_are_numbers(usage: Any, tokens: Any) -> None:
    given = await one(http(200, {"choices": [said(content="a")], "usage": usage}))
    assert given.estimated is (tokens is None)
    assert tokens is None or (given.tokens_in, given.tokens_out) == tokens
    assert given.cost_usd is None


# ------------------------------------------------------------------- bodies as they come

ANSWER = {"choices": [said(content="é: “a”")]}
TEXT = json.dumps(ANSWER, ensure_ascii=False)
BODIES: dict[str, tuple[bytes, str, str]] = {
    "UTF-8": (TEXT.encode(), "", ""),
    "a mark": (TEXT.encode("utf-8-sig"), "", ""),
    "UTF-16 with a mark": (TEXT.encode("utf-16"), "", ""),
    "UTF-16 without": (TEXT.encode("utf-16-le"), "", ""),
    "UTF-16, big": (TEXT.encode("utf-16-be"), "", ""),
    "UTF-32": (TEXT.encode("utf-32"), "", ""),
    "Windows-1252": (TEXT.encode("cp1252"), "", "Windows-1252"),
    "declared": (TEXT.encode("cp1252"), "; charset=windows-1252", ""),
    "declared in quotes": (TEXT.encode("cp1252"), '; charset="cp1252"', ""),
    "declared and unknown": (TEXT.encode("cp1252"), "; charset=klingon", "Windows-1252"),
    "declared and wrong": (TEXT.encode(), "; charset=iso-8859-1", ""),
    "signs of life": (b"\n \n: OPENROUTER PROCESSING\n\n : more\r\n" + TEXT.encode(), "", ""),
    "trailing junk": (TEXT.encode() + b"\n\0\0data: [DONE]", "", ""),
    "told twice": (TEXT.encode() * 2, "", ""),
}


@pytest.mark.parametrize(("body", "charset", "note"), BODIES.values(), ids=BODIES)
async def test_bodies_are_read_as_they_come(body: bytes, charset: str, note: str) -> None:
    given = await one(http(200, body, Content_Type=f"application/json{charset}"))
    assert given.text == "é: “a”"
    assert given.finish == "stop"
    assert bool(given.notes) is bool(note)
    assert note in "".join(given.notes)


FAULTS: dict[str, tuple[bytes, str, str]] = {
    "a page": (
        http(200, b"<!DOCTYPE html><html><head><title>Log\n in</title>"), "titled 'Log in'", "/v1",
    ),
    "an empty body": (http(200, b""), "empty body", "--base-url"),
    "204": (b"HTTP/1.1 204 No Content\r\n\r\n", "empty body", "--base-url"),
    "half": (http(200, b'{"choices": [{"message": {"con'), "no JSON", "ends long answers"),
    "binary": (http(200, b"\x01\x02 nonsense"), "\ufffd\ufffd nonsense", "--base-url"),
    "another shape": (http(200, {"status": "ok"}), '{"status": "ok"}', "--base-url"),
    "an error as text": (http(200, {"error": "out of memory"}), "out of memory", "server is up"),
    "an error in a choice": (
        http(200, {"choices": [{"error": {"code": 502, "message": "upstream"}}]}), "upstream", "up",
    ),
    "a choice given up": (http(200, {"choices": [said("abort", content="a")]}), "abort", "URL"),
    "524": (http(524, b"<html><title>A timeout occurred</title>"), "A timeout occurred", "is up"),
    "408": (refusal(408, "too slow"), "too slow", "is up"),
    "409": (refusal(409, "conflict"), "conflict", "is up"),
}  # fmt: skip


@pytest.mark.parametrize(("step", "found", "then"), FAULTS.values(), ids=FAULTS)
async def test_what_is_no_answer_is_asked_again_and_told_with_a_next_step(
    step: bytes, found: str, then: str
) -> None:
    async with ModelServer([step, chat("fine")]) as server:
        assert await told(server, ask()) == ["fine"]
    with pytest.raises(ModelError) as caught:
        await one(step, max_retries=1)
    assert not isinstance(caught.value, ModelRefusedError)
    assert found in caught.value.found
    assert then.lower() in caught.value.next_step.lower()
    assert len(caught.value.found) < 1_000


async def test_one_choice_that_failed_is_asked_for_again_alone() -> None:
    both = [said(content="a"), said("error", content="half")]
    async with ModelServer([http(200, {"choices": both}), chat("b")]) as server:
        assert await told(server, ask(2)) == ["a", "b"]


@pytest.mark.parametrize(
    ("step", "then"),
    [
        (http(405, {"detail": "Method Not Allowed"}), "/v1"),
        (http(407, b"Proxy Authentication Required"), "NO_PROXY"),
        (http(404, b"<html><title>404 Not Found</title>"), "/v1"),
        (http(200, {"error": {"type": "authentication_error", "message": "bad key"}}), "the key"),
    ],
)
async def test_what_no_retry_can_help_says_what_to_do(step: bytes, then: str) -> None:
    with pytest.raises(ModelRefusedError) as caught:
        await one(step)
    assert then in caught.value.next_step


@pytest.mark.parametrize(
    "step",
    [
        refusal(413, "Request Entity Too Large"),
        refusal(422, "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096"),
        refusal(500, "request (9000 tokens) exceeds the available context size (4096 tokens)"),
        http(413, b"<html><title>413 Request Entity Too Large</title>"),
    ],
)
async def test_a_prompt_that_is_too_long_is_no_failure_of_the_server(step: bytes) -> None:
    with pytest.raises(PromptTooLongError):
        await one(step)


@pytest.mark.parametrize(
    ("step", "seconds"),
    [
        (refusal(429, "Rate limit reached. Please try again in 1m2.5s."), 62.5),
        (refusal(429, "slow down. Try again in 250ms"), 0.25),
        (refusal(503, "Loading model"), 0.0),
        (http(503, {"error": "Model x is currently loading", "estimated_time": 20.0}), 20.0),
        (refusal(429, "slow down", Retry_After="8s"), 8.0),
        (http(200, {"error": {"type": "overloaded_error", "message": "Overloaded"}}), 0.0),
    ],
)
async def test_a_server_that_is_busy_is_waited_for(step: bytes, seconds: float) -> None:
    waiter = FakeWaiter()
    async with ModelServer([*[step] * 9, chat("fine")]) as server:
        assert await told(server, ask(), waiter, max_retries=0) == ["fine"]
    assert waiter.now >= 9 * seconds


async def test_more_choices_than_asked_for_are_passed_over() -> None:
    assert (await one(chat("a", "b", "c"))).text == "a"


async def test_a_bound_of_tokens_is_sent() -> None:
    async with ModelServer([chat("x")]) as server:
        await heard(server, ask(), max_output_tokens=99)
        await heard(server, ask())
    assert [each.body.get("max_tokens") for each in server.asked] == [99, None]


async def test_a_long_stream_is_bounded_and_its_frames_do_not_count_as_the_answer() -> None:
    long = [delta("x" * 100) for _ in range(3_000)]
    given = await one(stream(*long, delta(finish="stop")), max_answer_mb=0.3)
    assert len(given.text) == 300_000
    given = await one(stream(*long, delta(finish="stop")), max_answer_mb=0.05)
    assert (given.text, given.finish) == ("", "length")
