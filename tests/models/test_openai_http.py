"""What is sent beside the body, which way, and what comes back in unusual shapes."""

from __future__ import annotations

import asyncio
import gzip
import json
from typing import Any

import pytest
from aiohttp import TCPConnector

from fakes.model_server import ModelServer, Step, chat, http
from fakes.prompts import ask, texts
from selftaught.errors import ModelError, ModelRefusedError, UsageError
from selftaught.models.openai import open_openai
from selftaught.models.openai_http import OPENING, chat_address, headers_of, proxy_of
from selftaught.models.options import ModelOptions


async def asked(url: str, retries: int = 0) -> list[str]:
    options = ModelOptions(base_url=url, max_retries=retries, max_answer_mb=0.5)
    model = open_openai("openai/tiny", "tiny", options)
    try:
        return await texts(model, ask())
    finally:
        await model.close()


async def test_the_headers_are_those_of_openai_s_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-told")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-1")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Gateway: ours")
    async with ModelServer([chat("x")]) as server:
        assert await asked(f"{server.url}/v1/") == ["x"]
    headers = server.asked[0].headers
    assert headers["authorization"] == "Bearer sk-told"
    assert headers["openai-organization"] == "org-1"
    assert headers["openai-project"] == "proj-1"
    assert headers["x-gateway"] == "ours"
    assert headers["content-type"] == "application/json"
    assert not [name for name in headers if name.startswith("x-stainless")]
    assert server.asked[0].path == "/v1/chat/completions"


def test_a_custom_header_replaces_one_of_ours_and_what_is_none_is_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    custom = (
        "authorization: Bearer theirs\r\nno header\n X-Route :  http://a:1/b \n\nuser-agent: me"
    )
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", custom)
    monkeypatch.setenv("OPENAI_ORG_ID", "")
    monkeypatch.delenv("OPENAI_PROJECT_ID", raising=False)
    headers = headers_of("sk-ours")
    assert headers.getall("Authorization") == ["Bearer theirs"]
    assert headers.getall("User-Agent") == ["me"]
    assert headers["X-Route"] == "http://a:1/b"
    assert set(headers) == {"Accept", "Content-Type", "authorization", "user-agent", "X-Route"}


@pytest.mark.parametrize("under", ["", "/", "/v1", "/v1/", "/a%20b/v1"])
async def test_the_address_is_kept_as_it_was_given(under: str) -> None:
    async with ModelServer([chat("x")]) as server:
        assert await asked(server.url + under) == ["x"]
    assert server.asked[0].path == f"{under.rstrip('/')}/chat/completions"


@pytest.mark.parametrize(
    ("given", "asked_at"),
    [
        (
            "http://x/v1?api-version=2024-10-21",
            "http://x/v1/chat/completions?api-version=2024-10-21",
        ),
        ("http://x/v1/chat/completions", "http://x/v1/chat/completions"),
        ("http://x/v1/chat/completions/", "http://x/v1/chat/completions"),
        ("http://[::1]:8000/v1/", "http://[::1]:8000/v1/chat/completions"),
    ],
)
def test_a_query_stays_at_the_end_and_a_whole_address_is_one(given: str, asked_at: str) -> None:
    assert chat_address(given) == asked_at


@pytest.mark.parametrize(
    "url", ["localhost:8000/v1", "ftp://x/v1", "http:///v1", "http://[bad/v1", "http://x:99999/v1"]
)
def test_an_address_that_can_t_be_one_is_told_before_anything_is_asked(url: str) -> None:
    with pytest.raises(UsageError, match="names a host"):
        ModelOptions(base_url=url)


@pytest.fixture
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("no_proxy")
@pytest.mark.parametrize("here", ["127.0.0.1", "localhost"])
async def test_a_proxy_of_the_environment_is_used_for_other_machines_only(
    here: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with ModelServer([chat("direct")]) as server, ModelServer([chat("by proxy")]) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        assert await asked(f"{server.url}/v1".replace("127.0.0.1", here)) == ["direct"]
        assert await asked("http://model.invalid/v1") == ["by proxy"]
    assert (len(server.asked), len(proxy.asked)) == (1, 1)


@pytest.mark.usefixtures("no_proxy")
def test_a_host_that_the_environment_leaves_out_is_asked_directly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "inner.invalid")
    assert proxy_of("http://inner.invalid/v1") is None
    assert proxy_of("http://outer.invalid/v1") == "http://127.0.0.1:9"


