"""Minimising: the smallest part of a winner's changes that holds its score.

Delta debugging (Zeller & Hildebrandt 2002) over the changes from the seed to the winner:
hunks first, then lines. What is left holds the winner's score on the train instances and
on fresh ones; texts that are no program cost nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from selftaught.engine.diff import Change, applied, changes, parts
from selftaught.values.facts import Minimised
from selftaught.values.program import Program
from selftaught.values.records import KeptChange

SLACK = 1e-12
"""Of sums of floats, not of scores."""


@dataclass(frozen=True)
class Standing:
    """A program's mean scores on the instances that chose the winner and on fresh ones.

    Where a score has no instances that could be fresh, as a speed has none, both are one.
    """

    train: float
    fresh: float

    def holds(self, other: Standing) -> bool:
        """Return whether this is as good as ``other`` on both."""
        return self.train >= other.train - SLACK and self.fresh >= other.fresh - SLACK


def most_standings(tries: int) -> int:
    """Return how many times a judge is asked at most: the winner and the result included."""
    return 2 * tries + 2  # tidying takes one that `DeltaDebugging` keeps


class VersionScorer(Protocol):
    """Scores versions of a winner."""

    async def standing(self, program: Program) -> Standing:
        """Return the program's scores."""
        ...


class DeltaDebugging:
    """Shrinks one winner, with a bounded number of versions tried."""

    def __init__(
        self,
        judge: VersionScorer,
        usable: Callable[[str], bool],
        tries: int,
        finish: Callable[[str, str, str], Awaitable[str]] | None = None,
    ) -> None:
        """Prepare a search.

        Args:
            judge: scores versions.
            usable: whether a text is worth a try at all.
            tries: versions that are scored, at most.
            finish: tidies what is left: takes the seed's source, the winner's and that of the
                smallest version, and returns the source to end with where that holds the
                winner's score. None: nothing is tidied.
        """
        self._finish = finish
        self._judge = judge
        self._usable = usable
        self._most = tries
        self._known: dict[str, Standing] = {}

    async def run(self, seed: Program, winner: Program) -> Minimised:
        """Return the smallest version that was found, and what its changes are worth.

        Raises:
            LimitReached: a limit is spent.
        """
        goal = await self._judge.standing(winner)
        self._most -= self._finish is not None
        best = winner.source
        for fine in (False, True):
            found = changes(seed.source, best, fine=fine)
            best = applied(seed.source, await self._shrink(seed.source, found, goal))
        best = await self._finished(seed.source, winner.source, best, goal)
        return await self._judged(seed, winner, Program(best), goal)

    async def _finished(self, seed: str, winner: str, best: str, goal: Standing) -> str:
        """Return the smallest version tidied, where that holds the winner's score."""
        if self._finish is None:
            return best
        tidy = await self._finish(seed, winner, best)
        self._most += 1
        standing = await self._try(tidy)
        self._most -= 1
        return tidy if standing and standing.holds(goal) else best

    async def _shrink(self, seed: str, kept: list[Change], goal: Standing) -> list[Change]:
        """Return a part of the changes from which no tried part can be left out."""
        count = 1
        while kept:
            smaller = await self._without_one(seed, kept, count, goal)
            if smaller is not None:
                kept, count = smaller, max(count - 1, 1)
            elif count >= len(kept):
                break
            else:
                count = min(len(kept), 2 * count)
        return kept

    async def _without_one(
        self, seed: str, kept: list[Change], count: int, goal: Standing
    ) -> list[Change] | None:
        """Return the changes without the first of ``count`` parts that is not needed."""
        for part in parts(kept, count):
            rest = [change for change in kept if change not in part]
            standing = await self._try(applied(seed, rest))
            if standing and standing.holds(goal):
                return rest
        return None

    async def _try(self, source: str) -> Standing | None:
        """Return a version's scores; None where it is no program or no try is left."""
        if source not in self._known:
            if len(self._known) >= self._most or not self._usable(source):
                return None
            self._known[source] = await self._judge.standing(Program(source))
        return self._known[source]

    async def _judged(
        self, seed: Program, winner: Program, best: Program, goal: Standing
    ) -> Minimised:
        standing = await self._judge.standing(best)
        kept = changes(seed.source, best.source)
        self._most += min(len(kept), self._most)
        worth = []
        for change in kept:
            without = await self._try(
                applied(seed.source, [each for each in kept if each != change])
            )
            worth.append(
                KeptChange(
                    line=change.first + 1,
                    removed="".join(change.removed),
                    added="".join(change.added),
                    train_without=without.train if without else None,
                    fresh_without=without.fresh if without else None,
                )
            )
        return Minimised(
            winner=winner.id,
            program=best.id,
            train_before=goal.train,
            fresh_before=goal.fresh,
            train=standing.train,
            fresh=standing.fresh,
            changes_before=len(changes(seed.source, winner.source, fine=True)),
            changes_after=len(changes(seed.source, best.source, fine=True)),
            tries=len(self._known),
            kept=tuple(worth),
        )
