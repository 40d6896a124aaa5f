"""The result of a run on a repository in words."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from selftaught.app.patch.result import PatchResult
from selftaught.cli import figures
from selftaught.cli.console import visible
from selftaught.cli.words.lists import table


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
        parts.append(f"the patch is {result.patch}; apply it with: git apply {result.patch}")
    return parts


def _flagged(result: PatchResult) -> RenderableType:
    """Return the refused versions, those with one reason in one row."""
    found: dict[tuple[str, str], list[str]] = {}
    for each in result.flagged:
        why = (each.reason.splitlines() or [""])[0][:120]
        found.setdefault((each.status, why), []).append(each.program)
    rows = [
        (len(programs), figures.short(programs[0]), status, visible(why))
        for (status, why), programs in found.items()
    ]
    return table(("versions", "such as", "as", "why"), rows, numbers=(0,))


def _nothing(result: PatchResult) -> list[RenderableType]:
    targets = ", ".join(result.targets)
    if result.stopped is None or not result.head:
        return [f"{targets}: the run has not come to its end"]
    parts: list[RenderableType] = [
        Text(f"{targets}: nothing better was found; your code stays as it is", style="bold")
    ]
    tried = ", ".join(f"{count} {status}" for status, count in sorted(result.tried.items()))
    parts.append(f"tried: {sum(result.tried.values())} versions, the original among them ({tried})")
    if result.comparison:
        found = result.comparison
        parts.append(
            f"the best in the search, measured afresh: {found.status}, {visible(found.reason)} "
            f"(gain {figures.interval(found.gain)})"
        )
    return parts
