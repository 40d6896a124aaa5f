"""What the paper's experiments came to, as one object made from the log alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from selftaught.engine.arms import STOP
from selftaught.experiments.arms_result import SetResult, arm_sets
from selftaught.experiments.bypass.result import CELL, Counted, count
from selftaught.experiments.paper.rounds import RoundsResult, best_found, rounds_result
from selftaught.experiments.strategies import ProgramStrategies, StrategyRate, proposed, rates
from selftaught.experiments.tournaments import Blocks
from selftaught.experiments.transfer_result import TransferTable, transfer_table
from selftaught.runs.log import Record, Recorded
from selftaught.runs.results import Result
from selftaught.runs.watch import WatchResult, watch
from selftaught.values.task import Split

TRANSFER, PUBLISHED = "transfer", "published"
"""Labels of the tournaments of table 1: on fresh test instances, on the paper's own."""


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


def papered(record: Record, get: Callable[[str], str]) -> PaperResult:
    """Return what a log tells of the paper's experiments, as far as they got.

    The events of the runs are read once and kept; those of the bypass experiment, which may
    be many more, go by.

    Args:
        record: the run.
        get: returns the text of an id.
    """
    details = record.started.details
    runs = [event for event in record.events if not CELL.match(event.invocation)]
    blocks = Blocks(replace(record, events=runs))
    rounds = rounds_result(blocks)
    counted = count(record)
    return PaperResult(
        **record.common(),
        extent=details["extent"],
        rounds=rounds,
        arms=arm_sets(blocks),
        carried=_carried(blocks.record, rounds),
        transfer=transfer_table(blocks, TRANSFER),
        published=transfer_table(blocks.on(Split.PAPER), PUBLISHED),
        strategies=_strategies(blocks.record, get),
        bypass=counted.model_copy(update={"programs": _with_hits(counted)}),
        watch=watch(record.state, get),
        report=details["path"],
    )


def _carried(record: Record, rounds: RoundsResult) -> CarriedOver | None:
    numbers = [run.number for run in rounds.each if run.arm == STOP]
    if not numbers:
        return None
    start = record.started.improver
    found = best_found(list(record.events), numbers, start)
    return CarriedOver(
        improver=found.improver,
        run=found.number,
        train=found.train,
        untouched=found.improver == start,
    )


def _strategies(record: Record, get: Callable[[str], str]) -> Strategies:
    own = [each for each in record.state.rounds if each.arm.endswith(f"/{STOP}/")]
    programs = proposed(own, record.events, get)
    return Strategies(programs=programs, rates=rates(programs))


def _with_hits(counted: Counted) -> Sequence[Any]:
    return [each for each in counted.programs if each.hits or each.attested]
