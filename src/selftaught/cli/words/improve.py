"""The result of ``improve`` in words."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from selftaught.app.again import command_again, improver_name, scale_name
from selftaught.app.results import ImproveResult
from selftaught.cli import figures
from selftaught.cli.words.lists import table
from selftaught.engine.settings import Settings
from selftaught.values.facts import RunStarted
from selftaught.values.records import Interval


def improve_words(
    result: ImproveResult, started: RunStarted, difference: Interval
) -> list[RenderableType]:
    """Return both programs' scores, what was spent, and the command that makes it again.

    Args:
        result: of the run.
        started: how the run began.
        difference: best minus seed program over the test instances.
    """
    seed, best = result.seed_program, result.best
    rows = [
        ("seed program", figures.short(seed.id), figures.score(seed.train), _test(seed.test)),
        ("best program", figures.short(best.id), figures.score(best.train), _test(best.test)),
    ]
    parts: list[RenderableType] = [
        Text(f"{result.task}: {_headline(result)}", style="bold"),
        table((result.task, "program", "train", "test"), rows, numbers=(2, 3)),
    ]
    if difference.n > 1:
        text = figures.interval(difference, signed=True)
        parts.append(f"best minus seed on test, over instances: {text} (95 % interval)")
    if not result.held_out:
        parts.append("the task has no held-out split: what was found was scored on train only")
    if result.status not in ("ok", ""):
        parts.append(f"the improver ended with {result.status}: {result.detail}")
    elif not result.returned_best and result.stopped == "done":
        parts.append("the improver returned another program; this one is better on train")
    parts.append(f"written to {best.path}" if best.path else "nothing written yet")
    return [*parts, *footer(result, started)]


def footer(result: ImproveResult, started: RunStarted) -> list[RenderableType]:
    """Return what was spent and what the figures hold for."""
    settings = Settings.from_data(started.settings)
    improver = improver_name(result.improver) or figures.short(result.improver)
    return [
        f"spent: {figures.spent(result.spent)}",
        f"attempts: {figures.attempts(result.attempts)}; sandbox: {result.sandbox}",
        f"model {result.model}, improver {improver}, scale {scale_name(settings, 'improve')}, "
        f"seed {result.seed}, selftaught {started.version}",
        f"again: {command_again(started)}",
    ]


def _headline(result: ImproveResult) -> str:
    seed, best = result.seed_program, result.best
    if best.id == seed.id or best.train == seed.train:
        return "nothing better than the seed program was found"
    before, after = (seed.test, best.test) if best.test is not None else (seed.train, best.train)
    split = "test" if best.test is not None else "train"
    return f"{figures.score(before)} → {figures.score(after)} on {split}"


def _test(score: float | None) -> str:
    return figures.score(score)
