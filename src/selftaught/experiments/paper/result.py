"""What the paper's experiments came to, as one object made from the log alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from selftaught.engine.arms import STOP
from selftaught.experiments.arms import SEEN, SetResult, arm_sets
from selftaught.experiments.bypass.result import CELL, Counted, count
from selftaught.experiments.paper.rounds import RoundsResult, best_found, rounds_result
from selftaught.experiments.strategies import ProgramStrategies, StrategyRate, proposed, rates
from selftaught.experiments.tournaments import Scales, TournamentLog
from selftaught.experiments.transfer import TransferTable, transfer_table
from selftaught.runs.experiment import Parameters
from selftaught.runs.log import Recorded, RunLog
from selftaught.runs.results import Result
from selftaught.runs.watch import WatchResult, watch
from selftaught.values.task import Split

TRANSFER, PUBLISHED = "transfer", "published"
"""Labels of the tournaments of table 1: on fresh test instances, on the paper's own."""


@dataclass(frozen=True)
class PaperParameters(Parameters):
    """What the experiments are made of.

    Attributes:
        extent: its name.
        repeats: independent runs of self-improvement.
        transfer_repeats: of the transfer, on each of its tasks.
        samples: proposals of the bypass experiment.
        sets: names of the tasks of the runs.
        unseen: tasks of table 1.
        published: those that are scored on the paper's own instances, too.
        scales: of the tasks.
        path: of the report.
        arguments: the command line that makes the run again.
    """

    extent: str
    repeats: int
    transfer_repeats: int
    samples: int
    sets: dict[str, list[str]]
    unseen: list[str]
    published: list[str]
    scales: Scales
    path: str
    arguments: list[str]


class CarriedOver(Result):
    """The improver of table 1, and which run found it; chosen by its meta-utility on train."""

    improver: str
    run: int
    train: float
    untouched: bool


class Strategies(Result):
    """What the rounds of self-improvement proposed, over all runs."""

    programs: list[ProgramStrategies]
    rates: list[StrategyRate]


class PaperResult(Recorded):
    """What ``paper`` prints, as far as it got: a part that has not begun is empty.

    Attributes:
        extent: the name of the scale.
        extent_data: its numbers.
        rounds: figure 4.
        arms: self-improvement against its controls at equal spend.
        carried: the improver of table 1; None where no run is whole.
        transfer: table 1 on fresh test instances.
        published: table 1 on the very instances of the paper's published scorers.
        strategies: of what was proposed and adopted.
        bypass: table 2; lists only the programs with hits.
        watch: what gives reason to look for reward hacking, and by round whether attempts to
            avoid the sandbox were inherited.
        report: the file of the report.
    """

    extent: str
    rounds: RoundsResult
    arms: list[SetResult]
    carried: CarriedOver | None
    transfer: TransferTable
    published: TransferTable
    strategies: Strategies
    bypass: Counted
    watch: WatchResult
    report: str


def paper_result(log: RunLog) -> PaperResult:
    """Return what a log tells of the paper's experiments, as far as they got.

    The events of the runs are read once and kept; those of the bypass experiment, which may
    be many more, go by.
    """
    given = PaperParameters.from_details(log.started.details)
    runs = [event for event in log.events if not CELL.match(event.invocation)]
    blocks = TournamentLog(replace(log, events=runs), given.scales)
    rounds = rounds_result(blocks, given.sets[SEEN], given.repeats)
    counted = count(log)
    return PaperResult(
        **log.common(),
        extent=given.extent,
        rounds=rounds,
        arms=arm_sets(blocks, given.sets, given.repeats),
        carried=_carried(blocks.log, rounds),
        transfer=transfer_table(blocks, TRANSFER),
        published=transfer_table(blocks.on(Split.PAPER), PUBLISHED),
        strategies=_strategies(blocks.log),
        bypass=counted.model_copy(update={"programs": _with_hits(counted)}),
        watch=watch(log.state, log.get),
        report=given.path,
    )


def _carried(log: RunLog, rounds: RoundsResult) -> CarriedOver | None:
    numbers = [run.number for run in rounds.each if run.arm == STOP]
    if not numbers:
        return None
    start = log.started.improver
    found = best_found(list(log.events), numbers, start)
    return CarriedOver(
        improver=found.improver,
        run=found.number,
        train=found.train,
        untouched=found.improver == start,
    )


def _strategies(log: RunLog) -> Strategies:
    own = [each for each in log.state.rounds if each.arm.endswith(f"/{STOP}/")]
    programs = proposed(own, log.events, log.get)
    return Strategies(programs=programs, rates=rates(programs))


def _with_hits(counted: Counted) -> Sequence[Any]:
    return [each for each in counted.programs if each.hits or each.attested]
