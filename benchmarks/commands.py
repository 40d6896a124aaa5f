"""What confining a command costs: from the request to the result, beside the same unconfined.

    python benchmarks/commands.py [RUNS]

Modes take turns, so that a busy machine slows all of them alike.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from selftaught.errors import SandboxUnavailableError
from selftaught.patching.commands import ConfinedCommands, open_commands
from selftaught.values.command import CommandRequest

MODES = ("unconfined", "landlock", "namespaces")
COMMANDS = {
    "true": ("true",),
    "python -c pass": ("python", "-c", "pass"),
    "python -c 'import numpy, pytest'": ("python", "-c", "import numpy, pytest"),
}


def opened() -> dict[str, ConfinedCommands]:
    found = {}
    for mode in MODES:
        try:
            found[mode] = open_commands(unsafe=mode == "unconfined", mode=mode)
        except SandboxUnavailableError as error:
            print(f"{mode}: not on this machine: {error}", file=sys.stderr)
    return found


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    runners = opened()
    with tempfile.TemporaryDirectory() as folder:
        print("| command | mode | paths watched | ms, median | quartiles | n |")
        print("|---|---|---|---|---|---|")
        for name, argv in COMMANDS.items():
            times: dict[tuple[str, bool], list[float]] = {}
            for _ in range(runs):
                for mode, commands in runners.items():
                    for watch in (True, False):
                        request = CommandRequest(argv, Path(folder), watch_paths=watch)
                        begin = time.perf_counter()
                        result = commands.run(request)
                        times.setdefault((mode, watch), []).append(time.perf_counter() - begin)
                        assert result.ok, result
            for (mode, watch), seconds in times.items():
                low, middle, high = (1000 * x for x in statistics.quantiles(seconds, n=4))
                row = f"{middle:.1f} | {low:.1f}–{high:.1f} | {len(seconds)}"
                print(f"| `{name}` | {mode} | {'yes' if watch else 'no'} | {row} |", flush=True)
    for commands in runners.values():
        commands.close()


if __name__ == "__main__":
    main()
