"""``improve``: one improver on one task, and what it found."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from selftaught.analysis.intervals import mean_interval
from selftaught.engine.engine import Engine
from selftaught.engine.reward_hacking import watch_program
from selftaught.engine.settings import Products, Settings, products_of_improve
from selftaught.engine.task_improvement import TaskImprovement, leaders_of
from selftaught.experiments.products import instances
from selftaught.experiments.selection import (
    SHARES,
    Selecting,
    fresh_instances,
    gate_size,
    most_evaluations,
)
from selftaught.ports import RunStore
from selftaught.runs.answers import answer_figures, failing, reached
from selftaught.runs.experiment import Experiment, Get, Outside, Parameters, Plan, Winner, Work
from selftaught.runs.files import write_program
from selftaught.runs.log import RunLog
from selftaught.runs.plans import plan
from selftaught.runs.remedies import next_step
from selftaught.runs.rerun import improver_name
from selftaught.runs.results import (
    NOTHING,
    AnswerFigures,
    BestProgram,
    ImproveResult,
    Leader,
    ProgramScore,
    comparison_of,
    counted,
)
from selftaught.values.event import Event
from selftaught.values.facts import (
    SESSIONS,
    Compared,
    Evaluated,
    Fact,
    InvocationFinished,
    InvocationStarted,
    RunFinished,
    RunStarted,
)
from selftaught.values.program import Program
from selftaught.values.records import Interval
from selftaught.values.state import RunState
from selftaught.values.task import Task


def improve_plan(
    task: str | Task, *, improver: str | Program, model: str, settings: Settings
) -> Plan[Parameters]:
    """Return the plan of one improver on one task.

    Raises:
        UnknownNameError: the task or the improver does not exist.
    """
    return plan(
        IMPROVE,
        [task],
        improver=improver,
        model=model,
        settings=settings,
        parameters=Parameters(),
    )


class ImproveWork:
    """What ``selftaught improve`` does."""

    def __init__(self, engine: Engine, plan: Plan[Parameters]) -> None:
        """Bind the plan's one task to the engine."""
        self._engine = engine
        self._plan = plan
        self._task = plan.tasks[0]
        self._single = TaskImprovement(engine, self._task, closing=fresh_instances(self._task))

    async def run(self) -> None:
        """Let the improver work, select the winner; then look at the test split once."""
        await self._single.run(self._plan.improver)
        winner = await self._winner(early=False)
        await watch_program(self._engine, self._task, winner)
        self._engine.journal.write("", RunFinished(best=winner.id, head=""), "end")

    async def wind_up(self) -> None:
        """Select the winner from what was scored, where a limit ended the search."""
        await self._single.best()
        await self._winner(early=True)

    async def _winner(self, *, early: bool) -> Program:
        """Return the program to end with, scored on test beside the seed program."""
        leaders = self._single.leaders(len(SHARES))
        compared = await Selecting(self._engine, self._task, early=early).winner(leaders)
        winner = self._task.seed
        if compared and compared.status == "better":
            winner = Program(self._engine.journal.get(compared.program))
        for program in (self._task.seed, winner):
            await self._single.test(program, early=early)
        return winner


