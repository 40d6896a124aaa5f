"""The steps of a round: an improver improves one, pairs are bought, decisions are chained."""

from __future__ import annotations

import hashlib
import json
import math

from selftaught.budget import Budget
from selftaught.engine.adoption import GateFactory, PairedGate, Verdicts
from selftaught.engine.invocation import Ended
from selftaught.engine.meta_utility import Engine, MetaUtility, PlannedMeasurement, TaskDraw
from selftaught.engine.utility import Account
from selftaught.values.facts import Decided, MetaEvaluated, RoundFinished, RoundStarted
from selftaught.values.program import Program
from selftaught.values.seeds import derive
from selftaught.values.task import InstanceSet, Split

BATCH = 4
"""Pairs bought at a time; a multiple of what two workers can do at once."""


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
        """Note that a round begins; return its ledger."""
        fact = RoundStarted(round=number, improver=improver.id)
        self.engine.journal.write(self.prefix, fact, f"round:{self.name(number)}")
        return Budget(parent=self.engine.ledger)

    async def improve(
        self, number: int, worker: Program, initial: Program, ledger: Budget
    ) -> Ended:
        """Return how ``worker`` ended when it was set to improve ``initial``."""
        engine, name = self.engine, self.name(number)
        seed = derive(engine.settings.seed, "round", number)
        job = engine.invocation_spec(name, worker, initial, MetaUtility(engine, name), seed)
        return await engine.invocations.run(engine.meta_invocation_spec(job), ledger)

    async def measure(self, name: str, improver: Program, ledger: Budget) -> MetaEvaluated:
        """Return the meta-utility of an improver on train."""
        return await self.engine.meta_evaluate(name, improver, self.engine.train_draws(), ledger)

    async def pairs(
        self, name: str, share: tuple[int, int], pair: tuple[Program, Program], ledger: Budget
    ) -> Verdicts:
        """Buy pairs on fresh gate seeds until the gate has decided or none are left.

        ``share``: which decision of how many it is, so that alpha is a run's.
        """
        settings = self.engine.settings
        gate = self._gate(*share)
        draw = f"gate.{name.removeprefix(self.prefix)}"
        room = await rooms(self.engine, ledger)
        old: list[float] = []
        new: list[float] = []
        while gate.verdict == "undecided" and len(old) < settings.scale.gate_pairs:
            count = min(BATCH, settings.scale.gate_pairs - len(old))
            places = self.engine.paired_draws(draw, Split.GATE, len(old), count)
            more = await self._buy(name, pair, places, ledger)
            old += [before for before, _ in more]
            new += [after for _, after in more]
            gains = zip(places, more, strict=True)
            gate = gate.add([(b - a) / room[place.task.name] for place, (a, b) in gains])
        if not old:
            return Verdicts(False, _too_few(settings.scale.gate_pairs, gate))
        reason = _why(gate, old, new, settings.scale.gate_pairs)
        adopted = gate.verdict == "adopt"
        if old == new and len(pair[1].source.strip()) < len(pair[0].source.strip()):
            adopted, reason = True, f"{len(old)} pairs, all equal; the proposal is shorter"
        return Verdicts(adopted, reason, tuple(old), tuple(new), gate.evidence, gate.threshold)

    async def _buy(
        self, name: str, pair: tuple[Program, Program], places: list[TaskDraw], ledger: Budget
    ) -> list[tuple[float, float]]:
        work = [
            PlannedMeasurement(
                f"{name}/gate/{role}/{place.task.name}/{place.repeat}", improver, place
            )
            for place in places
            for role, improver in zip(("old", "new"), pair, strict=True)
        ]
        scores = [score for _, score in (await self.engine.measure(work, ledger)).results]
        return list(zip(scores[::2], scores[1::2], strict=True))

    def decide(
        self, name: str, number: int, pair: tuple[Program, Program | None], verdicts: Verdicts
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
        written = self.engine.journal.write(self.prefix, decision, f"decided:{name}")
        assert isinstance(written, Decided)
        self.head = written.head
        return written

    def finish(self, decision: Decided, improver: Program, ledger: Budget) -> None:
        """Note that a round ended with ``improver`` in force."""
        fact = RoundFinished(
            round=decision.round,
            proposed=decision.proposed,
            adopted=improver.id == decision.proposed,
            improver=improver.id,
            reason=decision.reason,
            charged=ledger.charged(),
        )
        key = f"round-end:{self.name(decision.round)}"
        self.engine.journal.write(self.prefix, fact, key)


async def rooms(engine: Engine, ledger: Budget) -> dict[str, float]:
    """Return what each task's differences are divided by: known best minus the seed's score.

    So a task whose scores lie close together counts as much as one where they are far
    apart (the normalised difference of docs/figures.md). At least a hundredth of the
    task's range, so that a seed at its optimum can't blow noise up.
    """
    found = {}
    for task in engine.tasks:
        instances = InstanceSet(Split.TRAIN, engine.settings.seed, ("headroom",))
        fact = await engine.evaluations.evaluate(
            task, task.seed, instances, Account("headroom", ledger)
        )
        scale = task.scale
        best = scale.high if scale.known_best is None else scale.known_best
        seed = scale.low if fact.score is None else fact.score
        found[task.name] = max(best - seed, (scale.high - scale.low) / 100)
    return found


def _too_few(pairs: int, gate: PairedGate) -> str:
    """Say that even a win in every pair would not be enough: each at most doubles a stake."""
    needed = math.ceil(math.log2(gate.threshold))
    return f"{pairs} pairs can't show that it is better; this decision needs {needed} at least"


def _why(gate: PairedGate, old: list[float], new: list[float], pairs: int) -> str:
    """Return why the gate stopped where it did."""
    mean = sum(after - before for before, after in zip(old, new, strict=True)) / len(old)
    figures = f"mean difference {mean:+.4f}, e-value {gate.evidence:.3g}"
    if gate.verdict == "adopt":
        return f"shown to be better by {len(old)} pairs, of {pairs} at most: {figures}"
    needed = f"{figures} of the {gate.threshold:.3g} needed"
    if len(old) < pairs:
        left = pairs - len(old)
        return (
            f"not shown to be better by {len(old)} pairs; the {left} left could hardly show it: "
            f"{needed}"
        )
    return f"not shown to be better by {pairs} pairs: {needed}"


def chained(head: str, decision: Decided) -> str:
    """Return the head of the ledger after a decision: SHA-256 over the old head and it."""
    content = decision.model_dump(mode="json", exclude={"head"})
    text = head + json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
