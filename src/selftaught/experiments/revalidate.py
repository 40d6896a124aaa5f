"""``revalidate``: a winner scored again on fresh seeds, and what of its score was luck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Any

from selftaught.analysis.intervals import mean_interval
from selftaught.analysis.paired import differences, sign_flip_p
from selftaught.analysis.selection_bias import selection_bias
from selftaught.budget import Budget
from selftaught.engine.concurrency import all_or_first_failure
from selftaught.engine.engine import Engine
from selftaught.engine.settings import Products
from selftaught.engine.tournament import Entrant, Tournament
from selftaught.engine.utility import Account
from selftaught.errors import UsageError
from selftaught.experiments.products import evaluations, tournament
from selftaught.experiments.tournaments import (
    MOST_REPEATS,
    Scales,
    TournamentLog,
    by_task,
    scales,
)
from selftaught.experiments.winner import RunWinner
from selftaught.runs.experiment import Experiment, Outside, Parameters, Plan, Work
from selftaught.runs.log import Recorded, RunLog, Scores
from selftaught.runs.results import Result
from selftaught.values.facts import RunFinished
from selftaught.values.records import Interval
from selftaught.values.task import InstanceSet, Split

LABEL = "revalidate"
WINNER, SEED = "winner", "seed"


@dataclass(frozen=True)
class RevalidateParameters(Parameters):
    """Which winner is scored again.

    Attributes:
        of: its run.
        kind: that run's kind.
        chosen: the winner's and the seed's score on train, by which it was found.
        repeats: fresh draws.
        scales: of the tasks.
        arguments: the command line that makes the run again.
    """

    of: str
    kind: str
    chosen: dict[str, float | None]
    repeats: int
    scales: Scales
    arguments: list[str]


class Revalidated(Result):
    """A program or improver: its score on train when it was chosen, and on fresh seeds."""

    id: str
    chosen: float | None
    fresh: Interval


class RevalidateResult(Recorded):
    """What ``revalidate`` prints.

    Attributes:
        of: the run whose winner it is.
        kind: that run's command.
        repeats: fresh draws of instances and of program seeds, each of the train split's size.
        winner: the winner.
        seed_program: what the run began with; an improver for a run of ``run``.
        difference: winner minus seed on the fresh draws, paired.
        p_value: two-sided sign-flip test of it; None before the first draw.
        selection_bias: the winner's score when chosen minus its scores on fresh draws.
        gain_bias: the same of the gain over the seed, so that train instances which are
            easier or harder for both drop out.
    """

    of: str
    kind: str
    repeats: int
    winner: Revalidated
    seed_program: Revalidated
    difference: Interval
    p_value: float | None
    selection_bias: Interval
    gain_bias: Interval


def revalidate_plan(
    winner: RunWinner, base: Plan[Any], *, repeats: int, seed: int
) -> Plan[RevalidateParameters]:
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
    parameters = RevalidateParameters(
        of=winner.run,
        kind=winner.kind,
        chosen={WINNER: winner.score, SEED: winner.seed_score},
        repeats=repeats,
        scales=scales(base.tasks),
        arguments=[LABEL, winner.run, "--repeats", str(repeats)],
    )
    return replace(
        base,
        experiment=REVALIDATE,
        parameters=parameters,
        settings=replace(base.settings, seed=seed),
        programs={SEED: winner.seed, WINNER: winner.program},
    )


class RevalidateWork:
    """What ``selftaught revalidate`` does. Its run is new, so that no score is known before."""

    def __init__(self, engine: Engine, plan: Plan[RevalidateParameters]) -> None:
        """Prepare the draws that the plan asks for."""
        self._engine = engine
        self._plan = plan

    async def run(self) -> None:
        """Score winner and seed on every draw."""
        repeats = range(self._plan.parameters.repeats)
        if self._plan.parameters.kind == "improve":
            await self._score_programs(repeats)
        else:
            entrants = [Entrant(name, each) for name, each in self._plan.programs.items()]
            tournament = Tournament(self._engine, LABEL, split=Split.TRAIN)
            await tournament.run(entrants, repeats)
        best = self._plan.programs[WINNER].id
        self._engine.journal.write("", RunFinished(best=best, head=""), "end")

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


class RevalidateExperiment(Experiment[RevalidateParameters]):
    """What ``selftaught revalidate`` does."""

    kind = LABEL
    parameters = RevalidateParameters
    of_a_run = True

    def most(self, plan: Plan[RevalidateParameters]) -> Products:
        """Return the most of winner and seed on every draw."""
        repeats = plan.parameters.repeats
        if plan.parameters.kind == "run":
            return tournament(plan.settings.scale, plan.tasks, 2 * repeats)
        return evaluations(plan.tasks[0], 2 * repeats)

    def work(self, plan: Plan[RevalidateParameters], engine: Engine, outside: Outside) -> Work:
        """Return what scores them."""
        return RevalidateWork(engine, plan)

    def result(self, log: RunLog) -> RevalidateResult:
        """Return what the draws say that winner and seed have both been scored on."""
        given = RevalidateParameters.from_details(log.started.details)
        read = _program_scores if given.kind == "improve" else _improver_scores
        fresh, chosen = read(log, given), given.chosen
        gains = differences(fresh[SEED], fresh[WINNER])
        before, after = chosen[SEED], chosen[WINNER]
        return RevalidateResult(
            **log.common(),
            of=given.of,
            kind=given.kind,
            repeats=given.repeats,
            winner=_revalidated(log, given, WINNER, fresh),
            seed_program=_revalidated(log, given, SEED, fresh),
            difference=mean_interval(gains),
            p_value=sign_flip_p(gains, seed=log.started.seed) if gains else None,
            selection_bias=_bias(after, fresh[WINNER]),
            gain_bias=_bias(None if before is None or after is None else after - before, gains),
        )


REVALIDATE = RevalidateExperiment()


def _revalidated(
    log: RunLog, given: RevalidateParameters, name: str, fresh: Mapping[str, Sequence[float]]
) -> Revalidated:
    return Revalidated(
        id=log.started.programs[name],
        chosen=given.chosen[name],
        fresh=mean_interval(fresh[name]),
    )


def _bias(chosen: float | None, fresh: Sequence[float]) -> Interval:
    return mean_interval([]) if chosen is None else selection_bias(chosen, fresh)


def _program_scores(log: RunLog, given: RevalidateParameters) -> dict[str, list[float]]:
    task = log.started.tasks[0].name
    scores, low = Scores(log), given.scales[task]["low"]
    programs = log.started.programs
    found: dict[str, list[float]] = {WINNER: [], SEED: []}
    for repeat in range(given.repeats):
        pair = {
            name: scores.of(programs[name], task, Split.TRAIN, (LABEL, repeat), low=low)
            for name in found
        }
        for name, score in pair.items():
            if score is not None and None not in pair.values():
                found[name].append(score)
    return found


def _improver_scores(log: RunLog, given: RevalidateParameters) -> dict[str, list[float]]:
    measurements = TournamentLog(log, given.scales).measurements(LABEL)
    found: dict[str, list[float]] = {}
    for name in (WINNER, SEED):
        tasks = by_task(measurements, name).values()
        repeats = sorted({repeat for each in tasks for repeat in each})
        found[name] = [fmean(each[repeat] for each in tasks) for repeat in repeats]
    return found
