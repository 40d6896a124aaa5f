"""Improvers of ours beside OpenEvolve, GEPA, ShinkaEvolve and SkyDiscover, at equal budgets.

    .venv/bin/python benchmarks/peers/run.py --repeats 3 --responses 48

Each search starts from the same seed program, asks the same model server, and is stopped
after the same number of responses, counted by that server. Programs are scored by the same
evaluators on the same train instances (one draw a repeat); winners are scored by us on the
test split. Methods are interleaved in blocks: all of them for one task and repeat, then the
next. Peers come from the package index, each into an environment of its own (`--work`); one
that can't be had is named with the reason. Runs that `--output` holds are not run
again; `--report` runs nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from environments import ADAPTERS, PEERS, Peer, python_of
from serve import Service
from table import HEAD, rows

import selftaught as st
from selftaught.tasks.registry import find

OURS = ("greedy", "best_of_n", "sequential")
RESPONSES_A_CALL = 6
LONGEST = 3 * 3600
"""Seconds after which a search that does not end is ended, and counts as failed."""

TEXT = """You are an experienced Python programmer. The program is scored by this code; \
a higher score is better:

```python
{text}
```
"""


@dataclass(frozen=True)
class Block:
    """What all searches of one task and repeat have in common."""

    task: str
    seed: int
    responses: int
    model: str
    workers: int
    unsafe: bool


def main() -> None:
    chosen = arguments()
    runs = []
    if chosen.output.exists():
        runs = [json.loads(line) for line in chosen.output.read_text().splitlines()]
    if not chosen.report:
        chosen.output.parent.mkdir(parents=True, exist_ok=True)
        pythons = environments(chosen.work, chosen.methods)
        for repeat in range(chosen.repeats):
            for task in chosen.tasks:
                block = Block(
                    task,
                    chosen.seed + repeat,
                    chosen.responses,
                    chosen.model,
                    chosen.workers,
                    chosen.unsafe,
                )
                runs += carried_out(block, pythons, runs, chosen)
        print("\n".join(why for why in pythons.values() if isinstance(why, str)))
    names = [f"selftaught {name}" for name in OURS] + [peer.name for peer in PEERS]
    runs = [r for r in runs if r["task"] in chosen.tasks and r["asked"] == chosen.responses]
    print(f"{HEAD}\n" + "\n".join(rows(runs, names)))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", nargs="+", default=["bin_packing", "three_sat", "string_grid"])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0, help="of the first repeat")
    parser.add_argument("--responses", type=int, default=48, help=f"by {RESPONSES_A_CALL}s")
    parser.add_argument("--model", default="offline", help="any of `selftaught models`")
    parser.add_argument("--methods", nargs="+", help="beginnings of names; all where left out")
    parser.add_argument("--workers", type=int, default=2, help="evaluator processes")
    parser.add_argument("--unsafe", action="store_true")
    parser.add_argument("--report", action="store_true", help="only print what --output holds")
    parser.add_argument("--output", type=Path, default=Path("docs/evidence/peers.jsonl"))
    parser.add_argument("--work", type=Path, default=Path(".selftaught/peers").absolute())
    chosen = parser.parse_args()
    if chosen.responses % RESPONSES_A_CALL:
        parser.error(f"--responses must be a multiple of {RESPONSES_A_CALL}")
    return chosen


def environments(work: Path, methods: list[str] | None) -> dict[str, Path | str]:
    """Return each peer's interpreter, or why it has none."""
    found: dict[str, Path | str] = {}
    for peer in PEERS:
        if wanted(peer.name, methods):
            try:
                found[peer.name] = python_of(peer, work.absolute() / "environments")
            except RuntimeError as error:
                found[peer.name] = str(error)
                print(error, file=sys.stderr, flush=True)
    return found


def wanted(name: str, methods: list[str] | None) -> bool:
    return methods is None or any(name.lower().startswith(each.lower()) for each in methods)


