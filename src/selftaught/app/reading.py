"""Reading: a run as its log tells it, whether it goes on, has ended, or broke off."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from selftaught.analysis.intervals import mean_interval
from selftaught.app.attempts import counted
from selftaught.app.defaults import IMPROVERS
from selftaught.app.record import Finding, Record
from selftaught.app.results import (
    BestProgram,
    FinalImprover,
    ImproveResult,
    ImproverScore,
    ProgramScore,
    RoundResult,
    RunResult,
)
from selftaught.app.session import Options, open_store
from selftaught.app.works import read_result
from selftaught.engine.settings import SCALES, Settings
from selftaught.engine.single import best_of
from selftaught.errors import StoreError, UsageError
from selftaught.improver import registry as improvers
from selftaught.ports import RunStore
from selftaught.values.digest import digest
from selftaught.values.event import Event, RunInfo
from selftaught.values.facts import (
    Evaluated,
    Interval,
    InvocationFinished,
    InvocationStarted,
    MetaEvaluated,
    RunStarted,
)
from selftaught.values.facts import Record as FactRecord
from selftaught.values.state import RoundState, RunState

Told = TypeVar("Told", bound=FactRecord)
NOTHING = Interval(mean=None, low=None, high=None, n=0)
GOING_ON = ("running", "paused", "waiting")
"""States that a run has only while a process works on it."""

FILES = {"improve": "best.py", "run": "improver.py"}
"""What a run writes beside the store when it ends."""
ROUNDS = ("run", "compare")
"""Commands that take the numbers of rounds."""


@dataclass(frozen=True)
class Log:
    """The events of one run, which are read from the store whenever they are gone through."""

    store: RunStore
    run: str

    def __iter__(self) -> Iterator[Event]:
        """Yield every event in the order of writing."""
        return (event for _, event in self.store.events(self.run))

    def facts(self, kind: type[Told]) -> Iterator[Told]:
        """Yield the facts of one kind in the order of writing; reads no others."""
        name = kind.model_fields["kind"].default
        for _, event in self.store.events(self.run, kinds=[name]):
            if isinstance(event.fact, kind):
                yield event.fact


@dataclass(frozen=True)
class Reading:
    """A run that was read from its store.

    Attributes:
        info: its line in the list of runs.
        started: how it began.
        state: the fold over its events.
        events: all of them, in the order of writing; read from the store each time.
        counts: number of events by kind.
        owner: the process that works on it, None where none does.
        folder: where its files are.
    """

    info: RunInfo
    started: RunStarted
    state: RunState
    events: Log
    counts: dict[str, int]
    owner: int | None
    folder: Path

    @property
    def going_on(self) -> bool:
        """Whether a process works on the run now."""
        return self.owner is not None

    @property
    def stopped(self) -> str | None:
        """How its last session ended; None while it goes on or where it broke off."""
        return None if self.going_on or not self.state.session else self.state.session.stopped


def read(store: RunStore, run: str, folder: Path) -> Reading:
    """Return a run with everything that its log tells.

    Args:
        store: where the run is.
        run: its id or the beginning of it.
        folder: the folder of all runs' files.

    Raises:
        UnknownNameError: there is no such run.
        StoreError: it has no first event.
    """
    info = store.run(run)
    info = replace(info, state=known_state(store, info))
    state = store.state(info.run)
    if state.started is None:
        raise StoreError(f"run {info.run} to have begun", "no first event", "start it anew")
    return Reading(
        info=info,
        started=state.started,
        state=state,
        events=Log(store, info.run),
        counts=store.counts(info.run),
        owner=store.owner(info.run),
        folder=folder / info.run,
    )


def list_runs(options: Options) -> list[RunInfo]:
    """Return all runs, newest first; none where there is no store yet.

    Raises:
        StoreError: the store can't be read.
    """
    if not options.store.exists():
        return []
    with open_store(options, create=False) as store:
        return [replace(info, state=known_state(store, info)) for info in store.runs()]


def known_state(store: RunStore, info: RunInfo) -> str:
    """Return a run's state; one whose process died without a word is ``stopped``."""
    if info.state in GOING_ON and store.owner(info.run) is None:
        return "stopped"
    return info.state


@contextmanager
def read_run(options: Options, run: str) -> Iterator[tuple[RunStore, Reading]]:
    """Yield the open store and one run of it.

    Raises:
        UnknownNameError: there is no such run.
        StoreError: the store is missing or can't be read.
    """
    with open_store(options, create=False) as store:
        yield store, read(store, run, options.folder)


def command_again(started: RunStarted) -> str:
    """Return the command line that makes an equal run, but for limits, which sessions have."""
    settings = Settings.from_data(started.settings)
    words = ["selftaught", *_command_words(started)]
    if "of" in started.details:  # about another run, whose model and scale it uses
        seed = ["--seed", str(started.seed)] if started.command == "revalidate" else []
        return shlex.join([*words, *seed])
    if started.model != "offline":
        words += ["--model", started.model]
    words += _scale_words(started.command, settings)
    words += ["--seed", str(started.seed)]
    if started.command in ROUNDS and settings.adopt != Settings.adopt:
        words += ["--adopt", settings.adopt]
    if started.command == "run":
        for flag in ("freeze_improver", "control", "approve"):
            words += [_flag(flag)] if getattr(settings, flag) else []
    return shlex.join(words)


