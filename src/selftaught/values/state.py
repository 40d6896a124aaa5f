"""The state of a run: a fold over its events. What `show` and the live view tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from selftaught.values.event import Event
from selftaught.values.facts import (
    SESSIONS,
    Attempted,
    Compared,
    Decided,
    Evaluated,
    Examined,
    InvocationFinished,
    InvocationStarted,
    MetaEvaluated,
    Minimised,
    Noted,
    Prompted,
    Rechecked,
    Refused,
    Responded,
    RoundFinished,
    RoundStarted,
    RunFinished,
    RunStarted,
    SessionEnded,
    SessionStarted,
    UtilityCalled,
    Watched,
)
from selftaught.values.records import AttemptRecord, Record, Spent


@dataclass
class RoundState:
    """One round of one arm: ``decision`` and ``finished`` are None while it goes on."""

    arm: str
    number: int
    improver: str
    decision: Decided | None = None
    finished: RoundFinished | None = None


@dataclass
class RunState:
    """Everything that is known of a run so far.

    Attributes:
        started: how the run began; None before its first event.
        finished: its end, once all was done; None before.
        session: how the last process that worked on it ended; None while it works.
        limits: the ``--max-*`` limits of the last session, None for none.
        spent: what was used up.
        rounds: rounds of all arms, in order.
        running: names of the invocations under way.
        invocations: number of invocations that ended.
        measured: every measurement of an improver.
        best: program id and score of the best program of ``improve``'s invocation.
        attempts: what programs and improvers tried, with the program's id.
        notes: what a reader should know.
        test_looks: how many evaluations looked at a test split.
        watched: what the watch for reward hacking looks at.
        rechecked: programs that were run once more, in another order of instances.
        compared: number of versions that were measured against the seed program afresh.
        minimised: whether a winner's needless changes were left out.
    """

    started: RunStarted | None = None
    finished: RunFinished | None = None
    session: SessionEnded | None = None
    limits: dict[str, float | None] = field(default_factory=dict)
    spent: Spent = field(default_factory=Spent)
    rounds: list[RoundState] = field(default_factory=list)
    running: set[str] = field(default_factory=set)
    invocations: int = 0
    measured: list[MetaEvaluated] = field(default_factory=list)
    best: tuple[str, float] | None = None
    attempts: list[tuple[str, AttemptRecord]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    test_looks: int = 0
    watched: list[Watched] = field(default_factory=list)
    rechecked: list[Rechecked] = field(default_factory=list)
    compared: int = 0
    minimised: bool = False

    def apply(self, event: Event) -> None:
        """Take in the next event; events come in the order of writing."""
        handler = _HANDLERS.get(type(event.fact))
        if handler:
            handler(self, event)

    def round_of(self, arm: str, number: int) -> RoundState | None:
        """Return a round by its arm (``""`` or ``control/``) and number, or None."""
        for state in self.rounds:
            if (state.arm, state.number) == (arm, number):
                return state
        return None


def fold(events: Iterable[Event]) -> RunState:
    """Return the state after ``events``."""
    state = RunState()
    for event in events:
        state.apply(event)
    return state


def _run_started(state: RunState, event: Event) -> None:
    assert isinstance(event.fact, RunStarted)
    state.started = event.fact


def _run_finished(state: RunState, event: Event) -> None:
    assert isinstance(event.fact, RunFinished)
    state.finished = event.fact


def _session_started(state: RunState, event: Event) -> None:
    assert isinstance(event.fact, SessionStarted)
    state.session = None
    state.limits = event.fact.limits


def _session_ended(state: RunState, event: Event) -> None:
    assert isinstance(event.fact, SessionEnded)
    state.session = event.fact


def _invocation_started(state: RunState, event: Event) -> None:
    state.running.add(event.invocation)


def _invocation_finished(state: RunState, event: Event) -> None:
    assert isinstance(event.fact, InvocationFinished)
    state.running.discard(event.invocation)
    state.invocations += 1
    spent = event.fact.spent
    state.spent += Spent(
        reused=spent.reused, feedback_bytes=spent.feedback_bytes, seconds=event.fact.seconds
    )


def _prompted(state: RunState, event: Event) -> None:
    state.spent += Spent(model_calls=1)


def _responded(state: RunState, event: Event) -> None:
    fact = event.fact
    assert isinstance(fact, Responded)
    state.spent += Spent(
        responses=1,
        tokens_in=fact.tokens_in,
        tokens_out=fact.tokens_out,
        cost_usd=fact.cost_usd,
        estimated=fact.estimated,
    )


def _utility_called(state: RunState, event: Event) -> None:
    fact = event.fact
    assert isinstance(fact, UtilityCalled)
    state.spent += Spent(utility_calls=1)
    if event.invocation == "improve" and (state.best is None or fact.score > state.best[1]):
        state.best = (fact.program, fact.score)


def _evaluated(state: RunState, event: Event) -> None:
    fact = event.fact
    assert isinstance(fact, Evaluated)
    state.test_looks += fact.split == "test"
    if event.invocation == SESSIONS:
        return
    state.spent += Spent(evaluations=1, seconds=fact.seconds)
    state.attempts += [(fact.program, attempt) for attempt in fact.attempts]


def _attempted(state: RunState, event: Event) -> None:
    assert isinstance(event.fact, Attempted)
    state.attempts.append((event.fact.program, event.fact.attempt))


def _examined(state: RunState, event: Event) -> None:
    fact = event.fact
    assert isinstance(fact, Examined)
    state.attempts += [(fact.program or "", attempt) for attempt in fact.attempts]
    state.spent += Spent(seconds=fact.seconds)


def _compared(state: RunState, event: Event) -> None:
    assert isinstance(event.fact, Compared)
    if event.invocation != SESSIONS:
        state.spent += Spent(seconds=event.fact.seconds)
        state.compared += 1


def _minimised(state: RunState, event: Event) -> None:
    state.minimised = True


def _refused(state: RunState, event: Event) -> None:
    state.spent += Spent(refused=1)


def _meta_evaluated(state: RunState, event: Event) -> None:
    assert isinstance(event.fact, MetaEvaluated)
    state.measured.append(event.fact)


def _round_started(state: RunState, event: Event) -> None:
    assert isinstance(event.fact, RoundStarted)
    state.rounds.append(RoundState(event.invocation, event.fact.round, event.fact.improver))


def _decided(state: RunState, event: Event) -> None:
    assert isinstance(event.fact, Decided)
    if found := state.round_of(event.invocation, event.fact.round):
        found.decision = event.fact


def _round_finished(state: RunState, event: Event) -> None:
    assert isinstance(event.fact, RoundFinished)
    if found := state.round_of(event.invocation, event.fact.round):
        found.finished = event.fact


def _watched(state: RunState, event: Event) -> None:
    assert isinstance(event.fact, Watched)
    state.watched.append(event.fact)


def _rechecked(state: RunState, event: Event) -> None:
    fact = event.fact
    assert isinstance(fact, Rechecked)
    state.rechecked.append(fact)
    state.test_looks += fact.evaluations if fact.split == "test" else 0


def _noted(state: RunState, event: Event) -> None:
    assert isinstance(event.fact, Noted)
    state.notes.append(event.fact.text)


_HANDLERS: dict[type[Record], Callable[[RunState, Event], None]] = {
    RunStarted: _run_started,
    RunFinished: _run_finished,
    SessionStarted: _session_started,
    SessionEnded: _session_ended,
    InvocationStarted: _invocation_started,
    InvocationFinished: _invocation_finished,
    Prompted: _prompted,
    Responded: _responded,
    UtilityCalled: _utility_called,
    Evaluated: _evaluated,
    Attempted: _attempted,
    Examined: _examined,
    Compared: _compared,
    Minimised: _minimised,
    Refused: _refused,
    MetaEvaluated: _meta_evaluated,
    RoundStarted: _round_started,
    Decided: _decided,
    RoundFinished: _round_finished,
    Noted: _noted,
    Watched: _watched,
    Rechecked: _rechecked,
}

FOLDED = frozenset(kind.model_fields["kind"].default for kind in _HANDLERS)
"""Kinds of events that change a state; all others may be passed over."""
