"""The result of ``run`` in words."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from selftaught.app.again import command_again, scale_name
from selftaught.app.results import RunResult
from selftaught.cli import figures
from selftaught.cli.words.answers import answer_words
from selftaught.cli.words.lists import table
from selftaught.engine.settings import Settings
from selftaught.values.facts import RunStarted
from selftaught.values.records import Interval


def run_words(result: RunResult, started: RunStarted) -> list[RenderableType]:
    """Return every round, the comparisons at the end, and the command that makes it again."""
    settings = Settings.from_data(started.settings)
    parts: list[RenderableType] = [
        Text(f"{', '.join(result.tasks)}: {_headline(result)}", style="bold"),
        _rounds(result),
    ]
    if result.rounds:
        parts.append(
            Text("\n".join(f"round {each.round}: {each.reason}" for each in result.rounds))
        )
    parts.append(_comparison("final minus seed improver on test", result.paired_difference))
    if result.control:
        parts.append(
            _comparison("final minus control without recursion on test", result.control_difference)
        )
    parts += answer_words(result.answers)
    parts.append(
        f"improver written to {result.final.path}" if result.final.path else "nothing written yet"
    )
    return [
        *parts,
        "figures: mean ± 95 % interval (n invocations) of the scores of what an improver returned",
        f"spent: {figures.spent(result.spent)}",
        f"attempts: {figures.attempts(result.attempts)}; sandbox: {result.sandbox}",
        f"model {result.model}, adopt {result.adopt}, scale {scale_name(settings, 'run')}, "
        f"seed {result.seed}, selftaught {started.version}",
        f"ledger head {result.head}" if result.head else "no decision yet",
        f"again: {command_again(started)}",
        f"next: selftaught show {result.run} --best, or use it: "
        f"selftaught improve {result.tasks[0]} --improver {result.final.path or 'FILE'}",
    ]


def _headline(result: RunResult) -> str:
    adopted = sum(each.adopted for each in result.rounds)
    rounds = f"{len(result.rounds)} round{'' if len(result.rounds) == 1 else 's'}"
    return f"{rounds}, {adopted} adopted"


def _rounds(result: RunResult) -> RenderableType:
    seed = result.seed_improver
    rows = [
        (
            "0",
            figures.short(seed.id),
            figures.interval(seed.train),
            figures.NONE,
            "seed",
            figures.interval(seed.test),
        )
    ]
    rows += [
        (
            str(each.round),
            figures.short(each.proposed),
            figures.interval(each.train),
            figures.interval(each.gate_difference, signed=True),
            "yes" if each.adopted else "no",
            figures.interval(each.test),
        )
        for each in result.rounds
    ]
    if result.control:
        control = result.control
        rows.append(
            (
                "control",
                figures.short(control.id),
                figures.interval(control.train),
                figures.NONE,
                figures.NONE,
                figures.interval(control.test),
            )
        )
    return table(
        ("round", "improver", "train", "gate, new − old", "adopted", "test"),
        rows,
        numbers=(2, 3, 5),
    )


def _comparison(what: str, difference: Interval) -> str:
    if not difference.n:
        return f"{what}: not measured"
    return f"{what}, paired: {figures.interval(difference, signed=True)}"
