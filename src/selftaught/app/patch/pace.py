"""Pace: original and versions timed in turns, with results compared; speed as a score."""

from __future__ import annotations

import ast
import os
import time
from dataclasses import dataclass, field
from math import log
from statistics import fmean, median
from typing import Any

from selftaught.analysis.ratio import FEWEST, RatioTest, block_gain, ratio_interval
from selftaught.app.patch.equals import Equals
from selftaught.errors import UnknownNameError
from selftaught.repository.baseline import Baseline
from selftaught.repository.equality import Inputs, Original
from selftaught.repository.probe import Probes
from selftaught.repository.settings import Goal, words
from selftaught.repository.site import Site
from selftaught.repository.source import read_source
from selftaught.repository.speed import Equality, SpeedPlan, SpeedStatus
from selftaught.repository.target import Target, definitions, parse_target, parsed
from selftaught.repository.tell import Tell, silent
from selftaught.repository.timing import Stopwatch, Timed
from selftaught.repository.workshop import How, Workshop
from selftaught.values.records import Interval
from selftaught.values.seeds import derive

QUICK_BLOCKS = 3
"""Blocks of four runs that answer an improver, at most."""
QUICK_SECONDS = 10.0
"""CPU seconds of runs after which an improver is answered with the blocks that there are."""
CALL_BLOCKS = 9
"""Blocks of four processes in which calls on seen and on unseen inputs are timed."""
LITTLE = 0.25
"""A gain on unseen inputs below this part of that on seen ones is one on seen ones only."""
KEEPS = 1.5
"""A repeated call that takes so many times less, against the original's, is kept in memory."""
HIDDEN = 0.5
"""A process that takes more CPU time beside its calls than the original's, by more than this
part of what its calls are said to save, has moved the work or told false times."""
SLACK_SECONDS = 0.03
"""CPU seconds by which the starts of two processes differ in any case."""
NARROW = 0.25
"""A claim's interval that is narrower than this part of the gain is narrow enough."""
NOTHING = Interval(mean=None, low=None, high=None, n=0)


@dataclass
class Blocks:
    """What blocks of four runs came to, by what was measured: log ratios; and how they ended."""

    cpu: RatioTest
    wall: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    before: list[float] = field(default_factory=list)
    after: list[float] = field(default_factory=list)
    beside: dict[str, list[float]] = field(default_factory=lambda: {"old": [], "new": []})
    inside: dict[str, list[float]] = field(default_factory=lambda: {"old": [], "new": []})
    problem: str = ""
    runs: int = 0
    seconds: float = 0.0


