"""Leaving: what goes from this machine to a model's provider, said before the first time."""

from __future__ import annotations

import sys

from selftaught.app.patch.aim import aim_of, gathered
from selftaught.app.patch.names import COMMAND as PATCH
from selftaught.app.patch.planning import shown_names
from selftaught.app.plans import Plan
from selftaught.app.reading import list_runs
from selftaught.app.session import Options
from selftaught.cli.console import progress, visible
from selftaught.cli.options import Consent
from selftaught.errors import UsageError
from selftaught.models.locality import stays
from selftaught.repository.site import open_site

_LOOK = "preview it with --dry-run, then "
_SHOWN = ("improve", PATCH)
"""Commands that have ``--dry-run``."""


def tell_leaving(plan: Plan, options: Options, consent: Consent) -> None:
    """Return where the run may start, after saying what leaves the machine.

    It is asked about the first time that a provider is used with the store; later it is
    said in one line.

    Raises:
        UsageError: the answer was no, or there is no terminal to ask at.
    """
    if stays(plan.model, options.model):
        return
    provider = plan.model.partition("/")[0].partition(":")[0]
    progress().print(visible(f"this run sends to {provider}: {_what(plan)}"))
    if consent.yes or _used(provider, options):
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(
            f"your consent to first contact with {provider}",
            "no terminal to ask on",
            f"{_LOOK if plan.command in _SHOWN else ''}pass --yes",
        )
    answer = progress().input(f"send this to {provider}? [y/N] ")
    if answer.strip().lower() not in ("y", "yes"):
        raise UsageError("a yes", repr(answer), "nothing was sent")


def _what(plan: Plan) -> str:
    aim = aim_of(plan.details)
    if aim is None:
        tasks = ", ".join(task.name for task in plan.tasks)
        return (
            f"the texts, scoring code and programs of {tasks}, the improvers' own source, and "
            "whatever the model turns them into."
        )
    site = open_site(aim.folder, aim.goal)
    names = shown_names(gathered(site), [str(part.target) for part in site.parts])
    return (
        f"the source of {', '.join(names)}, your commands, versions of the program, and "
        "messages of failing checks. A search for keys and .env values found none."
    )


def _used(provider: str, options: Options) -> bool:
    """Return whether a run in the store was begun with the provider."""
    return any(run.model.startswith((f"{provider}/", f"{provider}:")) for run in list_runs(options))
