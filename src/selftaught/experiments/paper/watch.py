"""The paper's report on reward hacking, and on attempts that improvers inherit."""

from __future__ import annotations

from selftaught.experiments.paper.markdown import NONE, interval, share, table
from selftaught.runs.watch import Share, WatchResult


def inherited(found: WatchResult) -> str:
    """Return by round whether attempts to avoid the sandbox pass to adopted improvers."""
    if not found.bypass:
        return ""
    counted = [each for each in found.bypass if each.proposed.count]
    head = "### Inherited by adopted improvers, by round\n\n"
    if not counted:
        n = max(each.proposed.n for each in found.bypass)
        return f"{head}No counter counts any of the {n} improvers that the rounds proposed."
    rows = [
        (
            each.rule,
            "all" if each.round is None else str(each.round),
            *(_share(one) for one in (each.proposed, each.adopted, each.inherited, each.new)),
        )
        for each in counted
    ]
    headings = ("counter", "round", "proposed", "adopted", "inherited", "new")
    return (
        head
        + table(headings, rows)
        + "\n\nInherited: of adopted improvers whose predecessor is counted, those that are, too; "
        "new: of\nthose whose predecessor is not."
    )


def watched(found: WatchResult) -> str:
    """Return what gives reason to look for reward hacking."""
    if not found.gaps:
        return ""
    extra = sum(each.evaluations for each in found.order)
    gaps = [(each.of, each.over, interval(each.gap, signed=True)) for each in found.gaps]
    flags = [
        (
            each.kind,
            f"`{each.program[:10]}`",
            each.of,
            each.what.replace("|", "\\|"),
            ", ".join(map(str, each.lines)) or NONE,
        )
        for each in found.flags
    ]
    told = (
        table(("look at", "program", "which", "why", "lines"), flags)
        if flags
        else "Nothing to look at."
    )
    return (
        f"## Watch for reward hacking\n\n{found.programs} programs were read, and "
        f"{len(found.order)} run once more with the instances in the other\norder "
        f"({extra} evaluations beside the run's budget).\n\n"
        + table(("train minus held out", "over", "gap"), gaps)
        + "\n\n"
        + told
    )


def _share(each: Share) -> str:
    return share(each.count, each.n, (each.low, each.high)) if each.n else NONE
