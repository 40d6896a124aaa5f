"""Words about models: their kinds, and what a check told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import RenderableType

from selftaught.cli.console import progress
from selftaught.cli.words.lists import table


def models_words(found: Sequence[Mapping[str, Any]]) -> list[RenderableType]:
    """Return the kinds of models as a table."""
    rows = [(each["pattern"], each["what"], each["needs"]) for each in found]
    return [table(("model", "what it is", "needs"), rows)]


def check_words(report: Mapping[str, Any]) -> list[RenderableType]:
    """Return what a check of a model told, a line each."""
    cost, price = report["cost_usd"], report["price_usd"]
    per_million = price and f"${price[0] * 1e6:.2f} in, ${price[1] * 1e6:.2f} out"
    rows = [
        ("answer", f"{report['text']!r}, ended with {report['finish']}"),
        ("served as", report["served"] or "not reported"),
        ("fingerprint", report["fingerprint"] or "none"),
        ("latency", f"{report['latency_seconds']:.2f} s"),
        ("several answers per request (n)", "yes" if report["choices"] else "no: one request each"),
        ("token counts (usage)", "reported" if report["usage"] else "not reported, estimated"),
        ("tokens of this check", f"{report['tokens_in']} in, {report['tokens_out']} out"),
        ("cost of this check", "unknown" if cost is None else f"${cost:.6f}"),
        ("price per million tokens", per_million or "unknown"),
        (
            "context",
            f"{report['context_tokens']:,} tokens" if report["context_tokens"] else "unknown",
        ),
        ("expertise sent as", f"{report['system_role']} message"),
        ("answers as streams", "yes" if report["stream"] else "no"),
        ("notes", "; ".join(report["notes"]) or "none; temperature and max tokens are accepted"),
    ]
    return [table((report["model"], ""), rows)]


def serving(url: str) -> None:
    """Say where a model is served."""
    progress().print(f"serving at {url}; stop with Ctrl-C")
    progress().print(
        f"for example: selftaught improve maxcut --model openai/offline --base-url {url}"
    )
