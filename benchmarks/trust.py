"""Is what `improve` delivers better? Ten tasks and five functions with answers of known worth.

A scripted model gives answers that are worse, wrong on some inputs, overfitted to train, as good
as the seed by luck, or too little better; in the arm ``good`` one of them is truly better. Each
cell is a run of its own from one seed. What is delivered is judged by us: a task's program by
which answer it is, a function's by its results and steps on 300 fresh inputs.

    python benchmarks/trust.py --label after [--selftaught .venv/bin/selftaught] [--seeds 5]

Appends to docs/evidence/trust.jsonl, where cells that are there already are not run again.
"""

from __future__ import annotations

import argparse
import ast
import json
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from worth.functions import FUNCTIONS, Function
from worth.tasks import TASKS, Made

from selftaught.tasks.instances import instance
from selftaught.tasks.registry import find
from selftaught.values.task import InstanceSet, Split

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "docs/evidence/trust.jsonl"
TOML = """name = "{name}"
summary = "A task with answers of known worth"
entry_point = "solve"

[instances]
train = 4
gate = 8
test = 40

[score]
low = 0.0
high = 2.0
"""
MODEL = """import fcntl, json, pathlib, sys
folder = pathlib.Path(sys.argv[1])
sys.stdin.read()
with open(folder / "turn", "a+") as file:
    fcntl.flock(file, fcntl.LOCK_EX)
    file.seek(0)
    turn = len(file.read())
    file.write("x")
answers = json.loads((folder / "answers.json").read_text())
print("An idea.\\n\\n```python\\n" + answers[turn % len(answers)].strip() + "\\n```")
"""
BENCH = """import os, random, sys
from mod import {name} as target

rng = random.Random(int(os.environ["SELFTAUGHT_SEED"]))
given = {workload}
steps = 0


def count(frame, event, argument):
    global steps
    steps += 1
    return count


sys.settrace(count)
target(*given) if isinstance(given, tuple) else target(given)
sys.settrace(None)
print(steps)
"""
FRESH = 300
LITTLE = 0.01


def whole(seed: str, answer: str) -> str:
    """An answer with what it uses of the seed program."""
    kept = [n for n in ast.parse(seed).body if getattr(n, "name", "") != "solve"]
    return "\n\n\n".join([*map(ast.unparse, kept), answer.strip()]) + "\n"


def overfitted(made: Made, folder: Path, seed: int) -> str:
    """A program that knows good outputs for train's instances, and is bad elsewhere."""
    task = find(str(folder))
    scope: dict = {}
    exec(whole(made.seed, made.better), scope)
    table = {}
    for number in range(4):
        inputs = instance(task, InstanceSet(Split.TRAIN, seed), number)[0]
        table[repr(inputs)] = scope["solve"](*inputs)
    bad = whole(made.seed, made.worse).replace("def solve(", "def otherwise(")
    return (
        f"TABLE = {table!r}\n\n\n{bad}\n\ndef solve(*inputs):\n"
        "    known = TABLE.get(repr(inputs))\n"
        "    return otherwise(*inputs) if known is None else known\n"
    )


def model(folder: Path, answers: list[str]) -> str:
    """A model that gives these answers in turn."""
    folder.mkdir()
    (folder / "answers.json").write_text(json.dumps(answers))
    (folder / "model.py").write_text(MODEL)
    return f"command:{sys.executable} {folder / 'model.py'} {folder}"


def run(words: list[str], place: Path) -> tuple[int, dict]:
    """The exit status and what was printed."""
    done = subprocess.run(words, cwd=place, capture_output=True, text=True, check=False)
    try:
        return done.returncode, json.loads(done.stdout)
    except ValueError:
        return done.returncode, {"error": (done.stdout + done.stderr)[-800:]}


def of_task(command: str, name: str, arm: str, seed: int, place: Path) -> dict:
    """What became of a run on a task."""
    made = TASKS[name]
    folder = place / name
    folder.mkdir()
    (folder / "utility.py").write_text(made.utility.strip() + "\n")
    (folder / "seed.py").write_text(made.seed.strip() + "\n")
    (folder / "task.toml").write_text(TOML.format(name=name))
    kinds = {each: whole(made.seed, getattr(made, each)) for each in ("worse", "wrong", "lucky")}
    kinds["overfitted"] = overfitted(made, folder, seed)
    kinds["equal"] = made.seed.strip() + "\n\n\n# as before\n"
    order = ["worse", "worse", "wrong", "lucky", "lucky", "overfitted", "equal"]
    if arm == "good":
        kinds["better"] = whole(made.seed, made.better)
    order.append("better" if arm == "good" else "wrong")
    random.Random(seed).shuffle(order)
    words = [
        *(command, "improve", str(folder), "--improver", "greedy", "--scale", "tiny"),
        *("--calls", "2", "--responses", "4", "--utility-calls", "10", "--seed", str(seed)),
        *("--model", model(place / "model", [kinds[each] for each in order])),
        *("--output", str(place / "out.py"), "--store", str(place / "s.db"), "--yes", "--json"),
    ]
    status, told = run(words, place)
    written = place / "out.py"
    got = written.read_text().strip() if written.exists() else made.seed.strip()
    names = {source.strip(): kind for kind, source in kinds.items()} | {made.seed.strip(): "seed"}
    return {"status": status, "delivered": names.get(got, "unknown"), "error": told.get("error")}


