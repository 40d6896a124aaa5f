"""The result of ``minimise`` in words."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from selftaught.app.minimise_result import ChangeWorth, MinimiseResult
from selftaught.cli import figures
from selftaught.cli.console import visible
from selftaught.cli.words.lists import table


def minimise_words(result: MinimiseResult) -> list[RenderableType]:
    """Return both versions, and what each change that is left is worth."""
    if result.before is None or result.after is None:
        return [f"{result.of}: the search has not finished"]
    rows = [
        (
            name,
            figures.short(each.id),
            each.changed_lines,
            figures.score(each.train),
            figures.score(each.fresh),
        )
        for name, each in (("winner", result.before), ("smallest", result.after))
    ]
    parts: list[RenderableType] = [
        Text(
            f"{result.of}: {result.before.changed_lines} changed lines → "
            f"{result.after.changed_lines}, {result.tries} versions tried",
            style="bold",
        ),
        table(("", "program", "changed lines", "train", "fresh"), rows, numbers=(2, 3, 4)),
    ]
    for change in result.changes:
        parts += [f"line {change.line}: {_worth(change)}", Text(_diff(change))]
    if result.after.path:
        parts.append(f"written to {result.after.path}")
    return parts


def _worth(change: ChangeWorth) -> str:
    if change.worth is None:
        return "removing it leaves no program, or was not tried"
    return f"worth {change.worth:+.4f} on fresh instances"


def _diff(change: ChangeWorth) -> str:
    removed = [f"- {line}" for line in visible(change.removed).splitlines()]
    return "\n".join([*removed, *(f"+ {line}" for line in visible(change.added).splitlines())])
