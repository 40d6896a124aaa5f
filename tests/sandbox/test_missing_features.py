"""A kernel that lacks something leads to the next mode or to a refusal that names it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

NOT_FOR_COMMANDS = {"setns", "pidfd_getfd"}
"""A command is confined without these."""

ROOT = Path(__file__).parents[2]
LACKING = """
import ctypes, json, struct, sys
from selftaught.errors import SandboxUnavailableError
from selftaught.cli.doctor import examine
from selftaught.sandbox import open_sandbox
from selftaught.sandbox.inside import kernel
from sandbox.attacks.ordinary_user import become_ordinary_user

def lack(names, error):
    numbers = [kernel.NUMBERS[name] for name in names]
    steps = [(0x20, 0, 0, 0)]
    for number in numbers:
        steps += [(0x15, 0, 1, number), (0x06, 0, 0, 0x00050000 | error)]
    steps.append((0x06, 0, 0, 0x7FFF0000))
    text = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *s) for s in steps))
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    header = struct.pack("@HxxxxxxQ", len(steps), ctypes.addressof(text))
    kernel.syscall("seccomp", 1, 0, header)

names, error, user = json.loads(sys.argv[1])
if user:
    become_ordinary_user()
if names:
    lack(names, error)
found = examine()
message = ""
try:
    open_sandbox(parked=0).close()
except SandboxUnavailableError as unavailable:
    message = str(unavailable)
layers = {layer.name: [layer.active, layer.witnessed, layer.reason] for layer in found.layers}
commands = [found.commands.mode, [layer.reason for layer in found.commands.layers]]
print(json.dumps({
    "mode": found.mode, "ok": found.ok, "layers": layers, "message": message,
    "commands": commands,
}))
"""


def diagnose(names: list[str], error: int, *, user: bool = False) -> dict[str, Any]:
    path = os.pathsep.join([str(ROOT / "tests"), str(ROOT / "src")])
    done = subprocess.run(
        [sys.executable, "-c", LACKING, json.dumps([names, error, user])],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.fixture(scope="module")
def complete() -> dict[str, Any]:
    found = diagnose([], 0)
    if found["mode"] != "namespaces":
        pytest.skip(f"this machine has only the mode {found['mode']}")
    return found


def test_where_nothing_lacks_all_layers_are_witnessed(complete: dict[str, Any]) -> None:
    assert complete["ok"]
    assert len(complete["layers"]) == 7
    assert all(layer == [True, True, ""] for layer in complete["layers"].values())
    assert complete["commands"] == ["namespaces", [""] * 7]


@pytest.mark.parametrize("user", [False, True])
@pytest.mark.parametrize(
    ("names", "error"),
    [
        (["unshare"], 1),
        (["mount"], 13),
        (["pivot_root"], 1),
        (["mount_setattr"], 38),
        (["setns"], 1),
    ],
)
def test_without_namespaces_landlock_is_used(
    complete: dict[str, Any], names: list[str], error: int, *, user: bool
) -> None:
    if user and os.geteuid() != 0:
        pytest.skip("not root: the other case is this one")
    found = diagnose(names, error, user=user)
    assert (found["mode"], found["ok"], found["message"]) == ("landlock", True, "")
    active, _, reason = found["layers"]["namespaces"]
    assert not active
    assert names[0] in reason
    assert "user namespaces" in reason
    assert found["layers"]["landlock"] == found["layers"]["seccomp"] == [True, True, ""]
    assert not found["layers"]["private root"][0]
    mode, reasons = found["commands"]
    assert mode == ("namespaces" if names[0] in NOT_FOR_COMMANDS else "landlock")
    assert (names[0] in reasons[0]) == (mode == "landlock")


@pytest.mark.parametrize(
    ("names", "error", "layer", "word"),
    [
        (["landlock_create_ruleset"], 38, "landlock", "Landlock"),
        (["landlock_restrict_self"], 1, "landlock", "Landlock"),
        (["seccomp"], 22, "seccomp", "seccomp user notification"),
        (["pidfd_getfd"], 38, "seccomp", "pidfd_getfd"),
    ],
)
def test_without_landlock_or_seccomp_it_refuses(
    complete: dict[str, Any], names: list[str], error: int, layer: str, word: str
) -> None:
    found = diagnose(names, error)
    assert (found["mode"], found["ok"]) == ("refused", False)
    assert word in found["message"]
    assert "--unsafe" in found["message"]
    active, witnessed, reason = found["layers"][layer]
    assert not active
    assert not witnessed
    assert word in reason
    mode, reasons = found["commands"]
    assert mode == ("namespaces" if names[0] in NOT_FOR_COMMANDS else "refused")
    assert any(word in reason for reason in reasons) == (mode == "refused")
