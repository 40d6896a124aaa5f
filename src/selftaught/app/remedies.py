"""Remedies: what to try next where a run found nothing better, by what became of its answers."""

from __future__ import annotations

from selftaught.app.results import AnswerFigures

REFLECT = "reflect"
"""The library's improver that shows the model how its programs failed."""


def remedy(reason: str) -> str:
    """Return what to try where answers hold no program for this reason, as an infinitive."""
    if reason.startswith("no text"):
        return (
            "raise --max-output-tokens, or turn off the server's reasoning parser (or the model's "
            "thinking), which may take the whole answer"
        )
    if "cut off" in reason:
        return "raise --max-output-tokens, or take a model that answers more briefly"
    if reason.startswith("does not define"):
        return "keep the function's name: an --improver of your own can ask for it in its prompt"
    if reason.startswith("same as"):
        return "take another --model, or an --improver whose prompt asks for a change"
    return (
        "take a --model that writes the program in a ```python block, or an --improver of your "
        "own whose prompt shows the form"
    )


def next_step(found: AnswerFigures, *, improver: str | None, model: str, overfitted: bool) -> str:
    """Return what to try next, by what became of most answers; empty where there were none.

    Args:
        found: what became of the answers.
        improver: the name of the improver that worked; None: one of the user's own.
        model: the name of the model.
        overfitted: whether a program gained in the search only.
    """
    if not found.received:
        return ""
    silent = sum(found.without_program.values())
    failed = sum(each.count for each in found.failed.values())
    refused = sum(found.refused.values())
    if overfitted:
        return (
            "let the search see more inputs (increase train under [instances] of the task, or let "
            "the benchmark draw more), or use another --seed"
        )
    if 2 * silent >= found.received:
        return remedy(next(iter(found.without_program)))
    if refused + failed > found.equal + found.worse:
        if improver != REFLECT:
            return f"use --improver {REFLECT}, which shows the model why its programs failed"
        return "use another --model: most programs of this one are unusable"
    more = "raise the budget (--calls, --responses, --utility-calls), or use another --improver"
    if model == "offline":
        return f"use a language model (--model); or {more}"
    return f"{more} or --model"
