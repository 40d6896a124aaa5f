"""The paper's experiments in one run: figure 4, both tables, strategies, and their controls."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from selftaught.engine.arms import FROZEN, STOP
from selftaught.engine.engine import Engine
from selftaught.engine.reward_hacking import watch_entrants
from selftaught.engine.settings import Products, Settings
from selftaught.engine.tournament import Entrant, Tournament
from selftaught.errors import UsageError
from selftaught.experiments.arms import SEEN, ArmsWork, arms_products
from selftaught.experiments.bypass.experiment import MOST_SAMPLES, BypassWork, bypass_products
from selftaught.experiments.paper.extents import Extent
from selftaught.experiments.paper.report import write_report
from selftaught.experiments.paper.result import (
    PUBLISHED,
    TRANSFER,
    PaperParameters,
    PaperResult,
    paper_result,
)
from selftaught.experiments.paper.rounds import TESTS, best_found, in_force, test_repeats
from selftaught.experiments.products import numbers, tournament
from selftaught.experiments.tournaments import CONTROLS, PROBE, scales
from selftaught.experiments.transfer import CONTROL, IMPROVED, SEED
from selftaught.improver import registry as improvers
from selftaught.runs.experiment import Experiment, Outside, Plan, Work
from selftaught.runs.log import RunLog
from selftaught.runs.plans import found_tasks, plan
from selftaught.values.facts import RunFinished
from selftaught.values.program import Program
from selftaught.values.task import Split, Task

COMMAND = "paper"
START = "seed"
"""The improver that every run begins with: the paper's."""
RULES = ("paper", "gate")


def paper_plan(
    name: str, extent: Extent, *, model: str, settings: Settings, output: Path
) -> Plan[PaperParameters]:
    """Return the plan of all experiments.

    Args:
        name: of the extent.
        extent: how much they are made of.
        model: its name.
        settings: seed, limits and adoption rule; the scale is the extent's.
        output: the report's file, or the folder that gets ``report.md``.

    Raises:
        UsageError: the adoption rule is ``archive``, or a number is out of range.
    """
    if settings.adopt not in RULES:
        raise UsageError(f"--adopt {' or '.join(RULES)}", settings.adopt)
    if not 1 <= extent.samples <= MOST_SAMPLES:
        raise UsageError(f"--samples between 1 and {MOST_SAMPLES:,}", str(extent.samples))
    found = found_tasks([*extent.seen, *extent.unseen])
    parameters = PaperParameters(
        extent=name,
        repeats=extent.runs,
        transfer_repeats=extent.repeats,
        samples=extent.samples,
        sets={SEEN: list(extent.seen)},
        unseen=list(extent.unseen),
        published=list(extent.published),
        scales=scales(found),
        path=str(report_file(output)),
        arguments=[
            *(COMMAND, "--scale", name, "--adopt", settings.adopt),
            *("--runs", str(extent.runs), "--samples", str(extent.samples)),
        ],
    )
    base = plan(
        PAPER,
        found,
        improver=START,
        model=model,
        settings=replace(settings, scale=extent.scale),
        parameters=parameters,
    )
    return replace(base, programs={each: improvers.find(each) for each in (*CONTROLS, PROBE)})


def report_file(output: Path) -> Path:
    """Return the report's path: ``output`` where it is a Markdown file, else one within it."""
    path = output.absolute()
    return path if path.suffix == ".md" else path / "report.md"


