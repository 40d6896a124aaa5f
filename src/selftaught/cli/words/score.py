"""The result of ``score`` in words."""

from __future__ import annotations

import shlex

from rich.console import RenderableType
from rich.text import Text

from selftaught import __version__
from selftaught.analysis.intervals import mean_interval
from selftaught.app.results import ScoreResult
from selftaught.cli import figures
from selftaught.cli.console import visible
from selftaught.cli.words.lists import table

WORST = 5
"""Failed instances that are listed; ``--json`` prints all."""


def score_words(result: ScoreResult, task: str, program: str, seed: int) -> list[RenderableType]:
    """Return the score with its interval, the failed instances, and the command."""
    scores = [each.score for each in result.instances if each.score is not None]
    whole = mean_interval(scores)
    near = "; close to a limit, so another machine may score it differently"
    parts: list[RenderableType] = [
        Text.assemble(
            (f"{result.task} {result.split}: ", ""), (figures.score(result.score), "bold")
        ),
        f"status {result.status}{near if result.near_limit else ''}",
    ]
    if whole.n:
        parts.append(f"over instances: {figures.interval(whole)} (95 % interval)")
    failed = [each for each in result.instances if each.status != "ok"]
    if failed:
        rows = [(each.index, each.status, visible(each.detail)) for each in failed[:WORST]]
        parts.append(table(("instance", "status", "why"), rows))
    if len(failed) > WORST:
        parts.append(f"… and {len(failed) - WORST} more failed instances (--json lists all)")
    parts.append(f"attempts: {figures.attempts(result.attempts)}; sandbox: {result.sandbox}")
    words = ["selftaught", "score", task, program, "--split", result.split, "--seed", str(seed)]
    parts.append(f"selftaught {__version__}; again: {shlex.join(words)}")
    return parts
