"""Rounds of many runs: the meta-utility of the improvers in force (the paper, figure 4)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean

from selftaught.analysis.comparison import Measurement
from selftaught.analysis.imp_at_k import imp_at_k
from selftaught.analysis.intervals import mean_interval
from selftaught.analysis.rounds import GAIN, share_gaining, standard_error
from selftaught.engine.arms import FROZEN, STOP, rounds_prefix
from selftaught.engine.settings import Scale
from selftaught.experiments.curves import moment
from selftaught.experiments.tournaments import TournamentLog
from selftaught.runs.results import Result
from selftaught.values.event import Event
from selftaught.values.facts import MetaEvaluated, RoundFinished
from selftaught.values.records import Interval

TESTS = "rounds"
"""Begins the labels of the tournaments that measure on test what a run had in force."""


class RoundPoint(Result):
    """The improvers in force after a round, over the runs; errors are standard errors."""

    round: int
    train: Interval
    train_error: float | None
    test: Interval
    test_error: float | None


class Gaining(Result):
    """The share of runs whose last improver is better on test than their first by ``least``."""

    least: float
    count: int
    n: int
    rate: float | None
    low: float | None
    high: float | None


class ArmRounds(Result):
    """One arm's rounds: ``C`` is self-improvement, ``B`` the first improver in every round."""

    arm: str
    points: list[RoundPoint]
    gaining: Gaining


class OneRun(Result):
    """One run of one arm: the improver in force after each round, and its meta-utility."""

    number: int
    arm: str
    improvers: list[str]
    train: list[float]
    test: list[float]


class ImpPoint(Result):
    """imp@k: the gain over the seed program after ``calls`` model calls, of a round's improver."""

    round: int
    calls: int
    gain: Interval


class RoundsResult(Result):
    """Meta-utility against rounds, of the runs that are whole."""

    runs: int
    arms: list[ArmRounds]
    each: list[OneRun]
    imp: list[ImpPoint]


@dataclass(frozen=True)
class Carried:
    """The improver that is carried over, and the number of the run that found it."""

    improver: str
    number: int
    train: float


def test_repeats(scale: Scale, tasks: int) -> int:
    """Return how often an improver is measured on test on each of so many tasks."""
    return math.ceil(scale.gate_pairs / tasks)


def in_force(events: Iterable[Event], number: int, arm: str, start: str) -> list[str]:
    """Return the ids of the improvers in force before the first round and after each."""
    prefix = rounds_prefix(number, arm)
    found = [
        event.fact
        for event in events
        if event.invocation == prefix and isinstance(event.fact, RoundFinished)
    ]
    return [start, *(fact.improver for fact in sorted(found, key=lambda each: each.round))]


def best_found(events: Sequence[Event], runs: Iterable[int], start: str) -> Carried:
    """Return the improver that self-improvement ended with in the best run, by train alone.

    Of equal ones that of the first run.
    """
    measured = _Measured(events)
    finals = [
        Carried(last, number, measured.train(number, STOP, last))
        for number in runs
        for last in in_force(events, number, STOP, start)[-1:]
    ]
    return max(finals, key=lambda each: (each.train, -each.number))


def rounds_result(blocks: TournamentLog, tasks: Sequence[str], runs: int) -> RoundsResult:
    """Return what a log tells of the rounds of its whole runs."""
    reader = _Rounds(blocks, len(tasks))
    each = [
        run for number in range(runs) for arm in (STOP, FROZEN) if (run := reader.run(number, arm))
    ]
    arms = {arm: [run for run in each if run.arm == arm] for arm in (STOP, FROZEN)}
    return RoundsResult(
        runs=len(arms[STOP]),
        arms=[_arm(arm, own) for arm, own in arms.items()],
        each=each,
        imp=reader.imp(arms[STOP]),
    )


