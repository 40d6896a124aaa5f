"""Runs in a store, each by its own experiment: their results, winners and plans."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from selftaught.engine.settings import Caps
from selftaught.errors import UnknownNameError, UsageError
from selftaught.experiments.registry import experiment_of
from selftaught.experiments.transfer import Candidate
from selftaught.experiments.winner import RunWinner
from selftaught.improver import registry as improvers
from selftaught.ports import RunStore
from selftaught.runs import executor, plans
from selftaught.runs.executor import Audience
from selftaught.runs.experiment import Plan
from selftaught.runs.log import Finding
from selftaught.runs.plans import begun, opened_by
from selftaught.runs.reader import StoredRun, read
from selftaught.runs.resources import Options, open_store
from selftaught.values.facts import Evaluated
from selftaught.values.program import Program


def result(stored: StoredRun, *, digested: bool = True) -> Finding:
    """Return the object that the run's command printed, or would print now.

    Args:
        stored: the run.
        digested: whether the digest is wanted, for which every event must be read; without
            it the field is empty.
    """
    experiment = experiment_of(stored.started)
    return experiment.located(experiment.result(stored.log(digested=digested)), stored.folder)


def planned(
    store: RunStore, run: str, *, rebase: bool = False, caps: Caps | None = None
) -> Plan[Any]:
    """Return the plan of a run that is in the store; see `plans.planned`."""
    experiment = experiment_of(begun(store, run))
    return plans.planned(experiment, store, run, rebase=rebase, caps=caps)


def resume(
    run: str,
    options: Options,
    *,
    rebase: bool = False,
    caps: Caps | None = None,
    audience: Audience | None = None,
) -> Finding:
    """Go on with a run where it stopped, whatever stopped it; see `executor.resume`.

    Args:
        run: its id or the beginning of it.
        options: how to work.
        rebase: go on even where a task's files have changed since.
        caps: limits given anew; those that are None stay as they were.
        audience: who follows it; None: nobody.

    Raises:
        UnknownNameError: there is no such run.
        StoreError: it is going on in another process, or another version began it.
        UsageError: a task's files have changed and ``rebase`` is False.
    """

    def again(store: RunStore, run: str) -> Plan[Any]:
        return planned(store, run, rebase=rebase, caps=caps)

    return executor.resume(run, options, again, audience)


def best_source(store: RunStore, stored: StoredRun) -> str:
    """Return the source of the best program, or of the improver in force.

    Raises:
        UsageError: the run is of a command that looks for none.
    """
    best = experiment_of(stored.started).best(result(stored, digested=False))
    if best is None:
        raise UsageError("a run of `improve` or `run`", f"one of `{stored.info.kind}`")
    return store.get(best)


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


def scored_programs(store: RunStore, stored: StoredRun) -> list[ScoredProgram]:
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
        for fact in stored.events.facts(Evaluated)
    ]
    return sorted(found, key=lambda each: -(each.score if each.score is not None else -1e308))


def candidate(name: str, store: RunStore | None) -> Candidate:
    """Return the improver of a name or file, or the one that a run ended with.

    Raises:
        UnknownNameError: it is neither an improver nor a run.
        UsageError: the run is none of self-improvement.
    """
    try:
        return Candidate(name, improvers.find(name), improvers.find("seed"))
    except UnknownNameError:
        if name.endswith(".py") or store is None:
            raise
    found = winner_of(store, name)
    if found.kind != "run":
        raise UsageError("a run of `run`", f"{found.run}, one of `{found.kind}`")
    return Candidate(found.run, found.program, found.seed, found.tasks, opened_by(store, found.run))


def winner_of(store: RunStore, run: str) -> RunWinner:
    """Return what a run found, the best so far where it has not ended.

    Raises:
        UnknownNameError: there is no such run.
        UsageError: the run is of a command that looks for no winner.
    """
    stored = read(store, run, Path())
    winner = experiment_of(stored.started).winner(result(stored, digested=False))
    if winner is None:
        raise UsageError(
            "a run of `improve` or `run`",
            f"{stored.info.run}, one of `{stored.info.kind}`",
            "`selftaught runs` lists them",
        )
    return RunWinner(
        run=stored.info.run,
        kind=stored.info.kind,
        program=Program(store.get(winner.id)),
        seed=Program(store.get(winner.seed)),
        score=winner.score,
        seed_score=winner.seed_score,
        tasks=tuple(task.name for task in stored.started.tasks),
    )


def winner_and_plan(options: Options, run: str, caps: Caps) -> tuple[RunWinner, Plan[Any]]:
    """Return what a run found, and the plan that it was begun with, under other limits.

    Raises:
        UnknownNameError: there is no such run.
        UsageError: it is of a command that looks for no winner, or a task has changed.
        StoreError: there is no store yet.
    """
    with open_store(options, create=False) as store:
        found = winner_of(store, run)
        base = planned(store, found.run)
    return found, replace(base, settings=replace(base.settings, caps=caps))
