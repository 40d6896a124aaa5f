"""Detaching: the command line that was given, carried out in the background."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from selftaught.app.detach import detach
from selftaught.app.session import Options
from selftaught.cli.answer import Answer
from selftaught.cli.edge import GIVEN


def in_background(options: Options) -> Answer:
    """Return the answer of a command that goes on without a terminal.

    Raises:
        SelftaughtError: it ended before its run had begun.
    """
    found = detach(without_terminal(GIVEN.get()), options)
    lines = [
        f"{found.run} runs in the background as process {found.process}",
        f"output: {found.log}",
        f"follow it with `selftaught show {found.run}`; end it with `selftaught stop {found.run}`",
    ]
    return Answer(asdict(found), lambda: list(lines))


def without_terminal(words: Sequence[str]) -> list[str]:
    """Return a command line that neither detaches nor asks; consent was given before."""
    kept = [word for word in words if word != "--detach"]
    command = next(place for place, word in enumerate(kept) if not word.startswith("-"))
    return [*kept[: command + 1], "--yes", *kept[command + 1 :]]
