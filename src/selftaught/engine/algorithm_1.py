"""Algorithm 1 of the paper (STOP): an improver improves the improver, round after round."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from selftaught.budget import Budget
from selftaught.engine.adoption import Verdicts, unusable
from selftaught.engine.improver_population import Founder, Population
from selftaught.engine.invocation import Ended
from selftaught.engine.round_steps import RoundSteps
from selftaught.values.facts import Decided
from selftaught.values.program import Program

Approval = Callable[[str, Decided, Program], Awaitable[bool]]
"""``approval(invocation, decision, proposed)`` returns a person's word."""


@dataclass(frozen=True)
class Round:
    """What one round came to: ``improver`` is the one in force after it."""

    number: int
    incumbent: Program
    proposed: Program | None
    decision: Decided
    improver: Program


class Algorithm1:
    """The rounds of one arm."""

    def __init__(
        self, steps: RoundSteps, founder: Founder, approval: Approval | None = None
    ) -> None:
        """Prepare an arm.

        Args:
            steps: of this arm.
            founder: `Succession.founded` for one improver in force at a time, as in the paper;
                `Archive.founded` for a population.
            approval: asked before an adopted improver is put to work.
        """
        self._steps = steps
        self._founder = founder
        self._approval = approval
        self.rounds: list[Round] = []
        self.population: Population | None = None
        """What the last round left."""

    async def run(self, start: Program) -> Program:
        """Return the improver in force after the last round.

        ``I_t = I_{t-1}(meta_utility, I_{t-1}, L)`` for t = 1..T, adopted by the run's rule.

        Raises:
            LimitReached: a limit is spent; `rounds` holds those that ended.
        """
        steps, rounds = self._steps, self._steps.engine.settings.scale.rounds
        first = await steps.measure(steps.name(0), start, Budget(parent=steps.engine.ledger))
        population = self._founder(start, first.score)
        for number in range(1, rounds + 1):
            population = await self._round(number, population)
        self.population = population
        if population.challenger is None:
            return population.improver
        return await self._confirm(rounds + 1, population.improver, population.challenger)

    async def _round(self, number: int, population: Population) -> Population:
        steps, turn = self._steps, population.turn(self._steps, number)
        budget = steps.begin(number, turn.parent)
        ended = await steps.improve(number, turn.worker, turn.parent, budget)
        verdicts = await self._judge(number, population, ended, budget)
        proposed, improver = ended.program, turn.parent
        decision = steps.decide(number, (turn.parent, proposed), verdicts)
        if proposed and decision.adopted and await self._approved(number, decision, proposed):
            population, improver = population.adopt(turn, proposed, verdicts), proposed
        self._finish(Round(number, turn.parent, proposed, decision, improver), budget)
        return population

    async def _judge(
        self, number: int, population: Population, ended: Ended, budget: Budget
    ) -> Verdicts:
        steps, proposed = self._steps, ended.program
        why_not = unusable(proposed)
        if proposed is None or why_not:
            return Verdicts(False, f"{why_not} ({ended.status}: {ended.detail})")
        if known := population.known(proposed):
            return Verdicts(False, known)
        measured = await steps.measure(f"{steps.name(number)}/proposed", proposed, budget)
        return await population.judge(steps, number, measured, proposed, budget)

    async def _confirm(self, number: int, incumbent: Program, challenger: Program) -> Program:
        """Return the challenger if it passes the gate on fresh pairs, else the incumbent."""
        steps, pair = self._steps, (incumbent, challenger)
        budget = steps.begin(number, incumbent)
        verdicts = await steps.compare(number, (1, 1), pair, budget)
        decision = steps.decide(number, pair, verdicts)
        improver = challenger if decision.adopted else incumbent
        self._finish(Round(number, incumbent, challenger, decision, improver), budget)
        return improver

    async def _approved(self, number: int, decision: Decided, proposed: Program) -> bool:
        name = self._steps.name(number)
        return self._approval is None or await self._approval(name, decision, proposed)

    def _finish(self, ended: Round, budget: Budget) -> None:
        self.rounds.append(ended)
        self._steps.finish(ended.decision, ended.improver, budget)
