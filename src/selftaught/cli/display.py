"""Watching: what is shown of a run while it goes on, on standard error."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Protocol

from selftaught.cli.console import progress as progress_console
from selftaught.cli.console import visible
from selftaught.cli.live_view import LiveView
from selftaught.cli.news import News
from selftaught.cli.progress import Progress, progress_of
from selftaught.engine.settings import Products
from selftaught.values.event import Event
from selftaught.values.state import RunState

QUIET_SECONDS = 10.0
"""Without a terminal there is a line of progress after so long without news."""

REDRAW_SECONDS = 0.1
"""How often a state is turned into what the live view shows, at most."""


class View(Protocol):
    """What a run is shown on."""

    def start(self) -> None:
        """Begin to show."""
        ...

    def stop(self) -> None:
        """Stop showing; `start` goes on."""
        ...

    def news(self, line: str) -> None:
        """Show a line that is worth it."""
        ...

    def show(self, progress: Progress) -> None:
        """Show where the run is."""
        ...


class PlainLines:
    """Lines of text: news at once, progress only after a while without any."""

    def __init__(self) -> None:
        """Write nothing yet."""
        self._progress: Progress | None = None
        self._said = time.monotonic()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._remind, daemon=True, name="progress")

    def start(self) -> None:
        """Begin to remind of a run that goes on without news."""
        if not self._thread.is_alive():
            self._ended.clear()
            self._thread = threading.Thread(target=self._remind, daemon=True, name="progress")
            self._thread.start()

    def stop(self) -> None:
        """Say nothing more."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def news(self, line: str) -> None:
        """Write a line."""
        self._said = time.monotonic()
        progress_console().print(visible(line), soft_wrap=True)

    def show(self, progress: Progress) -> None:
        """Keep what the next reminder says."""
        self._progress = progress

    def _remind(self) -> None:
        while not self._ended.wait(1.0):
            if self._progress and time.monotonic() - self._said >= QUIET_SECONDS:
                self.news(f"… {self._progress.line()}")


class Watcher:
    """Follows a run's events; ``run`` is its id once it has begun."""

    def __init__(self, view: View, most: Products) -> None:
        """Follow nothing yet.

        Args:
            view: where to show it.
            most: what the run can use at most.
        """
        self.run = ""
        self.view = view
        self._most = most
        self._news = News()
        self._drawn = 0.0
        self._state: RunState | None = None
        self._detail = ""

    def listener(self, run: str, event: Event, state: RunState) -> None:
        """Take in an event."""
        self.run = run
        line = self._news.line(run, event)
        if line:
            self.view.news(line)
        now = time.monotonic()
        self._state = state
        self._detail = ""
        if line or now - self._drawn >= REDRAW_SECONDS:
            self._drawn = now
            self._show()

    def tell(self, detail: str) -> None:
        """Show how far something is that writes no events; the next event ends it."""
        self._detail = detail
        self._show()

    def _show(self) -> None:
        if self._state:
            found = progress_of(self.run, self._state, self._most)
            self.view.show(replace(found, detail=self._detail))


@contextmanager
def watching(most: Products) -> Iterator[Watcher]:
    """Yield a watcher that shows what it is told on standard error."""
    console = progress_console()
    view: View = LiveView(console) if console.is_terminal else PlainLines()
    view.start()
    try:
        yield Watcher(view, most)
    finally:
        view.stop()
