"""``--dry-run``: what a run would show to the model and what it can cost, in words."""

from __future__ import annotations

from dataclasses import asdict

from rich.console import RenderableType
from rich.text import Text

from selftaught.app.preview import Preview
from selftaught.cli.answer import Answer
from selftaught.cli.consent import most_words
from selftaught.cli.console import exactly, visible
from selftaught.repository.missing import told


def show_preview(found: Preview) -> Answer:
    """Return what a run would show to the model and what it can cost."""
    most = found.cost.products
    data = {
        "shown": list(found.places),
        "messages": [asdict(each) for each in found.messages],
        "left_out": found.left_out,
        "copy_leaves_out": [str(each) for each in found.lacking],
        "responses": most.responses,
        "evaluations": most.evaluations,
        "cost_usd": found.cost.usd,
        "python": found.python,
        "allowed": {option: list(each) for option, each in found.allowed.items()},
    }
    return Answer(data, lambda: _words(found))


def _words(found: Preview) -> list[RenderableType]:
    parts: list[RenderableType] = [
        exactly(f"--- {each.role}\n{visible(each.content)}") for each in found.messages
    ]
    if found.left_out:
        parts.append(f"{found.left_out:,} characters more were left out; --context-characters")
    if lacking := told(found.lacking):
        parts.append(visible(lacking))
    parts += [
        Text("---"),
        f"this is the first prompt; scores in it are 0 because nothing was run. It shows "
        f"{', '.join(found.places)}",
        most_words(found.cost),
    ]
    if found.python:
        parts.append(
            f"commands run by {found.python}, in a copy; besides it they have "
            + ", ".join(
                f"{option}: {', '.join(each) or '-'}" for option, each in found.allowed.items()
            )
        )
    own = "none of your commands" if found.python else "no program"
    return [*parts, f"nothing was sent, and {own} was run"]
