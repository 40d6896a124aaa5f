"""Revalidate result: a winner on fresh seeds, read from a log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

from selftaught.analysis.intervals import mean_interval
from selftaught.analysis.paired import differences, sign_flip_p
from selftaught.analysis.selection_bias import selection_bias
from selftaught.experiments.tournaments import Blocks, by_task
from selftaught.runs.log import Record, Recorded, Scores
from selftaught.runs.results import Result
from selftaught.values.records import Interval
from selftaught.values.task import Split

LABEL = "revalidate"
WINNER, SEED = "winner", "seed"


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


def revalidated(record: Record) -> RevalidateResult:
    """Return what a log tells of the draws that winner and seed have both been scored on."""
    details = record.started.details
    read = _program_scores if details["kind"] == "improve" else _improver_scores
    fresh = read(record)
    chosen = details["chosen"]
    gains = differences(fresh[SEED], fresh[WINNER])
    return RevalidateResult(
        **record.common(),
        of=details["of"],
        kind=details["kind"],
        repeats=details["repeats"],
        winner=_revalidated(record, WINNER, fresh),
        seed_program=_revalidated(record, SEED, fresh),
        difference=mean_interval(gains),
        p_value=sign_flip_p(gains, seed=record.started.seed) if gains else None,
        selection_bias=_bias(chosen[WINNER], fresh[WINNER]),
        gain_bias=_bias(None if None in chosen.values() else chosen[WINNER] - chosen[SEED], gains),
    )


def _revalidated(record: Record, name: str, fresh: Mapping[str, Sequence[float]]) -> Revalidated:
    return Revalidated(
        id=record.started.programs[name],
        chosen=record.started.details["chosen"][name],
        fresh=mean_interval(fresh[name]),
    )


def _bias(chosen: float | None, fresh: Sequence[float]) -> Interval:
    return mean_interval([]) if chosen is None else selection_bias(chosen, fresh)


def _program_scores(record: Record) -> dict[str, list[float]]:
    task = record.started.tasks[0].name
    scores, low = Scores(record), record.started.details["scales"][task]["low"]
    programs = record.started.programs
    found: dict[str, list[float]] = {WINNER: [], SEED: []}
    for repeat in range(record.started.details["repeats"]):
        pair = {
            name: scores.of(programs[name], task, Split.TRAIN, (LABEL, repeat), low=low)
            for name in found
        }
        for name, score in pair.items():
            if score is not None and None not in pair.values():
                found[name].append(score)
    return found


def _improver_scores(record: Record) -> dict[str, list[float]]:
    measurements = Blocks(record).measurements(LABEL)
    found: dict[str, list[float]] = {}
    for name in (WINNER, SEED):
        tasks = by_task(measurements, name).values()
        repeats = sorted({repeat for each in tasks for repeat in each})
        found[name] = [fmean(each[repeat] for each in tasks) for repeat in repeats]
    return found