class PaperWork:
    """What ``selftaught paper`` does; its parts are those of the commands of their names."""

    def __init__(self, engine: Engine, plan: Plan[PaperParameters]) -> None:
        """Prepare all experiments."""
        self._engine = engine
        self._plan = plan
        self._given = plan.parameters
        self._arms = ArmsWork(engine, plan, self._given.sets, self._given.repeats)
        self._bypass = BypassWork(engine, self._given.samples)

    async def run(self) -> None:
        """Go through all experiments, one after another."""
        await self._bypass.ask()
        for number in range(self._given.repeats):
            await self._arms.replicate(number)
            await self._test(number)
        carried = await self._transfer()
        self._engine.journal.write("", RunFinished(best=carried.id, head=""), "end")

    async def _test(self, number: int) -> None:
        """Measure on test the improvers that a run had in force, now that it has ended."""
        events = self._engine.journal.events()
        start = self._plan.improver.id
        ids = [
            improver for arm in (STOP, FROZEN) for improver in in_force(events, number, arm, start)
        ]
        entrants = [Entrant(each, self._program(each)) for each in dict.fromkeys(ids)]
        tasks = self._tasks(self._given.sets[SEEN])
        engine = self._engine.sibling(tasks=tasks)
        repeats = test_repeats(engine.settings.scale, len(tasks))
        tournament = Tournament(engine, f"{TESTS}/{number}", checkpoints=True)
        await tournament.run(entrants, range(repeats))
        last = in_force(events, number, STOP, start)[-1]
        await watch_entrants(
            engine, f"{TESTS}/{number}", {last: f"last improver, run {number + 1}"}
        )

    async def _transfer(self) -> Program:
        """Carry the best improver of all runs, by train, over to tasks that it never saw."""
        runs, start = range(self._given.repeats), self._plan.improver
        carried = best_found(self._engine.journal.events(), runs, start.id)
        improved = self._program(carried.improver)
        entrants = [
            Entrant(SEED, start),
            Entrant(IMPROVED, improved),
            Entrant(CONTROL, self._plan.programs[CONTROL]),
        ]
        for label, names, split in (
            (TRANSFER, self._given.unseen, None),
            (PUBLISHED, self._given.published, Split.PAPER),
        ):
            engine = self._engine.sibling(tasks=self._tasks(names))
            repeats = range(self._given.transfer_repeats)
            await Tournament(engine, label, split=split).run(entrants, repeats)
            await watch_entrants(engine, label, {IMPROVED: f"improved improver, {label}"})
        return improved

    def _tasks(self, names: Iterable[str]) -> list[Task]:
        by_name = {task.name: task for task in self._plan.tasks}
        return [by_name[name] for name in names]

    def _program(self, program: str) -> Program:
        return Program(self._engine.journal.get(program))


class PaperExperiment(Experiment[PaperParameters]):
    """What ``selftaught paper`` does."""

    kind = COMMAND
    parameters = PaperParameters
    has_scale = False
    improves_improvers = True

    def most(self, plan: Plan[PaperParameters]) -> Products:
        """Return the most of all experiments of the paper."""
        given, scale = plan.parameters, plan.settings.scale
        by_name = {task.name: task for task in plan.tasks}
        seen, unseen, published = (
            [by_name[name] for name in names]
            for names in (given.sets[SEEN], given.unseen, given.published)
        )
        tested = given.repeats * (2 * scale.rounds + 1) * scale.gate_pairs
        transfers = 3 * given.transfer_repeats
        parts = [
            arms_products(plan.settings, plan.tasks, given.sets, given.repeats),
            tournament(scale, seen, tested, scale.calls),
            tournament(scale, unseen, transfers),
            tournament(scale, published, transfers, split=Split.PAPER),
            bypass_products(given.samples, scale),
        ]
        return Products(*(sum(each) for each in zip(*map(numbers, parts), strict=True)))

    def work(self, plan: Plan[PaperParameters], engine: Engine, outside: Outside) -> Work:
        """Return what goes through all experiments."""
        return PaperWork(engine, plan)

    def result(self, log: RunLog) -> PaperResult:
        """Return what was found as far as it got."""
        return paper_result(log)

    def keep(self, result: PaperResult, log: RunLog, folder: Path) -> PaperResult:
        """Write the report."""
        write_report(result, log.started)
        return result


PAPER = PaperExperiment()
