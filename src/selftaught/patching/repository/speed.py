"""Speed as a score: what is to be timed, and what came of comparing two versions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from selftaught.patching.repository.target import Target
from selftaught.values.records import Interval, Record


@dataclass(frozen=True)
class SpeedPlan:
    """What to time, how long, and what counts as equal.

    Attributes:
        target: what the versions differ in. Results and caching are examined where it is a
            function or a method; not for a class or a whole file.
        benchmark: a command, whose CPU time as a whole is the measure; or a function of a
            file (with or without a parameter ``benchmark``, which it calls with a function
            and its arguments), which is called in a loop.
        blocks: of four runs, at most; 9 or more for a claim.
        least: the speed-up from which on a claim is made, at least 1.
        narrow: relative width of the interval at which measuring ends.
        tolerance: relative and absolute difference between floats that counts as equal.
        inputs: how many inputs that the search never saw are drawn.
    """

    target: Target
    benchmark: tuple[str, ...] | Target
    blocks: int = 40
    least: float = 1.02
    narrow: float = 0.1
    tolerance: float = 0.0
    inputs: int = 100


class SpeedStatus(StrEnum):
    """What can be said of a candidate's speed. Only ``faster`` is a claim.

    ``small``: faster, but by less than is worth a claim.
    ``differs``: some output is not the original's. ``special_cases``: right or fast only for
    the inputs of the benchmark. ``caches``: fast only when asked again for the same.
    ``false_clock``: the times that its process told are not those that the system counted.
    ``failed``: a version did not run; the reason says which and how it ended.
    """

    FASTER = "faster"
    SLOWER = "slower"
    SMALL = "small"
    UNCLEAR = "unclear"
    DIFFERS = "differs"
    SPECIAL_CASES = "special_cases"
    CACHES = "caches"
    FALSE_CLOCK = "false_clock"
    FAILED = "failed"


class Difference(Record):
    """An input on which two versions differ, as text that a person can read.

    Attributes:
        call: the call, e.g. ``area(3, [1, 2])``.
        expected: what the original gave.
        found: what the candidate gave.
        seen: whether the input was recorded, and not one that the search never saw.
        nearly: whether all differences are those of floats that are close to each other.
    """

    call: str
    expected: str
    found: str
    seen: bool
    nearly: bool = False


class Equality(Record):
    """What comparing outputs showed.

    Attributes:
        status: ``equal``, ``differs``, ``special_cases`` (equal on recorded inputs and
            different on most others), ``caches`` (differs only when it was called before),
            ``unexamined`` (there was no input), ``may_differ`` (the user said so: nothing was
            compared) or ``failed``.
        reason: one sentence.
        recorded: inputs compared that were recorded.
        drawn: inputs compared that Hypothesis drew from the annotations.
        near: inputs compared that are a recorded one with a small change.
        left_out: inputs on which the original itself is not the same each time, or takes
            longer than allowed.
        notes: what could not be examined and why, e.g. that Hypothesis is not installed.
        difference: the first difference; None where there is none.
    """

    status: Literal[
        "equal", "differs", "special_cases", "caches", "unexamined", "may_differ", "failed"
    ]
    reason: str
    recorded: int = 0
    drawn: int = 0
    near: int = 0
    left_out: int = 0
    notes: tuple[str, ...] = ()
    difference: Difference | None = None


class SpeedVerdict(Record):
    """What a comparison of two versions says.

    Attributes:
        status: see `SpeedStatus`; ``faster`` is the only claim.
        reason: one sentence that says why.
        cpu: how many times less CPU time the candidate takes, with its simultaneous 95 %
            interval; ``n`` counts blocks of four runs, ends are None below nine.
        wall: the same of the wall time.
        first_call: the same of the CPU time of each process's first call of a benchmark
            function; all None for a command.
        on_seen: the same of calls of the target on recorded inputs, each once a process.
        on_unseen: the same on inputs that differ from those a little.
        again: how many times less of its own time a repeated call takes, candidate against
            original; well above 1 means answers are kept.
        equality: of the outputs; None where the comparison ended before.
        runs: processes that were run.
        seconds: CPU seconds that they took.
    """

    status: SpeedStatus
    reason: str
    cpu: Interval
    wall: Interval
    first_call: Interval
    on_seen: Interval
    on_unseen: Interval
    again: Interval
    equality: Equality | None
    runs: int
    seconds: float
