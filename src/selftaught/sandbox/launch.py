"""Opening the sandbox: which mode, which launchers, and children for programs."""

from __future__ import annotations

import sys
import threading
from collections.abc import Collection
from types import TracebackType
from typing import Self

from selftaught.errors import SandboxError
from selftaught.ports import Confinement
from selftaught.sandbox import probe
from selftaught.sandbox.child import ConfinedChild, Policy
from selftaught.sandbox.inside.kernel import MissingFeatureError
from selftaught.sandbox.launcher import Fledgling, Launcher, LauncherSettings
from selftaught.sandbox.modes import Trial, failed, settle
from selftaught.sandbox.notifier import Notifier
from selftaught.values.task import Environment

LOAD_SECONDS = 10.0
"""CPU seconds that a program's module body may take."""

_ATTEMPTS = 3
"""How often a child is asked for, where the launcher ends before it has run anything."""


class ForkingSandbox:
    """Runs each program in a child of a launcher; implements the port ``Sandbox``.

    ``mode`` says how it is confined; ``close`` ends everything.
    """

    def __init__(
        self,
        mode: str | None,
        *,
        hash_seed: int,
        parked: int,
        policy: Policy,
        trials: list[Trial],
    ) -> None:
        """Start the launcher of our own interpreter; others start when they are needed.

        Args:
            mode: ``namespaces``, ``landlock`` or ``unconfined``; None: the strongest that holds.
            hash_seed: of ``str`` and ``bytes`` in every program.
            parked: children that are forked ahead of need, for each launcher.
            policy: what follows from what programs try.
            trials: what came of each mode that was tried is appended here.

        Raises:
            SandboxUnavailableError: no mode holds, or not the one that is wanted.
            SandboxError: the launcher does not start.
        """
        self._hash_seed, self._parked, self._policy = hash_seed, parked, policy
        self._lock = threading.Lock()
        self._closed = False
        self._launchers: dict[Environment, Launcher] = {}
        self._notifier = Notifier()
        self._mode = ""
        try:
            self._mode = settle(mode, self._try, trials)
        except BaseException:
            self.close()
            raise

    @property
    def mode(self) -> str:
        """``namespaces``, ``landlock`` or ``unconfined``."""
        return self._mode

    def open(self, confinement: Confinement) -> ConfinedChild:
        """Return a child that has run the program's module body.

        Raises:
            SandboxError: where no child could be made.
        """
        try:
            child = self._take(confinement)
        except MissingFeatureError as error:
            raise SandboxError(f"the sandbox's mode {self._mode}", error.reason) from None
        try:
            child.load(confinement)
        except BaseException:
            child.close()
            raise
        return child

    def close(self) -> None:
        """End the launchers and every child. May be called twice."""
        with self._lock:
            self._closed = True
            launchers = list(self._launchers.values())
            self._launchers.clear()
        for launcher in launchers:
            launcher.close()
        self._notifier.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _try(self, mode: str) -> Trial:
        """Start a launcher in ``mode`` and let a probe child witness its layers."""
        self._mode = mode
        policy = Policy(score_despite_attempts=True)
        try:
            launcher = self._launcher(Environment())
            asked = probe.confinement()
            with self._hatch(launcher, launcher.take(asked.scratch_mb), policy) as child:
                child.load(asked)
                trial = Trial(mode, probe.examine(child, mode))
        except MissingFeatureError as error:
            trial = failed(mode, error)
        if not trial.holds:
            self._drop_launchers()
        return trial

    def _drop_launchers(self) -> None:
        for launcher in self._launchers.values():
            launcher.close()
        self._launchers.clear()

    def _take(self, confinement: Confinement) -> ConfinedChild:
        """Return a child; a launcher that has ended meanwhile is replaced."""
        for attempt in range(_ATTEMPTS):
            launcher = self._launcher(confinement.environment)
            try:
                return self._hatch(launcher, launcher.take(confinement.scratch_mb), self._policy)
            except SandboxError:
                if launcher.alive or attempt == _ATTEMPTS - 1:
                    raise
        raise AssertionError("unreachable")

    def _hatch(self, launcher: Launcher, fledgling: Fledgling, policy: Policy) -> ConfinedChild:
        return ConfinedChild(launcher, fledgling, self._notifier, policy)

    def _launcher(self, environment: Environment) -> Launcher:
        """Return the environment's launcher, a new one where there is none that lives."""
        with self._lock:
            if self._closed:
                raise SandboxError("a sandbox that is open", "one that was closed")
            launcher = self._launchers.get(environment)
            if launcher is None or not launcher.alive:
                launcher = Launcher(
                    LauncherSettings(
                        self._mode,
                        environment.python or sys.executable,
                        environment.read,
                        self._hash_seed,
                        self._parked,
                    )
                )
                self._launchers[environment] = launcher
            return launcher


def open_sandbox(
    *,
    unsafe: bool = False,
    hash_seed: int = 0,
    parked: int = 2,
    mode: str | None = None,
    load_seconds: float = LOAD_SECONDS,
    score_despite_attempts: bool = False,
    report_only: Collection[str] = (),
    trials: list[Trial] | None = None,
) -> ForkingSandbox:
    """Return a sandbox in the strongest mode that this machine allows.

    Args:
        unsafe: run programs without confinement; every result says ``unconfined``.
        hash_seed: of ``str`` and ``bytes`` in every program.
        parked: children that are forked ahead of need, for each interpreter.
        mode: ``namespaces`` or ``landlock``: this one or none; None: the strongest.
        load_seconds: CPU seconds that a program's module body may take.
        score_despite_attempts: count attempts, but let no program be ``tampered`` for them.
        report_only: categories of attempts that are counted and make nobody ``tampered``.
        trials: a list to which is appended what came of each mode that was tried.

    Raises:
        SandboxUnavailableError: the machine allows no confinement and ``unsafe`` is False.
        SandboxError: the launcher does not start.
    """
    policy = Policy(score_despite_attempts, frozenset(report_only), load_seconds)
    wanted = "unconfined" if unsafe else mode
    found = [] if trials is None else trials
    return ForkingSandbox(wanted, hash_seed=hash_seed, parked=parked, policy=policy, trials=found)