def improver_name(improver: str) -> str | None:
    """Return the library's name of an improver by its id, None where it has none."""
    for entry in improvers.names():
        if improvers.find(entry.name).id == improver:
            return entry.name
    return None


def scale_name(settings: Settings, command: str) -> str:
    """Return the scale's name, with the numbers that differ from it."""
    name, changes = _nearest_scale(command, settings)
    return name + "".join(f", {field} {number}" for field, number in changes.items())


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _command_words(started: RunStarted) -> list[str]:
    """Return the command with what only it takes; `run` and `improve` follow from the rest."""
    if "arguments" in started.details:
        return list(started.details["arguments"])
    tasks = [task.path or task.name for task in started.tasks]
    return [started.command, *tasks, *_improver_words(started)]


def _improver_words(started: RunStarted) -> list[str]:
    name = improver_name(started.improver)
    if name == IMPROVERS[started.command]:
        return []
    return ["--improver", name or f"FILE_OF_{started.improver[:10]}.py"]


def _scale_words(command: str, settings: Settings) -> list[str]:
    name, changes = _nearest_scale(command, settings)
    words = ["--scale", name] if name != "small" else []
    for field, number in changes.items():
        words += [_flag(field), str(number)]
    if settings.improver_seconds != Settings.improver_seconds:
        words += ["--improver-seconds", f"{settings.improver_seconds:g}"]
    return words


def _nearest_scale(command: str, settings: Settings) -> tuple[str, dict[str, int]]:
    used = ["calls", "responses", "utility_calls"]
    if command in ROUNDS:
        used += ["meta_calls", "rounds", "gate_pairs"]
    if command == "run":
        used += ["repeats"]
    differences = {
        name: {
            field: getattr(settings.scale, field)
            for field in used
            if getattr(settings.scale, field) != getattr(scale, field)
        }
        for name, scale in SCALES.items()
    }
    order = ("small", "tiny", "paper")
    best = min(order, key=lambda name: (len(differences[name]), order.index(name)))
    return best, differences[best]


# ------------------------------------------------------------------------------ results


def result(store: RunStore, reading: Reading, *, digested: bool = True) -> Finding:
    """Return the object that the run's command printed, or would print now.

    Args:
        store: where the run is.
        reading: the run.
        digested: whether the digest is wanted, for which every event must be read; without
            it the field is empty, except in commands whose results need every event anyway.
    """
    if reading.info.kind == "improve":
        return _improve_result(store, reading, digest(reading.events) if digested else "")
    if reading.info.kind == "run":
        return _run_result(reading, digest(reading.events) if digested else "")
    return read_result(record_of(reading))


def record_of(reading: Reading) -> Record:
    """Return a run that was read as the record that results are made of."""
    reason = reading.state.session.reason if reading.state.session and reading.stopped else ""
    run, started = reading.info.run, reading.started
    return Record(run, started, reading.events, reading.state, reading.stopped, reason)


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
    raise UsageError("a run of `improve` or `run`", f"one of `{reading.info.kind}`")


def _path(reading: Reading) -> str | None:
    path = reading.folder / FILES[reading.info.kind]
    return str(path) if path.exists() else None


def _improve_result(store: RunStore, reading: Reading, known_digest: str) -> ImproveResult:
    state, started = reading.state, reading.started
    scored = [fact for fact in reading.events.facts(Evaluated) if not fact.draw]
    train = {fact.program: fact.score for fact in scored if fact.split == "train"}
    test = {fact.program: fact.score for fact in scored if fact.split == "test"}
    seed = next((fact.initial for fact in reading.events.facts(InvocationStarted)), "")
    ended = next(reading.events.facts(InvocationFinished), None)
    known = {name: value for name, value in train.items() if value is not None}
    best = best_of(known, store.get, seed) if known else seed
    return ImproveResult(
        run=reading.info.run,
        task=started.tasks[0].name,
        improver=started.improver,
        model=started.model,
        seed=started.seed,
        status=ended.status if ended else "",
        detail=ended.detail if ended else "",
        seed_program=ProgramScore(id=seed, train=train.get(seed), test=test.get(seed)),
        best=BestProgram(id=best, train=train.get(best), test=test.get(best), path=_path(reading)),
        returned_best=bool(ended and ended.program == best),
        held_out=bool(test) or not state.finished,
        sandbox=started.sandbox,
        spent=state.spent,
        attempts=counted(state.attempts),
        digest=known_digest,
        stopped=reading.stopped,
        reason=state.session.reason if state.session and reading.stopped else "",
    )


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
        spent=state.spent,
        attempts=counted(state.attempts),
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


def difference(before: MetaEvaluated | None, after: MetaEvaluated | None) -> Interval:
    """Return the paired difference of two measurements at the same places."""
    if before is None or after is None:
        return NOTHING
    pairs = zip(before.returned, after.returned, strict=True)
    return mean_interval([new.score - old.score for old, new in pairs])


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
