"""Strategies: which ones improvers use, and how often a run proposed and adopted them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from selftaught.analysis.proportions import wilson
from selftaught.analysis.strategies.detect import detect
from selftaught.analysis.strategies.found import STRATEGIES, Found
from selftaught.analysis.strategies.trace import Trace, detect_in_run, trace_of
from selftaught.app.reading import Reading, read_run
from selftaught.app.results import Result
from selftaught.app.scoring import read_program
from selftaught.app.session import Options
from selftaught.errors import UsageError
from selftaught.ports import RunStore
from selftaught.values.event import Event
from selftaught.values.facts import InvocationStarted
from selftaught.values.program import Program
from selftaught.values.state import RoundState

TRACED = ("invocation_started", "prompted", "responded", "utility_called")
"""Kinds of facts that tell what an improver did."""


class StrategyUse(Result):
    """A strategy and the lines that show it; no lines where only the call trace does."""

    name: str
    lines: list[int]


class Calls(Result):
    """What a run saw an improver do: its invocations together.

    ``temperatures`` are all that it asked for, sorted.
    """

    invocations: int
    model_calls: int
    utility_calls: int
    shows_answers: bool
    temperatures: list[float]


class ProgramStrategies(Result):
    """One improver's strategies.

    ``where`` is its file, or ``round N``; ``round``, ``adopted`` and ``calls`` are None for a
    file. ``arm`` tells the arms of a comparison apart, empty where there is one.
    """

    program: str
    strategies: list[StrategyUse]
    where: str
    arm: str
    round: int | None
    adopted: bool | None
    calls: Calls | None


class StrategyRate(Result):
    """How often a strategy was used; ``low`` and ``high`` are the 95 % Wilson interval.

    ``of`` is ``proposed`` or ``adopted``; ``round`` None means all rounds.
    """

    name: str
    of: str
    round: int | None
    count: int
    n: int
    rate: float | None
    low: float | None
    high: float | None


class StrategiesResult(Result):
    """What ``strategies`` prints; ``runs`` are those that were asked for."""

    runs: list[str]
    programs: list[ProgramStrategies]
    rates: list[StrategyRate]


def strategies(names: Sequence[str], options: Options) -> StrategiesResult:
    """Return the strategies of programs in files and of what runs proposed.

    Args:
        names: paths of Python files, and runs by their id or its beginning.
        options: where the runs are.

    Raises:
        UsageError: no name, or a file can't be read.
        UnknownNameError: neither a file nor a run.
        StoreError: a run is asked for and there is no store.
    """
    if not names:
        raise UsageError("a run or a file", "nothing", "`selftaught runs` lists the runs")
    runs: list[str] = []
    programs: list[ProgramStrategies] = []
    for name in names:
        path = Path(name)
        if path.suffix == ".py" or path.is_file():
            programs.append(_of_file(path))
        else:
            with read_run(options, name) as (store, reading):
                runs.append(reading.info.run)
                programs += proposals(store, reading)
    return StrategiesResult(runs=runs, programs=programs, rates=rates(programs) if runs else [])


def uses(found: Iterable[Found]) -> list[StrategyUse]:
    """Return what was found as a result holds it."""
    return [StrategyUse(name=each.name, lines=list(each.lines)) for each in found]


def _of_file(path: Path) -> ProgramStrategies:
    program = read_program(path)
    return ProgramStrategies(
        program=program.id,
        strategies=uses(detect(program.source)),
        where=str(path),
        arm="",
        round=None,
        adopted=None,
        calls=None,
    )


def proposals(store: RunStore, reading: Reading) -> list[ProgramStrategies]:
    """Return the strategies of every improver that a run's rounds proposed.

    Raises:
        UsageError: the run proposes no improvers.
    """
    if not reading.state.rounds:
        raise UsageError(
            "a run of `run` with a round",
            f"{reading.info.run}, one of `{reading.info.kind}`",
            "name files, or a run that improves improvers",
        )
    events = (event for _, event in store.events(reading.info.run, kinds=TRACED))
    return proposed(reading.state.rounds, events, store.get)


def proposed(
    rounds: Iterable[RoundState], events: Iterable[Event], get: Callable[[str], str]
) -> list[ProgramStrategies]:
    """Return the strategies of every improver that rounds proposed.

    Args:
        rounds: of one arm or several.
        events: of the run, or those of the kinds `TRACED`; gone through once.
        get: returns the text of an id.
    """
    decided = [(each, each.decision) for each in rounds if each.decision and each.decision.proposed]
    worked = _by_improver(events, {decision.proposed for _, decision in decided})
    found = []
    for each, decision in decided:
        program = Program(get(decision.proposed or ""))
        trace = trace_of(worked[program.id], get)
        row = ProgramStrategies(
            program=program.id,
            strategies=uses(detect_in_run(program.source, trace)),
            where=f"round {each.number}",
            arm=each.arm,
            round=each.number,
            adopted=each.finished.adopted if each.finished else decision.adopted,
            calls=_calls(trace),
        )
        found.append(row)
    return found


def _by_improver(
    events: Iterable[Event], improvers: Collection[str | None]
) -> defaultdict[str, list[Event]]:
    """Return the events of all invocations of each improver."""
    own: dict[str, str] = {}
    found: defaultdict[str, list[Event]] = defaultdict(list)
    for event in events:
        if isinstance(event.fact, InvocationStarted) and event.fact.improver in improvers:
            own[event.invocation] = event.fact.improver
        if event.invocation in own:
            found[own[event.invocation]].append(event)
    return found


def _calls(trace: Trace) -> Calls:
    asked = {number for each in trace.temperatures for number in each}
    return Calls(
        invocations=trace.invocations,
        model_calls=trace.model_calls,
        utility_calls=trace.utility_calls,
        shows_answers=trace.shows_answers,
        temperatures=sorted(asked),
    )


def rates(programs: Sequence[ProgramStrategies]) -> list[StrategyRate]:
    """Return how often each strategy was proposed and adopted, in all rounds and by round."""
    proposed = [each for each in programs if each.round is not None]
    rounds = sorted({each.round for each in proposed if each.round is not None})
    found = []
    for which in ("proposed", "adopted"):
        counted = proposed if which == "proposed" else [e for e in proposed if e.adopted]
        for number in (None, *rounds):
            own = [each for each in counted if number is None or each.round == number]
            found += [_rate(name, which, number, own) for name in STRATEGIES]
    return found


def _rate(
    name: str, which: str, number: int | None, programs: Sequence[ProgramStrategies]
) -> StrategyRate:
    count = sum(any(use.name == name for use in each.strategies) for each in programs)
    share = asdict(wilson(count, len(programs)))
    return StrategyRate(name=name, of=which, round=number, **share)
