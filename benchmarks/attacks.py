"""Runs every attack in every mode, as every user that this machine allows, and control runs.

    python benchmarks/attacks.py [--write]

Prints one row an attack; ``--write`` keeps the table in docs/attacks.md. Exits with 1 where an
attack succeeds that should not, or is not counted, or fails unconfined.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT / "tests")  # in place of this folder, which has a sandbox.py

from sandbox.attacks import ATTACKS  # noqa: E402

MODES = ("namespaces", "landlock", "control")


def run_all(mode: str, user: str) -> dict[str, dict[str, object]]:
    """The verdicts of one mode and user, by attack."""
    command = [sys.executable, "-m", "sandbox.attacks.run", mode]
    command += ["--user"] if user == "user" else []
    path = os.pathsep.join([str(ROOT / "tests"), str(ROOT / "src")])
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path},
    )
    if done.returncode != 0:
        print(f"{mode} as {user} does not work here: {done.stderr.strip().splitlines()[-1]}")
        return {}
    return {verdict["name"]: verdict for verdict in map(json.loads, done.stdout.splitlines())}


def cell(name: str, mode: str, verdict: dict[str, object] | None) -> tuple[str, bool]:
    """What the table shows of a verdict, and whether it is as it should be."""
    if verdict is None:
        return ("needs root" if ATTACKS[name].needs == "root" else "not run"), True
    if mode == "control":
        return ("succeeds" if verdict["won"] else "FAILS"), bool(verdict["won"])
    if verdict["won"]:
        expected = mode in ATTACKS[name].gaps
        return ("stated gap, counted" if expected else "SUCCEEDS"), expected
    if not ATTACKS[name].counted:
        return "fails", True
    return ("fails, counted" if verdict["counted"] else "fails, NOT COUNTED"), bool(
        verdict["counted"]
    )


def table(users: list[str]) -> tuple[str, int]:
    """The table as text, and how many of its cells are not as they should be."""
    columns = [(mode, user) for mode in MODES for user in users]
    verdicts = {column: run_all(*column) for column in columns}
    heads = [f"{mode}, {user}" for mode, user in columns]
    rows = [
        "| attack | counted as | control by | " + " | ".join(heads) + " |",
        "|---" * (3 + len(heads)) + "|",
    ]
    faults = 0
    for name, attack in ATTACKS.items():
        cells = []
        for mode, user in columns:
            text, right = cell(name, mode, verdicts[mode, user].get(name))
            cells.append(text)
            faults += not right
        counted = f"{attack.counter} {attack.counted}" if attack.counted else "nothing refused"
        how = "--unsafe" if attack.control == "unsafe" else "a naive host"
        rows.append(f"| {name} | {counted} | {how} | " + " | ".join(cells) + " |")
    return "\n".join(rows), faults


PAGE = """# Attacks on the sandbox

Written by `python benchmarks/attacks.py --write`, which also prints it. Each attack is a small
program in `tests/sandbox/attacks/` with a witness that detects success: a secret in its output, a
file outside, an incoming connection, a process that died. *Counted* means that the sandbox
counted the attempt in that category. Control runs show that the attacks work when nothing stops
them: under `--unsafe`, or, if a launcher with an empty environment, limits and a plain-data
protocol already stops them, on a naive host that runs programs next to its secrets and unpickles
what they send.

{summary}

{table}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    users = ["root", "user"] if os.geteuid() == 0 else ["user"]
    text, faults = table(users)
    gaps = sum(bool(attack.gaps) for attack in ATTACKS.values())
    summary = (
        f"{len(ATTACKS)} attacks as {' and as an ordinary '.join(users)}: "
        f"{faults} unexpected results; {gaps} attack(s) use a gap documented in "
        "[security.md](security.md)."
    )
    print(text, summary, sep="\n\n")
    if options.write:
        page = PAGE.format(summary=summary, table=text)
        (ROOT / "docs/attacks.md").write_text(page, encoding="utf-8")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
