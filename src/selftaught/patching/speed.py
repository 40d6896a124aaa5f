"""Speed as a score: quick in the search, and at the end a claim that noise can't make."""

from __future__ import annotations

from dataclasses import replace
from math import exp
from statistics import fmean

from selftaught.analysis.ratio import ratio_interval
from selftaught.patching.benchmark import NOTHING, Benchmark, Blocks, flagged
from selftaught.patching.equals import differing, refusal, status_of, unequal
from selftaught.patching.repository.gain import OPTION
from selftaught.patching.repository.judge import Judge, Trial, outcome
from selftaught.patching.repository.speed import Equality, SpeedStatus
from selftaught.values.facts import Compared
from selftaught.values.outcome import Outcome, Status
from selftaught.values.program import Program
from selftaught.values.records import Interval
from selftaught.values.seeds import derive
from selftaught.values.task import InstanceSet, Task


class SpeedJudge:
    """Scores versions by how many times faster they are than the original."""

    def __init__(self, judge: Judge, pace: Benchmark) -> None:
        """Bind the judge of the workshop for versions, and the pace of both workshops."""
        self._judge = judge
        self._pace = pace

    def evaluate(self, task: Task, program: Program, instances: InstanceSet) -> Outcome:
        """Return what became of a version: its check, its results, then its speed.

        The original's speed is 1, and so is that of a version with no change.
        """
        trial = self._judge.check(program)
        if trial.status is Status.OK:
            trial = replace(trial, score=1.0)
            if program != task.seed:
                trial = self._timed(trial, program, instances)
        return outcome(task, program, instances, [trial], self._judge.workshop.commands.mode)

    def compare(self, versions: tuple[Program, Program], seed: int) -> Compared:
        """Return the final word on a version: timed again, on inputs that the search never saw."""
        checks = [self._judge.recheck(version) for version in versions]
        seconds = sum(each.seconds for each in checks)
        failed = next((each for each in checks if each.status is not Status.OK), None)
        if failed:
            return _verdict(versions, SpeedStatus.FAILED, failed.detail, seconds=seconds)
        self._install(versions[1])
        equality, inputs = self._pace.final_equality(seed)
        if equality and unequal(equality):
            reason = refusal(equality, allowed=False)
            status = status_of(equality)
            return _verdict(versions, status, reason, equality=equality, seconds=seconds)
        found = self._pace.full(derive(seed, "speed", "final"))
        seconds += found.seconds
        if found.problem:
            return _verdict(versions, SpeedStatus.FAILED, found.problem, seconds=seconds)
        gain = found.cpu.interval
        status, reason = _claimed(found)
        calls: dict[str, Interval] = {}
        if status is SpeedStatus.FASTER:
            calls = self._pace.calls(inputs, derive(seed, "speed", "calls"))
            status, reason = flagged(found, calls) or (status, reason)
        return _verdict(
            versions, status, reason, gain=gain, found=found, equality=equality, calls=calls,
            seconds=seconds,
        )  # fmt: skip

    def _install(self, program: Program) -> None:
        refused = self._judge.workshop.install(program.source)
        assert refused is None, refused

    def _timed(self, trial: Trial, program: Program, instances: InstanceSet) -> Trial:
        seed = derive(instances.seed, "search", program.id, *instances.draw)
        self._install(program)
        equality = self._pace.search_equality(instances.seed)
        if equality and unequal(equality):
            return differing(trial, equality, allowed=False)
        found = self._pace.quick(seed)
        seconds = trial.seconds + found.seconds
        if found.problem:
            return replace(
                trial, status=Status.CRASHED, score=None, detail=found.problem, seconds=seconds
            )
        said = f"{exp(fmean(found.cpu.gains)):.3g} times faster than the original"
        if equality is None or equality.status == "unexamined":
            said += "; its results were not compared with the original's"
        return replace(trial, score=exp(fmean(found.cpu.gains)), feedback=said, seconds=seconds)


def _claimed(found: Blocks) -> tuple[SpeedStatus, str]:
    gain, runs = found.cpu.interval, f"in {len(found.cpu.gains)} fresh blocks of four runs"
    direction = found.cpu.direction
    if direction == "faster":
        return SpeedStatus.FASTER, f"{gain.mean:.3g} times faster {runs}"
    if direction == "slower":
        return SpeedStatus.SLOWER, f"slower {runs}"
    least = f"{OPTION} {100 * (found.cpu.least - 1):.3g}%"
    if gain.low is not None and gain.high is not None and gain.low > 1:
        assert gain.mean is not None
        mean, low, high = (f"{100 * (each - 1):.2g} %" for each in (gain.mean, gain.low, gain.high))
        if gain.high < found.cpu.least:
            return SpeedStatus.SMALL, f"faster by {mean} {runs}, less than {least}"
        return SpeedStatus.SMALL, (
            f"faster by {mean} ({low} to {high}) {runs}, which is not shown to be {least} or more"
        )
    return SpeedStatus.UNCLEAR, (
        f"no speed-up of {found.cpu.least:g} times or more ({least}) could be shown {runs}"
    )


def _verdict(
    versions: tuple[Program, Program],
    status: SpeedStatus,
    reason: str,
    *,
    gain: Interval = NOTHING,
    found: Blocks | None = None,
    equality: Equality | None = None,
    calls: dict[str, Interval] | None = None,
    seconds: float = 0.0,
) -> Compared:
    figures = {name: each.model_dump() for name, each in (calls or {}).items()}
    if found:
        figures["wall"] = ratio_interval(found.wall).model_dump()
        figures["first_call"] = ratio_interval(found.first).model_dump()
        figures["runs"] = {"blocks": len(found.wall), "processes": found.runs}
    if equality:
        figures["equality"] = equality.model_dump(mode="json")
        figures["unseen"] = {"inputs": equality.drawn + equality.near}
    return Compared(
        program=versions[1].id,
        against=versions[0].id,
        what="speed",
        status=str(status),
        reason=reason,
        before=tuple(found.before) if found else (),
        after=tuple(found.after) if found else (),
        gain=gain,
        figures=figures,
        seconds=seconds,
    )
