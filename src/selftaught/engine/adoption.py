"""Adoption: whether a newcomer replaces the improver in force, decided pair by pair."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol, Self

from selftaught.budget import Budget
from selftaught.engine.engine import Engine
from selftaught.engine.meta_utility import PlannedMeasurement, TaskDraw, measure, paired_draws
from selftaught.engine.utility import Account
from selftaught.improver.contract import check_entry_point
from selftaught.values.program import Program
from selftaught.values.task import InstanceSet, Split

BATCH = 4
"""Pairs bought at a time; a multiple of what two workers can do at once."""

Verdict = Literal["adopt", "reject", "undecided"]


class PairedGate(Protocol):
    """An anytime-valid paired test of "the newcomer is no better"; state in, state out."""

    @property
    def verdict(self) -> Verdict:
        """What the pairs so far allow to say."""
        ...

    @property
    def evidence(self) -> float:
        """The e-value so far."""
        ...

    @property
    def threshold(self) -> float:
        """The e-value from which on the newcomer is adopted."""
        ...

    def add(self, differences: list[float]) -> Self:
        """Return the gate after further pairs; each newcomer's score minus the incumbent's."""
        ...


GateFactory = Callable[[int, int], PairedGate]
"""``factory(decision, decisions)`` returns a fresh gate with that decision's share of alpha."""


@dataclass(frozen=True)
class Verdicts:
    """What a rule decided and why, with the pairs that it looked at.

    Attributes:
        adopted: whether the newcomer is adopted.
        reason: why or why not.
        incumbent_scores: of the improver in force, one a pair.
        proposed_scores: of the newcomer, one a pair.
        evidence: the gate's e-value; None where no pair was bought.
        threshold: the e-value that adopts.
        train: the newcomer's meta-utility on train, where the rule goes by it.
    """

    adopted: bool
    reason: str
    incumbent_scores: tuple[float, ...] = ()
    proposed_scores: tuple[float, ...] = ()
    evidence: float | None = None
    threshold: float | None = None
    train: float = 0.0


def unusable(program: Program | None) -> str:
    """Return why a proposal can't be an improver at all; empty where it can."""
    if program is None:
        return "the improver returned no program"
    why_not = check_entry_point(program.source)
    return f"the proposal is no improver: {why_not}" if why_not else ""


@dataclass(frozen=True)
class Pairing:
    """Two improvers to compare.

    Attributes:
        name: begins the names of the invocations that measure them.
        draw: names the draw of fresh gate instances.
        incumbent: the improver in force.
        proposed: the newcomer.
    """

    name: str
    draw: str
    incumbent: Program
    proposed: Program


async def compared(engine: Engine, gate: PairedGate, pairing: Pairing, budget: Budget) -> Verdicts:
    """Buy pairs on fresh gate instances until the gate has decided or none are left.

    Raises:
        LimitReached: a limit is spent.
    """
    most = engine.settings.scale.gate_pairs
    room = await rooms(engine, budget)
    old: list[float] = []
    new: list[float] = []
    while gate.verdict == "undecided" and len(old) < most:
        draws = paired_draws(
            engine, pairing.draw, Split.GATE, len(old), min(BATCH, most - len(old))
        )
        more = await _buy(engine, pairing, draws, budget)
        old += [before for before, _ in more]
        new += [after for _, after in more]
        gains = zip(draws, more, strict=True)
        gate = gate.add([(b - a) / room[draw.task.name] for draw, (a, b) in gains])
    if not old:
        return Verdicts(False, _too_few(most, gate))
    adopted, reason = gate.verdict == "adopt", _why(gate, old, new, most)
    if old == new and _length(pairing.proposed) < _length(pairing.incumbent):
        adopted, reason = True, f"{len(old)} pairs, all equal; the proposal is shorter"
    return Verdicts(adopted, reason, tuple(old), tuple(new), gate.evidence, gate.threshold)


async def _buy(
    engine: Engine, pairing: Pairing, draws: list[TaskDraw], budget: Budget
) -> list[tuple[float, float]]:
    work = [
        PlannedMeasurement(
            f"{pairing.name}/gate/{role}/{draw.task.name}/{draw.repeat}", improver, draw
        )
        for draw in draws
        for role, improver in (("old", pairing.incumbent), ("new", pairing.proposed))
    ]
    scores = [score for _, score in (await measure(engine, work, budget)).results]
    return list(zip(scores[::2], scores[1::2], strict=True))


def _length(program: Program) -> int:
    return len(program.source.strip())


async def rooms(engine: Engine, budget: Budget) -> dict[str, float]:
    """Return what each task's differences are divided by: known best minus the seed's score.

    So a task whose scores lie close together counts as much as one where they are far
    apart (the normalised difference of docs/figures.md). At least a hundredth of the
    task's range, so that a seed at its optimum can't blow noise up.
    """
    found = {}
    for task in engine.tasks:
        instances = InstanceSet(Split.TRAIN, engine.settings.seed, ("headroom",))
        fact = await engine.evaluations.evaluate(
            task, task.seed, instances, Account("headroom", budget)
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
