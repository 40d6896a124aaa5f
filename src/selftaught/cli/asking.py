"""Asking: a person's word on an improver that rewrote itself, at the terminal."""

from __future__ import annotations

import asyncio
import sys

from rich.syntax import Syntax

from selftaught.app.approval import Proposal
from selftaught.cli import figures
from selftaught.cli.console import progress, visible
from selftaught.cli.watching import View

YES, NO = ("y", "yes"), ("n", "no")


class Approver:
    """Shows a proposal; asks where there is a terminal, else says how to answer."""

    def __init__(self, view: View) -> None:
        """Step back for ``view`` while nothing is asked."""
        self._view = view

    async def __call__(self, proposal: Proposal) -> bool | None:
        """Return the word; None where nobody is there to give it."""
        self._view.stop()
        show_proposal(proposal)
        try:
            if not sys.stdin.isatty():
                return None
            while True:
                progress().print("use this improver? [y/n] ", end="")
                line = await _line()
                if not line:
                    return None  # standard input has ended
                if line.strip().lower() in YES + NO:
                    return line.strip().lower() in YES
        finally:
            self._view.start()


def show_proposal(proposal: Proposal) -> None:
    """Print what a person should see before they answer."""
    console, decision = progress(), proposal.decision
    diff = visible(proposal.diff)
    console.print(Syntax(diff, "diff", theme="ansi_dark") if console.is_terminal else diff)
    console.print(f"round {decision.round}: {visible(decision.reason)}")
    console.print(
        f"its {proposal.invocations:,} invocations spent {figures.spent(proposal.spent)}",
        f"and tried: {figures.attempts(proposal.attempts)}",
    )
    names = ", ".join(each.name for each in proposal.strategies)
    console.print(f"its search strategies: {names or 'none known'}")
    console.print(
        f"answer with: selftaught approve {proposal.run}, "
        f"or selftaught approve {proposal.run} --reject"
    )


async def _line() -> str:
    """Return a line of standard input; can be cancelled."""
    loop = asyncio.get_running_loop()
    readable: asyncio.Future[str] = loop.create_future()

    def read() -> None:
        if not readable.done():
            readable.set_result(sys.stdin.readline())

    loop.add_reader(sys.stdin.fileno(), read)
    try:
        return await readable
    finally:
        loop.remove_reader(sys.stdin.fileno())
