"""How good the offline model's answers are. Run: `python benchmarks/offline.py`.

    benchmarks/offline.py [TASK ...] [--parsed 1000] [--samples 100] [--improver-samples 40]
                          [--seed 0] [--off FAMILY ...] [--workers 2] [--unsafe] [--report]

For each bundled task's seed program, and for the seed improver, with Wilson intervals (95 %):
the share of `--parsed` answers that parse, and of the first `--samples` of them the shares
that run (status ok on the task's train split) and that score more than the program they were
made from. An improver's answer is measured as STOP does it, on `--meta-tasks`, two repeats
each, at the default scale; it runs where every invocation ends well. `--off` leaves families
of operators out. Rows that `--output` holds are not measured again.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import json
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from selftaught.analysis.proportions import Rate, wilson
from selftaught.engine.engine import Engine
from selftaught.engine.meta_utility import meta_evaluate, meta_text, train_draws
from selftaught.engine.settings import Settings, scale_named
from selftaught.improver import registry as improvers
from selftaught.improver.helpers import extract_code
from selftaught.models.offline import OfflineModel
from selftaught.models.offline.mutation import FAMILIES
from selftaught.ports import Message, ModelRequest, Parameters, RunStore
from selftaught.runs.resources import Options, Resources
from selftaught.store.sqlite import SqliteStore
from selftaught.tasks import registry as tasks
from selftaught.values.event import RunInfo
from selftaught.values.program import Program
from selftaught.values.task import InstanceSet, Split, Task

IMPROVER = "seed improver"
Measure = Callable[[Program], Awaitable[tuple[bool, float]]]

PROMPT = """Improve this program:

```python
{solution}
```

This is how it is scored; a higher score is better:

```python
{scoring}
```
"""


async def answers(
    model: OfflineModel, solution: str, scoring: str, count: int, seed: int
) -> list[str]:
    """Return the programs of ``count`` answers; an answer without one counts as empty."""
    message = Message("user", PROMPT.format(solution=solution, scoring=scoring))
    samples = tuple(range(count))
    request = ModelRequest((message,), Parameters(), samples, "benchmark", seed)
    return [extract_code(response.text) or "" async for response in model.respond(request)]


def parses(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return bool(source)


async def row(name: str, start: Program, sources: list[str], measure: Measure, n: int) -> dict:
    """Measure the first ``n`` of the answers, and whether all of them parse."""
    _, before = await measure(start)
    found = await asyncio.gather(*(measure(Program(source)) for source in sources[:n]))
    return {
        "program": name,
        "parse": [sum(map(parses, sources)), len(sources)],
        "run": [sum(runs for runs, _ in found), n],
        "better": [sum(score > before for _, score in found), n],
        "score": before,
        "best": max([score for _, score in found], default=before),
    }


def line(found: dict) -> str:
    rates = " | ".join(
        f"{shown(wilson(*found[part]))}, n = {found[part][1]}"
        for part in ("parse", "run", "better")
    )
    return f"| {found['program']} | {rates} | {found['score']:.4f} | {found['best']:.4f} |"


def shown(rate: Rate) -> str:
    if rate.rate is None:
        return "-"
    return f"{rate.rate:.2f} ({rate.low:.2f}-{rate.high:.2f})"


def on_task(session: Resources, task: Task, seed: int) -> Measure:
    async def measure(program: Program) -> tuple[bool, float]:
        instances = InstanceSet(Split.TRAIN, seed)
        outcome = await session.world.evaluator.evaluate(task, program, instances)
        return (
            outcome.status == "ok",
            outcome.score if outcome.score is not None else task.scale.low,
        )

    return measure


def on_meta_task(engine: Engine) -> Measure:
    async def measure(program: Program) -> tuple[bool, float]:
        name = f"benchmark/{program.id[:12]}"
        fact = await meta_evaluate(engine, name, program, train_draws(engine), engine.ledger)
        return fact.status == "ok", fact.score

    return measure


def open_engine(session: Resources, store: RunStore, chosen: argparse.Namespace) -> Engine:
    names = tuple(chosen.meta_tasks)
    store.create(RunInfo("benchmark", "run", names, "offline", "running", 0.0))
    settings = Settings(seed=chosen.seed, scale=scale_named("small", repeats=2))
    found = [tasks.find(name) for name in names]
    return Engine(session.world, "benchmark", tasks=found, settings=settings)


async def measured(chosen: argparse.Namespace, name: str, store: RunStore) -> dict:
    """Return one program's row."""
    options = Options(workers=chosen.workers, unsafe=chosen.unsafe)
    model = OfflineModel(families=frozenset(FAMILIES) - frozenset(chosen.off))
    seed = chosen.seed
    async with Resources(options, "offline", Settings(seed=seed), store) as session:
        if name == IMPROVER:
            engine, start = open_engine(session, store, chosen), improvers.find("seed")
            made = await answers(model, start.source, meta_text(engine), chosen.parsed, seed)
            found = await row(name, start, made, on_meta_task(engine), chosen.improver_samples)
            engine.close()
        else:
            task = tasks.find(name)
            made = await answers(model, task.seed.source, task.text, chosen.parsed, seed)
            found = await row(name, task.seed, made, on_task(session, task, seed), chosen.samples)
    await model.close()
    return {**found, "seed": seed, "off": sorted(chosen.off)}


def main() -> None:
    parser = argparse.ArgumentParser(description="How good the offline model's answers are.")
    parser.add_argument("programs", nargs="*", help=f"names of tasks, or '{IMPROVER}'")
    parser.add_argument("--parsed", type=int, default=1000)
    parser.add_argument("--samples", type=int, default=100)
    parser.add_argument("--improver-samples", type=int, default=40)
    parser.add_argument("--meta-tasks", nargs="+", default=["bin_packing", "three_sat"])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--off", nargs="*", default=[], choices=sorted(FAMILIES))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--unsafe", action="store_true")
    parser.add_argument("--report", action="store_true", help="only print what --output holds")
    parser.add_argument("--output", type=Path, default=Path(".selftaught/offline.jsonl"))
    chosen = parser.parse_args()
    kept = []
    if chosen.output.exists():
        kept = [json.loads(text) for text in chosen.output.read_text().splitlines()]
    print("| program | parse | run | better | score | best |\n|---|---|---|---|---|---|")
    for name in chosen.programs or [*(each.name for each in tasks.names()), IMPROVER]:
        same = (name, chosen.seed, sorted(chosen.off))
        found = [each for each in kept if (each["program"], each["seed"], each["off"]) == same]
        if not found and not chosen.report:
            with (
                tempfile.TemporaryDirectory() as folder,
                SqliteStore(Path(folder) / "store.db") as store,
            ):
                found = [asyncio.run(measured(chosen, name, store))]
            chosen.output.parent.mkdir(parents=True, exist_ok=True)
            with chosen.output.open("a") as file:
                file.write(json.dumps(found[0]) + "\n")
        for each in found[-1:]:
            print(line(each), flush=True)


if __name__ == "__main__":
    main()
