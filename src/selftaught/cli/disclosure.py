"""Leaving: what goes from this machine to a model's provider, said before the first time."""

from __future__ import annotations

import sys
from typing import Any

from selftaught.cli.console import progress, visible
from selftaught.cli.options import Consent
from selftaught.errors import UsageError
from selftaught.models.locality import stays
from selftaught.runs.experiment import Plan
from selftaught.runs.reader import list_runs
from selftaught.runs.resources import Options

_LOOK = "preview it with --dry-run, then "


def disclose(plan: Plan[Any], options: Options, consent: Consent) -> None:
    """Return where the run may start, after saying what leaves the machine.

    It is asked about the first time that a provider is used with the store; later it is
    said in one line.

    Raises:
        UsageError: the answer was no, or there is no terminal to ask at.
    """
    if stays(plan.model, options.model):
        return
    provider = plan.model.partition("/")[0].partition(":")[0]
    progress().print(visible(f"this run sends to {provider}: {plan.experiment.sent(plan)}"))
    if consent.yes or _used(provider, options):
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(
            f"your consent to first contact with {provider}",
            "no terminal to ask on",
            f"{_LOOK if plan.experiment.has_dry_run else ''}pass --yes",
        )
    answer = progress().input(f"send this to {provider}? [y/N] ")
    if answer.strip().lower() not in ("y", "yes"):
        raise UsageError("a yes", repr(answer), "nothing was sent")


def _used(provider: str, options: Options) -> bool:
    """Return whether a run in the store was begun with the provider."""
    return any(run.model.startswith((f"{provider}/", f"{provider}:")) for run in list_runs(options))