def carried_out(
    block: Block,
    pythons: dict[str, Path | str],
    known: list[dict[str, Any]],
    chosen: argparse.Namespace,
) -> list[dict[str, Any]]:
    """Run every search of a block that is not known yet, and keep what it came to."""
    done = {key(run) for run in known}
    start = st.score(block.task, find(block.task).seed, split=last(block), seed=block.seed)
    new = []
    searches = [(f"selftaught {name}", name) for name in OURS] + [(p.name, p) for p in PEERS]
    for name, method in searches:
        if not wanted(name, chosen.methods):
            continue
        asked = {"method": name, "task": block.task, "seed": block.seed, "asked": block.responses}
        if key(asked) in done or isinstance(pythons.get(name), str):
            continue
        folder = chosen.work.absolute() / f"{block.task}-{block.seed}-{name.replace(' ', '_')}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        found = asyncio.run(search(block, method, pythons.get(name), folder))
        new.append({**asked, "model": block.model, "seed_program": start.score, **found})
        with chosen.output.open("a") as file:
            file.write(json.dumps(new[-1]) + "\n")
        print({part: new[-1][part] for part in new[-1] if part != "program"}, flush=True)
    return new


def key(run: dict[str, Any]) -> tuple[Any, ...]:
    """Return what makes a run another one."""
    return run["method"], run["task"], run["seed"], run["asked"]


def last(block: Block) -> str:
    """Return the split on which winners are scored."""
    return "test" if find(block.task).held_out else "train"


async def search(
    block: Block, method: Peer | str, python: Path | str | None, folder: Path
) -> dict[str, Any]:
    """Run one search against a server of its own; return its winner, score and spend."""
    before, started = cpu_seconds(), time.monotonic()
    task = find(block.task)
    service = Service(
        task,
        seed=block.seed,
        model=block.model,
        most=block.responses,
        workers=block.workers,
        unsafe=block.unsafe,
    )
    winner = folder / "best.py"
    winner.unlink(missing_ok=True)
    async with service:
        if isinstance(method, Peer):
            words = peer_words(block, method, Path(python or ""), service, folder)
        else:
            words = our_words(block, method, service, folder)
        ended = await asyncio.to_thread(carry_out, words, folder)
        responses, refused = service.meter.responses, service.meter.refused
        scored = service.scorer.scored
    spent = {"wall_seconds": time.monotonic() - started, "cpu_seconds": cpu_seconds() - before}
    if not isinstance(method, Peer) and ended == 0:
        scored = json.loads((folder / "out").read_text())["spent"]["utility_calls"]
    program = winner.read_text() if ended == 0 and winner.exists() else None
    test = None
    if program is not None:
        found = await asyncio.to_thread(
            st.score, block.task, program, split=last(block), seed=block.seed, unsafe=block.unsafe
        )
        test = task.scale.low if found.score is None else found.score
    return {
        "exit": ended,
        "test": test,
        "responses": responses,
        "refused": refused,
        "scored": scored,
        **spent,
        "program": program,
    }


def peer_words(block: Block, peer: Peer, python: Path, service: Service, folder: Path) -> list[str]:
    task = find(block.task)
    job = {
        "text": TEXT.format(text=task.text),
        "seed_program": task.seed.source,
        "url": service.url,
        "address": service.address,
        "model": service.meter.name,
        "responses": block.responses,
        "seed": block.seed,
        "folder": str(folder),
    }
    (folder / "job.json").write_text(json.dumps(job))
    return [str(python), str(ADAPTERS / peer.adapter), str(folder / "job.json")]


def our_words(block: Block, improver: str, service: Service, folder: Path) -> list[str]:
    calls = block.responses // RESPONSES_A_CALL
    numbers = {
        "--improver": improver,
        "--model": f"openai/{service.meter.name}",
        "--base-url": service.url,
        "--seed": block.seed,
        "--calls": calls,
        "--responses": RESPONSES_A_CALL,
        "--utility-calls": block.responses + 1,
        "--workers": block.workers,
        "--store": folder / f"{time.time_ns()}.db",
        "--output": folder / "best.py",
    }
    options = [str(word) for pair in numbers.items() for word in pair]
    flags = ["--json", "--yes", *(["--unsafe"] if block.unsafe else [])]
    return [sys.executable, "-m", "selftaught", "improve", block.task, *options, *flags]


def carry_out(words: list[str], folder: Path) -> int:
    """Run a command in ``folder`` with its output kept there; return its exit status."""
    with (folder / "out").open("w") as out, (folder / "err").open("w") as err:
        process = subprocess.Popen(
            words, cwd=folder, stdout=out, stderr=err, env=environment(), start_new_session=True
        )
        try:
            return process.wait(LONGEST)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            return process.wait()


def environment() -> dict[str, str]:
    """Return the environment without keys and settings of the user's."""
    kept = {"PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"}
    return {name: value for name, value in os.environ.items() if name in kept}


def cpu_seconds() -> float:
    """Return the CPU seconds of this process and of every child that has ended."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, who))


if __name__ == "__main__":
    main()