class Pace:
    """Times two workshops in turns: one holds the original, the other a version."""

    def __init__(
        self,
        site: Site,
        original: Workshop,
        version: Workshop,
        baseline: Baseline,
        *,
        tell: Tell = silent,
    ) -> None:
        """Bind the workshops; nothing runs yet.

        Args:
            site: where the goal is to be reached.
            original: holds the original.
            version: holds a version.
            baseline: how the unchanged repository fares.
            tell: told how far a measurement is, in words.

        Raises:
            UsageError: the benchmark function is not found.
        """
        self._site = site
        self._old, self._new = original, version
        self._tell = tell
        self._plan = speed_plan(site)
        self._probes = Probes()
        cores = sorted(os.sched_getaffinity(0))
        command = How(seconds=baseline.limit_seconds, expected=baseline.expected)
        self._stopwatch = Stopwatch(self._probes, self._plan, command, cores[-1])
        self._equals = Equals(original, self._probes, baseline, self._stopwatch)
        self.run_seconds = 0.0
        """Wall time of one run with the original; known once it was tried out."""

    @property
    def goal(self) -> Goal:
        """What is to be reached."""
        return self._site.goal

    def try_out(self, seed: int) -> tuple[str, tuple[str, ...]]:
        """Return why the original can't be timed, empty where it can; and what to note.

        Tells how long runs of the benchmark take.
        """
        for _ in range(2):  # the first one also finds out how often to call
            start = time.monotonic()
            timed = self._stopwatch.time(self._old)
            if timed.problem:
                return timed.problem, ()
        self.run_seconds = time.monotonic() - start
        self._tell(forecast(self.run_seconds, self._plan.blocks))
        return "", self._equals.notes(seed)

    def search_equality(self, seed: int) -> Equality | None:
        """Return whether the version in place gives what the original gives; None: unexamined."""
        if not self._equals.examined:
            return None
        return self._equals.compare(self._new, seed)

    def final_equality(self, seed: int) -> tuple[Equality | None, Inputs]:
        """Return the same on inputs that the search never saw, and those inputs."""
        if not self._equals.examined:
            return None, Inputs()
        equality = self._equals.compare(self._new, seed, final=True)
        return equality, _usable(self._equals.known(seed, final=True))

    def quick(self, seed: int) -> Blocks:
        """Return a few blocks, which are enough to answer an improver."""
        found = Blocks(RatioTest(blocks=FEWEST))
        for number in range(QUICK_BLOCKS):
            if not self._block(found, seed, f"quick.{number}") or found.seconds > QUICK_SECONDS:
                break
        return found

    def full(self, seed: int) -> Blocks:
        """Return blocks until the ratio's interval is narrow, or no more are to be had.

        Also where the wall time ends, but for that of single calls: all looks together keep
        the error rate, whenever the last one is.
        """
        plan, wall = self._plan, self._old.wall
        found = Blocks(RatioTest(blocks=plan.blocks, least=plan.least, narrow=plan.narrow))
        number = 0
        start = time.monotonic()
        while not _enough(found.cpu) and self._block(found, seed, f"final.{number}"):
            number += 1
            each = (time.monotonic() - start) / number
            if number >= FEWEST and wall.left < (CALL_BLOCKS + 1) * each:
                break
            self._tell(
                f"{number} blocks of four runs, of {FEWEST} to {plan.blocks}{_so_far(found.cpu)}"
            )
        return found

    def calls(self, inputs: Inputs, seed: int) -> dict[str, Interval]:
        """Return how calls on recorded and on near inputs compare, and repeated calls."""
        half = len(inputs.near) // 2
        groups = [list(inputs.recorded), list(inputs.near[half:])]
        warm = list(inputs.near[:half])
        if not (self._equals.examined and groups[0]):
            return {}
        groups = [group for group in groups if group]
        gains: dict[str, list[float]] = {"on_seen": [], "on_unseen": [], "again": []}
        for number in range(CALL_BLOCKS):
            self._tell(f"then single calls, {number} of {CALL_BLOCKS} blocks")
            rounds = [
                self._stopwatch.calls(each, groups, warm)[0] for each in self._order(seed, number)
            ]
            if not all(rounds):
                return {}
            places = self._order(seed, number)
            old = [each for each, place in zip(rounds, places, strict=True) if place is self._old]
            new = [each for each, place in zip(rounds, places, strict=True) if place is self._new]
            for place, name in enumerate(("on_seen", "on_unseen")[: len(groups)]):
                gains[name].append(
                    _gain([each[place][0] for each in old], [each[place][0] for each in new])
                )
            gains["again"].append(
                _gain([each[0][0] for each in new], [each[0][1] for each in new])
                - _gain([each[0][0] for each in old], [each[0][1] for each in old])
            )
        return {name: ratio_interval(values) for name, values in gains.items() if values}

    def close(self) -> None:
        """Remove our scripts."""
        self._probes.close()

    def _order(self, seed: int, number: int | str) -> tuple[Workshop, ...]:
        """Return who runs when in a block: ABBA or BAAB, by a coin."""
        one, other = self._old, self._new
        if derive(seed, "order", number) % 2:
            one, other = other, one
        return one, other, other, one

    def _block(self, found: Blocks, seed: int, name: str) -> bool:
        """Add a block; return whether all four runs gave a time."""
        times: dict[str, list[Timed]] = {"old": [], "new": []}
        for workshop in self._order(seed, name):
            timed = self._stopwatch.time(workshop)
            found.runs += 1
            found.seconds += timed.process
            side = "old" if workshop is self._old else "new"
            if timed.problem:
                found.problem = (
                    f"{'the original' if side == 'old' else 'the version'}: {timed.problem}"
                )
                return False
            times[side].append(timed)
            found.beside[side].append(timed.process - timed.inside)
            found.inside[side].append(timed.inside)
        old, new = times["old"], times["new"]
        found.cpu = found.cpu.add(block_gain([e.cpu for e in old], [e.cpu for e in new]))
        found.wall.append(block_gain([e.wall for e in old], [e.wall for e in new]))
        if old[0].first is not None:
            firsts = [[each.first or 1e-9 for each in side] for side in (old, new)]
            found.first.append(block_gain(*firsts))
        found.before.append(fmean(each.cpu for each in old))
        found.after.append(fmean(each.cpu for each in new))
        return True


def _enough(test: RatioTest) -> bool:
    """Return whether measuring ends: also where the interval is narrow for so large a gain.

    One may stop for any reason: all looks together keep the error rate.
    """
    found = test.interval
    if test.done or not (found.low and found.high and found.mean) or test.direction != "faster":
        return test.done
    return found.high / found.low - 1 <= NARROW * (found.mean - 1)


def forecast(seconds: float, blocks: int) -> str:
    """Return what timing takes at most, in words; runs of a faster version take less.

    Args:
        seconds: wall time of one run with the original.
        blocks: of a comparison, at most.
    """
    block = 4 * seconds
    search = min(QUICK_BLOCKS * block, QUICK_SECONDS + block)
    fewest, most = ((count + CALL_BLOCKS) * block for count in (FEWEST, blocks))
    return (
        f"a run of the benchmark takes {seconds:.2g} s: up to {search:.0f} s for a version in the "
        f"search, beside its check; {fewest:.0f} to {most:.0f} s to compare a winner afresh, as "
        "long again for the smaller version that is delivered, and in between as in the search for "
        "each smaller version that is tried"
    )


