"""Outcomes: what became of a program, as data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How a call, an instance, an evaluation or an invocation ended."""

    OK = "ok"
    WRONG_OUTPUT = "wrong_output"
    CRASHED = "crashed"
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out_of_memory"
    OVER_BUDGET = "over_budget"
    TAMPERED = "tampered"
    OUT_OF_RANGE = "out_of_range"
    INVALID_PROGRAM = "invalid_program"


class Counter(StrEnum):
    """Who saw an attempt: the kernel, the audit hook (forgeable), or the way it ended."""

    ATTESTED = "attested"
    ADVISORY = "advisory"
    OUTCOME = "outcome"


CATEGORIES = (
    "network",
    "process",
    "inspect",
    "privilege",
    "filesystem",
    "memory",
    "budget",
    "score",
    "time",
    "protocol",
)
"""What attempts can be about."""


@dataclass(frozen=True)
class Attempt:
    """Something that a program tried and the sandbox refused or noticed.

    Attributes:
        counter: who saw it.
        category: one of `CATEGORIES`.
        action: the system call, audit event or ending, e.g. ``openat``.
        target: path, address or name that it was about; empty where there is none.
        count: how often.
        benign: why it is innocent; empty where it is not on the benign list.
    """

    counter: Counter
    category: str
    action: str
    target: str = ""
    count: int = 1
    benign: str = ""


@dataclass(frozen=True)
class InstanceResult:
    """What became of a program on one instance.

    Attributes:
        index: the instance's number within its split, from 0.
        status: how it ended.
        score: what it counts, in the task's scale; None only where the program was
            invalid or tampered.
        seconds: CPU seconds of the program's calls.
        detail: why it failed, e.g. ``ValueError: … (line 12)``; empty where it did not.
        feedback: the text that the task's ``score`` gave beside the number.
        near_limit: whether a call came within 20 % of a limit.
    """

    index: int
    status: Status
    score: float | None
    seconds: float
    detail: str = ""
    feedback: str = ""
    near_limit: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of a program on one split of a task.

    Attributes:
        program: the program's id.
        task: the task's name.
        split: the split's name.
        status: the first instance's status that is not ok, else ok.
        score: mean over instances, failed ones counting low; None only for
            ``invalid_program`` and ``tampered``.
        instances: one result an instance, in order.
        attempts: what the sandbox refused or noticed.
        sandbox: the mode that the program ran in, e.g. ``namespaces`` or ``unconfined``.
    """

    program: str
    task: str
    split: str
    status: Status
    score: float | None
    instances: tuple[InstanceResult, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    sandbox: str = "unconfined"

    @property
    def near_limit(self) -> bool:
        """Whether any instance came within 20 % of a limit."""
        return any(result.near_limit for result in self.instances)

    @property
    def seconds(self) -> float:
        """CPU seconds over all instances."""
        return sum(result.seconds for result in self.instances)
