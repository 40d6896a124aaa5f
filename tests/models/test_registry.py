from __future__ import annotations

from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from fakes.model_server import ModelServer, chat
from fakes.prompts import answers, ask, texts
from selftaught.errors import ModelRefusedError, UnknownNameError, UsageError
from selftaught.models import optional_clients, registry
from selftaught.models.options import ModelOptions
from selftaught.models.scripted import ScriptedModel


def make(name: str, options: ModelOptions) -> ScriptedModel:
    return ScriptedModel([f"from {name}"], name=name)


def not_a_model(name: str, options: ModelOptions) -> str:
    return name


@pytest.fixture
def plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    offered = [
        EntryPoint("mine", f"{__name__}:make", registry.GROUP),
        EntryPoint("broken", "no_such_module:make", registry.GROUP),
    ]
    monkeypatch.setattr(registry, "entry_points", lambda group: offered)


def test_an_unknown_kind_is_told_with_the_nearest_names() -> None:
    with pytest.raises(UnknownNameError, match="did you mean openai/gpt-5"):
        registry.open_model("opnai/gpt-5")
    with pytest.raises(UnknownNameError):
        registry.open_model("offline/3")


@pytest.mark.parametrize("name", ["openai/", "command:", "replay:", "mailbox:", "ollama/"])
def test_a_kind_alone_is_not_enough(name: str) -> None:
    with pytest.raises(UsageError):
        registry.open_model(name)


@pytest.mark.parametrize("name", ["openai/gpt-5", "anthropic/claude", "google/gemini"])
def test_a_missing_key_is_told_with_its_variable(name: str) -> None:
    with pytest.raises(ModelRefusedError, match="_API_KEY"):
        registry.open_model(name)


def test_ollama_needs_no_key() -> None:
    assert registry.open_model("ollama/tiny").name == "ollama/tiny"


@pytest.mark.parametrize(("price", "cost"), [(None, 0.0), ((1.0, 1.0), 14e-6)])
async def test_ollama_on_this_machine_costs_nothing_unless_told(price: Any, cost: float) -> None:
    async with ModelServer([chat("x", tokens=(10, 4))]) as server:
        options = ModelOptions(base_url=f"{server.url}/v1", price_usd_per_million=price)
        model = registry.open_model("ollama/tiny", options=options)
        (given,) = await answers(model, ask())
        await model.close()
    assert given.cost_usd == pytest.approx(cost)


def test_a_missing_extra_is_told_with_the_command_that_installs_it() -> None:
    with pytest.raises(UsageError, match=r"pip install 'selftaught\[anthropic\]'"):
        optional_clients.need("no_such_sdk", "anthropic", "anthropic/x")


async def test_a_package_can_offer_models(plugins: None, tmp_path: Path) -> None:
    record = ModelOptions(record=tmp_path / "record.jsonl")
    model = registry.open_model("mine/it", options=record)
    assert await texts(model, ask()) == ["from mine/it"]
    await model.close()
    assert await texts(registry.open_model(f"replay:{record.record}"), ask()) == ["from mine/it"]
    assert "mine/NAME" in [each.pattern for each in registry.known()]
    with pytest.raises(UsageError, match="no_such_module"):
        registry.open_model("broken/x")


def test_all_kinds_that_are_listed_can_be_asked_for() -> None:
    patterns = [each.pattern for each in registry.known()]
    assert patterns == [
        "offline", "openai/NAME", "anthropic/NAME", "google/NAME", "ollama/NAME",
        "command:CMD", "replay:FILE", "mailbox:DIR",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"in_flight": 0},
        {"request_timeout_seconds": 0},
        {"total_timeout_seconds": float("nan")},
        {"max_retries": -1},
        {"price_usd_per_million": (1.0, -1.0)},
        {"base_url": "localhost:8000"},
    ],
)
def test_options_out_of_range_are_told(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        ModelOptions(**wrong)
