"""Tasks: a seed program, instances to run it on, and a score."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from selftaught.values.program import Program

if TYPE_CHECKING:
    import numpy as np

MakeInstance = Callable[["np.random.Generator"], tuple[tuple[Any, ...], Any]]
PublishedInstance = Callable[[int], tuple[tuple[Any, ...], Any]]
Score = Callable[[tuple[Any, ...], Any, Any], "float | tuple[float, str]"]
Drive = Callable[[tuple[Any, ...], Callable[..., Any]], Any]


class Split(StrEnum):
    """Which instances: ``train`` answers improvers, ``gate`` adoption, ``test`` the end.

    Tasks of the paper may have two more: the very instances of its published scorers.
    ``paper`` are those that table 1 was scored on, ``paper_train`` those that answered
    improvers there.
    """

    TRAIN = "train"
    GATE = "gate"
    TEST = "test"
    PAPER = "paper"
    PAPER_TRAIN = "paper_train"

    @property
    def answering(self) -> Split:
        """The split that answers an improver whose result is scored on this one."""
        return Split.PAPER_TRAIN if self in (Split.PAPER, Split.PAPER_TRAIN) else Split.TRAIN


@dataclass(frozen=True)
class Limits:
    """What a program may use in one call of its entry point.

    Attributes:
        seconds_per_call: CPU seconds of one call, > 0.
        memory_mb: address space beyond the interpreter's own, in MiB, > 0.
    """

    seconds_per_call: float = 1.0
    memory_mb: int = 512


@dataclass(frozen=True)
class ScoreRange:
    """The scale of a task's score.

    Attributes:
        low: what a failed instance counts; the least that ``score`` may return.
        high: the most that ``score`` may return.
        known_best: score of an optimum, a bound or the literature's best; None where unknown.
    """

    low: float = 0.0
    high: float = 1.0
    known_best: float | None = None


@dataclass(frozen=True)
class Environment:
    """What real programs need besides the standard library and numpy.

    Attributes:
        python: path of another interpreter to run the program with; None for our own.
        read: files and folders that the program may read.
    """

    python: str | None = None
    read: tuple[str, ...] = ()


@dataclass(frozen=True)
class Task:
    """A program to improve and how it is scored (design: "A task on disk").

    Attributes:
        name: short name, a Python identifier.
        seed: the program to start from; defines ``entry_point``.
        make_instance: draws ``(inputs, key)`` from a numpy generator.
        score: ``score(inputs, key, output)``; raises ValueError where the output is no answer.
        entry_point: the function of the program that is called.
        drive: for online tasks; plays an instance with ``call(*args)``; None: one call.
        summary: one line.
        text: what an improver sees as ``utility.str``.
        limits: of one call.
        instances: number of instances of each split; a split that is missing or 0 does not exist.
        scale: low, high and known best of the score.
        environment: interpreter and files that programs need.
        reference: how another process finds the task again: the folder's path or the
            bundled name; empty for a task that was made in Python.
        published: draws ``(inputs, key)`` as a published scorer does, from its own seed;
            None for a task without such a scorer.
        digest: SHA-256 over the task's files; empty for a task that was made in Python.
    """

    name: str
    seed: Program
    make_instance: MakeInstance
    score: Score
    entry_point: str = "solve"
    drive: Drive | None = None
    summary: str = ""
    text: str = ""
    limits: Limits = Limits()
    instances: Mapping[Split, int] = field(
        default_factory=lambda: MappingProxyType({Split.TRAIN: 20, Split.GATE: 20, Split.TEST: 50})
    )
    scale: ScoreRange = ScoreRange()
    environment: Environment = Environment()
    reference: str = ""
    digest: str = ""
    published: PublishedInstance | None = None

    @property
    def held_out(self) -> bool:
        """Whether the task has a test split that an improver never sees."""
        return self.instances.get(Split.TEST, 0) > 0


@dataclass(frozen=True)
class InstanceSet:
    """Which instances a program is run on; instances follow from the seeds alone.

    Attributes:
        split: whose number of instances counts.
        seed: the run's seed.
        draw: names this draw among others of the same split: ``()`` for the split itself
            (what ``selftaught score`` shows), else for example ``("meta", 3)`` for the
            fourth repeat of the meta-utility.
        backwards: the last instance is run first. Each keeps its number and its seeds, so
            that only a program that remembers earlier calls does otherwise.

    The generator of instance ``i`` is ``numpy.random.default_rng(derive(seed, "instance",
    task.name, split, *draw, i))``; the program's own ``random`` and numpy are seeded with
    ``derive(seed, "program", task.name, split, *draw, i)``. On the splits of the paper
    instance ``i`` is the published scorer's, whatever the seed; the program's seeds stay.
    """

    split: Split
    seed: int
    draw: tuple[str | int, ...] = ()
    backwards: bool = False
