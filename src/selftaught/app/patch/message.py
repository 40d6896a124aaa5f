"""Messages: what a reviewer has to know to believe a patch."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

from selftaught import __version__
from selftaught.app.patch.names import DETAIL
from selftaught.app.patch.result import BEST_OF_N, Arm, PatchResult, vouched
from selftaught.app.results import Comparison
from selftaught.values.records import Interval

WIDTH = 76


def message(found: PatchResult, details: Mapping[str, Any]) -> str:
    """Return the message of a commit: a subject, then figures, what was tried, what it cost."""
    goal = details[DETAIL]["goal"]
    if not found.claim:
        return f"Nothing better was found for {found.targets[0]}\n"
    assert found.comparison is not None
    parts = [
        subject(found.targets[0], found.comparison, _sign(goal)),
        not_compared(found.comparison),
        _figures(found.comparison, goal),
        _checked(found.comparison, goal),
        _wrapped(" ".join(found.tools)) if found.tools else "",
        _tried(found, _sign(goal)),
        _cost(found),
        _origin(found, details),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def subject(target: str, comparison: Comparison, sign: float) -> str:
    """Return one line that says what the patch does."""
    name = target.partition("::")[2] or target
    gain = comparison.gain
    if comparison.what == "speed" and gain.mean is not None:
        return f"Make {name} {gain.mean:.3g} times faster"
    before, after = comparison.before.mean, comparison.after.mean
    return f"Improve {name}: {_plain(before, sign)} to {_plain(after, sign)}"


def _sign(goal: Mapping[str, Any]) -> float:
    return -1.0 if goal["minimise"] else 1.0


def _figures(comparison: Comparison, goal: Mapping[str, Any]) -> str:
    if comparison.what == "speed":
        return _speed(comparison, goal)
    sign = _sign(goal)
    seen = (
        "with values of SELFTAUGHT_SEED that the search never saw"
        if comparison.unseen
        else "the score was the same for each value of SELFTAUGHT_SEED, as in the search"
    )
    rows = [("before", comparison.before), ("after", comparison.after)]
    lines = [f"  {name:10}  {interval(each, sign)}" for name, each in rows]
    lines.append(f"  {'difference':10}  {interval(comparison.gain, sign, signed=True)}")
    better = "lower is better" if goal["minimise"] else "higher is better"
    head = f"`{goal['score']}` ({better}), fresh paired runs; {seen}; 95 % intervals:"
    return _wrapped(head) + "\n\n" + "\n".join(lines)


def _speed(comparison: Comparison, goal: Mapping[str, Any]) -> str:
    figures = comparison.figures
    lines = [f"  CPU time   {interval(comparison.gain, digits=3)}"]
    for name, title in (("wall", "wall time"), ("on_seen", "seen"), ("on_unseen", "unseen")):
        if figures.get(name) and figures[name]["mean"] is not None:
            lines.append(f"  {title:9}  {interval(Interval(**figures[name]), digits=3)}")
    head = (
        f"Speed-up of `{goal['faster']}`, old and new alternating (ABBA), timed afresh after the "
        "search; 95 % intervals over blocks of four runs. CPU time decides. `seen` and `unseen`, "
        "first calls on recorded inputs and on others, rule out a version that is fast only on "
        "known inputs:"
    )
    return _wrapped(head) + "\n\n" + "\n".join(lines)


def not_compared(comparison: Comparison) -> str:
    """Return the warning that results were not shown to be equal; empty where they were."""
    found = vouched(comparison.what, comparison.figures)
    heads = {
        "not_compared": "Results were not compared",
        "may_differ": "Results were not compared",
        "partly": "Results were compared in part",
    }
    if found.status not in heads:
        return ""
    vouch = "only the checks vouch for " + (
        "the rest" if found.status == "partly" else "this version"
    )
    return _wrapped(f"{heads[found.status]}: {found.reason}; {vouch}.")


def _checked(comparison: Comparison, goal: Mapping[str, Any]) -> str:
    text = f"`{goal['check']}` passes."
    equality = comparison.figures.get("equality")
    if equality and equality["status"] == "equal":
        notes = (f" {note[:1].upper()}{note[1:]}." for note in equality["notes"])
        text += " " + equality["reason"] + "".join(notes)
    return _wrapped(text)


def _tried(found: PatchResult, sign: float) -> str:
    total = sum(found.tried.values())
    kinds = ", ".join(f"{count} {status}" for status, count in sorted(found.tried.items()))
    text = f"Tried: {total} versions including the original ({kinds})."
    for arm in found.arms:
        text += " " + _arm(arm, sign)
    if found.minimised_lines and found.minimised_lines[0] > found.minimised_lines[1]:
        before, after = found.minimised_lines
        text += f" Reduced from {before} changed lines to {after}."
    return _wrapped(text)


def _arm(arm: Arm, sign: float) -> str:
    name = "Best-of-N at the same budget" if arm.name == BEST_OF_N else "The search"
    best = "scored nothing" if arm.train is None else f"reached {sign * arm.train + 0.0:.6g}"
    answers = "1 answer" if arm.responses == 1 else f"{arm.responses} answers"
    return f"{name}: {answers}, {best} in the search."


def _cost(found: PatchResult) -> str:
    spent = found.spent
    dollars = "unknown cost" if spent.cost_usd is None else f"${spent.cost_usd:.4f}"
    estimated = " (estimated)" if spent.estimated else ""
    return _wrapped(
        f"Cost: {spent.responses} answers of {found.model}, {spent.tokens_in} + "
        f"{spent.tokens_out} tokens{estimated}, {dollars}, {spent.seconds:.0f} CPU seconds."
    )


def _origin(found: PatchResult, details: Mapping[str, Any]) -> str:
    goal = details[DETAIL]["goal"]
    lines = [f"selftaught {__version__}, run {found.run}, sandbox {found.sandbox}"]
    for what, key in (
        ("network", "allow_network"),
        ("reading", "read"),
        ("variables", "pass_env"),
    ):
        if allowed := goal.get(key):
            lines.append(f"{what} allowed: {', '.join(allowed)}")
    lines.append(f"ledger head {found.head}")
    return "\n".join(lines)


def interval(value: Interval, sign: float = 1.0, *, signed: bool = False, digits: int = 6) -> str:
    """Return a mean with its 95 % interval and n, times ``sign``, in significant digits."""
    if value.mean is None:
        return "-"
    form = f"{'+' if signed else ''}.{digits}g"
    text = f"{sign * value.mean + 0.0:{form}}"  # no -0
    if value.low is not None and value.high is not None:
        low, high = sorted((sign * value.low, sign * value.high))
        text += f"  [{low:{form}}, {high:{form}}]"
    return f"{text}  (n={value.n})"


def _plain(value: float | None, sign: float) -> str:
    return "-" if value is None else f"{sign * value + 0.0:.6g}"


def _wrapped(text: str) -> str:
    return textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)
