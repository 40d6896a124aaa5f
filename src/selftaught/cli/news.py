"""News: the events of a run that are worth a line, and never a flood."""

from __future__ import annotations

from selftaught.app.improve_result import failing
from selftaught.cli import figures
from selftaught.values.event import Event
from selftaught.values.facts import (
    Approved,
    Compared,
    Decided,
    Evaluated,
    InvocationFinished,
    MetaEvaluated,
    Noted,
    RoundStarted,
    RunStarted,
    UtilityCalled,
)


class News:
    """Turns events into lines; remembers what was news before, so that only gains are."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._best: float | None = None
        self._command = ""
        self._seed = False

    def line(self, run: str, event: Event) -> str:
        """Return the event in words, empty where it is no news."""
        text = ""
        match event.fact:
            case RunStarted() as fact:
                self._command = fact.command
                text = f"{run} has started; from another terminal: selftaught show {run}"
            case MetaEvaluated() as fact:
                text = _measured(event.invocation, fact)
            case RoundStarted() | Decided() | Approved() as fact:
                text = _of_rounds(event.invocation, fact)
            case Compared() as fact:
                text = self._decided(fact)
            case Evaluated() as fact:
                text = self._failing_seed(fact)
            case Noted() as fact:
                text = fact.text
            case UtilityCalled() as fact:
                text = self._better(event, fact)
            case InvocationFinished() as fact:
                text = _returned(event.invocation, fact)
        return text

    def _failing_seed(self, fact: Evaluated) -> str:
        """Return that the seed program fails: the first that `improve` has scored."""
        is_seed = self._command == "improve" and not self._seed
        self._seed = True
        why = failing(fact) if is_seed else ""
        return f"the seed program fails: {why}" if why else ""

    def _decided(self, fact: Compared) -> str:
        """Return what a comparison came to, where it decides about a task's program."""
        if self._command != "improve":
            return ""
        return f"{figures.short(fact.program)} compared with the seed program: {fact.reason}"

    def _better(self, event: Event, fact: UtilityCalled) -> str:
        if event.invocation != "improve" or (self._best is not None and fact.score <= self._best):
            return ""
        first, self._best = self._best is None, fact.score
        return f"{'first score' if first else 'better'}: {figures.score(fact.score)} on train"


def _of_rounds(invocation: str, fact: RoundStarted | Decided | Approved) -> str:
    arm = "control: " if invocation.startswith("control/") else ""
    match fact:
        case RoundStarted():
            return f"{arm}round {fact.round} starts with {figures.short(fact.improver)}"
        case Decided():
            verdict = "adopted" if fact.adopted else "kept the incumbent"
            return f"{arm}round {fact.round}: {verdict}; {fact.reason}"
        case Approved():
            return f"round {fact.round}: {'approved' if fact.approved else 'rejected'}"


def _measured(invocation: str, fact: MetaEvaluated) -> str:
    failed = "" if fact.status == "ok" else f", {fact.status}"
    return (
        f"{invocation}: improver {figures.short(fact.improver)} scores "
        f"{figures.score(fact.score)} on {fact.split} (n={len(fact.returned)}{failed})"
    )


def _returned(invocation: str, fact: InvocationFinished) -> str:
    last = invocation.rpartition("/")[2]
    if invocation != "improve" and not (last.startswith("r") and last[1:].isdigit()):
        return ""
    if fact.status != "ok":
        return f"{invocation}: the improver ended with status {fact.status}: {fact.detail}"
    return f"{invocation}: the improver returned {figures.short(fact.program)}"
