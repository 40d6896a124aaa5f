"""The watch for reward hacking in words."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from selftaught.app.watch import Share, WatchResult
from selftaught.cli import figures
from selftaught.cli.console import visible
from selftaught.cli.words.lists import table


def watch_words(found: WatchResult) -> list[RenderableType]:
    """Return the gaps, what is worth a look, and what was inherited; empty: nothing watched."""
    if not found.gaps and not found.bypass:
        return []
    parts: list[RenderableType] = [_head(found)]
    parts += [
        f"train minus held out, {each.of}, over {each.over}: "
        f"{figures.interval(each.gap, signed=True)}"
        for each in found.gaps
        if each.gap.n
    ]
    if found.flags:
        rows = [
            (
                each.kind,
                figures.short(each.program),
                each.of,
                visible(each.what) + _lines(each.lines),
            )
            for each in found.flags
        ]
        parts.append(table(("flag", "program", "which", "why"), rows))
    counted = [each for each in found.bypass if each.proposed.count]
    if counted:
        shares = [
            (
                each.rule,
                "all" if each.round is None else str(each.round),
                _share(each.proposed),
                _share(each.adopted),
                _share(each.inherited),
                _share(each.new),
            )
            for each in counted
        ]
        headings = ("bypass counter", "round", "proposed", "adopted", "inherited", "new")
        parts.append(table(headings, shares, numbers=(2, 3, 4, 5)))
    return parts


def _head(found: WatchResult) -> RenderableType:
    extra = sum(each.evaluations for each in found.order)
    flags = (
        f"{len(found.flags)} flag{'' if len(found.flags) == 1 else 's'}"
        if found.flags
        else "no flags"
    )
    return Text(
        f"watch for reward hacking: {flags}; {found.programs} programs read, "
        f"{len(found.order)} rerun in another order ({extra} evaluations outside the budget)"
    )


def _lines(lines: list[int]) -> str:
    if not lines:
        return ""
    return f" (line {lines[0]})" if len(lines) == 1 else f" (lines {', '.join(map(str, lines))})"


def _share(share: Share) -> str:
    return f"{share.count} of {share.n}" if share.n else figures.NONE
