"""Answers: what became of everything that the model said, counted from a run's log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from selftaught.engine.task_improvement import GOAL
from selftaught.improver.helpers import Asked, extract_code, reason_without_code
from selftaught.ports import NO_TEXT
from selftaught.runs.results import AnswerFigures, Failure
from selftaught.values.event import Event
from selftaught.values.facts import (
    SESSIONS,
    Evaluated,
    Fact,
    InvocationStarted,
    Noted,
    Prompted,
    Responded,
)
from selftaught.values.outcome import Status
from selftaught.values.program import Program
from selftaught.values.task import Split

EXAMPLE = 200
"""Characters of an answer that are shown."""
REASON = 120
"""Characters of a reason; what is longer is cut, so that equal kinds are counted together."""
REFUSED = (Status.INVALID_PROGRAM, Status.TAMPERED)
"""Statuses of programs that were refused before they got a score."""

Get = Callable[[str], str]


def answer_figures(events: Iterable[Event], get: Get, *, closely: bool) -> AnswerFigures:
    """Return what became of the answers of a run.

    Args:
        events: of the run.
        get: returns the text of an id.
        closely: of a run about one program: an answer that repeats what the model was shown is
            told apart, and so are programs that were never scored. In other runs answers are
            improvers as well as programs.
    """
    log = _read(events)
    silent: dict[str, list[str]] = {}
    programs = set()
    for invocation, fact in log.responses:
        text = get(fact.text)
        reason = without_program(text, fact, log.asked(invocation, fact, get, closely=closely))
        if reason:
            silent.setdefault(reason, []).append(text)
        elif code := extract_code(text):
            programs.add(Program(code).id)
    reasons = {reason: len(texts) for reason, texts in silent.items()}
    most = max(reasons, key=lambda each: reasons[each], default="")
    return _with_fates(log, closely=closely).model_copy(
        update={
            "received": len(log.responses),
            "without_program": _by_count(Counter(reasons)),
            "example": beginning(silent[most][0]) if most else "",
            "unscored": log.unscored(programs) if closely else None,
        }
    )


def without_program(text: str, fact: Responded, asked: Asked) -> str:
    """Return why an answer held no program, so that equal kinds read alike; empty if it did."""
    reason = reason_without_code(text, asked)
    if not reason:
        return ""
    if not text.strip():
        notes = (note.removeprefix(NO_TEXT) for note in fact.notes if note.startswith(NO_TEXT))
        return f"no text: {next(notes, _ended(fact.finish))}"
    cut_off = " (cut off at its bound of tokens)" if fact.finish == "length" else ""
    return reason.partition(":")[0] + cut_off


def beginning(text: str) -> str:
    """Return the beginning of an answer on one line."""
    line = " ".join(text.split())
    return line if len(line) <= EXAMPLE else line[:EXAMPLE] + "…"


def _ended(finish: str) -> str:
    return f"the answer ended as {finish!r}" if finish not in ("", "stop") else "empty"


@dataclass
class _Log:
    """What of a log tells about answers."""

    initial: dict[str, str] = field(default_factory=dict)
    prompts: dict[tuple[str, int], Prompted] = field(default_factory=dict)
    responses: list[tuple[str, Responded]] = field(default_factory=list)
    scored: list[Evaluated] = field(default_factory=list)

    def asked(self, invocation: str, fact: Responded, get: Get, *, closely: bool) -> Asked:
        """Return what an answer answers, as far as it is to be compared with it."""
        initial = self.initial.get(invocation, "")
        prompt = self.prompts.get((invocation, fact.call))
        sent: tuple[str, ...] = ()
        if closely and prompt and fact.prompt < len(prompt.messages):
            messages = prompt.messages[fact.prompt]
            sent = tuple(get(text) for role, text in messages if role == "user")
        return Asked(initial=get(initial) if initial else "", messages=sent)

    def unscored(self, programs: set[str]) -> int:
        """Return how many programs of answers got no score.

        An improver may score programs that it put together from answers: each of them
        stands for one.
        """
        scored = {fact.program for fact in self.scored} - set(self.initial.values())
        return max(0, len(programs - scored) - len(scored - programs))


def _read(events: Iterable[Event]) -> _Log:
    log = _Log()
    for event in events:
        fact = event.fact
        if isinstance(fact, InvocationStarted):
            log.initial[event.invocation] = fact.initial
        elif isinstance(fact, Prompted):
            log.prompts[event.invocation, fact.call] = fact
        elif isinstance(fact, Responded):
            log.responses.append((event.invocation, fact))
        elif (
            isinstance(fact, Evaluated)
            and event.invocation != SESSIONS
            and fact.split in (Split.TRAIN, Split.PAPER_TRAIN)
        ):
            log.scored.append(fact)
    return log


def _with_fates(log: _Log, *, closely: bool) -> AnswerFigures:
    """Return the figures of the programs that were scored, each draw by itself."""
    seeds = set(log.initial.values())
    scored = [fact for fact in log.scored if not (closely and fact.draw)]
    start = {_place(fact): fact.score for fact in scored if fact.program in seeds}
    tried = [fact for fact in scored if fact.program not in seeds]
    fates = [(_fate(fact, start), fact) for fact in tried]
    counts = Counter(fate for fate, _ in fates)
    refused = Counter(_why(fact) for fate, fact in fates if fate == "refused")
    failed = {
        status: [fact for fate, fact in fates if fate == "failed" and fact.status == status]
        for status in sorted({fact.status for fate, fact in fates if fate == "failed"})
    }
    return AnswerFigures(
        programs=len(tried),
        refused=_by_count(refused),
        failed={status: _failure(facts) for status, facts in failed.items()},
        **{name: counts[name] for name in ("ran", "equal", "worse", "better")},
    )


def _place(fact: Evaluated) -> tuple[str, str, tuple[str | int, ...]]:
    return fact.task, fact.split, fact.draw


def _fate(
    fact: Evaluated, start: dict[tuple[str, str, tuple[str | int, ...]], float | None]
) -> str:
    """Return what became of a program; against the seed program where that has a score."""
    if fact.status in REFUSED or fact.score is None:
        return "refused"
    before = start.get(_place(fact))
    above = before is None or float(f"{fact.score:.12g}") > float(f"{before:.12g}")
    if before is not None and above:
        return "better"
    if fact.status != Status.OK:
        return "failed"
    if before is None:
        return "ran"
    return "equal" if float(f"{fact.score:.12g}") == float(f"{before:.12g}") else "worse"


def _failure(facts: list[Evaluated]) -> Failure:
    (error, _), *_ = Counter(_why(fact) for fact in facts).most_common(1)
    return Failure(count=len(facts), error=error)


def _why(fact: Evaluated) -> str:
    """Return the first line of what the first instance that is not ok says."""
    details = [each.detail for each in fact.instances if each.status != Status.OK and each.detail]
    lines = details[0].strip().splitlines() if details else []
    return lines[0][:REASON] if lines else fact.status


def _by_count(counts: Counter[str]) -> dict[str, int]:
    return dict(counts.most_common())


def failing(fact: Evaluated) -> str:
    """Return how a program fails, in words: how often, and the most frequent error."""
    failed = [each for each in fact.instances if each.status != "ok"]
    if not failed:
        return ""
    (status, detail), _ = Counter((each.status, each.detail) for each in failed).most_common(1)[0]
    why = f": {detail}" if detail else ""
    return f"{status} on {len(failed)} of {len(fact.instances)} instances{why}"


def reached(facts: Iterable[Fact]) -> str:
    """Return that the search's goal was reached, in words; empty where it was not."""
    notes = (fact.text for fact in facts if isinstance(fact, Noted) and fact.topic == GOAL)
    return next(notes, "")