def _so_far(test: RatioTest) -> str:
    """Return the newest look's ratio, in words; empty before the first."""
    found = test.interval
    if found.mean is None or found.low is None or found.high is None:
        return ""
    return f", {found.mean:.3g} times faster ({found.low:.3g} to {found.high:.3g})"


def speed_plan(site: Site) -> SpeedPlan:
    """Return what is timed for a goal.

    Raises:
        UsageError: the benchmark function's file does not exist.
        UnknownNameError: the file has no such name.
    """
    goal = site.goal
    benchmark: Any = (
        parse_target(goal.faster, site.repository)
        if "::" in goal.faster
        else words(goal.faster, "--faster")
    )
    if isinstance(benchmark, Target):
        _refuse_unknown(site, benchmark)
    least = goal.least_gain.ratio
    return SpeedPlan(site.parts[0].target, benchmark, tolerance=goal.tolerance, least=least)


def _refuse_unknown(site: Site, benchmark: Target) -> None:
    """Refuse a benchmark function that its file neither defines, assigns nor imports."""
    tree = parsed(read_source(site.repository.root, benchmark.path))
    known = {name for name, _ in definitions(tree.body)}
    for node in ast.walk(tree):
        if isinstance(node, ast.alias):
            known.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            known.add(node.id)
    first = benchmark.name.partition(".")[0]
    if not {first, benchmark.name, "*"} & known:
        raise UnknownNameError(f"function of {benchmark.path}", benchmark.name, known)


def hidden_work(found: Blocks) -> float:
    """Return the CPU seconds that a version's process takes more beside its calls; 0: none."""
    if not found.wall:
        return 0.0
    more = median(found.beside["new"]) - median(found.beside["old"])
    saved = median(found.inside["old"]) - median(found.inside["new"])
    return more if more > max(SLACK_SECONDS, HIDDEN * saved) else 0.0


def flagged(found: Blocks, calls: dict[str, Interval]) -> tuple[SpeedStatus, str] | None:
    """Return why a version that is faster in the benchmark is not faster, None where it is."""
    hidden = hidden_work(found)
    if hidden:
        return SpeedStatus.FALSE_CLOCK, (
            f"its process takes {hidden:.2f} CPU seconds more beside the timed calls than the "
            "original's: work was moved out of them, or the clock was"
        )
    again, seen, unseen = (calls.get(name, NOTHING) for name in ("again", "on_seen", "on_unseen"))
    gain = found.cpu.interval
    if again.low is not None and again.low > KEEPS and _vanishes(gain, seen):
        return SpeedStatus.CACHES, (
            f"a repeated call takes {again.mean:.3g} times less, against the original's: answers "
            "are kept between calls"
        )
    first = ratio_interval(found.first)
    if first.high is not None and gain.low is not None and first.high < 1 < gain.low:
        return SpeedStatus.CACHES, (
            f"the first call of each process is slower ({first.mean:.3g} times), only later ones "
            "are faster: answers are kept between calls"
        )
    return _special(seen, unseen)


def _vanishes(gain: Interval, first: Interval) -> bool:
    """Return whether the first call on each input shows less than half of a gain, as a log."""
    if gain.mean is None or first.high is None:
        return False
    return log(gain.mean) > 2 * log(max(first.high, 1.0))


def _special(seen: Interval, unseen: Interval) -> tuple[SpeedStatus, str] | None:
    if None in (seen.low, seen.mean, unseen.high) or not seen.low or seen.low <= 1.1:
        return None
    assert seen.mean is not None
    assert unseen.high is not None
    if log(unseen.high) < LITTLE * log(seen.mean):
        return SpeedStatus.SPECIAL_CASES, (
            f"{seen.mean:.3g} times faster on the inputs of the benchmark, {unseen.mean:.3g} times "
            "on inputs that differ a little: fast for those inputs only"
        )
    return None


def _gain(one: list[int], other: list[int]) -> float:
    return block_gain([max(1, each) for each in one], [max(1, each) for each in other])


def _usable(original: Original) -> Inputs:
    """Return the inputs on which the original gives the same result each time."""
    inputs = original.inputs
    kept = [each is not None for each in original.outcomes]
    chosen = [each for each, good in zip(inputs.all, kept, strict=True) if good]
    recorded = sum(kept[: len(inputs.recorded)])
    drawn = sum(kept[len(inputs.recorded) : len(inputs.recorded) + len(inputs.drawn)])
    return Inputs(
        tuple(chosen[:recorded]),
        tuple(chosen[recorded : recorded + drawn]),
        tuple(chosen[recorded + drawn :]),
    )
