"""Scores of one improver on fresh gate seeds, for `benchmarks/gate.py`: real distributions.

    python benchmarks/gate_data.py scores.json --tasks string_grid three_sat --count 20
    python benchmarks/gate.py scores.json --runs 2000

Scores are divided by their task's room, known best minus seed program, as the gate does: a
gain of 0.1 is a tenth of what the task leaves to gain. Every score is that of the program which
the improver returned in an invocation of its own. A pair is the improver and its twin, at the
same place: equal but for a temperature that differs in the fifth digit, so that the model gives
it other samples.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
from pathlib import Path

from selftaught.engine.adoption import rooms
from selftaught.engine.engine import Engine
from selftaught.engine.meta_utility import PlannedMeasurement, measure, paired_draws
from selftaught.engine.settings import Settings, scale_named
from selftaught.experiments.run import run_plan
from selftaught.runs.plans import begin, new_run
from selftaught.runs.resources import Options, Resources, open_store
from selftaught.values.program import Program
from selftaught.values.task import Split

AT_ONCE = 2
TEMPERATURE = "temperature=0.7"


def twin(improver: Program) -> Program:
    assert TEMPERATURE in improver.source, "an improver that names its temperature"
    return Program(improver.source.replace(TEMPERATURE, "temperature=0.70001"))


async def scores(
    given: argparse.Namespace, options: Options
) -> dict[str, list[tuple[float, float]]]:
    settings = Settings(seed=given.seed, scale=scale_named(given.scale))
    made = run_plan(
        given.tasks,
        improver=given.improver,
        model=given.model,
        settings=settings,
        controls=False,
    )
    found: dict[str, list[tuple[float, float]]] = {task.name: [] for task in made.tasks}
    pair = {"old": made.improver, "new": twin(made.improver)}
    with open_store(options) as store:
        async with Resources(options, made.model, settings, store) as session:
            engine = Engine(
                session.world, new_run(store, made), tasks=made.tasks, settings=settings
            )
            begin(engine, made, session.sandbox.mode)
            room = await rooms(engine, engine.ledger)
            places = paired_draws(engine, "pool", Split.GATE, 0, given.count * len(made.tasks))
            for first in range(0, len(places), AT_ONCE):
                window = places[first : first + AT_ONCE]
                work = [
                    PlannedMeasurement(
                        f"pool/{role}/{place.task.name}/{place.repeat}", improver, place
                    )
                    for place in window
                    for role, improver in pair.items()
                ]
                results = [
                    score for _, score in (await measure(engine, work, engine.ledger)).results
                ]
                for place, old, new in zip(window, results[::2], results[1::2], strict=True):
                    width = room[place.task.name]
                    found[place.task.name].append((old / width, new / width))
            engine.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output", type=Path)
    parser.add_argument("--tasks", nargs="+", default=["string_grid", "three_sat"])
    parser.add_argument("--improver", default="seed")
    parser.add_argument("--model", default="offline")
    parser.add_argument("--scale", default="tiny")
    parser.add_argument("--count", type=int, default=20, help="pairs a task")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        options = Options(store=Path(folder) / "store.db", workers=2)
        pairs = asyncio.run(scores(given, options))
    name = f"{given.improver}, {given.model}, {given.scale}"
    pool = {task: [score for row in rows for score in row] for task, rows in pairs.items()}
    rows = [row for rows in pairs.values() for row in rows]
    given.output.write_text(json.dumps({"pools": {name: pool}, "pairs": {name: rows}}, indent=1))
    for task, values in pool.items():
        spread = statistics.stdev(new - old for old, new in pairs[task])
        print(
            f"{task}: {len(values)} scores from {min(values):.4f} to {max(values):.4f}, "
            f"paired differences' standard deviation {spread:.4f}"
        )


if __name__ == "__main__":
    main()
