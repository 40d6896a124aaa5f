"""One program in its sandbox, as the host sees it."""

from __future__ import annotations

import contextlib
import os
import secrets
import select
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from selftaught.errors import SandboxError
from selftaught.ports import CallResult, Confinement, HostRequest
from selftaught.sandbox import disk
from selftaught.sandbox.channel import Channel, GoneError, StuckError
from selftaught.sandbox.clock import ProcessClock, Stopwatch, peak_address_space
from selftaught.sandbox.inside.confine import FILES_IN_SCRATCH, MEBIBYTE
from selftaught.sandbox.inside.kernel import MissingFeatureError
from selftaught.sandbox.inside.program import UNREADABLE
from selftaught.sandbox.inside.wire import FrameError, NotPlainError
from selftaught.sandbox.launcher import FORK_SECONDS, Fledgling, Launcher
from selftaught.sandbox.ledger import Ledger
from selftaught.sandbox.notifier import Notifier, steal
from selftaught.sandbox.observer import Observer, Territory
from selftaught.sandbox.request import ChildRequest
from selftaught.values.outcome import Attempt, Counter, Status

MAX_DETAIL = 1000
"""Characters of a detail that are kept."""

NEAR = 0.8
"""A call that used this share of a limit came near it."""

FINAL = (Status.TIMEOUT, Status.OUT_OF_MEMORY, Status.TAMPERED, Status.OVER_BUDGET)
"""After a call that ended so the child is gone."""

_DISK_SECONDS = 0.05
_MEMORY_SECONDS = 0.01
"""How long a look at the peak of memory holds: the peak only grows, and looking costs more
than a short call."""
_FROM_CHILD = frozenset({"ok", "crashed", "out_of_memory", "wrong_output", "invalid_program"})
_CATEGORIES = frozenset({"inspect", "process", "network", "privilege"})
_OUTCOMES = {
    Status.TIMEOUT: "time",
    Status.OUT_OF_MEMORY: "memory",
    Status.OVER_BUDGET: "budget",
}

OnRequest = Callable[[HostRequest], None]


@dataclass(frozen=True)
class Policy:
    """What follows from what a program tries.

    Attributes:
        score_despite_attempts: attempts are counted, and calls return as if there were none.
        report_only: categories of attempts that are counted and decide nothing.
        load_seconds: CPU seconds that a module body may take.
    """

    score_despite_attempts: bool = False
    report_only: frozenset[str] = frozenset()
    load_seconds: float = 10.0


