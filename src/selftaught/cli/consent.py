"""Consent: what a run can cost is told before it starts, and asked about where it matters."""

from __future__ import annotations

import sys

from selftaught.app.products import ANSWER_TOKENS, Cost
from selftaught.cli import figures
from selftaught.cli.console import progress
from selftaught.cli.options import Consent
from selftaught.errors import UsageError


def settle(found: Cost, consent: Consent) -> None:
    """Return where the run may start, after printing what it can use at most.

    Raises:
        UsageError: it may not: the answer was no, or there is no terminal to ask at.
    """
    progress().print(most_words(found))
    if not found.remote or consent.yes or _cheap(found, consent):
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(
            f"a run that costs at most {figures.dollars(consent.confirm_above)}, or your consent",
            _dollars(found),
            "pass --yes, raise --confirm-above, or set prices with --price-in and --price-out",
        )
    answer = progress().input("continue? [y/N] ")
    if answer.strip().lower() not in ("y", "yes"):
        raise UsageError("a yes", repr(answer), "nothing was started")


def most_words(found: Cost) -> str:
    """Return what a run can use at most."""
    most = found.products
    return (
        f"at most {most.responses:,} model responses, {most.evaluations:,} evaluations, "
        f"{most.instance_calls:,} instance calls; {_dollars(found)}"
    )


def _cheap(found: Cost, consent: Consent) -> bool:
    return found.usd is not None and found.usd <= consent.confirm_above


def _dollars(found: Cost) -> str:
    if not found.products.responses:
        return "no API cost: no model is asked"
    if not found.remote:
        return "no API cost (local model)"
    if found.usd is None:
        return "unknown cost: the model's price is unknown"
    return f"about {figures.dollars(found.usd)} at most, at {ANSWER_TOKENS:,} tokens per answer"
