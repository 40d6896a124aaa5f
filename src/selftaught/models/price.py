"""Prices of models, from a table that ships with `genai-prices`; no network.

An unknown price is None, never 0.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from selftaught.models.locality import OLLAMA_URL, is_here
from selftaught.models.options import ModelOptions

if TYPE_CHECKING:
    from genai_prices.types import PriceCalculation

Price = tuple[float, float]
"""Dollars for one token of a prompt, and for one of an answer."""

_PROVIDERS = {"openai": "openai", "anthropic": "anthropic", "google": "google"}

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tariff:
    """Whose price list counts, and which model's line of it.

    Attributes:
        provider: a provider of the table; empty where ``url`` tells.
        model: the model's name in the provider's words.
        url: the server's address, where the user named one.
        chosen: a price that the user gave; counts before the table.
    """

    provider: str
    model: str
    url: str = ""
    chosen: Price | None = None

    def cost(self, tokens_in: int, tokens_out: int, served: str = "") -> float | None:
        """Return the dollars of one request; None where the price is unknown.

        Args:
            tokens_in: of the prompt.
            tokens_out: of all answers.
            served: the name that the server gave itself; looked up first.
        """
        if self.chosen is not None:
            return tokens_in * self.chosen[0] + tokens_out * self.chosen[1]
        for model in dict.fromkeys(name for name in (served, self.model) if name):
            found = self.line(model, tokens_in, tokens_out)
            if found is not None:
                return float(found.total_price)
        return None

    def line(self, model: str, tokens_in: int, tokens_out: int) -> PriceCalculation | None:
        """Return the table's line of a model, worked out for so many tokens, or None."""
        if not _known(self.provider, model, self.url):
            return None
        try:
            return _calculate(self.provider, model, self.url, (tokens_in, tokens_out))
        except (LookupError, ValueError) as error:
            _log.debug("no price for %s: %s", model, error)
            return None


def _calculate(provider: str, model: str, url: str, tokens: tuple[int, int]) -> PriceCalculation:
    # imported when the first price is asked for: the table takes a tenth of a second
    from genai_prices import Usage, calc_price  # noqa: PLC0415

    usage = Usage(input_tokens=tokens[0], output_tokens=tokens[1])
    if url:
        return calc_price(usage, model, provider_api_url=url)
    return calc_price(usage, model, provider_id=provider)


@lru_cache(maxsize=1024)
def _known(provider: str, model: str, url: str) -> bool:
    """Return whether the table has the model; to search it in vain costs more than a price."""
    try:
        _calculate(provider, model, url, (1, 1))
    except (LookupError, ValueError):
        return False
    return True


def context_tokens(model: str, options: ModelOptions | None = None) -> int | None:
    """Return the tokens of a model's context; None where the table does not know.

    Args:
        model: a name as `registry.open_model` takes it.
        options: with the base URL, where there is one.
    """
    scheme, _, name = model.partition("/")
    if scheme not in _PROVIDERS:
        return None
    tariff = Tariff(_PROVIDERS[scheme], name, (options.base_url if options else None) or "")
    found = tariff.line(name, 1, 1)
    return None if found is None else found.model.context_window


def chosen_price(options: ModelOptions) -> Price | None:
    """Return the price of one token that the user gave, or None."""
    if options.price_usd_per_million is None:
        return None
    dollars_in, dollars_out = options.price_usd_per_million
    return dollars_in / 1e6, dollars_out / 1e6


def costs_nothing(model: str, options: ModelOptions) -> bool:
    """Return whether nobody charges for a model: built in, recorded, Ollama's on this machine."""
    if model.startswith("ollama/"):
        return is_here(options.base_url or OLLAMA_URL)
    return model == "offline" or model.startswith("replay:")


def price(model: str, options: ModelOptions | None = None) -> Price | None:
    """Return the dollars for a token of a prompt and of an answer; None where unknown.

    Args:
        model: a name as `registry.open_model` takes it, e.g. ``openai/gpt-5``.
        options: with the base URL and the user's own price, where there are such.
    """
    options = options or ModelOptions()
    chosen = chosen_price(options)
    if chosen is not None:
        return chosen
    if costs_nothing(model, options):
        return 0.0, 0.0
    scheme, _, name = model.partition("/")
    if scheme not in _PROVIDERS:
        return None
    tariff = Tariff(_PROVIDERS[scheme], name, options.base_url or "")
    ends = tariff.cost(1_000, 0), tariff.cost(0, 1_000)
    if ends[0] is None or ends[1] is None:
        return None
    return ends[0] / 1_000, ends[1] / 1_000
