"""Working: a plan carried out by an engine within a session, and what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from selftaught.app.approval import Ask
from selftaught.app.conduct import Interrupts, conduct
from selftaught.app.hearing import Hearing
from selftaught.app.patch.aim import aim_of
from selftaught.app.patch.bench import Bench
from selftaught.app.plans import Plan, begin, new_run, planned
from selftaught.app.record import Finding
from selftaught.app.session import Options, Session, open_store
from selftaught.app.works import COMMANDS, WindsUp, open_work
from selftaught.budget import WallTime
from selftaught.engine.engine import Engine
from selftaught.engine.settings import Caps
from selftaught.errors import UsageError
from selftaught.ports import RunStore
from selftaught.repository.tell import Tell, silent
from selftaught.values.event import Event
from selftaught.values.facts import SessionEnded
from selftaught.values.state import RunState

Listener = Callable[[str, Event, RunState], None]
"""Told of every event of a run, with the run's id and the state after the event."""


@dataclass(frozen=True)
class Audience:
    """Who follows a run.

    Attributes:
        listener: told of every event.
        ask: asks a person at the terminal where the plan wants approval; None: nobody is
            there, and the run waits for ``selftaught approve``.
        tell: told how far a measurement without events is, in words.
    """

    listener: Listener | None = None
    ask: Ask | None = None
    tell: Tell = silent


def execute(
    plan: Plan,
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
    *,
    rebase: bool = False,
    caps: Caps | None = None,
    audience: Audience | None = None,
) -> Finding:
    """Go on with a run where it stopped, whatever stopped it.

    What it had already been given is answered from its log; a run that is done is not
    done again.

    Args:
        run: its id or the beginning of it.
        options: how to work.
        rebase: go on even where a task's files have changed since.
        caps: limits given anew; those that are None stay as they were.
        audience: who follows it; None: nobody.

    Raises:
        UnknownNameError: there is no such run.
        StoreError: it is going on in another process, or another version began it.
        UsageError: a task's files have changed and ``rebase`` is False.
    """
    with open_store(options, create=False) as store:
        info = store.run(run)
        if info.kind not in COMMANDS:
            raise UsageError("a run that can be resumed", f"one of kind {info.kind}")
        store.claim(info.run)
        _forget_stops(store, info.run)
        plan = planned(store, info.run, rebase=rebase, caps=caps)
        return asyncio.run(_execute(plan, options, store, info.run, audience or Audience()))


def _forget_stops(store: RunStore, run: str) -> None:
    """Settle what was asked of earlier sessions that ended before they saw it.

    An approval stays: it answers a question that the run will ask again.
    """
    for request in store.control(run):
        if request.action != "approve":
            store.settle(run, request.number)


async def _execute(
    plan: Plan,
    options: Options,
    store: RunStore,
    run: str | None,
    audience: Audience,
    began: float | None = None,
) -> Finding:
    aim = aim_of(plan.details)
    wall = WallTime(plan.settings.caps.seconds, _used(store, run), began=began)
    bench = (
        partial(Bench.open, aim, unsafe=options.unsafe, tell=audience.tell, wall=wall)
        if aim
        else None
    )
    with Interrupts() as interrupts:
        async with Session(options, plan.model, plan.settings, store, bench) as session:
            run = run or new_run(store, plan)
            engine = Engine(session.world, run, tasks=plan.tasks, settings=plan.settings, wall=wall)
            try:
                state = _following(engine, run, audience.listener)
                begin(engine, plan, session.sandbox.mode)
                work = open_work(engine, plan, store, audience.ask, session.world.evaluator)
                end = await conduct(
                    engine,
                    store,
                    work.run,
                    interrupts,
                    wind_up=work.wind_up if isinstance(work, WindsUp) else None,
                )
                if end.error:
                    raise end.error
                return await work.result(state, end, options.folder / run)
            finally:
                engine.close()


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
    engine.journal.listen(Hearing(engine.journal))
    return state
