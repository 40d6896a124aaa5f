"""Scores compared: seed and winner at the same fresh seeds, taking turns."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import Any

from selftaught.analysis.intervals import mean_interval
from selftaught.app.patch.aim import Aim
from selftaught.app.patch.equals import (
    Equals,
    differing,
    refusal,
    status_of,
    unequal,
)
from selftaught.app.patch.inputs import FINAL
from selftaught.app.patch.result import MAY_DIFFER, SEVERAL
from selftaught.repository.gain import OPTION, MinimumGain
from selftaught.repository.judge import Judge, outcome, score_seed
from selftaught.repository.speed import Equality
from selftaught.values.facts import Compared
from selftaught.values.outcome import Outcome, Status
from selftaught.values.program import Program
from selftaught.values.records import Interval
from selftaught.values.seeds import derive
from selftaught.values.task import InstanceSet, Task

SAME_RUNS = 2
"""Runs of a score that is the same each time: more would show nothing."""
ROUNDING = 1e-12
"""Of a score: what rounding may take of a difference."""
NOTHING = Interval(mean=None, low=None, high=None, n=0)


class ScoreJudge:
    """Scores versions by the user's command, where their results are the original's."""

    def __init__(self, judge: Judge, aim: Aim, equals: Equals) -> None:
        """Bind the judge and what compares results, which share a workshop."""
        self._judge = judge
        self._aim = aim
        self._equals = equals
        self._found: dict[tuple[str, bool], Equality] = {}

    def evaluate(self, task: Task, program: Program, instances: InstanceSet) -> Outcome:
        """Return what became of a version: of its check, of its results, then of its score."""
        trial = self._judge.check(program)
        if trial.status is Status.OK and program != task.seed:
            equality = self._equality(program, instances.seed)
            if unequal(equality):
                trial = differing(trial, equality, allowed=True)
                mode = self._judge.workshop.commands.mode
                return outcome(task, program, instances, [trial], mode)
        return self._judge.evaluate(task, program, instances)

    def compare(self, versions: tuple[Program, Program], seed: int) -> Compared:
        """Return the seed program and the winner measured against each other.

        The check is run again, and results are compared on inputs that the search never saw.
        Pairs of runs have the same value of ``SELFTAUGHT_SEED``, one that the search never had;
        which version goes first is drawn, so that a machine that gets slower or faster favours
        none.

        Args:
            versions: the seed program, and the winner.
            seed: the run's.
        """
        before, after = versions
        checks = [self._judge.recheck(version) for version in versions]
        seconds = sum(each.seconds for each in checks)
        failed = next((each for each in checks if each.status is not Status.OK), None)
        if failed:
            return _ended(versions, ("failed", failed.detail), seconds)
        equality = self._equality(after, seed, final=True)
        if unequal(equality):
            ended = str(status_of(equality)), refusal(equality, allowed=True)
            return _ended(versions, ended, seconds, equality)
        scores: dict[str, list[float]] = {before.id: [], after.id: []}
        for number in range(comparison_runs(self._aim)):
            order = versions[:: -1 if derive(seed, "order", number) % 2 else 1]
            for version in order:
                trial = self._judge.measure(version, score_seed(seed, FINAL, number))
                seconds += trial.seconds
                if trial.status is not Status.OK or trial.score is None:
                    return _ended(versions, ("failed", trial.detail), seconds, equality)
                scores[version.id].append(trial.score)
        found = _told(self._aim, versions, scores, seconds)
        return found.model_copy(update={"figures": {**found.figures, **_figures(equality)}})

    def _equality(self, program: Program, seed: int, *, final: bool = False) -> Equality:
        """Return whether a version gives what the original gives; it is asked once."""
        if self._aim.goal.results_may_differ:
            reason = f"they may be others than the original's ({MAY_DIFFER})"
            return Equality(status="may_differ", reason=reason)
        if not self._equals.examined:
            return Equality(status="unexamined", reason=SEVERAL)
        if (program.id, final) not in self._found:
            self._equals.known(seed, final=final)
            workshop = self._judge.workshop
            refused = workshop.install(program.source)
            assert refused is None, refused
            found = self._equals.compare(workshop, seed, final=final)
            self._found[program.id, final] = found
        return self._found[program.id, final]


def comparison_runs(aim: Aim) -> int:
    """Return how many pairs of runs a comparison takes."""
    varies = aim.baseline.noisy or aim.baseline.seeded
    return aim.goal.score_runs if varies else SAME_RUNS


def _told(
    aim: Aim, versions: tuple[Program, Program], scores: dict[str, list[float]], seconds: float
) -> Compared:
    before, after = (scores[version.id] for version in versions)
    gain = mean_interval([new - old for old, new in zip(before, after, strict=True)])
    status, reason = verdict(before, after, aim.goal.least_gain)
    if not (aim.baseline.noisy or aim.baseline.seeded):
        reason += ", whose score does not depend on SELFTAUGHT_SEED: the search saw the same"
    return Compared(
        program=versions[1].id,
        against=versions[0].id,
        what="score",
        status=status,
        reason=reason,
        before=tuple(before),
        after=tuple(after),
        gain=gain,
        figures={"unseen": aim.baseline.seeded},
        seconds=seconds,
    )


def verdict(
    before: Sequence[float], after: Sequence[float], minimum: MinimumGain
) -> tuple[str, str]:
    """Return what paired runs show, and why: ``better`` where all of the interval is enough.

    Args:
        before: scores of the original, two or more.
        after: scores of the version, at the same seeds.
        minimum: the least gain that is offered.
    """
    gains = [new - old for old, new in zip(before, after, strict=True)]
    gain, runs = mean_interval(gains), f"in {len(gains)} fresh paired runs"
    assert gain.mean is not None
    assert gain.low is not None
    assert gain.high is not None
    if gain.high < 0:
        return "worse", f"worse {runs}"
    if gain.low <= 0:
        return "unclear", f"no difference could be shown {runs}"
    beyond = mean_interval(
        [each - least for each, least in zip(gains, minimum.least(before), strict=True)]
    )
    assert beyond.low is not None
    assert beyond.high is not None
    slack = ROUNDING * max(map(abs, (*before, *after)))
    if beyond.low >= -slack:
        return "better", f"better {runs}"
    mean, low, high = (
        minimum.told(each, fmean(before)) for each in (gain.mean, gain.low, gain.high)
    )
    if beyond.high < 0:
        return "small", f"better by {mean} {runs}, less than {OPTION} {minimum.text}"
    return "small", (
        f"better by {mean} ({low} to {high}) {runs}, which is not shown to be {OPTION} "
        f"{minimum.text} or more; more --score-runs may show it"
    )


def _ended(
    versions: tuple[Program, Program],
    ended: tuple[str, str],
    seconds: float,
    equality: Equality | None = None,
) -> Compared:
    """Return a comparison without scores; ``ended`` is its status and why."""
    return Compared(
        program=versions[1].id,
        against=versions[0].id,
        what="score",
        status=ended[0],
        reason=ended[1],
        before=(),
        after=(),
        gain=NOTHING,
        figures=_figures(equality) if equality else {},
        seconds=seconds,
    )


def _figures(equality: Equality) -> dict[str, Any]:
    return {"equality": equality.model_dump(mode="json")}