async def test_a_burst_opens_its_connections_some_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opening = [0]
    connect = TCPConnector.connect

    async def counted(self: TCPConnector, *args: Any) -> Any:
        opening.append(opening[-1] + 1)
        try:
            return await connect(self, *args)
        finally:
            opening.append(opening[-1] - 1)

    monkeypatch.setattr(TCPConnector, "connect", counted)
    prompts = 3 * OPENING
    async with ModelServer([chat("x")] * prompts) as server:
        options = ModelOptions(base_url=server.url, in_flight=prompts)
        model = open_openai("openai/tiny", "tiny", options)
        told = await asyncio.gather(*(texts(model, ask()) for _ in range(prompts)))
        await model.close()
    assert told == [["x"]] * prompts
    assert max(opening) == OPENING


ANSWER = {"choices": [{"message": {"content": "squeezed"}, "finish_reason": "stop"}]}
SQUEEZED = gzip.compress(json.dumps(ANSWER).encode())


async def flooded_refusal(writer: asyncio.StreamWriter) -> None:
    """An error page that does not end."""
    writer.write(b"HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"10000\r\n" + b"x" * 65_536 + b"\r\n")
        await writer.drain()


@pytest.mark.parametrize(
    ("step", "told"),
    [
        pytest.param(flooded_refusal, "HTTP 500: xxx", id="endless error page"),
        pytest.param(http(200, b"rubbish", Content_Encoding="gzip"), "gzip", id="no gzip"),
        pytest.param(
            http(200, SQUEEZED[:-30], Content_Encoding="gzip"), "JSON|gzip", id="half gzip"
        ),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "Content-Length", id="head"),
        pytest.param(http(418, b"\xff\xfe"), "HTTP 418", id="no text"),
    ],
)
async def test_what_is_no_answer_is_an_error_that_tells_it(step: Step, told: str) -> None:
    async with ModelServer([step]) as server:
        with pytest.raises(ModelError, match=told) as caught:
            await asked(f"{server.url}/v1")
    assert len(str(caught.value)) < 2_000


async def test_a_compressed_answer_is_read() -> None:
    async with ModelServer([http(200, SQUEEZED, Content_Encoding="gzip")]) as server:
        assert await asked(f"{server.url}/v1") == ["squeezed"]


async def test_a_server_that_moved_is_followed() -> None:
    async with ModelServer([chat("there")]) as there:
        moved = http(307, b"", Location=f"{there.url}/v2/chat/completions")
        async with ModelServer([moved]) as server:
            assert await asked(f"{server.url}/v1") == ["there"]
    assert there.asked[0].path == "/v2/chat/completions"
    assert there.asked[0].body["messages"]
    assert "authorization" not in there.asked[0].headers  # another server gets no key


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_on_the_same_server_keeps_the_request_and_the_key(
    status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-told")
    moved = http(status, b"", Location="/v2/chat/completions/")
    async with ModelServer([moved, chat("there")]) as server:
        assert await asked(f"{server.url}/v1") == ["there"]
    assert [each.path for each in server.asked] == ["/v1/chat/completions", "/v2/chat/completions/"]
    assert server.asked[1].body == server.asked[0].body
    assert server.asked[1].headers["authorization"] == "Bearer sk-told"


async def test_another_server_gets_no_header_of_the_user_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-told")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "api-key: secret")
    async with ModelServer([chat("there")]) as there:
        moved = http(308, b"", Location=f"{there.url}/v2")
        async with ModelServer([moved]) as server:
            assert await asked(f"{server.url}/v1") == ["there"]
    assert server.asked[0].headers["api-key"] == "secret"
    told = there.asked[0].headers
    assert not {"authorization", "api-key", "openai-organization"} & told.keys()


@pytest.mark.parametrize("status", [301, 302, 303])
async def test_a_redirect_to_a_page_elsewhere_is_told_and_not_followed(status: int) -> None:
    async with ModelServer([chat("never")]) as there:
        moved = http(status, b"", Location=f"{there.url}/login")
        async with ModelServer([moved]) as server:
            with pytest.raises(
                ModelRefusedError, match=f"HTTP {status}: {there.url}/login"
            ) as told:
                await asked(f"{server.url}/v1")
    assert "--base-url" in told.value.next_step
    assert not there.asked
    assert len(server.asked) == 1


async def test_redirects_in_a_circle_end() -> None:
    async with ModelServer([http(307, b"", Location="/again")]) as server:
        with pytest.raises(ModelRefusedError, match="HTTP 307"):
            await asked(f"{server.url}/v1")
    assert 1 < len(server.asked) < 10


async def test_a_connection_that_the_server_closed_meanwhile_is_made_anew() -> None:
    async def last(writer: asyncio.StreamWriter) -> None:
        writer.write(chat("fine"))
        await writer.drain()
        writer.close()

    async with ModelServer([last]) as server:
        model = open_openai("openai/tiny", "tiny", ModelOptions(base_url=f"{server.url}/v1"))
        for _ in range(3):
            assert await texts(model, ask()) == ["fine"]
        await model.close()
