"""Showing: one run out of its store, and the parts of it that were asked for."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from selftaught.cli import figures
from selftaught.cli.answer import Answer
from selftaught.cli.console import visible
from selftaught.cli.text.lists import moment, table
from selftaught.cli.text.results import result_words
from selftaught.cli.text.watch import watch_words
from selftaught.experiments.stored import best_source, result, scored_programs
from selftaught.ports import RunStore
from selftaught.runs.decisions import verify
from selftaught.runs.log import Finding
from selftaught.runs.reader import StoredRun
from selftaught.runs.watch import watch


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


def shown(store: RunStore, stored: StoredRun, wanted: Wanted) -> Answer:
    """Return what was asked of a run.

    Raises:
        LedgerError: its ledger was changed.
        UsageError: the head is none.
    """
    words: list[RenderableType] = []
    verified: dict[str, Any] = {}
    if wanted.head is not None:  # first: a changed log may not even make a result
        words += _verified(store, stored, wanted.head, verified)
    found = result(stored, digested=wanted.digest)
    watched = watch(stored.state, store.get)
    data: dict[str, Any] = (
        verified
        | found.model_dump(mode="json")
        | {
            "kind": stored.info.kind,
            "state": stored.info.state,
            "started": stored.info.started,
            "events": stored.counts,
            "notes": stored.state.notes,
            "watch": watched.model_dump(mode="json"),
        }
    )
    if wanted.best:
        data["source"] = best_source(store, stored)
        words.append(Text(data["source"]))
    if wanted.programs:
        words += _programs(store, stored, data)
    if wanted.attempts:
        words += _attempts(stored, data)
    words = words or [*_all(store, stored, found), *watch_words(watched)]
    return Answer(data, lambda: words)


def _all(store: RunStore, stored: StoredRun, found: Finding) -> list[RenderableType]:
    info, state = stored.info, stored.state
    parts: list[RenderableType] = [
        f"{info.run}: {info.state}, started {moment(info.started)}, "
        f"{sum(stored.counts.values()):,} events"
    ]
    if stored.going_on:
        parts.append(f"under way: {', '.join(sorted(state.running)) or 'nothing'}")
    parts += [visible(note) for note in state.notes]
    return parts + result_words(found, stored.started, store)


def _verified(
    store: RunStore, stored: StoredRun, head: str, data: dict[str, Any]
) -> list[RenderableType]:
    verified = verify(store, list(stored.events), head)
    data["verified"] = asdict(verified)
    later = f"; {verified.later} came later" if verified.later else ""
    return [f"the ledger is intact: {verified.decisions} decisions lead to this head{later}"]


def _programs(store: RunStore, stored: StoredRun, data: dict[str, Any]) -> list[RenderableType]:
    programs = scored_programs(store, stored)
    data["programs"] = [asdict(each) for each in programs]
    rows = [
        (each.id[:10], each.task, each.split, each.status, figures.score(each.score), each.lines)
        for each in programs
    ]
    headings = ("program", "task", "split", "status", "score", "lines")
    return [table(headings, rows, numbers=(4, 5))]


def _attempts(stored: StoredRun, data: dict[str, Any]) -> list[RenderableType]:
    tried = [
        {"program": program, **attempt.model_dump()} for program, attempt in stored.state.attempts
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
