from __future__ import annotations

import pytest

from selftaught.models.options import ModelOptions
from selftaught.models.price import Tariff, context_tokens, price


def test_known_models_have_a_price_and_a_context() -> None:
    known = price("openai/gpt-4o-mini")
    assert known is not None
    assert 0 < known[0] < known[1] < 1e-5
    assert context_tokens("openai/gpt-4o-mini") == 128_000
    assert price("anthropic/claude-sonnet-4-5") is not None
    assert price("google/gemini-2.5-flash") is not None


@pytest.mark.parametrize("name", ["openai/no-such-model", "command:echo", "mailbox:box", "other/x"])
def test_unknown_prices_are_none_never_zero(name: str) -> None:
    assert price(name) is None
    assert context_tokens(name) is None


def test_what_costs_nothing_is_zero() -> None:
    assert price("offline") == (0.0, 0.0)
    assert price("replay:file") == (0.0, 0.0)
    assert price("ollama/gpt-4o") == (0.0, 0.0)


def test_ollama_elsewhere_may_charge() -> None:
    assert price("ollama/gpt-4o", ModelOptions(base_url="https://ollama.example/v1")) is None
    assert context_tokens("ollama/gpt-4o") is None


def test_another_server_does_not_have_the_provider_s_prices() -> None:
    at = ModelOptions(base_url="http://localhost:8000/v1")
    assert price("openai/gpt-4o-mini", at) is None
    assert context_tokens("openai/gpt-4o-mini", at) is None


def test_the_user_s_price_counts_first() -> None:
    told = ModelOptions(price_usd_per_million=(1.0, 2.0))
    assert price("command:echo", told) == (1e-6, 2e-6)
    assert Tariff("openai", "gpt-4o", chosen=(1.0, 2.0)).cost(3, 4) == 11.0


def test_the_served_name_is_looked_up_first() -> None:
    tariff = Tariff("openai", "gpt-4o")
    mini = Tariff("openai", "gpt-4o-mini").cost(1000, 1000)
    assert tariff.cost(1000, 1000, "gpt-4o-mini") == mini
    assert tariff.cost(1000, 1000, "unheard-of") == tariff.cost(1000, 1000)