class _Measured:
    """Measurements on train, by the rounds in which they were made."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._train = {
            ("/".join(event.invocation.split("/")[:3]) + "/", event.fact.improver): event.fact.score
            for event in events
            if isinstance(event.fact, MetaEvaluated)
            and event.fact.split == "train"
            and event.invocation.startswith("arms/")
        }

    def train(self, number: int, arm: str, improver: str) -> float:
        """Return an improver's meta-utility on train, in one arm of one run."""
        return self._train[rounds_prefix(number, arm), improver]


class _Rounds:
    """Reads the runs of one log."""

    def __init__(self, blocks: TournamentLog, tasks: int) -> None:
        self._blocks = blocks
        self._measured = _Measured(blocks.log.events)
        self._events = [
            event for event in blocks.log.events if isinstance(event.fact, RoundFinished)
        ]
        self._tests: dict[int, list[Measurement]] = {}
        scale = blocks.log.settings.scale
        self._rounds, self._calls = scale.rounds, scale.calls
        self._whole = tasks * test_repeats(scale, tasks)

    def run(self, number: int, arm: str) -> OneRun | None:
        """Return a run's meta-utility in each round; None where it is not whole."""
        started = self._blocks.log.started
        ids = in_force(self._events, number, arm, started.improver)
        tested = {
            improver: [each.score for each in self._tested(number) if each.improver == improver]
            for improver in ids
        }
        whole = all(len(scores) == self._whole for scores in tested.values())
        if len(ids) != self._rounds + 1 or not whole:
            return None
        return OneRun(
            number=number,
            arm=arm,
            improvers=ids,
            train=[self._measured.train(number, arm, improver) for improver in ids],
            test=[fmean(tested[improver]) for improver in ids],
        )

    def imp(self, runs: Sequence[OneRun]) -> list[ImpPoint]:
        """Return imp@k of the improvers in force after each round, a run a replicate."""
        if not runs:
            return []
        seeds = [self._seed(run.number) for run in runs]
        found = []
        for place in range(len(runs[0].improvers)):
            curves = [self._curve(run.number, run.improvers[place]) for run in runs]
            found += [
                ImpPoint(round=place, calls=k, gain=imp_at_k(curves, seeds, k))
                for k in range(1, self._calls + 1)
            ]
        return found

    def _tested(self, number: int) -> list[Measurement]:
        if number not in self._tests:
            self._tests[number] = self._blocks.measurements(f"{TESTS}/{number}")
        return self._tests[number]

    def _curve(self, number: int, improver: str) -> list[float]:
        """Return an improver's mean score after each call."""
        own = [each for each in self._tested(number) if each.improver == improver]
        place = f"{TESTS}/{number}/{improver}"
        return [
            fmean(
                moment(self._blocks, place, (each.task, each.repeat, each.score), k).score
                for each in own
            )
            for k in range(1, self._calls + 1)
        ]

    def _seed(self, number: int) -> float:
        """Return the seed programs' mean score on the instances of a run's test."""
        draws = {(each.task, each.repeat) for each in self._tested(number)}
        scores = [
            self._blocks.score(None, task, (f"{TESTS}/{number}", repeat))
            for task, repeat in sorted(draws)
        ]
        return fmean(score for score in scores if score is not None)


def _arm(arm: str, runs: Sequence[OneRun]) -> ArmRounds:
    gaining = share_gaining([run.test[0] for run in runs], [run.test[-1] for run in runs])
    return ArmRounds(
        arm=arm,
        points=[_point(place, runs) for place in range(len(runs[0].improvers) if runs else 0)],
        gaining=Gaining(least=GAIN, **asdict(gaining)),
    )


def _point(place: int, runs: Sequence[OneRun]) -> RoundPoint:
    train, test = [run.train[place] for run in runs], [run.test[place] for run in runs]
    return RoundPoint(
        round=place,
        train=mean_interval(train),
        train_error=standard_error(train),
        test=mean_interval(test),
        test_error=standard_error(test),
    )
