"""The ledger of self-modifications: every adoption decision, chained by hashes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from selftaught.engine.round_steps import FIRST_HEAD, chained
from selftaught.errors import LedgerError, StoreError, UsageError
from selftaught.ports import RunStore
from selftaught.values.event import Event
from selftaught.values.facts import Decided, RoundFinished, RunFinished

CONTROL = "control/"


@dataclass(frozen=True)
class Verified:
    """A ledger that leads to the head that was asked about.

    Attributes:
        head: the head, 64 hexadecimal digits.
        decisions: how many decisions it covers.
        later: how many came after it.
    """

    head: str
    decisions: int
    later: int


def verify(store: RunStore, events: Sequence[Event], head: str) -> Verified:
    """Return how far a run's ledger is covered by a head that was kept of it.

    Every decision is hashed anew, its programs are read from the store and hashed, too,
    and the ends of rounds must say what the decisions say.

    Raises:
        UsageError: ``head`` is no head, or the run has no decisions.
        LedgerError: the ledger is not what it was.
    """
    if not re.fullmatch(r"[0-9a-f]{64}", head):
        raise UsageError("a head of 64 hexadecimal digits", repr(head), "copy the complete head")
    heads = _chain(events, "")
    _chain(events, CONTROL)
    _check_rounds(events)
    _check_programs(store, events)
    finished = [event.fact for event in events if isinstance(event.fact, RunFinished)]
    if finished and finished[-1].head not in ("", heads[-1]):
        raise _changed(
            "the head recorded at the run's end differs from the one its decisions lead to"
        )
    if head not in heads:
        raise _changed(f"none of its {len(heads) - 1} decisions leads to {head}")
    place = heads.index(head)
    return Verified(head, place, len(heads) - 1 - place)


def _chain(events: Sequence[Event], arm: str) -> list[str]:
    """Return every head of an arm's ledger, the empty ledger's first."""
    heads = [FIRST_HEAD]
    for event in events:
        fact = event.fact
        if not isinstance(fact, Decided) or event.invocation != arm:
            continue
        head = chained(heads[-1], fact.model_copy(update={"head": ""}))
        if head != fact.head:
            raise _changed(f"the decision of {arm}round {fact.round} has a different hash")
        heads.append(head)
    return heads


def _check_rounds(events: Sequence[Event]) -> None:
    decisions: dict[tuple[str, int], Decided] = {}
    for event in events:
        fact = event.fact
        if isinstance(fact, Decided):
            decisions[event.invocation, fact.round] = fact
        if isinstance(fact, RoundFinished):
            decided = decisions.get((event.invocation, fact.round))
            agreed = decided and fact.improver in (
                {decided.proposed, decided.incumbent} if decided.adopted else {decided.incumbent}
            )
            if not agreed:
                raise _changed(f"{event.invocation}round {fact.round} ended with another improver")


def _check_programs(store: RunStore, events: Sequence[Event]) -> None:
    for event in events:
        if isinstance(event.fact, Decided):
            for program in (event.fact.incumbent, event.fact.proposed):
                _check_text(store, program)


def _check_text(store: RunStore, program: str | None) -> None:
    if program is None:
        return
    try:
        store.get(program)
    except StoreError as error:
        raise _changed(f"program {program[:10]} can't be read: {error}") from error


def _changed(found: str) -> LedgerError:
    return LedgerError(
        "the ledger of adoptions to which this head belongs",
        found,
        "do not trust this run's decisions; compare it with an earlier export",
    )
