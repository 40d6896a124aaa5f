"""Approval: a person's word before an improver that rewrote itself is put to work."""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from selftaught.analysis.strategies.detect import detect
from selftaught.analysis.strategies.found import Found
from selftaught.engine.engine import Engine
from selftaught.ports import RunStore
from selftaught.runs.results import Attempts, counted
from selftaught.values.facts import (
    Approved,
    Attempted,
    Decided,
    Fact,
    InvocationFinished,
    InvocationStarted,
)
from selftaught.values.program import Program
from selftaught.values.records import Spent

POLL_SECONDS = 0.25
REJECT = "reject"
"""Begins the detail of a request ``approve`` that says no."""


@dataclass(frozen=True)
class Proposal:
    """What a person sees before they say yes or no.

    Attributes:
        run: the run's id.
        decision: the evidence of the adoption rule.
        diff: unified, from the improver in force to the proposed one.
        invocations: how many invocations of the proposed one have ended.
        spent: what they used together.
        attempts: what it tried itself.
        strategies: the search strategies that the proposed one uses, with their lines.
    """

    run: str
    decision: Decided
    diff: str
    invocations: int
    spent: Spent
    attempts: Attempts
    strategies: tuple[Found, ...] = ()


def answer(proposed: str, *, reject: bool = False) -> str:
    """Return the detail of a request ``approve`` about the program of this id.

    It names the program, so that a word given twice can't approve the next one unseen.
    """
    return f"{REJECT} {proposed}" if reject else proposed


Ask = Callable[[Proposal], Awaitable[bool | None]]
"""Asks at the terminal; None where nobody is there, who may answer through the store."""


class Approvals:
    """Waits for a person's word, given at the terminal or by ``selftaught approve``."""

    def __init__(self, engine: Engine, store: RunStore, ask: Ask | None = None) -> None:
        """Bind an engine; ``ask`` is None where there is no terminal."""
        self._engine = engine
        self._store = store
        self._ask = ask

    async def __call__(self, invocation: str, decision: Decided, proposed: Program) -> bool:
        """Return the word, from the log where it was given before."""
        journal, key = self._engine.journal, f"approved:{invocation}"
        known = journal.find(key)
        if not isinstance(known, Approved):
            self._store.set_state(journal.run, "waiting")
            word = await self._wait(self.proposal(decision, proposed))
            self._store.set_state(journal.run, "running")
            fact = Approved(round=decision.round, program=proposed.id, approved=word)
            known = journal.write(invocation, fact, key)
        assert isinstance(known, Approved)
        return known.approved

    def proposal(self, decision: Decided, proposed: Program) -> Proposal:
        """Return what a person is shown."""
        journal = self._engine.journal
        before = journal.get(decision.incumbent)
        spent, ended, attempts = Spent(), 0, []
        own = {e.invocation for e in journal.events() if _starts(e.fact, proposed.id)}
        for event in journal.events():
            if event.invocation in own and isinstance(event.fact, InvocationFinished):
                spent, ended = spent + event.fact.spent, ended + 1
            if event.invocation in own and isinstance(event.fact, Attempted):
                attempts.append((proposed.id, event.fact.attempt))
        diff = difflib.unified_diff(
            before.splitlines(True), proposed.source.splitlines(True), "in force", "proposed"
        )
        return Proposal(
            journal.run,
            decision,
            "".join(diff),
            ended,
            spent,
            counted(attempts),
            tuple(detect(proposed.source)),
        )

    async def _wait(self, proposal: Proposal) -> bool:
        asked = asyncio.ensure_future(self._ask(proposal)) if self._ask else None
        try:
            while True:
                word = self._given(proposal)
                if word is not None:
                    return word
                if asked and asked.done() and (word := asked.result()) is not None:
                    return word
                await asyncio.sleep(POLL_SECONDS)
        finally:
            if asked:
                asked.cancel()

    def _given(self, proposal: Proposal) -> bool | None:
        """Return the word that the store holds on this very program, None without one."""
        proposed = proposal.decision.proposed or ""
        word = None
        for request in self._store.control(proposal.run):
            if request.action == "approve":
                if request.detail in (answer(proposed), answer(proposed, reject=True)):
                    word = request.detail == answer(proposed)
                self._store.settle(proposal.run, request.number)
        return word


def _starts(fact: Fact, improver: str) -> bool:
    return isinstance(fact, InvocationStarted) and fact.improver == improver
