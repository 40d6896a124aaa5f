"""How fast a run resumes: reading its log, and answering its improvers from it.

    python benchmarks/resume.py --repeats 40

A run of many invocations of the seed improver is carried out and resumed once it has ended, so
that everything is answered from its log.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from selftaught.engine.engine import Engine
from selftaught.engine.meta_utility import PlannedMeasurement, measure, paired_draws
from selftaught.engine.settings import Settings, scale_named
from selftaught.experiments.run import run_plan
from selftaught.runs.plans import begin, new_run
from selftaught.runs.resources import Options, Resources, open_store
from selftaught.values.digest import digest
from selftaught.values.state import fold
from selftaught.values.task import Split

AT_ONCE = 8


async def carried_out(options: Options, given: argparse.Namespace, run: str) -> tuple[str, int]:
    """Measure an improver often, going on with ``run`` where it is given; return its id."""
    settings = Settings(scale=scale_named("tiny"))
    made = run_plan(
        [given.task], improver="seed", model="offline", settings=settings, controls=False
    )
    with open_store(options) as store:
        async with Resources(options, made.model, settings, store) as session:
            engine = Engine(
                session.world, run or new_run(store, made), tasks=made.tasks, settings=settings
            )
            begin(engine, made, session.sandbox.mode)
            places = paired_draws(engine, "bench", Split.GATE, 0, given.repeats)
            work = [PlannedMeasurement(f"bench/{p.repeat}", made.improver, p) for p in places]
            for first in range(0, len(work), AT_ONCE):
                await measure(engine, work[first : first + AT_ONCE], engine.ledger)
            engine.close()
            return engine.journal.run, len(engine.journal.events())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--task", default="string_grid")
    parser.add_argument("--repeats", type=int, default=24, help="invocations")
    given = parser.parse_args()
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        options = Options(store=Path(folder) / "store.db", workers=2)
        start = time.perf_counter()
        run, _ = asyncio.run(carried_out(options, given, ""))
        figures["carried out, s"] = time.perf_counter() - start
        start = time.perf_counter()
        _, events = asyncio.run(carried_out(replace(options, workers=1), given, run))
        figures["resumed with nothing left to do, s"] = time.perf_counter() - start
        figures["events"] = events
        with open_store(options, create=False) as store:
            start = time.perf_counter()
            log = [event for _, event in store.events(run)]
            figures["events read, 1/s"] = len(log) / (time.perf_counter() - start)
            start = time.perf_counter()
            fold(log)
            figures["events folded, 1/s"] = len(log) / (time.perf_counter() - start)
            start = time.perf_counter()
            digest(log)
            figures["events digested, 1/s"] = len(log) / (time.perf_counter() - start)
    json.dump({name: round(figure, 2) for name, figure in figures.items()}, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
