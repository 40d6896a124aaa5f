"""The paper's experiments in one run: figure 4, both tables, strategies, and their controls."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from selftaught.app.arming import ArmsWork
from selftaught.app.arms_result import SEEN
from selftaught.app.blocks import scales
from selftaught.app.bypass import MOST_SAMPLES, BypassWork, StoredLog
from selftaught.app.compare_result import CONTROLS, PROBE
from selftaught.app.conduct import End
from selftaught.app.paper_extents import Extent
from selftaught.app.paper_report import write_report
from selftaught.app.paper_result import PUBLISHED, TRANSFER, PaperResult, papered
from selftaught.app.paper_rounds import TESTS, best_found, in_force, test_repeats
from selftaught.app.plans import Plan, plan
from selftaught.app.record import Record
from selftaught.app.transfer_result import CONTROL, IMPROVED, SEED
from selftaught.engine.arms import FROZEN, STOP
from selftaught.engine.engine import Engine
from selftaught.engine.reward_hacking import watch_entrants
from selftaught.engine.settings import Settings
from selftaught.engine.tournament import Entrant, Tournament
from selftaught.errors import UsageError
from selftaught.improver import registry as improvers
from selftaught.values.facts import RunFinished
from selftaught.values.program import Program
from selftaught.values.state import RunState
from selftaught.values.task import Split, Task

COMMAND = "paper"
START = "seed"
"""The improver that every run begins with: the paper's."""
RULES = ("paper", "gate")


def paper_plan(name: str, extent: Extent, *, model: str, settings: Settings, output: Path) -> Plan:
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
    settings = replace(settings, scale=extent.scale)
    tasks = [*extent.seen, *extent.unseen]
    base = plan(COMMAND, tasks, improver=START, model=model, settings=settings)
    return replace(
        base,
        programs={each: improvers.find(each) for each in (*CONTROLS, PROBE)},
        details={
            "extent": name,
            "repeats": extent.runs,
            "transfer_repeats": extent.repeats,
            "samples": extent.samples,
            "sets": {SEEN: list(extent.seen)},
            "unseen": list(extent.unseen),
            "published": list(extent.published),
            "scales": scales(base.tasks),
            "path": str(report_file(output)),
            "arguments": [
                *(COMMAND, "--scale", name, "--adopt", settings.adopt),
                *("--runs", str(extent.runs), "--samples", str(extent.samples)),
            ],
        },
    )


def report_file(output: Path) -> Path:
    """Return the report's path: ``output`` where it is a Markdown file, else one within it."""
    path = output.absolute()
    return path if path.suffix == ".md" else path / "report.md"


class PaperWork:
    """What ``selftaught paper`` does; its parts are those of the commands of their names."""

    def __init__(self, engine: Engine, plan: Plan) -> None:
        """Prepare all experiments."""
        self._engine = engine
        self._plan = plan
        self._details = plan.details
        self._arms = ArmsWork(engine, plan)
        self._bypass = BypassWork(engine, plan)

    async def run(self) -> None:
        """Go through all experiments, one after another."""
        await self._bypass.ask()
        for number in range(self._details["repeats"]):
            await self._arms.replicate(number)
            await self._test(number)
        carried = await self._transfer()
        self._engine.journal.write("", RunFinished(best=carried.id, head=""), "end")

    async def result(self, state: RunState, end: End, folder: Path) -> PaperResult:
        """Return what was found as far as it got, and write the report."""
        assert state.started
        journal = self._engine.journal
        log, run, get = StoredLog(journal), journal.run, journal.get
        record = Record(run, state.started, log, state, end.stopped, end.reason, get)
        found = papered(record, get)
        write_report(found, state.started)
        return found

    async def _test(self, number: int) -> None:
        """Measure on test the improvers that a run had in force, now that it has ended."""
        events = self._engine.journal.events()
        start = self._plan.improver.id
        ids = [
            improver for arm in (STOP, FROZEN) for improver in in_force(events, number, arm, start)
        ]
        entrants = [Entrant(each, self._program(each)) for each in dict.fromkeys(ids)]
        tasks = self._tasks(self._details["sets"][SEEN])
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
        runs, start = range(self._details["repeats"]), self._plan.improver
        carried = best_found(self._engine.journal.events(), runs, start.id)
        improved = self._program(carried.improver)
        entrants = [
            Entrant(SEED, start),
            Entrant(IMPROVED, improved),
            Entrant(CONTROL, self._plan.programs[CONTROL]),
        ]
        for label, names, split in (
            (TRANSFER, self._details["unseen"], None),
            (PUBLISHED, self._details["published"], Split.PAPER),
        ):
            engine = self._engine.sibling(tasks=self._tasks(names))
            repeats = range(self._details["transfer_repeats"])
            await Tournament(engine, label, split=split).run(entrants, repeats)
            await watch_entrants(engine, label, {IMPROVED: f"improved improver, {label}"})
        return improved

    def _tasks(self, names: Iterable[str]) -> list[Task]:
        by_name = {task.name: task for task in self._plan.tasks}
        return [by_name[name] for name in names]

    def _program(self, program: str) -> Program:
        return Program(self._engine.journal.get(program))
