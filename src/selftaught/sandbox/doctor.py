"""What ``selftaught doctor`` shows: the mode, its layers, what is missing and what to do."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass

from selftaught.errors import SandboxUnavailableError
from selftaught.sandbox.launch import open_sandbox
from selftaught.sandbox.modes import Trial
from selftaught.sandbox.probe import ALL_LAYERS, LAYERS, Layer

ADVICE = {
    "namespaces": (
        "allow user namespaces: `sysctl user.max_user_namespaces`, on Debian "
        "`kernel.unprivileged_userns_clone=1`, on Ubuntu "
        "`kernel.apparmor_restrict_unprivileged_userns=0`; in a container, "
        "a seccomp profile that allows unshare, mount, fsopen and move_mount"
    ),
    "landlock": "boot with `lsm=landlock,…` on Linux 5.13 or later",
    "seccomp": "use Linux 5.5 or later on x86-64 or aarch64, outside gVisor and the like",
}
"""What to do about a layer that the kernel refuses."""


@dataclass(frozen=True)
class Diagnosis:
    """How programs would be confined on this machine.

    Attributes:
        mode: ``namespaces``, ``landlock`` or ``refused``.
        layers: every layer of the strongest mode.
        ok: whether the sandbox would run programs.
    """

    mode: str
    layers: tuple[Layer, ...]
    ok: bool


def examine() -> Diagnosis:
    """Return how this machine confines programs, by trying it.

    Raises:
        SandboxError: the launcher does not start at all.
    """
    trials: list[Trial] = []
    with contextlib.suppress(SandboxUnavailableError):
        open_sandbox(parked=0, trials=trials).close()
    mode = next((trial.mode for trial in trials if trial.holds), "refused")
    layers = tuple(_layer(name, trials) for name in ALL_LAYERS)
    return Diagnosis(mode, layers, ok=mode != "refused")


def _layer(name: str, trials: Sequence[Trial]) -> Layer:
    """Return a layer as the last trial that had it found it."""
    last = trials[-1]
    for layer in last.layers if last.holds else ():
        if layer.name == name:
            return layer
    for trial in trials:
        if name in LAYERS[trial.mode] and not trial.holds:
            return Layer(name, False, False, _reason(name, trial))
    raise AssertionError(name)


def _reason(name: str, trial: Trial) -> str:
    """Return why a layer is not active: its own fault, or that of another of its mode."""
    faults = {layer.name: layer.reason for layer in trial.layers if not layer.witnessed}
    if trial.missing is not None:
        faults[trial.missing[0]] = trial.missing[1]
    if name in faults:
        advice = ADVICE.get(name, "")
        return faults[name] + (f"; {advice}" if advice else "")
    others = ", ".join(sorted(faults))
    return f"not used without {others}"
