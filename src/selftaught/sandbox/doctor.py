"""What ``selftaught doctor`` shows: the modes, their layers, what is missing and what to do."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from selftaught.errors import SandboxUnavailableError
from selftaught.sandbox.commands import LAYERS as COMMAND_LAYERS
from selftaught.sandbox.commands import open_commands
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
    "seccomp": "use Linux 5.5 or later on x86-64 or aarch64, outside gVisor and similar sandboxes",
}
"""What to do about a layer that the kernel refuses."""


@dataclass(frozen=True)
class Confinement:
    """How one kind of work would be confined on this machine.

    Attributes:
        mode: ``namespaces``, ``landlock`` or ``refused``.
        layers: every layer of the strongest mode.
        ok: whether the sandbox would carry the work out.
    """

    mode: str
    layers: tuple[Layer, ...]
    ok: bool


@dataclass(frozen=True)
class Diagnosis:
    """How programs, and whole commands of a repository, would be confined on this machine.

    Attributes:
        mode: that of programs and improvers, which are called within a child.
        layers: every layer of the strongest mode of programs.
        ok: whether the sandbox would carry out both programs and commands.
        commands: how a repository's commands would be confined, such as its tests.
    """

    mode: str
    layers: tuple[Layer, ...]
    ok: bool
    commands: Confinement


def examine() -> Diagnosis:
    """Return how this machine confines programs and commands, by trying both.

    Raises:
        SandboxError: a launcher does not start at all.
    """
    programs: list[Trial] = []
    with contextlib.suppress(SandboxUnavailableError):
        open_sandbox(parked=0, trials=programs).close()
    commands: list[Trial] = []
    with contextlib.suppress(SandboxUnavailableError):
        open_commands(trials=commands).close()
    called, told = confinement(programs, LAYERS), confinement(commands, COMMAND_LAYERS)
    return Diagnosis(called.mode, called.layers, called.ok and told.ok, told)


def confinement(trials: Sequence[Trial], layers: Mapping[str, Sequence[str]]) -> Confinement:
    """Return what trials of the modes, the strongest first, came to.

    Args:
        trials: one a mode that was tried; at least one.
        layers: the layers of each mode.
    """
    mode = next((trial.mode for trial in trials if trial.holds), "refused")
    named = tuple(_layer(name, trials, layers) for name in ALL_LAYERS)
    return Confinement(mode, named, ok=mode != "refused")


def _layer(name: str, trials: Sequence[Trial], layers: Mapping[str, Sequence[str]]) -> Layer:
    """Return a layer as the last trial that had it found it."""
    last = trials[-1]
    for layer in last.layers if last.holds else ():
        if layer.name == name:
            return layer
    for trial in trials:
        if name in layers[trial.mode] and not trial.holds:
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
