"""A run's log, with what every experiment that reads one needs of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Self

from selftaught.engine.engine import Engine
from selftaught.engine.journal import Journal
from selftaught.engine.settings import Settings
from selftaught.runs.answers import answer_figures
from selftaught.runs.results import (
    AnswerFigures,
    Attempts,
    ImproveResult,
    Result,
    RunResult,
    Total,
    counted,
)
from selftaught.values.digest import digest
from selftaught.values.event import Event
from selftaught.values.facts import Evaluated, RunStarted
from selftaught.values.state import RunState
from selftaught.values.task import Task


class Recorded(Result):
    """What every result of a run in the store says of the run itself."""

    run: str
    tasks: list[str]
    model: str
    seed: int
    sandbox: str
    settings: dict[str, Any]
    spent: Total
    attempts: Attempts
    answers: AnswerFigures | None = None
    digest: str
    stopped: str | None
    reason: str


Finding = ImproveResult | RunResult | Recorded
"""What a run's command prints."""


class StoredEvents:
    """A run's events, read from its store each time that they are gone through."""

    def __init__(self, journal: Journal) -> None:
        """Read nothing yet."""
        self._journal = journal

    def __iter__(self) -> Iterator[Event]:
        """Yield every event in the order of writing."""
        return self._journal.stored()


@dataclass(frozen=True)
class RunLog:
    """A run as its log tells it, while it goes on or after its end.

    Attributes:
        run: its id.
        started: how it began.
        events: all of them, in the order of writing; can be gone through again and again.
        state: the fold over them.
        stopped: how its last session ended; None while it goes on.
        reason: why it ended early; empty where it did not.
        get: returns the text of an id.
        tasks: of a run that was just carried out, as they are; empty: only the log is known.
        digested: whether the digest is wanted, for which every event must be read.
    """

    run: str
    started: RunStarted
    events: Iterable[Event]
    state: RunState
    stopped: str | None
    reason: str
    get: Callable[[str], str]
    tasks: tuple[Task, ...] = ()
    digested: bool = True

    @classmethod
    def of(cls, engine: Engine, state: RunState, *, stopped: str, reason: str) -> Self:
        """Return the log of a run that an engine has carried out.

        Its events are read from the store each time: memory does not grow with the run.
        """
        assert state.started
        journal = engine.journal
        events = StoredEvents(journal)
        return cls(
            run=journal.run,
            started=state.started,
            events=events,
            state=state,
            stopped=stopped,
            reason=reason,
            get=journal.get,
            tasks=engine.tasks,
        )

    def answers(self, *, closely: bool = False) -> AnswerFigures:
        """Return what became of the answers; see `answer_figures`."""
        return answer_figures(self.events, self.get, closely=closely)

    @property
    def digest(self) -> str:
        """The run's digest; empty where it is not wanted."""
        return digest(self.events) if self.digested else ""

    @property
    def settings(self) -> Settings:
        """Every number that decides what the run does."""
        return Settings.from_data(self.started.settings)

    def common(self) -> dict[str, Any]:
        """Return the fields of `Recorded`."""
        started = self.started
        return {
            "run": self.run,
            "tasks": [task.name for task in started.tasks],
            "model": started.model,
            "seed": started.seed,
            "sandbox": started.sandbox,
            "settings": started.settings | started.details,
            "spent": self.state.spent,
            "attempts": counted(self.state.attempts),
            "answers": self.answers(),
            "digest": self.digest,
            "stopped": self.stopped,
            "reason": self.reason,
        }


class Scores:
    """The scores in a log, by program, task, split and draw."""

    def __init__(self, log: RunLog) -> None:
        """Read the whole log."""
        self._found: dict[tuple[str, str, str, tuple[str | int, ...]], Evaluated] = {}
        for event in log.events:
            if isinstance(event.fact, Evaluated):
                fact = event.fact
                self._found[fact.program, fact.task, fact.split, fact.draw] = fact

    def of(
        self, program: str, task: str, split: str, draw: tuple[str | int, ...], *, low: float
    ) -> float | None:
        """Return a program's score, ``low`` where it was invalid; None: it was not scored."""
        found = self._found.get((program, task, split, draw))
        if found is None:
            return None
        return low if found.score is None else found.score
