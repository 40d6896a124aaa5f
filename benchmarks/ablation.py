"""What each family of the offline model's operators is worth: one off at a time.

    .venv/bin/python benchmarks/ablation.py --problems 40 --tasks three_sat --seeds 0-4

Each row leaves a family out and searches again, by the improver `greedy` in small: four
calls of six responses, each from the best program so far. Columns are programs and scores
that a generator draws at random (expressions, rules with constants, loops: the tests hold it,
and nobody tuned for it), and bundled tasks, scored on train. Each cell is the mean gain over
the seed program and, for a family left out, what is lost by that: the paired difference of
the same problems and seeds with 95 % intervals. Searches that `--output` holds are not done
again; `--report` does none.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import sys
import warnings
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from selftaught.analysis.intervals import mean_interval
from selftaught.engine.settings import Settings
from selftaught.improver.helpers import extract_code
from selftaught.models.offline import OfflineModel
from selftaught.models.offline.mutation import FAMILIES
from selftaught.ports import Message, ModelRequest, Parameters
from selftaught.runs.evaluators import ProcessEvaluator
from selftaught.runs.resources import confinement
from selftaught.tasks.registry import find
from selftaught.values.program import Program
from selftaught.values.records import Interval
from selftaught.values.task import InstanceSet, Split

sys.path.insert(0, str(Path(__file__).parent.parent / "tests/models/offline"))
from random_problems import KINDS, draw

CALLS, RESPONSES = 4, 6
NONE = "(none)"
MOST_MEMORY = 2 << 30
"""Bytes of address space; programs drawn at random run in this process."""

PROMPT = """This program scores {score:.6g}:

```python
{program}
```

This is how it is scored; a higher score is better:

```python
{text}
```
"""
Scores = Callable[[Sequence[str]], Awaitable[list[float]]]


async def greedy(
    model: OfflineModel, program: str, text: str, seed: int, scores: Scores
) -> tuple[float, float]:
    """Return the seed program's score and the best that the search found."""
    (start,) = await scores([program])
    best = start
    for _ in range(CALLS):
        message = Message("user", PROMPT.format(score=best, program=program, text=text))
        asked = ModelRequest((message,), Parameters(), tuple(range(RESPONSES)), "ablation", seed)
        answers = [extract_code(each.text) async for each in model.respond(asked)]
        sources = [source for source in answers if source]
        for score, source in zip(await scores(sources), sources, strict=True):
            if score > best:
                best, program = score, source
    return start, best


async def on_problem(model: OfflineModel, kind: str, number: int) -> tuple[float, float]:
    problem = draw(kind, number)

    async def scores(sources: Sequence[str]) -> list[float]:
        return [problem.score(source) for source in sources]

    return await greedy(model, problem.seed, problem.text, number, scores)


async def on_task(
    model: OfflineModel, name: str, seed: int, evaluator: ProcessEvaluator
) -> tuple[float, float]:
    task = find(name)
    known: dict[str, float] = {}

    async def score(source: str) -> float:
        if source not in known:
            instances = InstanceSet(Split.TRAIN, seed)
            found = await evaluator.evaluate(task, Program(source), instances)
            known[source] = task.scale.low if found.score is None else found.score
        return known[source]

    async def scores(sources: Sequence[str]) -> list[float]:
        return list(await asyncio.gather(*map(score, sources)))

    return await greedy(model, task.seed.source, task.text, seed, scores)


async def measure(chosen: argparse.Namespace, known: set[tuple[str, str, int]]) -> None:
    """Do every search that is not known, and keep what it found."""
    evaluator = ProcessEvaluator(chosen.workers, confinement(chosen.unsafe, Settings()))
    wanted = [(kind, number) for kind in KINDS for number in range(chosen.problems)]
    wanted += [(task, seed) for task in chosen.tasks for seed in chosen.seeds]
    try:
        for where, number in wanted:
            for off in (NONE, *FAMILIES):
                if (where, off, number) in known:
                    continue
                model = OfflineModel(families=frozenset(FAMILIES) - {off})
                if where in KINDS:
                    start, best = await on_problem(model, where, number)
                else:
                    start, best = await on_task(model, where, number, evaluator)
                await model.close()
                line = {"where": where, "off": off, "number": number, "seed": start, "best": best}
                with chosen.output.open("a") as file:
                    file.write(json.dumps(line) + "\n")
    finally:
        await evaluator.close()


def table(kept: list[dict[str, Any]]) -> list[str]:
    places = list(dict.fromkeys(each["where"] for each in kept))
    lines = [f"| left out | {' | '.join(places)} |", "|---" * (len(places) + 1) + "|"]
    for off in (NONE, *FAMILIES):
        cells = [cell([each for each in kept if each["where"] == place], off) for place in places]
        lines.append(f"| {off} | {' | '.join(cells)} |")
    return lines


def cell(kept: list[dict[str, Any]], off: str) -> str:
    """Return the mean gain, and for a family left out the loss against the whole."""
    found = {each["number"]: each["best"] for each in kept if each["off"] == off}
    whole = {each["number"]: each for each in kept if each["off"] == NONE}
    numbers = sorted(found.keys() & whole.keys())
    if not numbers:
        return "-"
    gain = mean_interval([found[each] - whole[each]["seed"] for each in numbers])
    if off == NONE:
        better = sum(found[each] > whole[each]["seed"] for each in numbers)
        return f"{shown(gain)}; {better} of {len(numbers)} better"
    loss = mean_interval([whole[each]["best"] - found[each] for each in numbers])
    return f"{gain.mean:+.3f}; loses {shown(loss)}"


def shown(value: Interval) -> str:
    ends = "" if value.low is None else f" ({value.low:+.3f} to {value.high:+.3f})"
    return f"{value.mean:+.3f}{ends}"


def numbers(text: str) -> range:
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--problems", type=int, default=40, help="of each kind")
    parser.add_argument("--tasks", nargs="*", default=["three_sat"])
    parser.add_argument("--seeds", type=numbers, default=range(5))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--unsafe", action="store_true")
    parser.add_argument("--report", action="store_true", help="only print what --output holds")
    parser.add_argument("--output", type=Path, default=Path("docs/evidence/ablation.jsonl"))
    chosen = parser.parse_args()
    kept = []
    if chosen.output.exists():
        kept = [json.loads(line) for line in chosen.output.read_text().splitlines()]
    if not chosen.report:
        chosen.output.parent.mkdir(parents=True, exist_ok=True)
        warnings.simplefilter("ignore")  # changed programs compare strings with numbers
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        asyncio.run(measure(chosen, {(e["where"], e["off"], e["number"]) for e in kept}))
        kept = [json.loads(line) for line in chosen.output.read_text().splitlines()]
    print("\n".join(table(kept)))


if __name__ == "__main__":
    main()
