"""Our provider against servers that others wrote, and their clients against our server.

Slow: what is needed is installed from the package index into environments of its own, once.
"""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from fakes.environment import (
    LITELLM,
    LITELLM_PROXY,
    OPENEVOLVE,
    TRANSFORMERS,
    environment,
    offline,
    running,
    wait_for,
)
from fakes.prompts import answers, ask, texts
from selftaught.errors import ModelError, ModelRefusedError
from selftaught.models.check import check
from selftaught.models.openai import open_openai
from selftaught.models.options import ModelOptions
from selftaught.models.provider import ProviderModel
from selftaught.ports import Parameters

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2400)]

HERE = Path(__file__).parent
KEY = "sk-proxy-4711"
MOCKED = """\
model_list:
  - {model_name: tiny, litellm_params: {model: openai/x, api_key: none, mock_response: MOCKED}}
  - {model_name: busy, litellm_params:
      {model: openai/x, api_key: none, mock_response: litellm.RateLimitError}}
general_settings: {master_key: "sk-proxy-4711"}
litellm_settings: {num_retries: 0, telemetry: false}
router_settings: {num_retries: 0, disable_cooldowns: true}
"""


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextlib.asynccontextmanager
async def opened(url: str, model: str = "tiny", **options: Any) -> AsyncIterator[ProviderModel]:
    """Our provider for a model at an address."""
    at = ModelOptions(base_url=f"{url}/v1", request_timeout_seconds=120, **options)
    provider = open_openai(f"openai/{model}", model, at)
    try:
        yield provider
    finally:
        await provider.close()


@pytest.fixture(scope="module")
def transformers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `transformers serve` with a tiny model: real inference, on this machine."""
    python = environment(*TRANSFORMERS)
    home = tmp_path_factory.mktemp("transformers")
    made = subprocess.run(
        [python, HERE / "tiny_model.py", home / "tiny"],
        capture_output=True,
        text=True,
        env=offline(),
        check=False,
    )
    assert made.returncode == 0, made.stderr[-2000:]
    port, log = free_port(), home / "log"
    command = [python.with_name("transformers"), "serve", "tiny", "--device", "cpu"]
    with running([*command, "--host", "127.0.0.1", "--port", str(port)], log) as server:
        wait_for(f"http://127.0.0.1:{port}/health", server, log)
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def litellm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of litellm's proxy, whose models are mocked by itself."""
    python = environment(*LITELLM_PROXY)
    home = tmp_path_factory.mktemp("litellm")
    port, log = free_port(), home / "log"
    (home / "config.yaml").write_text(MOCKED)
    command = [python.with_name("litellm"), "--config", home / "config.yaml", "--port", str(port)]
    with running([*command, "--host", "127.0.0.1"], log) as server:
        wait_for(f"http://127.0.0.1:{port}/health/liveliness", server, log)
        yield f"http://127.0.0.1:{port}"


async def test_a_server_that_infers_and_ignores_n_gives_every_sample(transformers: str) -> None:
    async with opened(transformers) as model:
        given = await answers(model, ask(3, parameters=Parameters(max_tokens=12)))
        other = await texts(model, ask(3, "Another.", parameters=Parameters(max_tokens=12)))
        report = await check(model)
    assert len({each.text for each in given} | set(other)) > 3
    assert all(each.text for each in given)
    assert all(each.more == 0 for each in given)  # each of a request of its own
    assert not any(each.estimated for each in given)
    assert all(0 < each.tokens_out <= 12 for each in given)
    assert all(each.finish in ("length", "stop") for each in given)
    assert all(each.tokens_in > 10 for each in given)
    assert not report.choices
    assert report.usage


async def test_a_seed_that_is_sent_decides_what_is_inferred(transformers: str) -> None:
    request = ask(2, parameters=Parameters(max_tokens=12))
    async with opened(transformers, in_flight=1) as model:
        first, again = await texts(model, request), await texts(model, request)
    assert first == again
    assert first[0] != first[1]


async def test_litellm_s_proxy_answers(litellm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    async with opened(litellm) as model:
        given = await answers(model, ask(3))
    assert [each.text for each in given] == ["MOCKED"] * 3
    assert all(each.finish == "stop" and each.tokens_out > 0 for each in given)
    assert given[0].tokens_in > 0


async def test_litellm_s_proxy_refuses(litellm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-wrong-4711")
    async with opened(litellm) as model:
        with pytest.raises(ModelRefusedError) as caught:  # in words of its own, with HTTP 400
            await answers(model, ask())
    assert "sk-wrong-4711" not in str(caught.value)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    async with opened(litellm, "unheard-of") as model:
        with pytest.raises(ModelRefusedError, match="model's name"):
            await answers(model, ask())


async def test_litellm_s_proxy_is_busy(litellm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    async with opened(litellm, "busy", total_timeout_seconds=3.0) as model:
        with pytest.raises(ModelError, match="HTTP 429"):
            await answers(model, ask())


PROMPT = "Improve:\n```python\ndef solve(x):\n    return x + 1\n```"
CLIENTS = {
    "litellm": (
        LITELLM,
        """
import json, sys, litellm
messages = [{"role": "system", "content": "An expert."}, {"role": "user", "content": sys.argv[2]}]
given = litellm.completion(model="openai/offline", messages=messages, n=2, seed=7,
                           temperature=0.7, api_base=sys.argv[1], api_key="none")
print(json.dumps([choice.message.content for choice in given.choices]))
""",
    ),
    "openevolve": (
        OPENEVOLVE,
        """
import asyncio, json, sys
from openevolve.config import LLMModelConfig
from openevolve.llm.openai import OpenAILLM
config = LLMModelConfig(api_base=sys.argv[1], api_key="none", name="offline", temperature=0.7,
                        system_message="An expert.", timeout=60, retries=0, retry_delay=1)
print(json.dumps([asyncio.run(OpenAILLM(config).generate(sys.argv[2], seed=7))]))
""",
    ),
}


@pytest.mark.parametrize("name", CLIENTS)
def test_a_peer_s_client_works_against_the_built_in_model(name: str, tmp_path: Path) -> None:
    wanted, program = CLIENTS[name]
    python = environment(*wanted)
    port, log = free_port(), tmp_path / "log"
    serve = [sys.executable, "-m", "selftaught", "models", "--serve", "offline"]
    with running([*serve, "--port", str(port)], log) as server:
        url = f"http://127.0.0.1:{port}/v1"
        wait_for(f"{url}/models", server, log, seconds=60)
        asked = subprocess.run(
            [python, "-c", program, url, PROMPT],
            capture_output=True,
            text=True,
            env=offline(),
            check=False,
        )
        assert asked.returncode == 0, asked.stderr[-2000:]
        told = json.loads(asked.stdout.splitlines()[-1])
        with openai.OpenAI(api_key="none", base_url=url) as sdk:
            given = sdk.chat.completions.create(
                model="offline",
                messages=[
                    {"role": "system", "content": "An expert."},
                    {"role": "user", "content": PROMPT},
                ],
                n=len(told),
                seed=7,
                temperature=0.7,
            )
    assert told == [choice.message.content for choice in given.choices]
    assert all("def solve" in text for text in told)
