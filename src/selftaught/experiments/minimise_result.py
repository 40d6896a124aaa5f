"""Minimise result: the smallest version of a winner, read from a log."""

from __future__ import annotations

from selftaught.runs.log import Record, Recorded
from selftaught.runs.results import Result
from selftaught.values.facts import Minimised


class Version(Result):
    """A version of the winner; ``changed_lines`` against the seed."""

    id: str
    train: float
    fresh: float
    changed_lines: int


class Smallest(Version):
    """The smallest version and the file that it was written to."""

    path: str | None


class ChangeWorth(Result):
    """A change that is kept: its lines, the scores without it, and what it is worth.

    ``worth`` is the smaller version's score on fresh instances minus the score without the
    change; None where what is left without it is no program.
    """

    line: int
    removed: str
    added: str
    train_without: float | None
    fresh_without: float | None
    worth: float | None


class MinimiseResult(Recorded):
    """What ``minimise`` prints; ``before`` and ``after`` are None until it is done."""

    of: str
    kind: str
    before: Version | None
    after: Smallest | None
    changes: list[ChangeWorth]
    tries: int


def minimised(record: Record) -> MinimiseResult:
    """Return what a log tells of the search."""
    details = record.started.details
    facts = [event.fact for event in record.events if isinstance(event.fact, Minimised)]
    fact = facts[0] if facts else None
    return MinimiseResult(
        **record.common(),
        of=details["of"],
        kind=details["kind"],
        before=fact
        and Version(
            id=fact.winner,
            train=fact.train_before,
            fresh=fact.fresh_before,
            changed_lines=fact.changes_before,
        ),
        after=fact
        and Smallest(
            id=fact.program,
            train=fact.train,
            fresh=fact.fresh,
            changed_lines=fact.changes_after,
            path=None,
        ),
        changes=_worth(fact) if fact else [],
        tries=fact.tries if fact else 0,
    )


def _worth(fact: Minimised) -> list[ChangeWorth]:
    return [
        ChangeWorth(
            **change.model_dump(),
            worth=None if change.fresh_without is None else fact.fresh - change.fresh_without,
        )
        for change in fact.kept
    ]
