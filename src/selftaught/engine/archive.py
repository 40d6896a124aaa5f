"""The archive: a population of improvers instead of one line of them.

Parents are drawn by score, novelty and by what their descendants achieved (after the
Darwin and Huxley Gödel Machines). What the population thinks of its best member was
measured on train, where it was chosen; so at the end the best member has to pass the
paired gate against the starting improver, on fresh seeds.
"""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass
from random import Random

from selftaught.budget import Budget
from selftaught.engine.adoption import Verdicts, unusable
from selftaught.engine.algorithm_1 import Approval, Round
from selftaught.engine.invocation import Ended
from selftaught.engine.round_steps import RoundSteps
from selftaught.values.outcome import Status
from selftaught.values.program import Program
from selftaught.values.seeds import derive

SHARPNESS = 10.0
"""Slope of the logistic by which a better line is preferred (scores are in [0, 1])."""


@dataclass(frozen=True)
class Member:
    """An improver of the population: its meta-utility on train and its parent's place."""

    program: Program
    score: float
    parent: int | None


class Archive:
    """The rounds of a population."""

    def __init__(self, steps: RoundSteps, approval: Approval | None = None) -> None:
        """Prepare an empty population; ``approval`` is asked before a member is put to work."""
        self._steps = steps
        self._approval = approval
        self.members: list[Member] = []
        self.rounds: list[Round] = []

    async def run(self, start: Program) -> Program:
        """Return the best member if it passes the gate against ``start``, else ``start``.

        Raises:
            LimitReached: a limit is spent; `rounds` holds those that ended.
        """
        steps, engine = self._steps, self._steps.engine
        ledger = Budget(parent=engine.ledger)
        first = await steps.measure(steps.name(0), start, ledger)
        self.members.append(Member(start, first.score, None))
        for number in range(1, engine.settings.scale.rounds + 1):
            await self._round(number)
        return await self._confirm(start)

    async def _round(self, number: int) -> None:
        steps, seed = self._steps, self._steps.engine.settings.seed
        rng = Random(derive(seed, "archive", steps.prefix, number))
        place = rng.choices(range(len(self.members)), weights=weights(self.members))[0]
        parent = self.members[place].program
        name, ledger = steps.name(number), steps.begin(number, parent)
        ended = await steps.improve(number, parent, parent, ledger)
        verdicts, score = await self._judge(name, ended, ledger)
        decision = steps.decide(name, number, (parent, ended.program), verdicts)
        improver, child = parent, ended.program
        if (
            child
            and decision.adopted
            and (self._approval is None or await self._approval(name, decision, child))
        ):
            self.members.append(Member(child, score, place))
            improver = child
        self.rounds.append(Round(number, parent, child, decision, improver))
        steps.finish(decision, improver, ledger)

    async def _judge(self, name: str, ended: Ended, ledger: Budget) -> tuple[Verdicts, float]:
        child = ended.program
        why_not = unusable(child)
        if child is None or why_not:
            return Verdicts(False, f"{why_not} ({ended.status}: {ended.detail})"), 0.0
        if any(member.program == child for member in self.members):
            return Verdicts(False, "the proposal is in the archive already"), 0.0
        measured = await self._steps.measure(f"{name}/proposed", child, ledger)
        if measured.status != Status.OK:
            return Verdicts(False, f"the proposal fails: {measured.status}"), 0.0
        reason = f"enters the archive with meta-utility {measured.score:.4f} on train"
        return Verdicts(True, reason), measured.score

    async def _confirm(self, start: Program) -> Program:
        best = max(self.members, key=lambda member: (member.score, -len(member.program.source)))
        if best.program == start:
            return start
        steps, number = self._steps, self._steps.engine.settings.scale.rounds + 1
        name, ledger = steps.name(number), steps.begin(number, start)
        verdicts = await steps.pairs(name, (1, 1), (start, best.program), ledger)
        decision = steps.decide(name, number, (start, best.program), verdicts)
        improver = best.program if decision.adopted else start
        self.rounds.append(Round(number, start, best.program, decision, improver))
        steps.finish(decision, improver, ledger)
        return improver


def weights(members: list[Member]) -> list[float]:
    """Return the weight of each member in the draw of a parent, each > 0.

    The product of three factors: a logistic of the best score among the member and its
    descendants, against the population's mean; 1 / (1 + children); and 1/2 to 1 by how
    little its text resembles its nearest neighbour's.
    """
    mean = sum(member.score for member in members) / len(members)
    found = []
    for place, member in enumerate(members):
        line = [member.score, *(members[other].score for other in descendants(members, place))]
        children = sum(other.parent == place for other in members)
        preference = 1 / (1 + math.exp(-SHARPNESS * (max(line) - mean)))
        found.append(preference / (1 + children) * (0.5 + 0.5 * novelty(members, place)))
    return found


def descendants(members: list[Member], place: int) -> list[int]:
    """Return the places of all that come from a member; parents stand before children."""
    found = {place}
    for other, member in enumerate(members):
        if member.parent in found:
            found.add(other)
    return sorted(found - {place})


def novelty(members: list[Member], place: int) -> float:
    """Return 1 minus the greatest likeness to another member's text, in [0, 1]."""
    own = members[place].program.source.splitlines()
    likeness = [
        difflib.SequenceMatcher(None, own, other.program.source.splitlines()).ratio()
        for number, other in enumerate(members)
        if number != place
    ]
    return 1 - max(likeness, default=0.0)
