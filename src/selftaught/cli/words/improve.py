"""The result of ``improve`` in words."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from selftaught.app.again import command_again, improver_name, scale_name
from selftaught.app.results import Comparison, ImproveResult, Leader
from selftaught.cli import figures
from selftaught.cli.console import visible
from selftaught.cli.words.answers import answer_words
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
        *_failing_seed(result),
        Text(f"{result.task}: {_headline(result)}", style="bold"),
        *_decision(result),
        table((result.task, "program", "train", "test"), rows, numbers=(2, 3)),
    ]
    if difference.n > 1:
        text = figures.interval(difference, signed=True)
        parts.append(f"best minus seed on test, over instances: {text} (95 % interval)")
    if result.reached:
        parts.append(result.reached)
    if not result.held_out:
        parts.append("the task has no held-out split: all scores are on train")
    if result.status not in ("ok", ""):
        parts.append(f"the improver ended with status {result.status}: {result.detail}")
    elif result.better and not result.returned_best and result.stopped == "done":
        parts.append("the improver returned a different program; this one won the selection")
    parts += answer_words(result.answers, result.next)
    parts.append(_written(result))
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


def _written(result: ImproveResult) -> str:
    path = result.best.path
    if path is None:
        return "nothing written yet"
    return f"{path} also holds the seed program" if result.better is False else f"written to {path}"


def _failing_seed(result: ImproveResult) -> list[RenderableType]:
    """Return what has to be known before any score: that the seed program does not work."""
    if not result.seed_detail:
        return []
    return [Text(f"the seed program fails: {visible(result.seed_detail)}", style="bold")]


def _headline(result: ImproveResult) -> str:
    seed, best = result.seed_program, result.best
    if result.better is None and best.id != seed.id:
        gain = f"{figures.score(seed.train)} → {figures.score(best.train)} on train"
        return f"leader so far: {gain}; nothing is decided yet"
    if not result.better:
        return "no better program was found; the seed program stays"
    before, after = (seed.test, best.test) if best.test is not None else (seed.train, best.train)
    split = "test" if best.test is not None else "train"
    return f"{figures.score(before)} → {figures.score(after)} on {split}"


def _decision(result: ImproveResult) -> list[RenderableType]:
    """Return why the winner won, or what became of the program that led on train."""
    leader, found = result.leader, result.comparison
    if leader is None:
        return []
    if result.better is None:
        return [
            "after the search, the leaders on train are compared with the seed program on "
            "instances that the search never saw"
        ]
    if found is None:  # a run of a version that compared nothing
        return []
    if result.better:
        if not found.unseen:
            return [f"decided on train, because the task has no held-out instances: {found.reason}"]
        gain = figures.interval(found.gain, signed=True)
        return [f"compared on unseen instances: {found.reason}, {gain}"]
    return [_gap(result, leader, found)]


def _gap(result: ImproveResult, leader: Leader, found: Comparison) -> str:
    """Return the gap between train and held-out instances, in a sentence."""
    gain, start = found.gain, result.seed_program.train
    assert gain.mean is not None
    seen = "led on train"
    if leader.train is not None and start is not None:
        seen = f"gained {leader.train - start:+.4f} on train"
    name = figures.short(leader.id)
    held_out = f"{gain.n} held-out instances"
    interval = figures.interval(gain, signed=True)
    if found.status == "worse":
        return f"program {name} {seen}, and is worse on {held_out}, so overfitted: {interval}"
    return f"program {name} {seen}, but no gain could be shown on {held_out}: {interval}"


def _test(score: float | None) -> str:
    return figures.score(score)
