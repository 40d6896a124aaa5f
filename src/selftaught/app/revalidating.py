"""Revalidating: a winner scored again on fresh seeds, and what of its score was luck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from selftaught.app.blocks import scales
from selftaught.app.comparing import MOST_REPEATS, record_of
from selftaught.app.conduct import End
from selftaught.app.plans import Plan
from selftaught.app.revalidate_result import LABEL, SEED, WINNER, RevalidateResult, revalidated
from selftaught.app.winner import Winner
from selftaught.budget import Budget
from selftaught.engine.concurrency import all_or_first_failure
from selftaught.engine.engine import Engine
from selftaught.engine.tournament import Entrant, Tournament
from selftaught.engine.utility import Account
from selftaught.errors import UsageError
from selftaught.values.facts import RunFinished
from selftaught.values.state import RunState
from selftaught.values.task import InstanceSet, Split


def revalidate_plan(winner: Winner, base: Plan, *, repeats: int, seed: int) -> Plan:
    """Return the plan of revalidating a run's winner.

    Args:
        winner: of the run.
        base: the plan that the run was begun with; its budgets are used again.
        repeats: number of fresh draws.
        seed: of the draws; they differ from all that the run saw, whatever its seed was.

    Raises:
        UsageError: fewer than one repeat, or the winner has no score.
    """
    if not 1 <= repeats <= MOST_REPEATS:
        raise UsageError(f"--repeats between 1 and {MOST_REPEATS:,}", str(repeats))
    return replace(
        base,
        command=LABEL,
        settings=replace(base.settings, seed=seed),
        programs={SEED: winner.seed, WINNER: winner.program},
        details={
            "of": winner.run,
            "kind": winner.kind,
            "chosen": {WINNER: winner.chosen, SEED: winner.seed_score},
            "repeats": repeats,
            "scales": scales(base.tasks),
            "arguments": [LABEL, winner.run, "--repeats", str(repeats)],
        },
    )


class RevalidateWork:
    """What ``selftaught revalidate`` does. Its run is new, so that no score is known before."""

    def __init__(self, engine: Engine, plan: Plan) -> None:
        """Prepare the draws that the plan asks for."""
        self._engine = engine
        self._plan = plan

    async def run(self) -> None:
        """Score winner and seed on every draw."""
        repeats = range(self._plan.details["repeats"])
        if self._plan.details["kind"] == "improve":
            await self._score_programs(repeats)
        else:
            entrants = [Entrant(name, each) for name, each in self._plan.programs.items()]
            tournament = Tournament(self._engine, LABEL, split=Split.TRAIN)
            await tournament.run(entrants, repeats)
        best = self._plan.programs[WINNER].id
        self._engine.journal.write("", RunFinished(best=best, head=""), "end")

    async def result(self, state: RunState, end: End, folder: Path) -> RevalidateResult:
        """Return what the draws say, as far as they were scored."""
        return revalidated(record_of(self._engine, state, end))

    async def _score_programs(self, repeats: Sequence[int]) -> None:
        engine, task = self._engine, self._plan.tasks[0]
        account = Account(LABEL, Budget(parent=engine.ledger))
        await all_or_first_failure(
            engine.evaluations.evaluate(
                task,
                program,
                InstanceSet(Split.TRAIN, engine.settings.seed, (LABEL, repeat)),
                account,
            )
            for repeat in repeats
            for program in self._plan.programs.values()
        )
