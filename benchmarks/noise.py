"""Noise: how often `--faster` claims a speed-up where there is none.

A model answers with the function unchanged but for names. Each run is the whole command on a copy
of a small repository, with a seed of its own. Writes one JSON line a run and goes on where an
earlier call stopped; prints the count of claims with its 95 % Wilson interval.

Usage: python benchmarks/noise.py --runs 50 --output noise.jsonl
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from selftaught.analysis.proportions import wilson

MODULE = '''def merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans without overlaps, in order."""
    result: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if result and first <= result[-1][1]:
            result[-1] = (result[-1][0], max(last, result[-1][1]))
        else:
            result.append((first, last))
    return result
'''
CHECK = """from spans import merged

assert merged([(1, 3), (2, 5), (7, 8)]) == [(1, 5), (7, 8)]
assert merged([]) == []
"""
BENCH = """from spans import merged

SPANS = [((7919 * n) % 5000, (7919 * n) % 5000 + n % 40) for n in range(400)]


def run():
    return merged(SPANS)
"""
NAMES = {"result": "kept", "first": "start", "last": "end"}
MODEL = "import sys\nsys.stdin.read()\nprint('Other names.\\n\\n```python\\n' + {text!r} + '```')\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=1e9, help="stop after so long")
    parser.add_argument("--output", type=Path, required=True)
    given = parser.parse_args()
    start = time.monotonic()
    done = [json.loads(line) for line in lines(given.output)]
    while len(done) < given.runs and time.monotonic() - start < given.seconds:
        found = one(len(done))
        with given.output.open("a") as file:
            file.write(json.dumps(found) + "\n")
        done.append(found)
    claims = sum(each["claim"] for each in done)
    rate = wilson(claims, len(done))
    compared = sum(each["status"] is not None for each in done)
    interval = f"95 % Wilson interval {rate.low:.4f} to {rate.high:.4f}"
    print(f"{claims} claims in {len(done)} runs, {compared} of them compared afresh; {interval}")


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def one(seed: int) -> dict[str, object]:
    """One run of the command, as one line."""
    renamed = MODULE
    for old, new in NAMES.items():
        renamed = renamed.replace(old, new)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path, text in (("spans.py", MODULE), ("check.py", CHECK), ("bench.py", BENCH)):
            (folder / path).write_text(text)
        model = folder.parent / f"{folder.name}-model.py"
        model.write_text(MODEL.replace("{text!r}", repr(renamed)))
        command = [
            sys.executable, "-m", "selftaught", "improve", "spans.py::merged", "--json", "--yes",
            "--check", "python check.py", "--faster", "bench.py::run", "--python", sys.executable,
            "--model", f"command:{sys.executable} {model}", "--no-best-of-n", "--scale", "tiny",
            "--calls", "1", "--responses", "1", "--utility-calls", "2", "--seed", str(seed),
        ]  # fmt: skip
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        model.unlink()
    if done.returncode:
        raise SystemExit(done.stderr)
    data = json.loads(done.stdout)
    comparison = data["comparison"] or {}
    return {
        "seed": seed,
        "claim": data["claim"],
        "quick": data["arms"][0]["train"],
        "status": comparison.get("status"),
        "gain": comparison.get("gain"),
        "reason": comparison.get("reason"),
        "sandbox": data["sandbox"],
    }


if __name__ == "__main__":
    main()
