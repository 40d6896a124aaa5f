"""What is sent beside the body, and which way."""

from __future__ import annotations

import pytest

from fakes.model_server import ModelServer, chat
from fakes.prompts import ask, texts
from selftaught.models.openai import open_openai
from selftaught.models.options import ModelOptions


async def asked(url: str) -> list[str]:
    model = open_openai("openai/tiny", "tiny", ModelOptions(base_url=url, max_retries=0))
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


@pytest.mark.parametrize("bypassed", [False, True])
async def test_a_proxy_of_the_environment_is_used(
    bypassed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    async with ModelServer([chat("direct")]) as server, ModelServer([chat("by proxy")]) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        if bypassed:
            monkeypatch.setenv("no_proxy", "127.0.0.1")
        assert await asked(f"{server.url}/v1") == ["direct" if bypassed else "by proxy"]
    assert (len(server.asked), len(proxy.asked)) == ((1, 0) if bypassed else (0, 1))
