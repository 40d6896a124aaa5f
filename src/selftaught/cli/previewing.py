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
from selftaught.repository.settings import Goal


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
        "minimum_gain": found.goal.least_gain.text if found.goal else "",
        "results_may_differ": found.goal.results_may_differ if found.goal else None,
        "allowed": {option: list(each) for option, each in found.allowed.items()},
    }
    return Answer(data, lambda: _words(found))


def _words(found: Preview) -> list[RenderableType]:
    parts: list[RenderableType] = [
        exactly(f"--- {each.role}\n{visible(each.content)}") for each in found.messages
    ]
    if found.left_out:
        parts.append(f"{found.left_out:,} more characters were omitted; raise --context-characters")
    if lacking := told(found.lacking):
        parts.append(visible(lacking))
    parts += [
        Text("---"),
        f"This is the first prompt. Its scores are 0 because nothing ran. It shows "
        f"{', '.join(found.places)}",
        most_words(found.cost),
    ]
    if found.goal:
        parts.append(
            f"commands run in a copy with {found.python}; they may also use "
            + ", ".join(
                f"{option}: {', '.join(each) or '-'}" for option, each in found.allowed.items()
            )
        )
        parts.append(_offered(found.goal))
    own = "none of your commands" if found.goal else "no program"
    return [*parts, f"nothing was sent, and {own} ran"]


def _offered(goal: Goal) -> str:
    """Return which versions are offered, with the options that decide it."""
    gain = f"a version is offered if it gains {goal.least_gain.text} or more (--minimum-gain)"
    if goal.results_may_differ:
        return f"{gain}, whatever its results (--results-may-differ)"
    allowed = "" if goal.faster else "; --results-may-differ allows other results"
    return f"{gain} and gives the original's results wherever they can be compared{allowed}"
