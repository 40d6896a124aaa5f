"""Scores compared: seed and winner at the same fresh seeds, taking turns."""

from __future__ import annotations

from selftaught.analysis.intervals import mean_interval
from selftaught.app.patch.aim import Aim
from selftaught.repository.judge import Judge, Trial, score_seed
from selftaught.values.facts import Compared
from selftaught.values.outcome import Status
from selftaught.values.program import Program
from selftaught.values.records import Interval
from selftaught.values.seeds import derive

SAME_RUNS = 2
"""Runs of a score that is the same each time: more would show nothing."""
NOTHING = Interval(mean=None, low=None, high=None, n=0)


def compare_scores(
    judge: Judge, aim: Aim, versions: tuple[Program, Program], seed: int
) -> Compared:
    """Return the seed program and the winner measured against each other.

    The check is run again for the winner. Pairs of runs have the same value of
    ``SELFTAUGHT_SEED``, one that the search never had; which version goes first is drawn,
    so that a machine that gets slower or faster favours none.

    Args:
        judge: runs the commands.
        aim: what is to be reached.
        versions: the seed program, and the winner.
        seed: the run's.
    """
    before, after = versions
    checks = [judge.recheck(version) for version in versions]
    failed = next((each for each in checks if each.status is not Status.OK), None)
    if failed:
        return _ended(versions, failed, sum(each.seconds for each in checks))
    scores: dict[str, list[float]] = {before.id: [], after.id: []}
    seconds = sum(each.seconds for each in checks)
    for number in range(comparison_runs(aim)):
        order = versions[:: -1 if derive(seed, "order", number) % 2 else 1]
        for version in order:
            trial = judge.measure(version, score_seed(seed, "final", number))
            seconds += trial.seconds
            if trial.status is not Status.OK or trial.score is None:
                return _ended(versions, trial, seconds)
            scores[version.id].append(trial.score)
    return _told(aim, versions, scores, seconds)


def comparison_runs(aim: Aim) -> int:
    """Return how many pairs of runs a comparison takes."""
    varies = aim.baseline.noisy or aim.baseline.seeded
    return aim.goal.score_runs if varies else SAME_RUNS


def _told(
    aim: Aim, versions: tuple[Program, Program], scores: dict[str, list[float]], seconds: float
) -> Compared:
    before, after = (scores[version.id] for version in versions)
    gain = mean_interval([new - old for old, new in zip(before, after, strict=True)])
    if gain.low is not None and gain.low > 0:
        status, reason = "better", f"better in {gain.n} fresh paired runs"
    elif gain.high is not None and gain.high < 0:
        status, reason = "worse", f"worse in {gain.n} fresh paired runs"
    else:
        status, reason = "unclear", f"no difference could be shown in {gain.n} fresh paired runs"
    if not (aim.baseline.noisy or aim.baseline.seeded):
        reason += ", which are all the same run: there are no inputs that the search did not see"
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


def _ended(versions: tuple[Program, Program], trial: Trial, seconds: float) -> Compared:
    return Compared(
        program=versions[1].id,
        against=versions[0].id,
        what="score",
        status="failed",
        reason=trial.detail,
        before=(),
        after=(),
        gain=NOTHING,
        seconds=seconds,
    )
