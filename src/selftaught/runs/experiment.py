"""The contract between an experiment and everything that carries out, shows and resumes runs.

An experiment is what a command like ``run``, ``improve`` or ``compare`` does. It declares its
parameters, the most that it can use, how it runs, and how its result is read from the log, each
once. `selftaught.experiments.registry` lists all of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar, runtime_checkable

from selftaught.budget import WallTime
from selftaught.engine.engine import Engine
from selftaught.engine.settings import Products, Settings
from selftaught.errors import SelftaughtError, UsageError
from selftaught.ports import Evaluator, RunStore
from selftaught.runs.approval import Ask
from selftaught.runs.log import Finding, RunLog
from selftaught.tasks import registry as tasks
from selftaught.values.facts import RunStarted
from selftaught.values.program import Program
from selftaught.values.state import RunState
from selftaught.values.task import Task

Get = Callable[[str], str]
"""Returns the text of an id."""

Report = Callable[[str], None]
"""Told how far a measurement without events is, in words."""


@dataclass(frozen=True)
class Parameters:
    """What an experiment needs to know beside tasks, improver, model and settings.

    A run's first fact keeps them under ``details``, in the order of the fields.
    """

    def as_details(self) -> dict[str, Any]:
        """Return them as plain data."""
        return asdict(self)

    @classmethod
    def from_details(cls, details: Mapping[str, Any]) -> Self:
        """Return what `as_details` wrote; fields that earlier versions lacked get defaults."""
        names = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in details.items() if name in names})


P = TypeVar("P", bound=Parameters)


@dataclass(frozen=True)
class Plan(Generic[P]):
    """What a run does; equal plans give equal runs.

    Attributes:
        experiment: carries it out.
        parameters: what the experiment needs beside the rest.
        tasks: what to work on; one for ``improve``.
        improver: the improver to start from.
        model: the name that the model is opened by.
        settings: every number, the seed among them.
        programs: further programs that the experiment is about, by name.
    """

    experiment: Experiment[P]
    parameters: P
    tasks: tuple[Task, ...]
    improver: Program
    model: str
    settings: Settings
    programs: Mapping[str, Program] = field(default_factory=dict)

    @property
    def command(self) -> str:
        """The kind of its runs."""
        return self.experiment.kind


@dataclass(frozen=True)
class End:
    """How a session on a run ended; ``error`` is what has to be raised after cleaning up."""

    stopped: str
    reason: str
    error: SelftaughtError | None = None


class Work(Protocol):
    """What a run does."""

    async def run(self) -> None:
        """Do everything that there is to do."""
        ...


@runtime_checkable
class WindsUp(Protocol):
    """Work of which something is still done where a limit ended it."""

    async def wind_up(self) -> None:
        """Do what the wall time that is left allows; may be ended at any moment."""
        ...


@runtime_checkable
class Concludes(Protocol):
    """Work that records something when it has ended, however it ended."""

    def conclude(self, end: End, folder: Path) -> None:
        """Record it; files go to ``folder``."""
        ...


@dataclass(frozen=True)
class Outside:
    """What work may need beside its engine.

    Attributes:
        store: where the run is.
        ask: asks a person, where the plan wants it; None: nobody is there.
        evaluator: scores programs.
    """

    store: RunStore
    ask: Ask | None
    evaluator: Evaluator


@dataclass(frozen=True)
class Winner:
    """What a run ended with, or leads with so far, and what it began with.

    Attributes:
        id: the program's or improver's.
        seed: the id of what the run began with.
        score: its score on train, by which it was found; None: not measured.
        seed_score: the seed's score on the same instances; None: not measured.
    """

    id: str
    seed: str
    score: float | None
    seed_score: float | None


class Experiment(ABC, Generic[P]):
    """One command's experiment. It has no state: everything is in the plan and in the log."""

    kind: ClassVar[str]
    """Of its runs, which is the command's name but for runs on a repository."""
    parameters: ClassVar[type[Parameters]] = Parameters
    improver: ClassVar[str] = ""
    """The improver that it starts from where none is named; empty: it has no such option."""
    numbers: ClassVar[frozenset[str]] = frozenset({"calls", "responses", "utility_calls"})
    """The scale's numbers that its command has flags for."""
    rules: ClassVar[tuple[str, ...]] = ()
    """The settings of rounds that its command has flags for."""
    file: ClassVar[str] = ""
    """What it writes beside the store when it ends."""
    writes_output: ClassVar[bool] = False
    """Whether ``--output`` can write what it found."""
    has_dry_run: ClassVar[bool] = False
    """Whether its command has ``--dry-run``."""
    of_a_run: ClassVar[bool] = False
    """Whether it is about another run, whose model and scale it uses."""
    has_seed: ClassVar[bool] = True
    """Whether its command takes a seed."""
    has_scale: ClassVar[bool] = True
    """Whether its command takes the numbers of a scale one by one."""
    rehearses: ClassVar[bool] = False
    """Whether a run with the built-in model is a success that found nothing: it was tried out."""
    improves_improvers: ClassVar[bool] = False
    """Whether improvers are programs that its model rewrites."""

    def owns(self, details: Mapping[str, Any]) -> bool:
        """Return whether a run of this kind with these details is this experiment's."""
        return True

    @abstractmethod
    def most(self, plan: Plan[P]) -> Products:
        """Return the most that a plan can ask for."""

    @abstractmethod
    def work(self, plan: Plan[P], engine: Engine, outside: Outside) -> Work:
        """Return what carries a plan out."""

    @abstractmethod
    def result(self, log: RunLog) -> Finding:
        """Return what a log tells, as far as the run got; files are `keep`'s and `located`'s."""

    def keep(self, result: Any, log: RunLog, folder: Path) -> Finding:
        """Write the files of a run that has just ended; return the result that names them."""
        return result  # type: ignore[no-any-return]

    def located(self, result: Any, folder: Path) -> Finding:
        """Return the result with the files that are in the run's folder."""
        return result  # type: ignore[no-any-return]

    def deliver(self, result: Any, output: Path, get: Get) -> tuple[Finding, str]:
        """Write what was found to ``--output``; return the result that names it.

        The text says why nothing was written; empty where it was.
        """
        return result, ""

    def difference(self, result: Any, get: Get) -> str:
        """Return what was changed as a unified diff; empty where there is none to show."""
        return ""

    def is_better(self, result: Any) -> bool | None:
        """Return whether the run found something better; None: undecided, or not its question."""
        return None

    def winner(self, result: Any) -> Winner | None:
        """Return what can be judged further; None where the experiment looks for no winner."""
        return None

    def best(self, result: Any) -> str | None:
        """Return the id of the best program or improver; None where it looks for none."""
        winner = self.winner(result)
        return winner.id if winner else None

    def seconds_needed(self, result: Any) -> float:
        """Return the wall time that a run which a limit ended needs to be decided; 0: unknown."""
        return 0.0

    def searches(self, started: RunStarted) -> int:
        """Return how many invocations have the whole budget each; 0: it is no search."""
        return 0

    def shown_score(self, started: RunStarted, score: float) -> float:
        """Return a score in the user's own sign."""
        return score + 0.0

    def stage(self, started: RunStarted, state: RunState) -> str:
        """Return what a run is doing, in words."""
        return f"{self.kind}: {state.invocations:,} invocations finished"

    def tasks(self, started: RunStarted) -> tuple[Task, ...]:
        """Return the tasks that a run began with, as they are now.

        Raises:
            UsageError: a task was made in Python.
        """
        for record in started.tasks:
            if not record.path:
                raise UsageError(
                    "tasks that can be loaded again",
                    f"{record.name}, which was built in Python",
                    "resume it from the program that built it",
                )
        return tuple(tasks.find(record.path) for record in started.tasks)

    def evaluator(
        self, plan: Plan[P], *, unsafe: bool, report: Report, wall: WallTime
    ) -> Callable[[], Evaluator] | None:
        """Return what opens the evaluator of a plan's programs; None: that of tasks."""
        return None

    def sent(self, plan: Plan[P]) -> str:
        """Return what a model is shown, as what leaves the machine."""
        names = ", ".join(task.name for task in plan.tasks)
        return (
            f"the texts, scoring code and programs of {names}, the improvers' own source, and "
            "whatever the model turns them into."
        )
