"""Found: the object that a run's command printed, or would print now, from its log alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from selftaught.analysis.intervals import mean_interval
from selftaught.engine.settings import Settings
from selftaught.errors import UsageError
from selftaught.experiments.arms_result import armed
from selftaught.experiments.bypass.result import bypassed
from selftaught.experiments.compare_result import compared
from selftaught.experiments.controls import NOTHING, control_scores, difference
from selftaught.experiments.improve_result import improved
from selftaught.experiments.minimise_result import minimised
from selftaught.experiments.paper.result import papered
from selftaught.experiments.revalidate_result import revalidated
from selftaught.experiments.transfer_result import transferred
from selftaught.patching.names import COMMAND as PATCH
from selftaught.patching.result import PatchResult, patched
from selftaught.ports import RunStore
from selftaught.runs.answers import answer_figures
from selftaught.runs.attempts import counted
from selftaught.runs.log import Finding, Record, Recorded
from selftaught.runs.reader import FILES, Reading, record_of
from selftaught.runs.results import (
    FinalImprover,
    ImproveResult,
    ImproverScore,
    RoundResult,
    RunResult,
)
from selftaught.values.digest import digest
from selftaught.values.facts import (
    Evaluated,
    RunStarted,
)
from selftaught.values.records import Interval
from selftaught.values.state import RoundState, RunState

_READERS: dict[str, Callable[[Record], Recorded]] = {
    "bypass": bypassed,
    "compare": lambda record: (
        armed(record) if record.started.details.get("arms") else compared(record)
    ),
    "transfer": transferred,
    "revalidate": revalidated,
    "minimise": minimised,
    PATCH: patched,
}


def result(store: RunStore, reading: Reading, *, digested: bool = True) -> Finding:
    """Return the object that the run's command printed, or would print now.

    Args:
        store: where the run is.
        reading: the run.
        digested: whether the digest is wanted, for which every event must be read; without
            it the field is empty, except in commands whose results need every event anyway.
    """
    if reading.info.kind == "improve":
        return improved(
            record_of(reading),
            store.get,
            digest=digest(reading.events) if digested else "",
            path=_path(reading),
        )
    if reading.info.kind == "run":
        return _run_result(reading, digest(reading.events) if digested else "")
    return _read_result(record_of(reading), store.get)


def _read_result(record: Record, get: Callable[[str], str]) -> Recorded:
    """Return the result of a command other than ``run`` and ``improve`` from its log.

    Args:
        record: the run.
        get: returns the text of an id.

    Raises:
        KeyError: the command is one of those two.
    """
    if record.started.command == "paper":
        return papered(record, get)
    return _READERS[record.started.command](record)


def best_source(store: RunStore, reading: Reading) -> str:
    """Return the source of the best program, or of the improver in force.

    Raises:
        UsageError: the run is of a command that looks for none.
    """
    found = result(store, reading, digested=False)
    if isinstance(found, ImproveResult):
        return store.get(found.best.id)
    if isinstance(found, RunResult):
        return store.get(found.final.id)
    if isinstance(found, PatchResult):
        return store.get(found.best.id)
    raise UsageError("a run of `improve` or `run`", f"one of `{reading.info.kind}`")


def _path(reading: Reading) -> str | None:
    path = reading.folder / FILES[reading.info.kind]
    return str(path) if path.exists() else None


def _run_result(reading: Reading, known_digest: str) -> RunResult:
    state, started = reading.state, reading.started
    settings = Settings.from_data(started.settings)
    main = [each for each in state.rounds if not each.arm and each.decision]
    control = [each for each in state.rounds if each.arm and each.finished]
    final = _in_force(started, settings, state)
    control_done = settings.control and len(control) == settings.scale.rounds
    control_final = control[-1].finished if control_done else None
    tests = {fact.improver: fact for fact in state.measured if fact.split == "test"}
    return RunResult(
        run=reading.info.run,
        tasks=[task.name for task in started.tasks],
        model=started.model,
        seed=started.seed,
        adopt=settings.adopt,
        freeze_improver=settings.freeze_improver,
        sandbox=started.sandbox,
        settings=settings.as_data(),
        seed_improver=_scored(started.improver, state),
        rounds=[_round(each, state) for each in main],
        final=FinalImprover(path=_path(reading), **_scored(final, state).model_dump()),
        control=_scored(control_final.improver, state) if control_final else None,
        paired_difference=difference(tests.get(started.improver), tests.get(final)),
        control_difference=difference(
            tests.get(control_final.improver) if control_final else None, tests.get(final)
        ),
        controls=control_scores(started.programs, final, tests),
        spent=state.spent,
        attempts=counted(state.attempts),
        answers=answer_figures(reading.events, reading.events.store.get, closely=False),
        head=main[-1].decision.head if main and main[-1].decision else "",
        digest=known_digest,
        stopped=reading.stopped,
        reason=state.session.reason if state.session and reading.stopped else "",
    )


def _in_force(started: RunStarted, settings: Settings, state: RunState) -> str:
    """Return the improver that the rounds so far lead to."""
    if state.finished:
        return state.finished.best
    ended = [each.finished for each in state.rounds if not each.arm and each.finished]
    if not ended or settings.adopt == "archive":  # which confirms a member only at the end
        return started.improver
    return ended[-1].improver


def _scored(improver: str, state: RunState) -> ImproverScore:
    return ImproverScore(
        id=improver,
        train=measured(improver, "train", state),
        test=measured(improver, "test", state),
    )


def _round(each: RoundState, state: RunState) -> RoundResult:
    decision = each.decision
    assert decision is not None
    pairs = zip(decision.incumbent_scores, decision.proposed_scores, strict=True)
    return RoundResult(
        round=each.number,
        proposed=decision.proposed,
        adopted=bool(each.finished and each.finished.adopted),
        reason=decision.reason,
        train=measured(decision.proposed, "train", state),
        gate=mean_interval(decision.proposed_scores),
        gate_difference=mean_interval([after - before for before, after in pairs]),
        test=measured(decision.proposed, "test", state),
    )


def measured(improver: str | None, split: str, state: RunState) -> Interval:
    """Return an improver's first measurement on a split, empty where there is none."""
    for fact in state.measured:
        if fact.improver == improver and fact.split == split:
            return mean_interval([each.score for each in fact.returned])
    return NOTHING


