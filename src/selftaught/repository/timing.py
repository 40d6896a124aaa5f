"""Timing: one run of a benchmark on the version that is in a workshop."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Any

from selftaught.repository.probe import Probes, Told
from selftaught.repository.speed import SpeedPlan
from selftaught.repository.target import Target
from selftaught.repository.workshop import How, Ran, Workshop
from selftaught.values.command import CommandStatus

SAMPLE_NS = 20_000_000
WARM_NS = 50_000_000
"""Nanoseconds: one process calls a benchmark function until it is warm, then takes samples."""
ENOUGH_NS = 500_000_000
"""Nanoseconds of samples after which the first process takes no more of them: what one process's
samples have in common is not evened out by more of them, but by more processes."""

LEAST_SECONDS = 1e-9
_NS = 1e-9


@dataclass(frozen=True)
class Timed:
    """One run: seconds of CPU and wall time, of a command or of one call; ``first``: the first.

    ``problem`` says why there is no time; empty where there is one. ``process`` are the CPU
    seconds of the whole process as the system counted them, ``inside`` those that the process
    itself says its calls of the benchmark took.
    """

    cpu: float = 0.0
    wall: float = 0.0
    first: float | None = None
    problem: str = ""
    process: float = 0.0
    inside: float = 0.0


class Stopwatch:
    """Times one benchmark, always on the same core; finds out once how often to call it.

    Every process makes as many calls and takes as many samples as the first one: otherwise
    their times would not be of the same thing.
    """

    def __init__(self, probes: Probes, plan: SpeedPlan, how: How, core: int | None) -> None:
        """Time on ``core``; None: wherever the system likes."""
        self._probes = probes
        self._plan = plan
        affinity = () if core is None else (core,)
        self._how = How(seconds=how.seconds, expected=how.expected, affinity=affinity)
        self._core = core
        self._loops: int | None = None
        self._samples: int | None = None

    def time(self, workshop: Workshop) -> Timed:
        """Return how long the benchmark takes with the version in place."""
        if isinstance(self._plan.benchmark, Target):
            return self._function(workshop, self._plan.benchmark)
        ran = workshop.run(self._plan.benchmark, self._how)
        problem = failed(ran)
        if problem:
            return Timed(problem=problem, process=ran.result.cpu_seconds)
        cpu = max(ran.result.cpu_seconds, LEAST_SECONDS)
        return Timed(cpu, max(ran.result.wall_seconds, LEAST_SECONDS), process=cpu, inside=cpu)

    def calls(
        self, workshop: Workshop, groups: list[list[Any]], warm: list[Any]
    ) -> tuple[list[Any], Told]:
        """Return the CPU nanoseconds of two rounds of calls of the target on each group.

        Empty where the process ended before. Calls on ``warm``, which is in no group, come
        first: an interpreter is slow in the first calls of anything.
        """
        job = {
            "path": self._plan.target.path,
            "name": self._plan.target.name,
            "core": self._core,
            "groups": groups,
            "sequence": None,
            "seconds": None,
            "warm": warm,
        }
        told = self._probes.ask(workshop, "calls", job, self._how)
        rounds = [answer["times"] for answer in told.answers if "times" in answer]
        return (rounds if len(rounds) == len(groups) else []), told

    def job(self, benchmark: Target) -> dict[str, Any]:
        """Return what the script is asked that calls a benchmark function."""
        return {
            "path": benchmark.path,
            "name": benchmark.name,
            "core": self._core,
            "loops": self._loops,
            "samples": self._samples,
            "warm_ns": WARM_NS,
            "sample_ns": SAMPLE_NS,
            "enough_ns": ENOUGH_NS,
        }

    def _function(self, workshop: Workshop, benchmark: Target) -> Timed:
        told = self._probes.ask(workshop, "loop", self.job(benchmark), self._how)
        seconds = told.ran.result.cpu_seconds
        problem = failed(told.ran)
        if problem or not told.answers:
            text = problem or "the benchmark ended its process"
            return Timed(problem=text, process=seconds)
        (answer,) = told.answers[-1:]
        self._loops = self._loops or answer["loops"]
        self._samples = self._samples or len(answer["samples"])
        cpu = median(each[0] for each in answer["samples"]) / answer["loops"] * _NS
        wall = median(each[1] for each in answer["samples"]) / answer["loops"] * _NS
        return Timed(
            max(cpu, LEAST_SECONDS),
            max(wall, LEAST_SECONDS),
            first=max(answer["first"][0] * _NS, LEAST_SECONDS),
            process=seconds,
            inside=answer["whole"] * _NS,
        )


def failed(ran: Ran) -> str:
    """Return why a run gave no time; empty where it did."""
    result = ran.result
    if result.status is CommandStatus.OK:
        return ""
    lines = (result.stderr.strip() or result.stdout.strip()).splitlines()
    said = lines[-1][:200] if lines else "it printed nothing"
    return f"the benchmark ended with {result.status}: {said}"