def of_function(command: str, target: Function, arm: str, seed: int, place: Path) -> dict:
    """What became of a run on a function of a repository."""
    repo = place / "repo"
    repo.mkdir()
    (repo / "mod.py").write_text(target.slow.strip() + "\n")
    (repo / "check.py").write_text(f"from mod import {target.name}\n\n{target.check}\n")
    (repo / "bench.py").write_text(BENCH.format(name=target.name, workload=target.workload))
    git = ("git", "-c", "user.name=benchmark", "-c", "user.email=benchmark@localhost")
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "Begin")):
        subprocess.run([*git, *words], cwd=repo, check=True)
    crash = target.fast.replace('"""', '"""', 1).rstrip() + "\n    raise KeyError(1)\n"
    crash = crash.replace("    return", "    answer =").replace("return ", "answer = ")
    order = [target.unequal, target.little, target.slower, target.fast if arm == "good" else crash]
    random.Random(seed).shuffle(order)
    words = [
        *(command, "improve", f"mod.py::{target.name}", "--check", f"{sys.executable} check.py"),
        *("--score", f"{sys.executable} bench.py", "--minimise", "--improver", "greedy"),
        *("--scale", "tiny", "--calls", "1", "--responses", "4", "--utility-calls", "6"),
        *("--seed", str(seed), "--no-best-of-n", "--apply"),
        *("--model", model(place / "model", order)),
        *("--store", str(place / "s.db"), "--yes", "--json"),
    ]
    status, told = run(words, repo)
    return {"status": status, "error": told.get("error"), **judged(target, repo / "mod.py")}


def judged(target: Function, file: Path) -> dict:
    """Whether a version gives what the original gives, and how many steps it saves."""
    old: dict = {}
    new: dict = {}
    exec(target.slow, old)
    exec(file.read_text(), new)
    rng = random.Random(4321)
    before = after = 0
    for _ in range(FRESH):
        given = eval(target.workload, {"rng": rng})
        given = given if isinstance(given, tuple) else (given,)
        wanted, steps = traced(old[target.name], given)
        got, fewer = traced(new[target.name], given)
        if wanted != got:
            return {"delivered": "unequal"}
        before, after = before + steps, after + fewer
    gain = 1 - after / before
    if file.read_text().strip() == target.slow.strip():
        return {"delivered": "seed"}
    kind = "better" if gain >= LITTLE else "worse" if gain < 0 else "little"
    return {"delivered": kind, "gain": round(gain, 4)}


def traced(function, given: tuple) -> tuple:
    """A result, and the number of traced steps."""
    steps = 0

    def count(frame, event, argument):
        nonlocal steps
        steps += 1
        return count

    known = sys.gettrace()
    sys.settrace(count)
    try:
        found = function(*given)
    finally:
        sys.settrace(known)
    return found, steps


def cells(label: str, seeds: int) -> Iterator[tuple]:
    """Every cell that is not kept yet."""
    lines = KEPT.read_text("utf-8").splitlines() if KEPT.exists() else []
    kept = {tuple(json.loads(line)[k] for k in ("label", "what", "arm", "seed")) for line in lines}
    whats = [*TASKS, *(each.name for each in FUNCTIONS)]
    for seed in range(seeds):
        for arm in ("bad", "good"):
            for what in whats:
                if (label, what, arm, seed) not in kept:
                    yield label, what, arm, seed


def cell(command: str, which: tuple) -> dict:
    """Run one."""
    label, what, arm, seed = which
    functions = {each.name: each for each in FUNCTIONS}
    with tempfile.TemporaryDirectory(prefix="trust-") as place:
        if what in TASKS:
            found = of_task(command, what, arm, seed, Path(place))
        else:
            found = of_function(command, functions[what], arm, seed, Path(place))
    kind = "task" if what in TASKS else "function"
    return {"label": label, "kind": kind, "what": what, "arm": arm, "seed": seed, **found}


def table() -> str:
    """What was delivered, by label, kind and arm."""
    rows = [json.loads(line) for line in KEPT.read_text("utf-8").splitlines()]
    counts: dict[tuple, Counter] = {}
    for each in rows:
        key = each["label"], each["kind"], each["arm"]
        counts.setdefault(key, Counter())[each["delivered"]] += 1
    lines = [
        "| code | of | answers | runs | better | nothing | neither |",
        "|---|---|---|---|---|---|---|",
    ]
    for (label, kind, arm), found in sorted(counts.items()):
        none = found["seed"] + found["equal"]
        false = {k: n for k, n in sorted(found.items()) if k not in ("seed", "equal", "better")}
        shown = ", ".join(f"{n} {k}" for k, n in false.items()) or "0"
        total = sum(found.values())
        lines.append(
            f"| {label} | {kind} | {arm} | {total} | {found['better']} | {none} | {shown} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Run what is missing, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--label", default="after")
    parser.add_argument("--selftaught", default=str(ROOT / ".venv/bin/selftaught"))
    parser.add_argument("--seeds", type=int, default=5)
    given = parser.parse_args()
    todo = list(cells(given.label, given.seeds))
    with ThreadPoolExecutor(2) as pool, KEPT.open("a", encoding="utf-8") as file:
        for number, found in enumerate(pool.map(lambda each: cell(given.selftaught, each), todo)):
            file.write(json.dumps(found) + "\n")
            file.flush()
            print(f"{number + 1} of {len(todo)}: {found}", file=sys.stderr)
    print(table())


if __name__ == "__main__":
    main()