def test_difference(store: RunStore, found: ImproveResult) -> Interval:
    """Return the best program's score minus the seed program's, over the test instances."""
    scores: dict[str, list[float]] = {}
    for _, event in store.events(found.run, kinds=["evaluated"]):
        fact = event.fact
        if isinstance(fact, Evaluated) and fact.split == "test" and not fact.draw:
            scores[fact.program] = [each.score or 0.0 for each in fact.instances]
    before, after = scores.get(found.seed_program.id), scores.get(found.best.id)
    if before is None or after is None or found.best.id == found.seed_program.id:
        return NOTHING
    return mean_interval([new - old for old, new in zip(before, after, strict=True)])


@dataclass(frozen=True)
class ScoredProgram:
    """A program's score on one draw of a split; the best come first in a list of them."""

    id: str
    task: str
    split: str
    draw: tuple[str | int, ...]
    status: str
    score: float | None
    lines: int


def scored_programs(store: RunStore, reading: Reading) -> list[ScoredProgram]:
    """Return every evaluation of a program, the best first."""
    found = [
        ScoredProgram(
            id=fact.program,
            task=fact.task,
            split=fact.split,
            draw=fact.draw,
            status=fact.status,
            score=fact.score,
            lines=store.get(fact.program).count("\n") + 1,
        )
        for fact in reading.events.facts(Evaluated)
    ]
    return sorted(found, key=lambda each: -(each.score if each.score is not None else -1e308))
