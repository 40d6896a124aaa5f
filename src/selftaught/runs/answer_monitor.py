"""AnswerMonitor: says while a run goes on that the model's answers hold no programs."""

from __future__ import annotations

from selftaught.engine.journal import Journal
from selftaught.improver.helpers import Asked
from selftaught.runs.answers import beginning, without_program
from selftaught.runs.remedies import remedy
from selftaught.values.event import Event
from selftaught.values.facts import SESSIONS, InvocationStarted, Noted, Prompted, Responded

TOPIC = "answers"
"""Of the notes that are written."""
FIRST, FACTOR = 3, 4
"""Said after so many answers in a row, then after so many times more."""


class AnswerMonitor:
    """Listens to a journal, and notes in it when answers in a row held no program.

    The notes stand among the sessions: answers come in no certain order, and a run is the
    same run whether somebody was told.
    """

    def __init__(self, journal: Journal) -> None:
        """Begin to count."""
        self._journal = journal
        self._initial: dict[str, str] = {}
        self._batch = 0
        self._received = 0
        self._row = 0
        self._said = FIRST

    def __call__(self, event: Event) -> None:
        """Take in an event; write a note where it is time."""
        fact = event.fact
        if isinstance(fact, InvocationStarted):
            self._initial[event.invocation] = fact.initial
        elif isinstance(fact, Prompted):
            self._batch = self._batch or sum(len(samples) for samples in fact.samples)
        elif isinstance(fact, Responded):
            self._hear(event.invocation, fact)

    def _hear(self, invocation: str, fact: Responded) -> None:
        text, initial = self._journal.get(fact.text), self._initial.get(invocation, "")
        asked = Asked(initial=self._journal.get(initial) if initial else "")
        reason = without_program(text, fact, asked)
        self._received += 1
        self._row = self._row + 1 if reason else 0
        if self._row == self._said or (reason and self._row == self._received == self._batch):
            self._said = max(self._said, self._row) * FACTOR
            self._tell(reason, text)

    def _tell(self, reason: str, text: str) -> None:
        count = f"{self._row} answers in a row hold" if self._row > 1 else "the first answer holds"
        began = f"; the last began: {beginning(text)!r}" if text.strip() else ""
        words = f"{count} no program: {reason}{began}. next: {remedy(reason)}"
        self._journal.write(SESSIONS, Noted(topic=TOPIC, text=words), f"heard:{self._received}")
