"""The result of ``compare --arms`` in words."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from selftaught.app.arms_result import ArmsResult, SetResult
from selftaught.cli import figures
from selftaught.cli.words.lists import table

ARMS = """A: the starting improver, spending everything in one invocation per task; B: the starting
improver in every round; C: improved by itself; D: best-of-N and sequential sampling. The budgets
of A and D include the cost of C's rounds, in equal parts per task."""


def arms_words(result: ArmsResult) -> list[RenderableType]:
    """Return the arms of each set of downstream tasks, headline first."""
    parts: list[RenderableType] = []
    for each in result.sets:
        parts += _set(each)
    return [*parts, " ".join(ARMS.split())] if parts else ["no replicate is complete"]


def _set(each: SetResult) -> list[RenderableType]:
    tasks = ", ".join(each.tasks)
    left_out = [f"left out of claims: {task} ({reason})" for task, reason in each.left_out.items()]
    if not each.arms:
        return [Text(f"{each.on}: {tasks}: no task with headroom", style="bold"), *left_out]
    headline = figures.interval(each.headline, signed=True)
    return [
        Text(
            f"{each.on}: {tasks}: C minus the best control ({each.best_control}): {headline}",
            style="bold",
        ),
        _arms(each),
        _spent(each),
        *left_out,
        f"the starting improver with the ordinary budget: {figures.interval(each.untouched)}",
        f"break-even: {_break_even(each)}",
    ]


def _arms(each: SetResult) -> RenderableType:
    rows = [
        (
            row.arm,
            figures.interval(row.endpoint),
            figures.interval(row.difference, signed=True) if row.difference else figures.NONE,
            figures.p_value(row.p_value),
        )
        for row in each.arms
    ]
    return table(("arm", "normalised", "C minus arm", "p"), rows, numbers=(1, 2, 3))


def _spent(each: SetResult) -> RenderableType:
    rows = [
        (
            row.arm,
            f"{row.spent.responses:,}",
            f"{row.spent.tokens_in + row.spent.tokens_out:,}",
            figures.dollars(row.spent.cost_usd),
            f"{row.spent.seconds:,.1f}",
            f"{row.spent.refused:,}",
            f"{row.spent.reused:,}",
        )
        for row in each.arms
    ]
    headings = ("arm", "responses", "tokens", "cost", "CPU s", "refused", "reused")
    return table(headings, rows, numbers=tuple(range(1, 7)))


def _break_even(each: SetResult) -> str:
    found = each.break_even
    if found.tasks is None:
        return "never: the starting improver gets as far with no more scores per task"
    much = (
        "did not get as far with its whole budget"
        if found.untouched is None
        else f"needs {found.untouched:,} to get as far"
    )
    bound = "at most " if found.at_most else ""
    return (
        f"{bound}{found.tasks:,} downstream tasks repay the rounds, which scored "
        f"{found.rounds:,.0f} programs; after that a task takes {found.improved:,.1f} scores, "
        "whereas "
        f"the starting improver {much}"
    )
