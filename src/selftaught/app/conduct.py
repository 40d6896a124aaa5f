"""Conducting a run: limits, control from outside, and an end in good order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from selftaught.app.signals import Signals
from selftaught.engine.engine import Engine
from selftaught.errors import LimitReached, SelftaughtError
from selftaught.ports import RunStore
from selftaught.values.facts import SESSIONS, SessionEnded

POLL_SECONDS = 0.25
"""How often a run looks whether somebody asked something of it."""

STATES = {"done": "done", "budget": "stopped", "interrupted": "stopped", "error": "failed"}

Work = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class End:
    """How a session on a run ended; ``error`` is what has to be raised after cleaning up."""

    stopped: str
    reason: str
    error: SelftaughtError | None = None


class Interrupts:
    """A context in which a signal is passed on to the work under way, or kept until it begins.

    So everything that a run opens is closed again in good order, whenever the signal comes.
    """

    def __init__(self) -> None:
        """Listen to nothing yet."""
        self._loop = asyncio.get_running_loop()
        self._signals = Signals(self._received)
        self._stop: Callable[[End], None] | None = None
        self._end: End | None = None

    def listen(self, stop: Callable[[End], None] | None) -> None:
        """Pass a signal on to ``stop``, also one that came before; None: keep it."""
        self._stop = stop
        if stop and self._end:
            stop(self._end)

    def __enter__(self) -> Self:
        self._signals.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._signals.__exit__(kind, value, traceback)

    def _received(self, name: str) -> None:
        self._loop.call_soon_threadsafe(self._pass_on, End("interrupted", name))

    def _pass_on(self, end: End) -> None:
        self._end = end
        if self._stop:
            self._stop(end)


async def conduct(
    engine: Engine,
    store: RunStore,
    work: Work,
    interrupts: Interrupts,
    *,
    wind_up: Work | None = None,
) -> End:
    """Do the work of a run; return how it ended, with everything recorded.

    Ctrl-C, SIGTERM, SIGHUP and ``selftaught stop`` end it in good order, a ``--max-*`` limit
    likewise, an error too. What is under way is ended, what was received is kept.

    Args:
        engine: of the run.
        store: where the run is.
        work: everything that there is to do.
        interrupts: passes signals on; the caller has entered it.
        wind_up: what is still done where a limit ended the work: within the wall time, and as
            ready to end.

    Raises:
        StoreError: the store can't be written; what it held stays as it is.
    """
    store.set_state(engine.journal.run, "running")
    end = End("error", "a failure of selftaught itself")
    try:
        session = _Session(engine, store, interrupts)
        end = await session.carry_out(work)
        await engine.evaluations.stop()
        if end.stopped == "budget" and wind_up:
            engine.wall.keep(0.0)
            late = await session.carry_out(wind_up)
            end = end if late.stopped in ("done", "budget") else late
    finally:
        await engine.evaluations.stop()
        sessions = sum(isinstance(fact, SessionEnded) for fact in engine.journal.facts())
        fact = SessionEnded(stopped=end.stopped, reason=end.reason, seconds=engine.wall.passed)
        engine.journal.write(SESSIONS, fact, f"session:{sessions}")
        store.set_state(engine.journal.run, STATES[end.stopped])
    return end


class _Session:
    """One process at work on a run, and all that can end it."""

    def __init__(self, engine: Engine, store: RunStore, interrupts: Interrupts) -> None:
        self._engine = engine
        self._store = store
        self._interrupts = interrupts
        self._asked: End | None = None
        self._task: asyncio.Future[object] | None = None

    async def carry_out(self, work: Work) -> End:
        """Return how the work ended."""
        self._asked = None
        self._task = asyncio.ensure_future(work())
        helpers = [asyncio.ensure_future(self._watch()), asyncio.ensure_future(self._time())]
        self._interrupts.listen(self._stop)
        try:
            return await self._until_end(self._task)
        finally:
            self._interrupts.listen(None)
            for helper in helpers:
                helper.cancel()

    async def _until_end(self, task: asyncio.Future[object]) -> End:
        try:
            await task
        except LimitReached as reached:
            return End("budget", str(reached))
        except SelftaughtError as error:
            return End("error", str(error), error)
        except asyncio.CancelledError:
            return self._asked or End("interrupted", "cancelled")
        return End("done", "")

    def _stop(self, end: End) -> None:
        """End the work; the first reason counts."""
        assert self._task
        if self._asked is None:
            self._asked = end
            self._task.cancel()

    async def _time(self) -> None:
        """End the work when the wall time of all sessions together is spent, but for its end."""
        wall = self._engine.wall
        if wall.limit is None:
            return
        while wall.left_before_end > 0:  # what is kept for the end changes on the way
            await asyncio.sleep(min(wall.left_before_end, POLL_SECONDS))
        self._stop(End("budget", str(wall.spent())))

    async def _watch(self) -> None:
        """Act on what is asked of the run through the store."""
        run = self._engine.journal.run
        try:
            while True:
                for request in self._store.control(run):
                    if self._act(run, request.action):
                        self._store.settle(run, request.number)
                await asyncio.sleep(POLL_SECONDS)
        except SelftaughtError as error:
            self._stop(End("error", str(error), error))

    def _act(self, run: str, action: str) -> bool:
        """Return whether the request was for us: an approval is for who waits for it."""
        if action == "stop":
            self._stop(End("interrupted", "asked to stop"))
        elif action == "pause":
            self._engine.pause()
            self._store.set_state(run, "paused")
        elif action == "resume":
            self._engine.go_on()
            self._store.set_state(run, "running")
        return action != "approve"
