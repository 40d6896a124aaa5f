"""The live view: a few lines at the foot of the terminal, news scrolling above them."""

from __future__ import annotations

import time

from rich.console import Console, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from selftaught.cli import figures
from selftaught.cli.console import visible
from selftaught.cli.progress import Progress

REFRESH_PER_SECOND = 4


class LiveView:
    """Shows progress on a terminal. A context; what it showed last is wiped at the end."""

    def __init__(self, console: Console) -> None:
        """Show nothing yet."""
        self._console = console
        self._start = time.monotonic()
        self._spinner = Spinner("dots")
        self._progress: Progress | None = None
        self._live = Live(
            console=console,
            get_renderable=self._draw,
            refresh_per_second=REFRESH_PER_SECOND,
            transient=True,
        )

    def start(self) -> None:
        """Begin to draw."""
        self._live.start()

    def stop(self) -> None:
        """Wipe what was drawn; `start` draws again."""
        self._live.stop()

    def news(self, line: str) -> None:
        """Print a line above the view."""
        passed = figures.duration(time.monotonic() - self._start)
        self._console.print(Text.assemble((f"{passed:>9}  ", "dim"), visible(line)))

    def show(self, progress: Progress) -> None:
        """Draw this from now on."""
        self._progress = progress

    def _draw(self) -> RenderableType:
        progress = self._progress
        if progress is None:
            return self._spinner
        self._spinner.update(text=Text(progress.stage, style="bold"))
        table = Table.grid(padding=(0, 2))
        table.add_column(style="dim", no_wrap=True, min_width=9)
        table.add_column(overflow="ellipsis", no_wrap=True)
        rows = (
            ("", progress.detail),
            ("running", progress.running),
            ("best", progress.best),
            ("left", progress.left),
            ("spent", progress.spent),
        )
        table.add_row("", Text(visible(progress.title), style="cyan"))
        table.add_row(figures.duration(time.monotonic() - self._start), self._spinner)
        for name, text in rows:
            if text:
                table.add_row(name, Text(visible(text)))
        return table
