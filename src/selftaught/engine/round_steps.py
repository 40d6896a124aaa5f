"""The steps of a round of Algorithm 1, and the chain of its decisions."""

from __future__ import annotations

import hashlib
import json

from selftaught.budget import Budget
from selftaught.engine.adoption import GateFactory, Pairing, Verdicts, compared
from selftaught.engine.engine import Engine
from selftaught.engine.invocation import Ended
from selftaught.engine.meta_utility import MetaUtility, meta_evaluate, train_draws
from selftaught.values.facts import Decided, MetaEvaluated, RoundFinished, RoundStarted
from selftaught.values.program import Program
from selftaught.values.seeds import derive

FIRST_HEAD = hashlib.sha256(b"selftaught ledger").hexdigest()
"""Head of a ledger without decisions."""


class RoundSteps:
    """What the rounds of one arm are made of. ``prefix`` begins the arm's invocations.

    Seeds do not depend on it: arms that are compared get common random numbers, and are
    one and the same until they first adopt.
    """

    def __init__(self, engine: Engine, gate: GateFactory, prefix: str = "") -> None:
        """Begin an empty ledger of decisions."""
        self.engine = engine
        self.prefix = prefix
        self._gate = gate
        self.head = FIRST_HEAD

    def name(self, number: int) -> str:
        """Return the name of a round's own invocation, e.g. ``r2``."""
        return f"{self.prefix}r{number}"

    def begin(self, number: int, improver: Program) -> Budget:
        """Note that a round begins; return its budget."""
        fact = RoundStarted(round=number, improver=improver.id)
        self.engine.journal.write(self.prefix, fact, f"round:{self.name(number)}")
        return Budget(parent=self.engine.ledger)

    async def improve(
        self, number: int, worker: Program, initial: Program, budget: Budget
    ) -> Ended:
        """Return how ``worker`` ended when it was set to improve ``initial``."""
        engine, name = self.engine, self.name(number)
        seed = derive(engine.settings.seed, "round", number)
        job = engine.invocation_spec(name, worker, initial, MetaUtility(engine, name), seed)
        return await engine.invocations.run(engine.meta_invocation_spec(job), budget)

    async def measure(self, name: str, improver: Program, budget: Budget) -> MetaEvaluated:
        """Return the meta-utility of an improver on train."""
        return await meta_evaluate(self.engine, name, improver, train_draws(self.engine), budget)

    async def compare(
        self, number: int, share: tuple[int, int], pair: tuple[Program, Program], budget: Budget
    ) -> Verdicts:
        """Return the gate's verdict on an improver in force and a newcomer, on fresh pairs.

        Args:
            number: of the round.
            share: which decision of how many it is, so that alpha is the whole run's.
            pair: the improver in force, the newcomer.
            budget: of the round.

        Raises:
            LimitReached: a limit is spent.
        """
        pairing = Pairing(self.name(number), f"gate.r{number}", *pair)
        return await compared(self.engine, self._gate(*share), pairing, budget)

    def decide(
        self, number: int, pair: tuple[Program, Program | None], verdicts: Verdicts
    ) -> Decided:
        """Add a decision to the ledger; return it as it stands in the log."""
        incumbent, proposed = pair
        decision = Decided(
            round=number,
            incumbent=incumbent.id,
            proposed=proposed.id if proposed else None,
            adopted=verdicts.adopted,
            reason=verdicts.reason,
            rule=self.engine.settings.adopt,
            incumbent_scores=verdicts.incumbent_scores,
            proposed_scores=verdicts.proposed_scores,
            statistic=verdicts.evidence,
            threshold=verdicts.threshold,
        )
        decision = decision.model_copy(update={"head": chained(self.head, decision)})
        written = self.engine.journal.write(self.prefix, decision, f"decided:{self.name(number)}")
        assert isinstance(written, Decided)
        self.head = written.head
        return written

    def finish(self, decision: Decided, improver: Program, budget: Budget) -> None:
        """Note that a round ended with ``improver`` in force."""
        fact = RoundFinished(
            round=decision.round,
            proposed=decision.proposed,
            adopted=improver.id == decision.proposed,
            improver=improver.id,
            reason=decision.reason,
            charged=budget.charged(),
        )
        key = f"round-end:{self.name(decision.round)}"
        self.engine.journal.write(self.prefix, fact, key)


def chained(head: str, decision: Decided) -> str:
    """Return the head of the ledger after a decision: SHA-256 over the old head and it."""
    content = decision.model_dump(mode="json", exclude={"head"})
    text = head + json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
