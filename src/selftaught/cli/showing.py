"""Showing: one run out of its store, and the parts of it that were asked for."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from selftaught.app.found import best_source, result, scored_programs, test_difference
from selftaught.app.ledger import verify
from selftaught.app.reading import Reading
from selftaught.app.record import Finding
from selftaught.app.results import ImproveResult, RunResult
from selftaught.app.watch import watch
from selftaught.cli import figures
from selftaught.cli.answer import Answer
from selftaught.cli.console import visible
from selftaught.cli.words.improve import improve_words
from selftaught.cli.words.lists import moment, table
from selftaught.cli.words.recorded import recorded_words
from selftaught.cli.words.run import run_words
from selftaught.cli.words.watch import watch_words
from selftaught.ports import RunStore


@dataclass(frozen=True)
class Wanted:
    """Which parts of a run are shown; none named: the result.

    Attributes:
        best: the source of the best program or improver.
        programs: every program that was scored.
        attempts: what programs tried.
        head: the head that the ledger is checked against; None: not checked.
        digest: the run's digest, for which every event must be read.
    """

    best: bool = False
    programs: bool = False
    attempts: bool = False
    head: str | None = None
    digest: bool = False


def shown(store: RunStore, reading: Reading, wanted: Wanted) -> Answer:
    """Return what was asked of a run.

    Raises:
        LedgerError: its ledger was changed.
        UsageError: the head is none.
    """
    words: list[RenderableType] = []
    verified: dict[str, Any] = {}
    if wanted.head is not None:  # first: a changed log may not even make a result
        words += _verified(store, reading, wanted.head, verified)
    found = result(store, reading, digested=wanted.digest)
    watched = watch(reading.state, store.get)
    data: dict[str, Any] = (
        verified
        | found.model_dump(mode="json")
        | {
            "kind": reading.info.kind,
            "state": reading.info.state,
            "started": reading.info.started,
            "events": reading.counts,
            "notes": reading.state.notes,
            "watch": watched.model_dump(mode="json"),
        }
    )
    if wanted.best:
        data["source"] = best_source(store, reading)
        words.append(Text(data["source"]))
    if wanted.programs:
        words += _programs(store, reading, data)
    if wanted.attempts:
        words += _attempts(reading, data)
    words = words or [*_all(store, reading, found), *watch_words(watched)]
    return Answer(data, lambda: words)


def _all(store: RunStore, reading: Reading, found: Finding) -> list[RenderableType]:
    info, state = reading.info, reading.state
    parts: list[RenderableType] = [
        f"{info.run}: {info.state}, started {moment(info.started)}, "
        f"{sum(reading.counts.values()):,} events"
    ]
    if reading.going_on:
        parts.append(f"under way: {', '.join(sorted(state.running)) or 'nothing'}")
    parts += [visible(note) for note in state.notes]
    if isinstance(found, ImproveResult):
        return parts + improve_words(found, reading.started, test_difference(store, found))
    if isinstance(found, RunResult):
        return parts + run_words(found, reading.started)
    return parts + recorded_words(found, reading.started)


def _verified(
    store: RunStore, reading: Reading, head: str, data: dict[str, Any]
) -> list[RenderableType]:
    verified = verify(store, list(reading.events), head)
    data["verified"] = asdict(verified)
    later = f"; {verified.later} came later" if verified.later else ""
    return [f"the ledger is intact: {verified.decisions} decisions lead to this head{later}"]


def _programs(store: RunStore, reading: Reading, data: dict[str, Any]) -> list[RenderableType]:
    programs = scored_programs(store, reading)
    data["programs"] = [asdict(each) for each in programs]
    rows = [
        (each.id[:10], each.task, each.split, each.status, figures.score(each.score), each.lines)
        for each in programs
    ]
    headings = ("program", "task", "split", "status", "score", "lines")
    return [table(headings, rows, numbers=(4, 5))]


def _attempts(reading: Reading, data: dict[str, Any]) -> list[RenderableType]:
    tried = [
        {"program": program, **attempt.model_dump()} for program, attempt in reading.state.attempts
    ]
    data["attempts_list"] = tried
    if not tried:
        return ["no program attempted anything that the sandbox refused or noticed"]
    rows = [
        (
            each["program"][:10],
            each["counter"],
            each["category"],
            each["action"],
            each["target"],
            each["count"],
            each["benign"],
        )
        for each in tried
    ]
    headings = ("program", "seen by", "category", "action", "target", "times", "benign because")
    return [table(headings, rows, numbers=(5,))]
