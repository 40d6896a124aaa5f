"""The result of ``run`` in words."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from selftaught.app.again import command_again, scale_name
from selftaught.app.controls import FEWEST_PAIRS, KEEPING, UNCHANGED, verdict
from selftaught.app.results import ControlScore, ImproverScore, RunResult
from selftaught.cli import figures
from selftaught.cli.words.answers import answer_words
from selftaught.cli.words.lists import table
from selftaught.engine.settings import Settings
from selftaught.values.facts import RunStarted
from selftaught.values.records import Interval


def run_words(result: RunResult, started: RunStarted) -> list[RenderableType]:
    """Return every round, the comparisons at the end, and the command that makes it again."""
    settings = Settings.from_data(started.settings)
    parts: list[RenderableType] = [
        Text(f"{', '.join(result.tasks)}: {_headline(result)}", style="bold"),
        *(Text(line, style="bold") for line in significance(result)),
        _rounds(result),
    ]
    if result.rounds:
        parts.append(
            Text("\n".join(f"round {each.round}: {each.reason}" for each in result.rounds))
        )
    parts.append(_comparison("final minus seed improver on test", result.paired_difference))
    parts += [
        _comparison(f"final minus {_named(each)} on test", each.difference)
        for each in result.controls
    ]
    if result.control:
        parts.append(
            _comparison("final minus control without recursion on test", result.control_difference)
        )
    parts += answer_words(result.answers)
    parts += caveats(result)
    parts.append(
        f"improver written to {result.final.path}" if result.final.path else "nothing written yet"
    )
    return [
        *parts,
        "figures: mean ± 95 % interval (n invocations) of the scores of the programs returned",
        f"spent: {figures.spent(result.spent)}",
        f"attempts: {figures.attempts(result.attempts)}; sandbox: {result.sandbox}",
        f"model {result.model}, adopt {result.adopt}, scale {scale_name(settings, 'run')}, "
        f"seed {result.seed}, selftaught {started.version}",
        f"ledger head {result.head}" if result.head else "no decision yet",
        f"again: {command_again(started)}",
        f"next: selftaught show {result.run} --best, or use the improver: "
        f"selftaught improve {result.tasks[0]} --improver {result.final.path or 'FILE'}",
    ]


def _headline(result: RunResult) -> str:
    adopted = sum(each.adopted for each in result.rounds)
    rounds = f"{len(result.rounds)} round{'' if len(result.rounds) == 1 else 's'}"
    return f"{rounds}, {adopted} adopted"


def _rounds(result: RunResult) -> RenderableType:
    seed = result.seed_improver
    rows = [
        (
            "0",
            figures.short(seed.id),
            figures.interval(seed.train),
            figures.NONE,
            "seed",
            figures.interval(seed.test),
        )
    ]
    rows += [
        (
            str(each.round),
            figures.short(each.proposed),
            figures.interval(each.train),
            figures.interval(each.gate_difference, signed=True),
            "yes" if each.adopted else "no",
            figures.interval(each.test),
        )
        for each in result.rounds
    ]
    if result.control:
        rows.append(_control_row("control", result.control, figures.interval(result.control.train)))
    rows += [_control_row(each.name, each) for each in result.controls]
    return table(
        ("round", "improver", "train", "gate, new − old", "adopted", "test"),
        rows,
        numbers=(2, 3, 5),
    )


def _control_row(
    name: str, control: ImproverScore | ControlScore, train: str = figures.NONE
) -> tuple[str, str, str, str, str, str]:
    none, test = figures.NONE, figures.interval(control.test)
    return name, figures.short(control.id), train, none, none, test


def significance(result: RunResult) -> list[str]:
    """Return in a sentence what is shown of the final improver on test, and what is not."""
    claims = _claims(result)
    if not claims:
        return []
    kept = result.final.id == result.seed_improver.id
    if kept:
        claims = claims[1:]
    parts = [
        f"{words} {_listed(names)}"
        for kind, words in _WORDS.items()
        if (names := [name for name, gain in claims if verdict(gain) == kind])
    ]
    subject = "it" if kept else "the final improver"
    lead = "the seed improver is still in force; " if kept else ""
    return [f"{lead}{subject} is {'; '.join(parts)}" if parts else lead.removesuffix("; ")]


def caveats(result: RunResult) -> list[str]:
    """Return what the comparisons hold for, and whether keeping the seed explains the gain."""
    claims = _claims(result)
    if not claims:
        return []
    few = claims[0][1].n < FEWEST_PAIRS
    return [
        f"fewer than {FEWEST_PAIRS} pairs cannot show anything: raise --gate-pairs"
        if few
        else "“better” means that the 95 % interval of the paired differences is above 0; each "
        "stands alone and holds for this improver, these tasks and this model",
        "all have the budget of one invocation, without the cost of the rounds "
        "(selftaught compare --arms includes it)",
        *_kept_only(result),
    ]


def _claims(result: RunResult) -> list[tuple[str, Interval]]:
    """Return what the final improver was compared with, and the paired differences."""
    claims = [("the seed improver", result.paired_difference)]
    claims += [(_named(each), each.difference) for each in result.controls]
    if result.control:
        claims.append(("the control without recursion", result.control_difference))
    return [(name, gain) for name, gain in claims if gain.n]


_WORDS = {
    "better": "shown to be better than",
    "worse": "shown to be worse than",
    "not shown": "not shown to be better than",
}


def _kept_only(result: RunResult) -> list[str]:
    """Return the remark on a gain that keeping the initial solution explains."""
    keeping = next((each for each in result.controls if each.name == KEEPING), None)
    if (
        keeping is None
        or verdict(result.paired_difference) != "better"
        or keeping.verdict == "better"
        or not keeping.difference.n
    ):
        return []
    return [
        f"the gain over the seed improver is not shown to exceed that of {KEEPING}, the same "
        "improver with the initial solution among its candidates, which the paper's improver "
        f"drops; --improver {KEEPING} is the fairer start"
    ]


def _named(control: ControlScore) -> str:
    return "the unchanged program" if control.name == UNCHANGED else control.name


def _listed(names: list[str]) -> str:
    return " or ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _comparison(what: str, difference: Interval) -> str:
    if not difference.n:
        return f"{what}: not measured"
    shown = {"better": "better", "worse": "worse", "not shown": "no difference is shown"}
    gain = figures.interval(difference, signed=True)
    return f"{what}, paired: {gain}: {shown[verdict(difference)]}"
