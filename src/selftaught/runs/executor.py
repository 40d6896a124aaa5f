"""The executor: carries a plan out as a run, or goes on with one, and returns what it found."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from selftaught.budget import WallTime
from selftaught.engine.engine import Engine
from selftaught.errors import LimitReached, SelftaughtError
from selftaught.ports import RunStore
from selftaught.runs.answer_monitor import AnswerMonitor
from selftaught.runs.approval import Ask
from selftaught.runs.experiment import Concludes, End, Outside, Plan, Report, WindsUp, Work
from selftaught.runs.log import Finding, RunLog
from selftaught.runs.plans import begin, new_run
from selftaught.runs.resources import Options, Resources, open_store
from selftaught.runs.signals import Signals
from selftaught.values.event import Event
from selftaught.values.facts import SESSIONS, SessionEnded
from selftaught.values.state import RunState

POLL_SECONDS = 0.25
"""How often a run looks whether somebody asked something of it."""

STATES = {"done": "done", "budget": "stopped", "interrupted": "stopped", "error": "failed"}

Task = Callable[[], Awaitable[object]]

Listener = Callable[[str, Event, RunState], None]
"""Told of every event of a run, with the run's id and the state after the event."""


def _silent(text: str) -> None:
    """Say nothing."""


@dataclass(frozen=True)
class Audience:
    """Who follows a run.

    Attributes:
        listener: told of every event.
        ask: asks a person at the terminal where the plan wants approval; None: nobody is
            there, and the run waits for ``selftaught approve``.
        report: told how far a measurement without events is, in words.
    """

    listener: Listener | None = None
    ask: Ask | None = None
    report: Report = _silent


def execute(
    plan: Plan[Any],
    options: Options,
    audience: Audience | None = None,
    *,
    began: float | None = None,
) -> Finding:
    """Carry out a plan as a new run.

    Args:
        plan: what to do.
        options: how to work.
        audience: who follows it; None: nobody.
        began: when the run's wall time begins, by `time.monotonic`; None: now.

    Raises:
        SelftaughtError: the model, the task's code or something of ours failed; what was
            recorded stays, and `resume` goes on from there.
    """
    with open_store(options) as store:
        return asyncio.run(_execute(plan, options, store, None, audience or Audience(), began))


def resume(
    run: str,
    options: Options,
    planned: Callable[[RunStore, str], Plan[Any]],
    audience: Audience | None = None,
) -> Finding:
    """Go on with a run where it stopped, whatever stopped it.

    What it had already been given is answered from its log; a run that is done is not
    done again.

    Args:
        run: its id or the beginning of it.
        options: how to work.
        planned: returns the plan of a run that is in a store, once the run is ours.
        audience: who follows it; None: nobody.

    Raises:
        UnknownNameError: there is no such run.
        StoreError: it is going on in another process, or another version began it.
        UsageError: there is no plan of it any more.
    """
    with open_store(options, create=False) as store:
        info = store.run(run)
        store.claim(info.run)
        _forget_stops(store, info.run)
        plan = planned(store, info.run)
        return asyncio.run(_execute(plan, options, store, info.run, audience or Audience()))


def _forget_stops(store: RunStore, run: str) -> None:
    """Settle what was asked of earlier sessions that ended before they saw it.

    An approval stays: it answers a question that the run will ask again.
    """
    for request in store.control(run):
        if request.action != "approve":
            store.settle(run, request.number)


async def _execute(
    plan: Plan[Any],
    options: Options,
    store: RunStore,
    run: str | None,
    audience: Audience,
    began: float | None = None,
) -> Finding:
    experiment = plan.experiment
    wall = WallTime(plan.settings.caps.seconds, _used(store, run), began=began)
    evaluator = experiment.evaluator(plan, unsafe=options.unsafe, report=audience.report, wall=wall)
    with Interrupts() as interrupts:
        async with Resources(options, plan.model, plan.settings, store, evaluator) as resources:
            run = run or new_run(store, plan)
            world, folder = resources.world, options.folder / run
            engine = Engine(world, run, tasks=plan.tasks, settings=plan.settings, wall=wall)
            try:
                state = _following(engine, run, audience.listener)
                begin(engine, plan, resources.sandbox.mode)
                work = experiment.work(plan, engine, Outside(store, audience.ask, world.evaluator))
                wind_up = work.wind_up if isinstance(work, WindsUp) else None
                end = await conduct(engine, store, work.run, interrupts, wind_up=wind_up)
                return concluded(plan, work, (engine, state), end, folder)
            finally:
                engine.close()


def concluded(
    plan: Plan[Any], work: Work, of: tuple[Engine, RunState], end: End, folder: Path
) -> Finding:
    """Return what a run that has ended found, with its files written.

    Args:
        plan: of the run.
        work: that was done.
        of: the run's engine, and its state after the last event.
        end: how it ended.
        folder: for the run's files.

    Raises:
        SelftaughtError: what ended the run, where it was an error.
    """
    if end.error:
        raise end.error
    if isinstance(work, Concludes):
        work.conclude(end, folder)
    log = RunLog.of(*of, stopped=end.stopped, reason=end.reason)
    return plan.experiment.keep(plan.experiment.result(log), log, folder)


def _used(store: RunStore, run: str | None) -> float:
    """Return the wall seconds that earlier sessions of a run took."""
    events = store.events(run, kinds=["session_ended"]) if run else ()
    return sum(each.fact.seconds for _, each in events if isinstance(each.fact, SessionEnded))


def _following(engine: Engine, run: str, listener: Listener | None) -> RunState:
    """Return a state that follows the engine's events, and pass them on."""
    state = RunState()
    for event in engine.journal.events():
        state.apply(event)

    def follow(event: Event) -> None:
        state.apply(event)
        if listener:
            listener(run, event, state)

    engine.journal.listen(follow)
    engine.journal.listen(AnswerMonitor(engine.journal))
    return state


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
    work: Task,
    interrupts: Interrupts,
    *,
    wind_up: Task | None = None,
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

    async def carry_out(self, work: Task) -> End:
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
