"""Leaving: what goes from this machine to a model's provider, said before the first time."""

from __future__ import annotations

import sys

from selftaught.app.patch.aim import aim_of, gathered
from selftaught.app.patch.planning import remote, shown_names
from selftaught.app.plans import Plan
from selftaught.app.reading import list_runs
from selftaught.app.session import Options
from selftaught.cli.console import progress, visible
from selftaught.cli.options import Consent
from selftaught.errors import UsageError
from selftaught.repository.site import open_site


def tell_leaving(plan: Plan, options: Options, consent: Consent) -> None:
    """Return where the run may start, after saying what leaves the machine.

    It is asked about the first time that a provider is used with the store; later it is
    said in one line.

    Raises:
        UsageError: the answer was no, or there is no terminal to ask at.
    """
    if not remote(plan.model):
        return
    aim = aim_of(plan.details)
    assert aim is not None
    site = open_site(aim.folder, aim.goal)
    names = shown_names(gathered(site), [str(part.target) for part in site.parts])
    provider = plan.model.partition("/")[0].partition(":")[0]
    progress().print(
        visible(
            f"what leaves this machine, to {provider}: the source of {', '.join(names)}, the "
            "commands, versions of the program, and the messages of checks that fail. Searched "
            "for keys and .env values: none found."
        )
    )
    if consent.yes or _used(provider, options):
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(
            f"consent to send this to {provider} for the first time",
            "no terminal to ask at",
            "look at it with --dry-run, then give --yes",
        )
    answer = progress().input(f"send this to {provider}? [y/N] ")
    if answer.strip().lower() not in ("y", "yes"):
        raise UsageError("a yes", repr(answer), "nothing was sent")


def _used(provider: str, options: Options) -> bool:
    """Return whether a run in the store was begun with the provider."""
    return any(run.model.startswith((f"{provider}/", f"{provider}:")) for run in list_runs(options))
