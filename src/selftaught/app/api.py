"""The functions of ``import selftaught as st``: `improve`, `self_improve` and `score`."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from selftaught.app.defaults import IMPROVERS
from selftaught.app.plans import Plan, plan
from selftaught.app.record import Finding
from selftaught.app.recursion import run_plan
from selftaught.app.results import (
    Attempts,
    ImproveResult,
    RunResult,
    ScoreResult,
)
from selftaught.app.scoring import score as scored
from selftaught.app.session import DEFAULT_STORE, Options, open_store
from selftaught.app.working import execute
from selftaught.engine.settings import Adopt, Caps, Settings, scale_named
from selftaught.errors import UsageError
from selftaught.models.options import ModelOptions
from selftaught.values.program import Program
from selftaught.values.records import Interval, Spent
from selftaught.values.task import Task as TaskValue

Result = TypeVar("Result")


@dataclass(frozen=True, repr=False)
class Best:
    """The best program that was found.

    Attributes:
        source: its text.
        score: on test if the task has a test split, else on train; None: not scored.
        train: mean score on the instances used by the search.
        test: mean score on instances the search never saw; None: not scored.
    """

    source: str
    score: float | None
    train: float | None
    test: float | None

    def __repr__(self) -> str:
        """Return the scores, and how long the source is."""
        lines = len(self.source.splitlines())
        return f"<Best: {lines} lines, train {self.train}, test {self.test}>"


@dataclass(frozen=True, repr=False)
class Improvement:
    """What `improve` found; ``result`` is the object that the command line prints.

    ``best`` is the seed program if nothing better was found; see `better`.
    """

    best: Best
    seed_program: Best
    spent: Spent
    attempts: Attempts
    run: str
    result: ImproveResult

    @property
    def better(self) -> bool | None:
        """Whether ``best`` is better than the seed program; None: not decided yet."""
        return self.result.better

    def __repr__(self) -> str:
        """Return the scores in one line; the sources are in ``best`` and ``seed_program``."""
        change = f"{_scored(self.seed_program)} -> {_scored(self.best)}"
        return f"<Improvement {self.run}: {change}, better: {self.better}>"


def _scored(best: Best) -> str:
    return "not scored" if best.score is None else f"{best.score:.4f}"


@dataclass(frozen=True, repr=False)
class SelfImprovement:
    """What `self_improve` found; ``result`` is the object that the command line prints.

    Attributes:
        improvers: sources of the improvers in force, the starting one first.
        adopted: whether each round's proposal was adopted.
        meta_utility: each round's proposal on train, the starting improver's first.
        paired_difference: final minus starting improver on test, at the same places.
        spent: what was used up.
        attempts: what programs and improvers tried.
        run: the run's id.
        result: everything.
    """

    improvers: tuple[str, ...]
    adopted: tuple[bool, ...]
    meta_utility: tuple[Interval, ...]
    paired_difference: Interval
    spent: Spent
    attempts: Attempts
    run: str
    result: RunResult

    def __repr__(self) -> str:
        """Return what the rounds came to in one line; the sources are in ``improvers``."""
        rounds = f"{sum(self.adopted)} of {len(self.adopted)} rounds adopted"
        gain = self.paired_difference.mean
        shown = "not measured" if gain is None else f"{gain:+.4f}"
        return f"<SelfImprovement {self.run}: {rounds}, final minus start on test {shown}>"


def improve(  # noqa: PLR0913 - the options of the command line, by their names
    task: str | TaskValue,
    *,
    model: str = "offline",
    improver: str = IMPROVERS["improve"],
    seed: int = 0,
    scale: str = "small",
    store: str | Path = DEFAULT_STORE,
    workers: int | None = None,
    unsafe: bool = False,
    model_options: ModelOptions | None = None,
    stop_at: float | None = None,
    **numbers: float,
) -> Improvement:
    """Return the best program that one improver found for one task.

    This is the seed program unless another one is better on instances the search never saw.

    Args:
        task: name of a bundled task, path of a task folder, or a task built with `Task`.
        model: as on the command line, e.g. ``openai/gpt-5``.
        improver: name of a library improver, or path of a file.
        seed: equal seeds give equal results.
        scale: ``tiny``, ``small`` or ``paper``.
        store: the database of runs.
        workers: evaluator processes; None: one per core.
        unsafe: run programs unconfined if the machine cannot confine them.
        model_options: how the model is reached.
        stop_at: score on train that ends the search; None: the task's known best.
        **numbers: the scale's numbers (``calls``, ``responses``, ``utility_calls``) and the
            limits (``max_responses``, ``max_cost_usd``, …) by their names.

    Raises:
        SelftaughtError: a name is unknown, or the model or the sandbox failed.
    """
    options = _options(store, workers, unsafe, model_options)
    wanted = plan(
        "improve",
        [task],
        improver=improver,
        model=model,
        settings=_settings(seed, scale, numbers, stop_at=stop_at),
    )
    result = _carried_out(wanted, options)
    assert isinstance(result, ImproveResult)
    with open_store(options, create=False) as opened:
        sources = [opened.get(result.best.id), wanted.tasks[0].seed.source]
    found = result.best, result.seed_program
    best, start = (
        Best(source, each.train if each.test is None else each.test, each.train, each.test)
        for source, each in zip(sources, found, strict=True)
    )
    return Improvement(best, start, result.spent, result.attempts, result.run, result)


def self_improve(  # noqa: PLR0913 - the options of the command line, by their names
    tasks: Sequence[str | TaskValue],
    *,
    rounds: int | None = None,
    model: str = "offline",
    improver: str = IMPROVERS["run"],
    seed: int = 0,
    scale: str = "small",
    adopt: Adopt = "gate",
    freeze_improver: bool = False,
    control: bool = False,
    best_of_n: bool = True,
    store: str | Path = DEFAULT_STORE,
    workers: int | None = None,
    unsafe: bool = False,
    model_options: ModelOptions | None = None,
    **numbers: float,
) -> SelfImprovement:
    """Return the result of rounds of self-improvement (STOP, arXiv 2310.02304).

    Args:
        tasks: names, paths or tasks; an improver's score is its mean over them.
        rounds: None: the scale's number.
        model: as on the command line.
        improver: to start from.
        seed: equal seeds give equal results.
        scale: ``tiny``, ``small`` or ``paper``.
        adopt: when a new improver replaces the current one.
        freeze_improver: use the starting improver in every round.
        control: also run with the starting improver frozen, and compare the two.
        best_of_n: measure the controls at the end: best-of-N and the unchanged program, and
            `seed_keep` where the run starts from a seed improver of the paper.
        store: the database of runs.
        workers: evaluator processes; None: one per core.
        unsafe: run programs unconfined if the machine cannot confine them.
        model_options: how the model is reached.
        **numbers: the scale's numbers and the limits, by their names.

    Raises:
        SelftaughtError: a name is unknown, or the model or the sandbox failed.
    """
    options = _options(store, workers, unsafe, model_options)
    given = {"rounds": rounds} if rounds is not None else {}
    settings = _settings(
        seed,
        scale,
        numbers | given,
        adopt=adopt,
        freeze_improver=freeze_improver,
        control=control,
    )
    wanted = run_plan(
        list(tasks), improver=improver, model=model, settings=settings, controls=best_of_n
    )
    result = _carried_out(wanted, options)
    assert isinstance(result, RunResult)
    in_force = [wanted.improver.id]
    in_force += [each.proposed for each in result.rounds if each.adopted and each.proposed]
    with open_store(options, create=False) as opened:
        sources = tuple(opened.get(name) for name in in_force)
    return SelfImprovement(
        improvers=sources,
        adopted=tuple(each.adopted for each in result.rounds),
        meta_utility=(result.seed_improver.train, *(each.train for each in result.rounds)),
        paired_difference=result.paired_difference,
        spent=result.spent,
        attempts=result.attempts,
        run=result.run,
        result=result,
    )


def score(
    task: str | TaskValue,
    program: str | Program,
    *,
    split: str = "test",
    seed: int = 0,
    unsafe: bool = False,
) -> ScoreResult:
    """Return a program's scores on one split of a task; their mean is ``.score``.

    Args:
        task: a name, a path or a task.
        program: Python source, or a program.
        split: ``train``, ``gate`` or ``test``.
        seed: of the instances.
        unsafe: run the program unconfined if the machine cannot confine it.

    Raises:
        SelftaughtError: the task or the split does not exist, or the task's code failed.
    """
    value = program if isinstance(program, Program) else Program(program)
    return _outside_loop(lambda: scored(task, value, split=split, seed=seed, unsafe=unsafe))


def _options(
    store: str | Path, workers: int | None, unsafe: bool, model_options: ModelOptions | None
) -> Options:
    return Options(
        store=Path(store),
        workers=len(os.sched_getaffinity(0)) if workers is None else workers,
        unsafe=unsafe,
        model=model_options or ModelOptions(),
    )


def _settings(seed: int, scale: str, numbers: Mapping[str, float], **rules: Any) -> Settings:
    caps = {name[4:]: value for name, value in numbers.items() if name.startswith("max_")}
    changes = {name: value for name, value in numbers.items() if not name.startswith("max_")}
    try:
        return Settings(
            seed=seed,
            scale=scale_named(scale, **changes),  # type: ignore[arg-type]
            caps=Caps(**caps),
            **rules,
        )
    except TypeError as error:
        raise UsageError(
            "names of limits or of numbers of the scale",
            str(error),
            "see `selftaught run --help`; write max_seconds for --max-seconds",
        ) from error


def _carried_out(wanted: Plan, options: Options) -> Finding:
    return _outside_loop(lambda: execute(wanted, options))


def _outside_loop(work: Callable[[], Result]) -> Result:
    """Do work that runs an event loop, on a thread where one runs already (notebooks)."""
    if not _loop_runs():
        return work()
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(work).result()


def _loop_runs() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
