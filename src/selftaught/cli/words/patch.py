"""The result of a run on a repository in words."""

from __future__ import annotations

from pathlib import Path

from rich.console import RenderableType
from rich.text import Text

from selftaught.app.patch.delivery import apply_command
from selftaught.app.patch.result import UNCONFIRMED, PatchResult
from selftaught.cli import figures
from selftaught.cli.console import visible
from selftaught.cli.words.lists import table

WHY = 500
"""Characters of the reason why a version was refused."""


def patch_words(result: PatchResult) -> list[RenderableType]:
    """Return the message of the patch, or why there is none, with what was refused."""
    parts: list[RenderableType] = []
    if result.claim:
        parts.append(Text(visible(result.message).rstrip()))
    else:
        parts += _nothing(result)
    if result.reached:
        parts.append(result.reached)
    if result.flagged:
        parts += ["refused or flagged:", _flagged(result)]
    if result.patch:
        command = apply_command(Path(result.folder), result.patch)
        parts.append(Text(f"the patch is in {visible(result.patch)}; apply it with:"))
        parts.append(Text(f"  {visible(command)}", no_wrap=True, overflow="ignore"))
    return parts


def _flagged(result: PatchResult) -> RenderableType:
    """Return the refused versions, those with one reason in one row."""
    found: dict[tuple[str, str], list[str]] = {}
    for each in result.flagged:
        why = (each.reason.splitlines() or [""])[0][:WHY]
        found.setdefault((each.status, why), []).append(each.program)
    rows = [
        (len(programs), figures.short(programs[0]), status, visible(why))
        for (status, why), programs in found.items()
    ]
    return table(("versions", "example", "status", "why"), rows, numbers=(0,))


def _nothing(result: PatchResult) -> list[RenderableType]:
    targets = ", ".join(result.targets)
    if result.stopped is None or not result.head:
        return [f"{targets}: the run has not finished"]
    found = result.comparison
    unconfirmed = found is not None and found.status == UNCONFIRMED
    said = "no version is offered" if unconfirmed else "nothing better was found"
    parts: list[RenderableType] = [Text(f"{targets}: {said}; your code is unchanged", style="bold")]
    tried = ", ".join(f"{count} {status}" for status, count in sorted(result.tried.items()))
    parts.append(f"tried: {sum(result.tried.values())} versions including the original ({tried})")
    if found and unconfirmed:
        parts.append(f"best version of the search: {visible(found.reason)}")
    elif found:
        parts.append(
            f"best version of the search, measured afresh: {found.status}, {visible(found.reason)} "
            f"(gain {figures.interval(found.gain)})"
        )
    return parts
