"""Results of ``improve`` on a task, from its log alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from selftaught.app.again import improver_name
from selftaught.app.answers import answer_figures
from selftaught.app.attempts import counted
from selftaught.app.record import Record
from selftaught.app.remedies import next_step
from selftaught.app.results import (
    AnswerFigures,
    BestProgram,
    ImproveResult,
    Leader,
    ProgramScore,
    comparison_of,
)
from selftaught.engine.task_improvement import GOAL, leaders_of
from selftaught.values.event import Event
from selftaught.values.facts import (
    SESSIONS,
    Compared,
    Evaluated,
    Fact,
    InvocationFinished,
    InvocationStarted,
    Noted,
)


def improved(
    record: Record,
    get: Callable[[str], str],
    *,
    digest: str = "",
    seed: str = "",
    path: str | None = None,
) -> ImproveResult:
    """Return what a log tells of a run of ``improve``, as far as it got.

    Args:
        record: the run.
        get: returns the text of an id.
        digest: the run's; empty where nobody wants it.
        seed: the seed program's id, for where the run ended before it was scored.
        path: the file with the best program; None where there is none.
    """
    events = list(record.events)
    facts = [event.fact for event in events]
    scored = _scored(facts)
    seed = _seed(facts) or seed
    verdict = _verdict(record, events, get, seed)
    ended = next((fact for fact in facts if isinstance(fact, InvocationFinished)), None)
    start = scored.get((seed, "train"))
    test = any(split == "test" for _, split in scored)

    def score(program: str, split: str) -> float | None:
        fact = scored.get((program, split))
        return fact.score if fact else None

    def scores(program: str) -> dict[str, float | None]:
        return {split: score(program, split) for split in ("train", "test")}

    leader, answers = verdict.leader, answer_figures(events, get, closely=True)
    return ImproveResult(
        run=record.run,
        task=record.started.tasks[0].name,
        improver=record.started.improver,
        model=record.started.model,
        seed=record.started.seed,
        status=ended.status if ended else "",
        detail=ended.detail if ended else "",
        seed_program=ProgramScore(id=seed, **scores(seed)),
        seed_status=start.status if start else "",
        seed_detail=failing(start) if start else "",
        best=BestProgram(id=verdict.best, **scores(verdict.best), path=path),
        better=verdict.better,
        leader=Leader(id=leader, train=score(leader, "train")) if leader else None,
        comparison=comparison_of(verdict.compared) if verdict.compared else None,
        returned_best=bool(ended and ended.program == verdict.best),
        held_out=test or not record.state.finished,
        answers=answers,
        reached=reached(facts),
        next=_next(record, answers, verdict),
        sandbox=record.started.sandbox,
        spent=record.state.spent,
        attempts=counted(record.state.attempts),
        digest=digest,
        stopped=record.stopped,
        reason=record.reason,
    )


@dataclass(frozen=True)
class _Verdict:
    """Which program a run ended with, or leads so far, and on what evidence."""

    best: str
    better: bool | None
    leader: str
    compared: Compared | None


def _verdict(
    record: Record, events: Sequence[Event], get: Callable[[str], str], seed: str
) -> _Verdict:
    finished = record.state.finished
    leaders = leaders_of([event.fact for event in events], get, seed)
    leader = leaders[0] if leaders else ""
    early = not finished
    compared = {
        event.fact.program: event.fact
        for event in events
        if isinstance(event.fact, Compared) and (event.invocation == SESSIONS) is early
    }
    if finished:
        evidence = compared.get(finished.best) or compared.get(leader)
        return _Verdict(finished.best, finished.best in leaders, leader, evidence)
    if record.stopped == "budget" and (compared or not leaders):
        won = [name for name in leaders if _is_better(compared.get(name))]
        best = won[0] if won else seed
        return _Verdict(best, bool(won), leader, compared.get(won[0] if won else leader))
    return _Verdict(leader or seed, None, leader, None)


def _next(record: Record, answers: AnswerFigures, verdict: _Verdict) -> str:
    """Return what to try next where nothing better was found."""
    if verdict.better is not False:
        return ""
    return next_step(
        answers,
        improver=improver_name(record.started.improver),
        model=record.started.model,
        overfitted=bool(verdict.leader),
    )


def reached(facts: Iterable[Fact]) -> str:
    """Return that the search's goal was reached, in words; empty where it was not."""
    notes = (fact.text for fact in facts if isinstance(fact, Noted) and fact.topic == GOAL)
    return next(notes, "")


def _is_better(fact: Compared | None) -> bool:
    return fact is not None and fact.status == "better"


def _seed(facts: Sequence[Fact]) -> str:
    """Return the seed program's id: the first that a run scores, before its improver starts."""
    started = next((fact.initial for fact in facts if isinstance(fact, InvocationStarted)), "")
    return started or next((fact.program for fact in facts if isinstance(fact, Evaluated)), "")


def _scored(facts: Sequence[Fact]) -> dict[tuple[str, str], Evaluated]:
    """Return the evaluations on whole splits, by program and split."""
    return {
        (fact.program, fact.split): fact
        for fact in facts
        if isinstance(fact, Evaluated) and not fact.draw
    }


def failing(fact: Evaluated) -> str:
    """Return how a program fails, in words: how often, and the most frequent error."""
    failed = [each for each in fact.instances if each.status != "ok"]
    if not failed:
        return ""
    (status, detail), _ = Counter((each.status, each.detail) for each in failed).most_common(1)[0]
    why = f": {detail}" if detail else ""
    return f"{status} on {len(failed)} of {len(fact.instances)} instances{why}"
