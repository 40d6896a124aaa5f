"""Recursion: rounds of self-improvement, the control beside them, and the final test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from selftaught.analysis.gate import open_gate
from selftaught.analysis.intervals import mean_interval
from selftaught.app.answers import answer_figures
from selftaught.app.attempts import counted
from selftaught.app.conduct import End
from selftaught.app.controls import NOTHING, control_programs, control_scores, difference
from selftaught.app.files import write_program
from selftaught.app.plans import Plan, plan
from selftaught.app.results import FinalImprover, ImproverScore, RoundResult, RunResult
from selftaught.budget import Budget
from selftaught.engine.adoption import PairedGate
from selftaught.engine.algorithm_1 import Algorithm1, Approval, Round
from selftaught.engine.archive import Archive
from selftaught.engine.engine import Engine
from selftaught.engine.improver_population import Founder
from selftaught.engine.meta_utility import TaskDraw, meta_evaluate, paired_draws
from selftaught.engine.reward_hacking import watch_improver
from selftaught.engine.round_steps import RoundSteps
from selftaught.engine.settings import Settings
from selftaught.engine.succession import Succession
from selftaught.values.digest import digest
from selftaught.values.facts import MetaEvaluated, RunFinished
from selftaught.values.program import Program
from selftaught.values.records import Interval
from selftaught.values.state import RunState
from selftaught.values.task import Split, Task


def run_plan(
    tasks: Sequence[str | Task],
    *,
    improver: str | Program,
    model: str,
    settings: Settings,
    controls: bool = True,
) -> Plan:
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
    wanted = plan("run", tasks, improver=improver, model=model, settings=settings)
    return replace(wanted, programs=control_programs(wanted.improver) if controls else {})


class RunWork:
    """What ``selftaught run`` does."""

    def __init__(self, engine: Engine, plan: Plan, approval: Approval | None = None) -> None:
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
        self._gate = GateMaker(settings.scale.gate_pairs)
        steps = RoundSteps(engine, self._gate)
        asked = approval if settings.approve else None
        self._steps = steps
        self._main = Algorithm1(steps, founder_of(settings), asked)
        self._control: Algorithm1 | None = None
        if settings.control:
            control = RoundSteps(engine, self._gate, "control/")
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

    async def result(self, state: RunState, end: End, folder: Path) -> RunResult:
        """Return every round's figures, and the comparisons as far as they were measured."""
        engine, plan = self._engine, self._plan
        final = self._main.rounds[-1].improver if self._main.rounds else plan.improver
        tests = {fact.improver: fact for fact in state.measured if fact.split == "test"}
        path = write_program(folder / "improver.py", final.source)
        control = self._control_final
        return RunResult(
            run=engine.journal.run,
            tasks=[task.name for task in plan.tasks],
            model=engine.model,
            seed=engine.settings.seed,
            adopt=engine.settings.adopt,
            freeze_improver=engine.settings.freeze_improver,
            sandbox=state.started.sandbox if state.started else "",
            settings=engine.settings.as_data(),
            seed_improver=self._scored(plan.improver, state),
            rounds=[self._round(each, state) for each in self._main.rounds],
            final=FinalImprover(path=path, **self._scored(final, state).model_dump()),
            control=self._scored(control, state) if control else None,
            paired_difference=difference(tests.get(plan.improver.id), tests.get(final.id)),
            control_difference=difference(
                tests.get(control.id) if control else None, tests.get(final.id)
            ),
            controls=control_scores(
                {name: program.id for name, program in plan.programs.items()}, final.id, tests
            ),
            spent=state.spent,
            attempts=counted(state.attempts),
            answers=answer_figures(engine.journal.events(), engine.journal.get, closely=False),
            head=self._steps.head,
            digest=digest(engine.journal.events()),
            stopped=end.stopped,
            reason=end.reason,
        )

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

    def _scored(self, improver: Program, state: RunState) -> ImproverScore:
        return ImproverScore(
            id=improver.id,
            train=_interval(improver, Split.TRAIN, state),
            test=_interval(improver, Split.TEST, state),
        )

    def _round(self, each: Round, state: RunState) -> RoundResult:
        decision, proposed = each.decision, each.proposed
        pairs = zip(decision.incumbent_scores, decision.proposed_scores, strict=True)
        return RoundResult(
            round=each.number,
            proposed=proposed.id if proposed else None,
            adopted=each.improver != each.incumbent,
            reason=decision.reason,
            train=_interval(proposed, Split.TRAIN, state) if proposed else NOTHING,
            gate=mean_interval(decision.proposed_scores),
            gate_difference=mean_interval([after - before for before, after in pairs]),
            test=_interval(proposed, Split.TEST, state) if proposed else NOTHING,
        )


def founder_of(settings: Settings) -> Founder:
    """Return what begins the population that a run's settings ask for."""
    if settings.adopt == "archive":
        return Archive.founded
    return Succession.founded_frozen if settings.freeze_improver else Succession.founded


class GateMaker:
    """Makes the paired gate of each round with that round's share of alpha = 0.05."""

    def __init__(self, pairs: int) -> None:
        """Bound the pairs that can be bought."""
        self._pairs = pairs

    def __call__(self, decision: int, decisions: int) -> PairedGate:
        """Return a fresh gate for a decision of so many."""
        return open_gate(decision, decisions, pairs=self._pairs)


def _interval(improver: Program, split: Split, state: RunState) -> Interval:
    wanted = "test" if split == Split.TEST else "train"
    for fact in state.measured:
        if fact.improver == improver.id and fact.split == wanted:
            return mean_interval([each.score for each in fact.returned])
    return NOTHING
