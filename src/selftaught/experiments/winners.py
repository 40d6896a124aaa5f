"""Lookup: winners and improvers that are named by their run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from selftaught.engine.settings import Caps
from selftaught.errors import UnknownNameError, UsageError
from selftaught.experiments.found import result
from selftaught.experiments.winner import Candidate, Winner
from selftaught.improver import registry as improvers
from selftaught.ports import RunStore
from selftaught.runs.plans import Plan, opened_by, planned
from selftaught.runs.reader import read
from selftaught.runs.resources import Options, open_store
from selftaught.runs.results import ImproveResult, ImproverScore, ProgramScore, RunResult
from selftaught.values.program import Program


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
    winner = winner_of(store, name)
    if winner.kind != "run":
        raise UsageError("a run of `run`", f"{winner.run}, one of `{winner.kind}`")
    return Candidate(
        winner.run, winner.program, winner.seed, winner.tasks, opened_by(store, winner.run)
    )


def winner_of(store: RunStore, run: str) -> Winner:
    """Return the winner of a run, the best so far where it has not ended.

    Raises:
        UnknownNameError: there is no such run.
        UsageError: the run is of a command that looks for none.
    """
    reading = read(store, run, Path())
    found = result(store, reading, digested=False)
    best: ProgramScore | ImproverScore
    seed: ProgramScore | ImproverScore
    if isinstance(found, ImproveResult):
        best, seed = found.best, found.seed_program
        chosen, before = found.best.train, found.seed_program.train
    elif isinstance(found, RunResult):
        best, seed = found.final, found.seed_improver
        chosen, before = found.final.train.mean, found.seed_improver.train.mean
    else:
        raise UsageError(
            "a run of `improve` or `run`",
            f"{reading.info.run}, one of `{reading.info.kind}`",
            "`selftaught runs` lists them",
        )
    return Winner(
        run=reading.info.run,
        kind=reading.info.kind,
        program=Program(store.get(best.id)),
        seed=Program(store.get(seed.id)),
        chosen=chosen,
        seed_score=before,
        tasks=tuple(task.name for task in reading.started.tasks),
    )


def winner_and_plan(options: Options, run: str, caps: Caps) -> tuple[Winner, Plan]:
    """Return a run's winner, and the plan that the run was begun with, under other limits.

    Raises:
        UnknownNameError: there is no such run.
        UsageError: it is of a command that looks for no winner, or a task has changed.
        StoreError: there is no store yet.
    """
    with open_store(options, create=False) as store:
        winner = winner_of(store, run)
        base = planned(store, winner.run)
    return winner, replace(base, settings=replace(base.settings, caps=caps))