class ConfinedChild:
    """A child of a launcher with its program; implements the port ``Child``."""

    def __init__(
        self, launcher: Launcher, fledgling: Fledgling, notifier: Notifier, policy: Policy
    ) -> None:
        """Own the fledgling's channel and pidfd.

        Raises:
            MissingFeatureError: the child could not be confined as its mode demands.
            SandboxError: the child could not be made for want of something else.
        """
        self._launcher, self._notifier, self._policy = launcher, notifier, policy
        self._number = fledgling.number
        self._pid, self._pidfd = fledgling.pid, fledgling.pidfd
        self._channel = Channel(fledgling.connection)
        self._poll = select.poll()
        self._poll.register(self._channel, select.POLLIN)
        self._poll.register(self._pidfd, select.POLLIN)
        self._clock = ProcessClock(fledgling.pid)
        self._lock = threading.Lock()
        self._calling = threading.Lock()
        self._verdict: tuple[Status, str] | None = None
        self._closed = self._ready = False
        self._listener = -1
        self._memory_mb = self._scratch_mb = 0
        self._disk_seen = 0.0
        self._memory_seen = 0.0
        self._was_near_memory = False
        self._ledger = Ledger()
        self.facts: dict[str, Any] = {}
        self.loaded = CallResult(Status.CRASHED, detail="the program was not loaded")
        try:
            self._greet()
        except BaseException:
            self.close()
            raise

    # ----------------------------------------------------------------------- the port

    @property
    def alive(self) -> bool:
        """Whether further calls can be made."""
        return self._verdict is None and not self._closed

    @property
    def pid(self) -> int:
        """The process's number in our own pid namespace."""
        return self._pid

    def told(self) -> dict[str, Any]:
        """Return what the launcher and the child told of their confinement."""
        return {**self._launcher.greeting, **self.facts}

    def load(self, confinement: Confinement) -> None:
        """Run the program's module body; ``loaded`` says how it ended.

        Raises:
            SandboxError: our own failure, never the program's.
        """
        self._memory_mb, self._scratch_mb = confinement.memory_mb, confinement.scratch_mb
        frame = {
            "kind": "load",
            "source": confinement.source,
            "entry_point": confinement.entry_point,
            "memory_mb": confinement.memory_mb,
            "seed": confinement.seed,
            "prelude": confinement.prelude,
            "modules": dict(confinement.modules),
        }
        self.loaded = self._exchange(frame, self._policy.load_seconds, None)

    def call(
        self,
        *args: Any,
        seconds: float,
        seed: int | None = None,
        on_request: OnRequest | None = None,
    ) -> CallResult:
        """Call the entry point and wait for its end (see the port).

        Raises:
            SandboxError: our own failure, never the program's.
        """
        if self.loaded.status is not Status.OK:
            return self.loaded
        return self._exchange({"kind": "call", "args": args, "seed": seed}, seconds, on_request)

    def end(self, status: Status, detail: str) -> None:
        """End the child from another thread; the call under way returns with ``status``."""
        with self._lock:
            if self._verdict is None:
                self._verdict = (status, detail)
            self._kill()

    def attempts(self) -> tuple[Attempt, ...]:
        """What the child tried so far and the sandbox refused or noticed."""
        return self._ledger.attempts()

    def close(self) -> None:
        """End the child and everything that it started. May be called twice."""
        with self._lock:
            if self._closed:
                return
            self._kill()
            self._closed = True
        if self._listener >= 0:
            self._notifier.remove(self._listener)
        self._channel.close()
        self._launcher.forget(self._number)
        os.close(self._pidfd)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    # ------------------------------------------------------------------------ the hello

    def _greet(self) -> None:
        """Take in what the child tells of its confinement, before it runs a program."""
        facts = self.facts = self._receive_hello()
        if "missing" in facts:
            raise MissingFeatureError(*facts["missing"])
        if "failed" in facts:
            raise SandboxError("a child to be confined", facts["failed"])
        if facts.get("listener", -1) >= 0:
            territory = Territory(self._launcher.readable, facts["scratch"], facts["private"])
            try:
                self._listener = steal(self._pidfd, facts["listener"])
            except OSError as error:
                reason = f"taking over the listener of a child: {error}"
                raise MissingFeatureError("seccomp", reason) from None
            is_full = self._measure if self._bounds_disk else None
            self._notifier.add(self._listener, Observer(self._ledger, territory, is_full))

    def _receive_hello(self) -> dict[str, Any]:
        deadline = time.monotonic() + FORK_SECONDS
        while (left := deadline - time.monotonic()) > 0:
            self._poll.poll(left * 1000)
            frames, ended = self._channel.receive()
            if frames:
                facts: dict[str, Any] = frames[0]
                return facts
            if ended:
                break
        raise SandboxError("a child to confine itself", "its end")

    # ------------------------------------------------------------------------- one call

    def _exchange(
        self, frame: dict[str, Any], seconds: float, on_request: OnRequest | None
    ) -> CallResult:
        with self._calling:
            if self._closed:
                raise SandboxError("a child that is open", "one that was closed")
            if self._verdict is not None:
                return CallResult(self._verdict[0], detail=self._verdict[1])
            token = secrets.token_hex(8)
            watch = Stopwatch(self._clock, seconds)
            result = self._converse({**frame, "token": token}, token, watch, on_request)
            used = watch.seconds
            result = self._judged(result)
            near = used >= NEAR * seconds or self._near_memory(result)
            detail = result.detail[:MAX_DETAIL]
            return CallResult(result.status, result.output, used, detail, near)

    def _judged(self, result: CallResult) -> CallResult:
        """Return the result as the host's verdict and the attempts make it; end a lost child."""
        if self._bounds_disk or result.status is Status.CRASHED:
            full = self._measure()
            if full and result.status is Status.OK:
                result = CallResult(Status.CRASHED, detail=self._full)
        if self._verdict is not None:
            result = CallResult(self._verdict[0], detail=self._verdict[1])
        elif not self._policy.score_despite_attempts:
            attempt = self._ledger.tampering(self._policy.report_only)
            if attempt is not None:
                words = (attempt.category, attempt.action, attempt.target)
                result = CallResult(Status.TAMPERED, detail=" ".join(filter(None, words)))
        if result.status in FINAL:
            self.end(result.status, result.detail)
        if result.status in _OUTCOMES:
            self._ledger.count(Counter.OUTCOME, _OUTCOMES[result.status], result.status.value)
        return result

    def _near_memory(self, result: CallResult) -> bool:
        if result.status is Status.OUT_OF_MEMORY:
            return True
        now = time.monotonic()
        if now - self._memory_seen < _MEMORY_SECONDS:
            return self._was_near_memory
        self._memory_seen = now
        base: int = self._launcher.greeting["base"]
        used = peak_address_space(self._pid) - base
        self._was_near_memory = used >= NEAR * self._memory_mb * MEBIBYTE
        return self._was_near_memory

    def _converse(
        self, frame: dict[str, Any], token: str, watch: Stopwatch, on_request: OnRequest | None
    ) -> CallResult:
        try:
            self._channel.send(frame)
        except GoneError:
            return self._ended()
        except StuckError:
            self._stuck()
            return CallResult(Status.CRASHED)
        except NotPlainError as error:
            raise SandboxError("arguments of plain data", str(error)) from None
        while True:
            events = self._poll.poll(self._patience(watch) * 1000)
            result = self._take_in(token, watch, on_request) if events else None
            result = result or self._overrun(watch)
            if result is not None:
                return result

    def _patience(self, watch: Stopwatch) -> float:
        """Return for how many seconds nothing needs to be looked at."""
        if self._bounds_disk:
            return min(watch.patience(), _DISK_SECONDS)
        return watch.patience()

    def _overrun(self, watch: Stopwatch) -> CallResult | None:
        if overrun := watch.overrun():
            return CallResult(Status.TIMEOUT, detail=overrun)
        now = time.monotonic()
        if not self._bounds_disk or now - self._disk_seen < _DISK_SECONDS:
            return None
        self._disk_seen = now
        if not self._measure():
            return None
        self.end(Status.CRASHED, self._full)
        return CallResult(Status.CRASHED, detail=self._full)

    @property
    def _bounds_disk(self) -> bool:
        """Whether the host must bound the scratch folder, as no mount does."""
        return self._launcher.settings.mode == "landlock"

    @property
    def _full(self) -> str:
        return f"more than {self._scratch_mb} MiB or {FILES_IN_SCRATCH} files in scratch"

    def _measure(self) -> bool:
        """Return whether the scratch folder is full; count it if so."""
        if self._bounds_disk:
            most = self._scratch_mb * MEBIBYTE
            full = disk.over(self.facts["scratch"], most, FILES_IN_SCRATCH)
        else:
            full = disk.used_up(f"/proc/{self._pid}/root{self.facts['scratch']}")
        if full:
            self._ledger.count(Counter.OUTCOME, "filesystem", "scratch is full")
        return full

    def _take_in(
        self, token: str, watch: Stopwatch, on_request: OnRequest | None
    ) -> CallResult | None:
        """Return the result if it has come or the child has ended, else None."""
        try:
            frames, ended = self._channel.receive()
            result = None
            for frame in frames:
                found = self._read(frame, token, watch, on_request)
                if found is not None and result is not None:
                    raise FrameError("a second result")
                result = result or found
        except FrameError as error:
            return self._forged(str(error))
        if result is None and ended:
            return self._ended()
        return result

    def _read(
        self, frame: Any, token: str, watch: Stopwatch, on_request: OnRequest | None
    ) -> CallResult | None:
        """Return the result that a frame carries, None where it carries something else.

        The first frame says that the child is ready, and is sent before the program runs.

        Raises:
            FrameError: no such frame can come from our own code in the child.
        """
        kind = frame.get("kind") if type(frame) is dict else None
        if not self._ready:
            self._ready = True
            return None
        if kind == "request":
            request = ChildRequest(self._channel, frame, watch, self._stuck)
            if on_request is None:
                request.fail("RuntimeError", f"there is no {request.name} here")
            else:
                on_request(request)
            return None
        if kind == "advice":
            self._note(frame)
            return None
        return _result(frame, kind, token)

    def _note(self, frame: dict[str, Any]) -> None:
        words = [frame.get(key) for key in ("category", "action", "target")]
        if [type(word) for word in words] != [str, str, str] or words[0] not in _CATEGORIES:
            raise FrameError("advice without category, action and target")
        category, action, target = map(str, words)
        self._ledger.count(Counter.ADVISORY, category, action[:80], target)

    def _stuck(self) -> None:
        self.end(Status.CRASHED, "the program's process does not read what it is sent")

    def _forged(self, why: str) -> CallResult:
        self._ledger.count(Counter.ATTESTED, "protocol", "forged frame", why)
        return CallResult(Status.TAMPERED, detail=f"forged frame: {why}")

    def _ended(self) -> CallResult:
        """Return what it means that the process has gone.

        Raises:
            SandboxError: the launcher has gone and took it along, or no program had run yet.
        """
        code = self._launcher.exit_code(self._number)
        if self._verdict is None and not self._ready:
            self.end(Status.CRASHED, "the child ended before it ran its program")
            raise SandboxError("a child to take up its program", f"its end with status {code}")
        if self._verdict is None and code is None and not self._launcher.alive:
            self.end(Status.CRASHED, "the launcher has gone")
            raise SandboxError("the launcher to live as long as its children", "its end")
        result = _ending(code)
        self.end(result.status, result.detail)
        return result

    def _kill(self) -> None:
        """Kill the process and its session, while the lock is held."""
        if self._closed:
            return
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        if self._launcher.settings.mode == "unconfined" and self._pid > 0:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._pid, signal.SIGKILL)


def _result(frame: Any, kind: Any, token: str) -> CallResult:
    """Return the result that a frame carries.

    Raises:
        FrameError: it is no result, or not of the call under way.
    """
    if kind != "result" or frame.get("token") != token:
        raise FrameError("a result that was not asked for")
    status, detail = frame.get("status"), frame.get("detail")
    if type(status) is not str or status not in _FROM_CHILD or type(detail) is not str:
        raise FrameError("a result without a status")
    if status == "ok":
        return CallResult(Status.OK, frame.get("value"))
    return CallResult(Status(status), detail=detail)


def _ending(code: int | None) -> CallResult:
    """Return the result of a call in which the process ended; None: it only closed its channel."""
    if code is None:
        return CallResult(Status.CRASHED, detail="the program closed its channel")
    if code == UNREADABLE:
        detail = "the program's interpreter can't read its arguments: arrays need numpy there"
        return CallResult(Status.CRASHED, detail=detail)
    if code >= 0:
        return CallResult(Status.CRASHED, detail=f"the process was ended with status {code}")
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    status = Status.OUT_OF_MEMORY if -code == signal.SIGKILL else Status.CRASHED
    return CallResult(status, detail=f"the process was ended by {name}")
