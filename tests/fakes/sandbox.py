"""A fake of the Sandbox port: runs programs in this process, with no isolation at all.

It keeps the port's promises about statuses, seeds, copies, requests and ends. Endless
loops are broken off only where calls are made on the main thread (a timer of the
process); elsewhere a call that took too long is found out when it ends.
"""

from __future__ import annotations

import builtins
import copy
import importlib
import itertools
import random
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType, TracebackType
from typing import Any, Self

import numpy as np

from selftaught.errors import SandboxError
from selftaught.ports import CallResult, Confinement, HostRequest
from selftaught.sandbox.inside.program import SourceFinder
from selftaught.values.outcome import Attempt, Status

FILE = "<program>"
LOAD_SECONDS = 10.0
ENDING = (Status.TIMEOUT, Status.OUT_OF_MEMORY, Status.TAMPERED, Status.OVER_BUDGET)


_NUMBERS = itertools.count()
_IMPORTS = threading.RLock()
"""Held where `sys.meta_path` changes: an import in another thread would skip a finder."""


def _private(name: str, sources: Mapping[str, str]) -> ModuleType:
    """Import a module or package that no other child shares: all live in this process."""
    own = f"{name}_of_child_{next(_NUMBERS)}"
    finder = SourceFinder(
        {
            own + each.removeprefix(name): source
            for each, source in sources.items()
            if each == name or each.startswith(f"{name}.")
        }
    )
    with _IMPORTS:
        sys.meta_path.insert(0, finder)
        try:
            return importlib.import_module(own)
        finally:
            sys.meta_path.remove(finder)
            for each in finder.sources:
                sys.modules.pop(each, None)


class FakeSandbox:
    """Opens children that live in this process; `opened` counts them."""

    def __init__(self, mode: str = "unconfined") -> None:
        self.mode = mode
        self.opened: list[Confinement] = []
        self.closed = 0

    def open(self, confinement: Confinement) -> FakeChild:
        self.opened.append(confinement)
        return FakeChild(self, confinement)

    def close(self) -> None:
        """Nothing outlives its child here."""


class FakeRequest:
    """A request of the program; the program waits until it is answered."""

    def __init__(self, name: str, args: tuple[Any, ...]) -> None:
        self.name, self.args = name, args
        self.answered = threading.Event()
        self.value: Any = None
        self.error: BaseException | None = None

    def reply(self, value: Any) -> None:
        self.value = copy.deepcopy(value)
        self.answered.set()

    def fail(self, exception: str, message: str) -> None:
        self.error = getattr(builtins, exception)(message)
        self.answered.set()


class _EndedError(BaseException):
    """Leaves the program whatever it catches; carries the status."""

    def __init__(self, status: Status, detail: str = "") -> None:
        super().__init__(status, detail)
        self.status, self.detail = status, detail


