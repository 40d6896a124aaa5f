"""What became of the model's answers, in words."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from selftaught.app.results import AnswerFigures
from selftaught.cli.console import visible

SHOWN = 5
"""Reasons of one kind that are named."""


def answer_words(found: AnswerFigures | None, step: str = "") -> list[RenderableType]:
    """Return the figures, reasons with their counts, and what to try next.

    Args:
        found: what became of the answers; None: it was not counted.
        step: what to try next; empty: nothing is known to help.
    """
    if found is None or not found.received:
        return []
    silent = sum(found.without_program.values())
    parts = [f"answers: {found.received:,}, of which {silent:,} without a program"]
    if found.unscored:
        parts[0] += f" and {found.unscored:,} with a program that was not scored"
    parts += _reasons("without a program", found.without_program)
    if found.example:
        parts.append(f"  one of them begins: {visible(found.example)!r}")
    parts.append(f"programs scored: {found.programs:,}{_fates(found)}")
    parts += _reasons("refused", found.refused)
    parts += [
        f"  {status}: {each.count:,}, mostly {visible(each.error)}"
        for status, each in found.failed.items()
    ]
    if step:
        parts.append(f"next: {step}")
    return [Text(part) for part in parts]


def _fates(found: AnswerFigures) -> str:
    refused = sum(found.refused.values())
    counts = [
        (refused, "refused"),
        *((each.count, status) for status, each in found.failed.items()),
        (found.ran, "ran"),
        (found.equal, "equal to the seed program"),
        (found.worse, "worse"),
        (found.better, "better during the search"),
    ]
    words = ", ".join(f"{count:,} {name}" for count, name in counts if count)
    return f" ({words})" if words else ""


def _reasons(name: str, reasons: dict[str, int]) -> list[str]:
    listed = [f"  {name}: {count:,} × {visible(reason)}" for reason, count in reasons.items()]
    more = len(listed) - SHOWN
    return listed if more <= 0 else [*listed[:SHOWN], f"  {name}: {more:,} other reasons"]