class ImproveExperiment(Experiment[Parameters]):
    """What ``selftaught improve`` does on a task."""

    kind = "improve"
    improver = "greedy"
    """Scored highest of the library in ``benchmarks/compare.sh table``."""
    file = "best.py"
    writes_output = True
    has_dry_run = True

    def most(self, plan: Plan[Parameters]) -> Products:
        """Return the most of the search, and of deciding afterwards which program is better."""
        task = plan.tasks[0]
        train, _, test = instances(task)
        search = products_of_improve(plan.settings.scale, train, test)
        selection = most_evaluations(task)
        return replace(
            search,
            evaluations=search.evaluations + selection,
            instance_calls=search.instance_calls + selection * gate_size(task),
        )

    def work(self, plan: Plan[Parameters], engine: Engine, outside: Outside) -> Work:
        """Return what carries the search out."""
        return ImproveWork(engine, plan)

    def result(self, log: RunLog) -> ImproveResult:
        """Return what was found; the leader on train where an interruption left it undecided.

        A run that a limit ended is decided by `ImproveWork.wind_up`, as far as wall time was
        left for it.
        """
        return _result(log)

    def keep(self, result: ImproveResult, log: RunLog, folder: Path) -> ImproveResult:
        """Write the best program to a file, where that is decided."""
        if result.better is None:
            return result
        seed = log.tasks[0].seed
        source = seed.source if result.best.id == seed.id else log.get(result.best.id)
        return _named(result, write_program(folder / self.file, source))

    def located(self, result: ImproveResult, folder: Path) -> ImproveResult:
        """Return the result with the best program's file, where it is there."""
        path = folder / self.file
        return _named(result, str(path)) if path.exists() else result

    def deliver(self, result: ImproveResult, output: Path, get: Get) -> tuple[ImproveResult, str]:
        """Write the best program to a file, where it is better than the seed program."""
        if not result.better:
            why = "no program is better than the seed program"
            if result.better is None:
                why = "nothing is decided until the run has finished"
            return result, f"{output} was not written: {why}"
        return _named(result, write_program(output, get(result.best.id))), ""

    def difference(self, result: ImproveResult, get: Get) -> str:
        """Return what the best program changes."""
        before, after = (get(each.id).splitlines() for each in (result.seed_program, result.best))
        lines = difflib.unified_diff(before, after, "seed program", "best program", lineterm="")
        return "\n".join(lines)

    def is_better(self, result: ImproveResult) -> bool | None:
        """Return whether a program is better than the seed program."""
        return result.better

    def winner(self, result: ImproveResult) -> Winner:
        """Return the best program."""
        best, seed = result.best, result.seed_program
        return Winner(best.id, seed.id, best.train, seed.train)

    def searches(self, started: RunStarted) -> int:
        """Return 1."""
        return 1

    def stage(self, started: RunStarted, state: RunState) -> str:
        """Return whether the improver works."""
        return "the improver is working" if state.running else "scoring"


IMPROVE = ImproveExperiment()


def _named(result: ImproveResult, path: str) -> ImproveResult:
    return result.model_copy(update={"best": result.best.model_copy(update={"path": path})})


def _result(log: RunLog) -> ImproveResult:
    """Return what a log tells of a run of ``improve``, as far as it got."""
    get, events = log.get, list(log.events)
    facts = [event.fact for event in events]
    scored = _scored(facts)
    seed = _seed(facts) or (log.tasks[0].seed.id if log.tasks else "")
    verdict = _verdict(log, events, get, seed)
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
        run=log.run,
        task=log.started.tasks[0].name,
        improver=log.started.improver,
        model=log.started.model,
        seed=log.started.seed,
        status=ended.status if ended else "",
        detail=ended.detail if ended else "",
        seed_program=ProgramScore(id=seed, **scores(seed)),
        seed_status=start.status if start else "",
        seed_detail=failing(start) if start else "",
        best=BestProgram(id=verdict.best, **scores(verdict.best), path=None),
        better=verdict.better,
        leader=Leader(id=leader, train=score(leader, "train")) if leader else None,
        comparison=comparison_of(verdict.compared) if verdict.compared else None,
        returned_best=bool(ended and ended.program == verdict.best),
        held_out=log.tasks[0].held_out if log.tasks else test or not log.state.finished,
        answers=answers,
        reached=reached(facts),
        next=_next(log, answers, verdict),
        sandbox=log.started.sandbox,
        spent=log.state.spent,
        attempts=counted(log.state.attempts),
        digest=log.digest,
        stopped=log.stopped,
        reason=log.reason,
    )


@dataclass(frozen=True)
class _Verdict:
    """Which program a run ended with, or leads so far, and on what evidence."""

    best: str
    better: bool | None
    leader: str
    compared: Compared | None


def _verdict(
    log: RunLog, events: Sequence[Event], get: Callable[[str], str], seed: str
) -> _Verdict:
    finished = log.state.finished
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
    if log.stopped == "budget" and (compared or not leaders):
        won = [name for name in leaders if _is_better(compared.get(name))]
        best = won[0] if won else seed
        return _Verdict(best, bool(won), leader, compared.get(won[0] if won else leader))
    return _Verdict(leader or seed, None, leader, None)


def _next(log: RunLog, answers: AnswerFigures, verdict: _Verdict) -> str:
    """Return what to try next where nothing better was found."""
    if verdict.better is not False:
        return ""
    return next_step(
        answers,
        improver=improver_name(log.started.improver),
        model=log.started.model,
        overfitted=bool(verdict.leader),
    )


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