class FakeChild:
    """A program loaded into a namespace of its own."""

    def __init__(self, sandbox: FakeSandbox, confinement: Confinement) -> None:
        self._sandbox, self._confinement = sandbox, confinement
        self._alive, self._closed = True, False
        self._end: tuple[Status, str] | None = None
        self._on_request: Callable[[HostRequest], None] | None = None
        self._attempts: list[Attempt] = []
        self._function: Callable[..., Any] | None = None
        self.loaded = self._run(self._load, LOAD_SECONDS, confinement.seed)

    @property
    def alive(self) -> bool:
        return self._alive

    def call(
        self,
        *args: Any,
        seconds: float,
        seed: int | None = None,
        on_request: Callable[[HostRequest], None] | None = None,
    ) -> CallResult:
        if self._closed:
            raise SandboxError("a call in a child that is closed")
        if self.loaded.status is not Status.OK:
            return self.loaded
        assert self._function is not None
        if not self._alive:
            raise SandboxError("a call in a child that has ended")
        self._on_request = on_request
        function, given = self._function, copy.deepcopy(args)
        return self._run(lambda: function(*given), seconds, seed)

    def end(self, status: Status, detail: str) -> None:
        self._end = (status, detail)

    def attempt(self, attempt: Attempt) -> None:
        """Record an attempt, as a confining sandbox would."""
        self._attempts.append(attempt)

    def attempts(self) -> tuple[Attempt, ...]:
        return tuple(self._attempts)

    def close(self) -> None:
        if not self._closed:
            self._sandbox.closed += 1
        self._alive, self._closed = False, True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    # ------------------------------------------------------------------------- inside

    def _load(self) -> None:
        confinement = self._confinement
        own = self._builtins()
        space: dict[str, Any] = {"__name__": "program", "__builtins__": own}
        try:
            code = compile(confinement.source, FILE, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, TypeError) as error:
            raise _EndedError(Status.INVALID_PROGRAM, f"{type(error).__name__}: {error}") from None
        exec(code, space)
        function = space.get(confinement.entry_point)
        if not callable(function):
            raise _EndedError(
                Status.INVALID_PROGRAM, f"no function named {confinement.entry_point}"
            )
        if confinement.prelude:
            prelude: dict[str, Any] = {"__name__": "prelude", "__builtins__": own}
            exec(confinement.prelude, prelude)
            function = prelude["wrap"](function, self._request)
        self._function = function

    def _builtins(self) -> dict[str, Any]:
        """The builtins, with an import that knows the confinement's own modules."""
        loaded: dict[str, ModuleType] = {}

        def find(name: str, *rest: Any, **options: Any) -> Any:
            if name not in self._confinement.modules:
                return builtins.__import__(name, *rest, **options)
            if name not in loaded:
                loaded[name] = _private(name, self._confinement.modules)
            return loaded[name]

        return {**vars(builtins), "__import__": find}

    def _request(self, name: str, *args: Any) -> Any:
        self._check_end()
        if self._on_request is None:
            raise RuntimeError("requests are not answered here")
        request = FakeRequest(name, copy.deepcopy(args))
        self._on_request(request)
        while not request.answered.wait(0.01):
            self._check_end()
        self._check_end()
        if request.error is not None:
            raise request.error
        return request.value

    def _check_end(self) -> None:
        if self._end is not None:
            raise _EndedError(*self._end)

    def _run(self, work: Callable[[], Any], seconds: float, seed: int | None) -> CallResult:
        if seed is not None:
            random.seed(seed)
            np.random.seed(seed % 2**32)
        before = time.thread_time()
        status, output, detail = Status.OK, None, ""
        try:
            with _deadline(seconds):
                output = work()
        except _EndedError as ended:
            status, detail = ended.status, ended.detail
        except MemoryError as error:
            status, detail = Status.OUT_OF_MEMORY, _describe(error)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - a program may raise anything
            status, detail = Status.CRASHED, _describe(error)
        used = time.thread_time() - before
        if used > seconds and status is not Status.TIMEOUT:
            status, detail = Status.TIMEOUT, f"more than {seconds:g} s of CPU time"
        if status is Status.OK and not plain(output):
            status, detail = Status.WRONG_OUTPUT, f"{type(output).__name__} is no plain data"
        if self._end is not None and status is Status.OK:
            status, detail = self._end
        if status in ENDING:
            self._alive = False
        ok = status is Status.OK
        return CallResult(
            status,
            copy.deepcopy(output) if ok else None,
            used,
            detail,
            near_limit=used > 0.8 * seconds or status is Status.TIMEOUT,
        )


@contextmanager
def _deadline(seconds: float) -> Iterator[None]:
    """Break off the block after that many CPU seconds, on the main thread only."""

    def stop(*_: Any) -> None:
        raise _EndedError(Status.TIMEOUT, f"more than {seconds:g} s of CPU time")

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def plain(value: Any) -> bool:
    """Whether a value is plain data: what may cross between a program and its host."""
    if isinstance(value, np.ndarray):
        return bool(value.dtype.kind in "biufc")
    if value is None or isinstance(value, bool | int | float | complex | str | bytes | np.generic):
        return True
    if isinstance(value, list | tuple):
        return all(plain(item) for item in value)
    if isinstance(value, Mapping):
        return all(plain(key) and plain(item) for key, item in value.items())
    return False


def _describe(error: BaseException) -> str:
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == FILE]
    where = f" (line {lines[-1]})" if lines else ""
    return f"{type(error).__name__}: {error}{where}"
