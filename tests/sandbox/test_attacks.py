"""No attack succeeds, each that the kernel refuses is counted, and unconfined they all work."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sandbox.attacks import ATTACKS
from sandbox.attacks.run import judge, run_confined
from selftaught.cli.doctor import examine
from selftaught.sandbox import ForkingSandbox, open_sandbox
from selftaught.sandbox.modes import MODES

ROOT = Path(__file__).parents[2]
SAMPLE = [
    "read /etc/passwd",
    "read the answer key",
    "read /proc/<host>/mem",
    "walk gc for internals",
    "follow a symbolic link out",
    "write HOME",
    "fill the disk with small files",
    "leave files for the next program",
    "TCP",
    "an abstract unix socket",
    "run a shell",
    "a fork bomb (50 forks)",
    "1,000 threads",
    "kill another process",
    "ptrace another process",
    "raw unshare",
    "4 GiB of memory",
    "an endless loop",
    "a forged result and os._exit",
    "malformed frames",
    "race threads on a budget",
    "poison the next program: np.mean",
]


@pytest.fixture(scope="module", params=MODES)
def watching(request: pytest.FixtureRequest) -> Any:
    """A sandbox that counts and lets the output through, so that witnesses see all."""
    if request.param != examine().mode and request.param == "namespaces":
        pytest.skip("this machine does not allow the mode namespaces")
    with open_sandbox(mode=request.param, parked=1, score_despite_attempts=True) as sandbox:
        yield sandbox


@pytest.mark.parametrize("name", SAMPLE)
def test_a_sample_of_attacks_fails(watching: ForkingSandbox, name: str) -> None:
    verdict = judge(ATTACKS[name], *run_confined(ATTACKS[name], watching))
    assert not verdict.won, verdict
    assert verdict.counted, verdict


def run_all(mode: str, *, as_user: bool) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "sandbox.attacks.run", mode, *(["--user"] * as_user)]
    path = os.pathsep.join([str(ROOT / "tests"), str(ROOT / "src")])
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def users() -> list[bool]:
    """Whether to give up root first: both where we are root."""
    return [False, True] if os.geteuid() == 0 else [False]


@pytest.mark.slow
@pytest.mark.parametrize("as_user", users())
@pytest.mark.parametrize("mode", MODES)
def test_every_attack_fails_and_is_counted(mode: str, *, as_user: bool) -> None:
    verdicts = run_all(mode, as_user=as_user)
    assert len(verdicts) == len(ATTACKS)
    won = {v["name"] for v in verdicts if v["won"]}
    assert won == {name for name, attack in ATTACKS.items() if mode in attack.gaps}
    assert [v for v in verdicts if not v["counted"]] == []


@pytest.mark.slow
@pytest.mark.parametrize("as_user", users())
def test_every_attack_works_where_nothing_confines_it(*, as_user: bool) -> None:
    verdicts = run_all("control", as_user=as_user)
    assert len(verdicts) > 60
    assert [v for v in verdicts if not v["won"]] == []
