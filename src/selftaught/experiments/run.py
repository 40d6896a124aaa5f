"""``run``: rounds of self-improvement (STOP), the control beside them, and the final test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from selftaught.analysis.gate import open_gate
from selftaught.analysis.intervals import mean_interval
from selftaught.budget import Budget
from selftaught.engine.algorithm_1 import Algorithm1, Approval
from selftaught.engine.archive import Archive
from selftaught.engine.engine import Engine
from selftaught.engine.improver_population import Founder
from selftaught.engine.meta_utility import TaskDraw, meta_evaluate, paired_draws
from selftaught.engine.reward_hacking import watch_improver
from selftaught.engine.round_steps import RoundSteps
from selftaught.engine.settings import Products, Settings, products_of_run
from selftaught.engine.succession import Succession
from selftaught.experiments.controls import (
    asking_controls,
    control_programs,
    control_scores,
    difference,
)
from selftaught.experiments.products import instances
from selftaught.runs.approval import Approvals
from selftaught.runs.experiment import Experiment, Outside, Parameters, Plan, Winner, Work
from selftaught.runs.files import write_program
from selftaught.runs.log import RunLog
from selftaught.runs.plans import plan
from selftaught.runs.results import (
    NOTHING,
    FinalImprover,
    ImproverScore,
    RoundResult,
    RunResult,
    counted,
)
from selftaught.values.facts import MetaEvaluated, RunFinished, RunStarted
from selftaught.values.program import Program
from selftaught.values.records import Interval
from selftaught.values.state import RoundState, RunState
from selftaught.values.task import Split, Task


def run_plan(
    tasks: Sequence[str | Task],
    *,
    improver: str | Program,
    model: str,
    settings: Settings,
    controls: bool = True,
) -> Plan[Parameters]:
    """Return the plan of rounds of self-improvement.

    Args:
        tasks: what improvers are measured on.
        improver: to start from.
        model: its name.
        settings: every number.
        controls: measure the controls at the end, beside the final improver.

    Raises:
        UnknownNameError: a task or the improver does not exist.
        UsageError: no task, or the same one twice.
    """
    wanted = plan(
        RUN, tasks, improver=improver, model=model, settings=settings, parameters=Parameters()
    )
    return replace(wanted, programs=control_programs(wanted.improver) if controls else {})


class RunWork:
    """What ``selftaught run`` does."""

    def __init__(
        self, engine: Engine, plan: Plan[Parameters], approval: Approval | None = None
    ) -> None:
        """Prepare both arms; the control only where the settings ask for it.

        Args:
            engine: runs and measures improvers.
            plan: what to do.
            approval: asked before an improver is put to work, where the settings want it;
                the control goes without.
        """
        self._engine = engine
        self._plan = plan
        settings = engine.settings
        gate = partial(open_gate, pairs=settings.scale.gate_pairs)
        steps = RoundSteps(engine, gate)
        asked = approval if settings.approve else None
        self._steps = steps
        self._main = Algorithm1(steps, founder_of(settings), asked)
        self._control: Algorithm1 | None = None
        if settings.control:
            control = RoundSteps(engine, gate, "control/")
            self._control = Algorithm1(control, Succession.founded_frozen)
        self._final = plan.improver
        self._control_final: Program | None = None

    async def run(self) -> None:
        """Go through the rounds of both arms; then measure on test, once."""
        start = self._plan.improver
        self._final = await self._main.run(start)
        if self._control:
            self._control_final = await self._control.run(start)
        for improver in self._tested():
            measured = await self._test(improver)
            if improver == self._final:
                places = self._test_places()
                await watch_improver(self._engine, "final improver", measured, places)
        for name, control in self._plan.programs.items():
            await self._test(control, name)
        finished = RunFinished(best=self._final.id, head=self._steps.head)
        self._engine.journal.write("", finished, "end")

    def _tested(self) -> list[Program]:
        """Return the improvers that the end measures: those that were ever in force."""
        programs = [self._plan.improver, *(each.improver for each in self._main.rounds)]
        if self._control_final:
            programs.append(self._control_final)
        return list({program.id: program for program in programs}.values())

    def _test_places(self) -> list[TaskDraw]:
        engine = self._engine
        return paired_draws(engine, "test", Split.TEST, 0, engine.settings.scale.gate_pairs)

    async def _test(self, improver: Program, name: str = "") -> MetaEvaluated:
        name, ledger = f"test/{name or improver.id[:12]}", Budget(parent=self._engine.ledger)
        return await meta_evaluate(self._engine, name, improver, self._test_places(), ledger)


class RunExperiment(Experiment[Parameters]):
    """What ``selftaught run`` does."""

    kind = "run"
    improver = "seed"
    numbers = frozenset(
        {"calls", "responses", "utility_calls", "meta_calls", "rounds", "gate_pairs", "repeats"}
    )
    rules = ("adopt", "freeze_improver", "control", "approve")
    file = "improver.py"
    improves_improvers = True

    def most(self, plan: Plan[Parameters]) -> Products:
        """Return the most of the rounds, and of the controls that the final test measures."""
        scale, of_tasks = plan.settings.scale, [instances(task) for task in plan.tasks]
        asking = asking_controls(plan.programs)
        most = products_of_run(plan.settings, of_tasks, controls=asking)
        unchanged = scale.gate_pairs * (len(plan.programs) - asking)
        largest = max(test for _, _, test in of_tasks)
        return replace(
            most,
            invocations=most.invocations + unchanged,
            evaluations=most.evaluations + unchanged,
            instance_calls=most.instance_calls + unchanged * largest,
        )

    def work(self, plan: Plan[Parameters], engine: Engine, outside: Outside) -> Work:
        """Return what carries the rounds out."""
        return RunWork(engine, plan, Approvals(engine, outside.store, outside.ask))

    def result(self, log: RunLog) -> RunResult:
        """Return every round's figures, and the comparisons as far as they were measured."""
        state, started, settings = log.state, log.started, log.settings
        main = [each for each in state.rounds if not each.arm and each.decision]
        control = _control(settings, state)
        final = _in_force(started, settings, state)
        tests = {fact.improver: fact for fact in state.measured if fact.split == "test"}
        return RunResult(
            run=log.run,
            tasks=[task.name for task in started.tasks],
            model=started.model,
            seed=started.seed,
            adopt=settings.adopt,
            freeze_improver=settings.freeze_improver,
            sandbox=started.sandbox,
            settings=settings.as_data(),
            seed_improver=_scored(started.improver, state),
            rounds=[_round(each, state) for each in main],
            final=FinalImprover(path=None, **_scored(final, state).model_dump()),
            control=_scored(control, state) if control else None,
            paired_difference=difference(tests.get(started.improver), tests.get(final)),
            control_difference=difference(tests.get(control or ""), tests.get(final)),
            controls=control_scores(started.programs, final, tests),
            spent=state.spent,
            attempts=counted(state.attempts),
            answers=log.answers(),
            head=main[-1].decision.head if main and main[-1].decision else "",
            digest=log.digest,
            stopped=log.stopped,
            reason=log.reason,
        )

    def keep(self, result: RunResult, log: RunLog, folder: Path) -> RunResult:
        """Write the improver in force to a file."""
        return _named(result, write_program(folder / self.file, log.get(result.final.id)))

    def located(self, result: RunResult, folder: Path) -> RunResult:
        """Return the result with the improver's file, where it is there."""
        path = folder / self.file
        return _named(result, str(path)) if path.exists() else result

    def winner(self, result: RunResult) -> Winner:
        """Return the improver in force."""
        final, seed = result.final, result.seed_improver
        return Winner(final.id, seed.id, final.train.mean, seed.train.mean)

    def stage(self, started: RunStarted, state: RunState) -> str:
        """Return which round is under way, and what of it."""
        if not state.rounds:
            return "measuring the starting improver"
        current, running = state.rounds[-1], sorted(state.running)
        arm = "control, " if current.arm else ""
        rounds = Settings.from_data(started.settings).scale.rounds
        stage = f"{arm}round {current.number} of {rounds}"
        names = [name.removeprefix(current.arm) for name in running]
        if any("/gate/" in name for name in names):
            return f"{stage}: measuring pairs for the decision"
        if any("/proposed/" in name for name in names):
            return f"{stage}: measuring the proposal"
        if current.finished or any(name.startswith("r0/") for name in names):
            return f"{stage}: measuring"
        return f"{stage}: the improver is rewriting itself"


RUN = RunExperiment()


def _named(result: RunResult, path: str) -> RunResult:
    return result.model_copy(update={"final": result.final.model_copy(update={"path": path})})


def _control(settings: Settings, state: RunState) -> str | None:
    """Return the improver that the control ended with; None: it has not ended, or there is none."""
    ended = [each.finished for each in state.rounds if each.arm and each.finished]
    if not settings.control or len(ended) != settings.scale.rounds:
        return None
    return ended[-1].improver


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


def founder_of(settings: Settings) -> Founder:
    """Return what begins the population that a run's settings ask for."""
    if settings.adopt == "archive":
        return Archive.founded
    return Succession.founded_frozen if settings.freeze_improver else Succession.founded
