"""The archive: a population of improvers instead of one line of them.

Parents are drawn by score, novelty and by what their descendants achieved (after the
Darwin and Huxley Gödel Machines). What the population thinks of its best member was
measured on train, where it was chosen; so at the end the best member has to pass the
paired gate against the starting improver, on fresh seeds.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from selftaught.budget import Budget
from selftaught.engine.adoption import Verdicts
from selftaught.engine.improver_population import Turn
from selftaught.engine.round_steps import RoundSteps
from selftaught.values.facts import MetaEvaluated
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


@dataclass(frozen=True)
class Archive:
    """A `Population` whose members all stay; the first is the starting improver."""

    members: tuple[Member, ...]

    @classmethod
    def founded(cls, start: Program, train: float) -> Archive:
        """Return the archive of the starting improver, with its meta-utility on train."""
        return cls((Member(start, train, None),))

    def turn(self, steps: RoundSteps, number: int) -> Turn:
        """Return that a member which is drawn by its weight improves itself."""
        rng = Random(derive(steps.engine.settings.seed, "archive", steps.prefix, number))
        place = rng.choices(range(len(self.members)), weights=weights(self.members))[0]
        parent = self.members[place].program
        return Turn(parent, parent, place)

    def known(self, proposed: Program) -> str:
        """Return why a proposal is nothing new; empty where it is."""
        among = any(member.program == proposed for member in self.members)
        return "the proposal is in the archive already" if among else ""

    async def judge(
        self,
        steps: RoundSteps,
        number: int,
        measured: MetaEvaluated,
        proposed: Program,
        budget: Budget,
    ) -> Verdicts:
        """Return that a proposal enters unless it fails."""
        if measured.status != Status.OK:
            return Verdicts(False, f"the proposal fails: {measured.status}")
        reason = f"enters the archive with meta-utility {measured.score:.4f} on train"
        return Verdicts(True, reason, train=measured.score)

    def adopt(self, turn: Turn, proposed: Program, verdicts: Verdicts) -> Archive:
        """Return the archive with the proposal as its newest member."""
        return Archive((*self.members, Member(proposed, verdicts.train, turn.place)))

    @property
    def improver(self) -> Program:
        """The starting improver, unless the challenger passes the gate."""
        return self.members[0].program

    @property
    def challenger(self) -> Program | None:
        """The best member on train, the shortest of equal ones; None: the starting improver."""
        best = max(self.members, key=lambda member: (member.score, -len(member.program.source)))
        return None if best.program == self.improver else best.program


def weights(members: Sequence[Member]) -> list[float]:
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


def descendants(members: Sequence[Member], place: int) -> list[int]:
    """Return the places of all that come from a member; parents stand before children."""
    found = {place}
    for other, member in enumerate(members):
        if member.parent in found:
            found.add(other)
    return sorted(found - {place})


def novelty(members: Sequence[Member], place: int) -> float:
    """Return 1 minus the greatest likeness to another member's text, in [0, 1]."""
    own = members[place].program.source.splitlines()
    likeness = [
        difflib.SequenceMatcher(None, own, other.program.source.splitlines()).ratio()
        for number, other in enumerate(members)
        if number != place
    ]
    return 1 - max(likeness, default=0.0)
