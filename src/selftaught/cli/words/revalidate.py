"""The result of ``revalidate`` in words."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from selftaught.app.revalidate_result import RevalidateResult
from selftaught.cli import figures
from selftaught.cli.words.lists import table


def revalidate_words(result: RevalidateResult) -> list[RenderableType]:
    """Return both scores of winner and seed, and the selection bias."""
    what = "improver" if result.kind == "run" else "program"
    rows = [
        (name, figures.short(each.id), figures.score(each.chosen), figures.interval(each.fresh))
        for name, each in ((f"seed {what}", result.seed_program), ("winner", result.winner))
    ]
    bias = figures.interval(result.selection_bias, signed=True)
    return [
        Text(f"{result.of}: selection bias {bias}", style="bold"),
        table(("", "program", "when chosen", "on fresh draws"), rows, numbers=(2, 3)),
        f"winner minus seed on fresh draws, paired: "
        f"{figures.interval(result.difference, signed=True)}, p "
        f"{figures.p_value(result.p_value)} (sign-flip test)",
        "part of the gain over the seed due to luck: "
        f"{figures.interval(result.gain_bias, signed=True)}",
        "selection bias: the winner's score on train, when it was chosen, minus its mean on "
        "fresh instances and program seeds",
    ]
