"""The result of ``strategies`` in words."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import RenderableType

from selftaught.app.strategies import ProgramStrategies, StrategiesResult, StrategyRate, StrategyUse
from selftaught.cli import figures
from selftaught.cli.words.lists import table

LEGEND = "shares with 95 % Wilson intervals; strategies never proposed are omitted"


def strategies_words(result: StrategiesResult) -> list[RenderableType]:
    """Return each program's strategies, and how often a run proposed and adopted them."""
    rows = [
        (each.where, figures.short(each.program), _state(each), use_words(each.strategies))
        for each in result.programs
    ]
    parts: list[RenderableType] = [table(("where", "program", "", "strategies (lines)"), rows)]
    if not rows:
        parts = ["no round has proposed an improver yet"]
    seen = {each.name for each in result.rates if each.count}
    counted = [each for each in result.rates if each.name in seen and each.n]
    if counted:
        parts += [_rates(counted), LEGEND]
    return parts


def use_words(uses: Sequence[StrategyUse]) -> str:
    """Return strategies with their lines in one text."""
    named = [
        f"{use.name} ({', '.join(map(str, use.lines))})" if use.lines else f"{use.name} (calls)"
        for use in uses
    ]
    return ", ".join(named) or figures.NONE


def _state(each: ProgramStrategies) -> str:
    if each.adopted is None:
        return ""
    return " ".join(filter(None, (each.arm, "adopted" if each.adopted else "not adopted")))


def _rates(rates: Sequence[StrategyRate]) -> RenderableType:
    rows = [
        (
            each.name,
            each.of,
            "all" if each.round is None else each.round,
            f"{each.count} of {each.n}",
            f"{each.rate:.0%} ({each.low:.0%} to {each.high:.0%})",
        )
        for each in rates
    ]
    return table(("strategy", "of", "round", "count", "share"), rows, numbers=(3,))
