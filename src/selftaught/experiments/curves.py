"""Curves: the score against calls, responses and dollars of improvers that are compared.

At every point the best program so far, by the scores that the improver saw, is scored on
held-out instances; so the curve is no maximum over noise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from selftaught.analysis.comparison import Measurement
from selftaught.analysis.intervals import stratified_interval
from selftaught.analysis.normalise import Reference, headroom, normalised
from selftaught.experiments.tournaments import TournamentLog, by_task
from selftaught.runs.results import Result
from selftaught.values.records import Interval


class CurvePoint(Result):
    """What an improver had gained after so many model calls: normalised, mean over tasks.

    ``responses`` and ``cost_usd`` are means of what was spent by then.
    """

    calls: int
    responses: float
    cost_usd: float | None
    gain: Interval


class Curve(Result):
    """An improver's score against calls."""

    improver: str
    points: list[CurvePoint]


@dataclass(frozen=True)
class Moment:
    """Where an invocation stood: what it had spent, and the score of its best so far."""

    responses: int
    cost_usd: float | None
    score: float


def curves(
    blocks: TournamentLog,
    label: str,
    measurements: Sequence[Measurement],
    references: Mapping[str, Reference],
) -> list[Curve]:
    """Return the curve of every improver over the tasks with headroom; none without any.

    An improver that ended early stays at what it returned.
    """
    kept = headroom(references).kept
    calls = blocks.log.settings.scale.calls
    names = dict.fromkeys(each.improver for each in measurements)
    return [
        Curve(
            improver=name,
            points=[
                _point(
                    number,
                    {
                        task: [
                            moment(blocks, f"{label}/{name}", (task, repeat, score), number)
                            for repeat, score in by_task(measurements, name)[task].items()
                        ]
                        for task in kept
                    },
                    references,
                    blocks.log.started.seed,
                )
                for number in range(1, calls + 1)
            ],
        )
        for name in names
        if kept
    ]


def moment(
    blocks: TournamentLog, place: str, returned: tuple[str, int, float], calls: int
) -> Moment:
    """Return where an invocation stood after so many calls, or at its end if that was first.

    Args:
        blocks: of the tournament.
        place: its label and the improver's name, joined by ``/``.
        returned: the task, the repeat, and the score of what was returned in the end.
        calls: model calls, from 1.
    """
    task, repeat, score = returned
    label, entrant = place.rsplit("/", 1)
    points = blocks.points(label, entrant, task, repeat)
    if not points:
        return Moment(0, 0.0, score)
    point = points[min(calls, len(points)) - 1]
    if calls < len(points):
        found = blocks.score(point.program, task, (label, repeat))
        assert found is not None, f"{place} was not scored after call {calls}"
        score = found
    return Moment(point.responses, point.cost_usd, score)


def _point(
    calls: int,
    moments: Mapping[str, Sequence[Moment]],
    references: Mapping[str, Reference],
    seed: int,
) -> CurvePoint:
    every = [moment for each in moments.values() for moment in each]
    costs = [moment.cost_usd for moment in every if moment.cost_usd is not None]
    gains = [
        [normalised(moment.score, references[task]) for moment in each]
        for task, each in moments.items()
    ]
    return CurvePoint(
        calls=calls,
        responses=fmean(moment.responses for moment in every),
        cost_usd=fmean(costs) if len(costs) == len(every) else None,
        gain=stratified_interval(gains, seed=seed),
    )
