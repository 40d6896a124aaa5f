"""Results of runs on a repository: what was found, what it is worth, and the patch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any, Literal, TypeVar

from selftaught.engine.task_improvement import INVOCATION
from selftaught.patching.objective import PatchParameters
from selftaught.runs.answers import reached
from selftaught.runs.files import write_bytes
from selftaught.runs.log import Recorded, RunLog
from selftaught.runs.remedies import next_step
from selftaught.runs.rerun import improver_name
from selftaught.runs.results import (
    AnswerFigures,
    BestProgram,
    Comparison,
    ProgramScore,
    Result,
    comparison_of,
)
from selftaught.values.event import Event
from selftaught.values.facts import (
    SESSIONS,
    Compared,
    Decided,
    Evaluated,
    InvocationStarted,
    Minimised,
    Noted,
    Patched,
    Responded,
    UtilityCalled,
)
from selftaught.values.records import Spent

BEST_OF_N = "best_of_n"
"""The invocation, and the improver, that spends the same on independent samples."""
CLAIMS = ("better", "faster")
"""Statuses of a comparison with which a patch is offered."""
FILE = "improved.patch"
"""What a run writes beside the store."""
UNCONFIRMED = "unconfirmed"
"""Of a version that was not compared: no time was left."""
FLAGGED = 20
"""Refused versions that a result names."""
SEVERAL = "they are where one function or method is changed, and here it is something else"
"""Why results are not compared at all."""
TOOLS = "tools"
"""Topic of notes on what the repository's formatter and linter say of a patch."""
MAY_DIFFER = "--results-may-differ"
"""The option with which results are not compared."""


class Arm(Result):
    """A search, what it used, and the best score that it reached; None: it scored nothing."""

    name: str
    responses: int
    cost_usd: float | None
    utility_calls: int
    best: str | None
    train: float | None


class Flagged(Result):
    """A version that was refused, and why."""

    program: str
    status: str
    reason: str


class Vouched(Result):
    """What vouches for the results of a version.

    ``status``: ``equal`` (to the original's on all inputs that could be compared), ``partly``
    (on less than half of the inputs), ``not_compared`` or ``may_differ`` (the user said so);
    ``reason`` in words.
    """

    status: str
    reason: str


class PatchResult(Recorded):
    """What ``improve path.py::name`` prints.

    ``claim``: whether a patch is offered. ``folder``: where the user was. ``results``: what
    vouches for the results of the version that was compared; None: it did not come to that.
    ``tools``: what the repository's formatter and linter say of it.
    """

    task: str
    targets: list[str]
    folder: str = ""
    improver: str
    claim: bool
    comparison: Comparison | None
    results: Vouched | None = None
    tools: list[str]
    seed_program: ProgramScore
    best: BestProgram
    arms: list[Arm]
    tried: dict[str, int]
    flagged: list[Flagged]
    minimised_lines: tuple[int, int] | None
    notes: list[str]
    head: str
    message: str
    diff: str
    better: bool | None = None
    reached: str = ""
    next: str = ""
    patch: str | None = None


def patch_result(log: RunLog) -> PatchResult:
    """Return what a log tells of a run on a repository, as far as it got."""
    events = list(log.events)
    aim = PatchParameters.from_details(log.started.details).aim
    decision = _last(events, Decided)
    compared = _last(events, Compared, decision.proposed if decision else None)
    patch = _last(events, Patched)
    train = _train(events)
    seed = next((e.fact.initial for e in events if isinstance(e.fact, InvocationStarted)), "")
    seed = seed or next(iter(train), "")
    claim = bool(decision and decision.adopted)
    best = decision.proposed if decision and decision.adopted and decision.proposed else seed
    before, after = _test(compared)
    answers = log.answers(closely=True)
    return PatchResult(
        **log.common() | {"answers": answers},
        task=log.started.tasks[0].name,
        targets=list(aim.goal.targets),
        folder=str(aim.folder),
        improver=log.started.improver,
        claim=claim,
        comparison=comparison_of(compared) if compared else None,
        results=vouched(compared.what, compared.figures) if compared and compared.before else None,
        tools=[
            event.fact.text
            for event in events
            if isinstance(event.fact, Noted) and event.fact.topic == TOOLS
        ],
        seed_program=ProgramScore(id=seed, train=train.get(seed), test=before),
        best=BestProgram(
            id=best, train=train.get(best), test=after if best != seed else before, path=None
        ),
        arms=[_arm(name, events) for name in (INVOCATION, BEST_OF_N) if _begun(name, events)],
        tried=dict(Counter(fact.status for fact in _tried(events))),
        flagged=_flagged(events),
        minimised_lines=_lines(_last(events, Minimised)),
        notes=list(log.state.notes),
        head=decision.head if decision else "",
        message=patch.message if patch else "",
        diff=patch.patch if patch else "",
        better=claim if decision else None,
        reached=reached(event.fact for event in events),
        next=_next(log, answers, decision, compared),
    )


def _next(
    log: RunLog,
    answers: AnswerFigures,
    decision: Decided | None,
    compared: Compared | None,
) -> str:
    """Return what to try next where no patch is offered."""
    if decision is None or decision.adopted:
        return ""
    tried = [each for each in _tried(log.events) if each.program != decision.incumbent]
    differing = sum(map(_differs, tried))
    if differing and 2 * differing >= len(tried):
        return (
            f"{differing} of {len(tried)} versions pass the check and give other results than the "
            f"original; where they may, since the score says which are better, add {MAY_DIFFER}"
        )
    return next_step(
        answers,
        improver=improver_name(log.started.improver),
        model=log.started.model,
        overfitted=compared is not None and compared.status == "worse",
    )


def vouched(what: str, figures: Mapping[str, Any]) -> Vouched:
    """Return what vouches for the results of a version that was measured.

    Args:
        what: ``score`` or ``speed``.
        figures: of its comparison.
    """
    found = figures.get("equality")
    if found is None:
        reason = SEVERAL if what == "speed" else "the version of selftaught did not do so"
        return Vouched(status="not_compared", reason=reason)
    if found["status"] != "equal":
        status = "may_differ" if found["status"] == "may_differ" else "not_compared"
        return Vouched(status=status, reason=found["reason"])
    compared = found["recorded"] + found["drawn"] + found["near"]
    if found["left_out"] > compared:
        reason = (
            f"on {found['left_out']} of {compared + found['left_out']} inputs the original does "
            "not give the same result twice, in time and in a process that goes on"
        )
        return Vouched(status="partly", reason=reason)
    return Vouched(status="equal", reason=found["reason"])


def written(found: PatchResult, events: Iterable[Event], folder: Path) -> PatchResult:
    """Return the result with its patch in a file, below the message; none where there is none.

    Raises:
        UsageError: the file can't be written.
    """
    fact = _last(list(events), Patched)
    if fact is None or not fact.patch:
        return found
    path = write_bytes(folder / FILE, mail(fact))
    best = found.best.model_copy(update={"path": path})
    return found.model_copy(update={"patch": path, "best": best})


def mail(fact: Patched) -> bytes:
    """Return a patch below its message, as ``git am`` and ``git apply`` take it."""
    subject, _, body = fact.message.partition("\n")
    head = f"From: selftaught <selftaught@localhost>\nSubject: [PATCH] {subject}\n\n{body.strip()}"
    return head.encode() + b"\n---\n" + fact.patch.encode(fact.encoding)


def text_of(content: bytes) -> str:
    """Return a patch as text, from which `bytes_of` gives the same bytes again."""
    return content.decode(encoding_of(content))


def encoding_of(content: bytes) -> Literal["utf-8", "latin-1"]:
    """Return the encoding in which a patch is kept."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


Kind = TypeVar("Kind")


def _last(events: Sequence[Event], kind: type[Kind], program: str | None = None) -> Kind | None:
    """Return the newest fact of a kind that counts: what a run ended with, or a look before.

    Args:
        events: of the run.
        kind: of the fact.
        program: the one that the fact is about; None: any.
    """
    found = [
        event
        for event in events
        if isinstance(event.fact, kind)
        and (program is None or getattr(event.fact, "program", None) == program)
    ]
    proper = [event for event in found if event.invocation != SESSIONS] or found
    fact = proper[-1].fact if proper else None
    return fact if isinstance(fact, kind) else None


def _tried(events: Iterable[Event]) -> list[Evaluated]:
    facts = (event.fact for event in events)
    return [fact for fact in facts if isinstance(fact, Evaluated) and not fact.draw]


def _train(events: Iterable[Event]) -> dict[str, float | None]:
    return {fact.program: fact.score for fact in _tried(events)}


def _begun(name: str, events: Iterable[Event]) -> bool:
    return any(
        event.invocation == name and isinstance(event.fact, InvocationStarted) for event in events
    )


def _arm(name: str, events: Sequence[Event]) -> Arm:
    facts = [event.fact for event in events if event.invocation == name]
    spent = Spent()
    for fact in facts:
        if isinstance(fact, Responded):
            spent += Spent(responses=1, cost_usd=fact.cost_usd)
    called = [fact for fact in facts if isinstance(fact, UtilityCalled)]
    best = max(called, key=lambda fact: fact.score, default=None)
    return Arm(
        name=name,
        responses=spent.responses,
        cost_usd=spent.cost_usd,
        utility_calls=len(called),
        best=best.program if best else None,
        train=best.score if best else None,
    )


def _flagged(events: Sequence[Event]) -> list[Flagged]:
    found = [
        Flagged(program=fact.program, status=fact.status, reason=fact.instances[0].detail)
        for fact in _tried(events)
        if fact.instances and (fact.status in ("invalid_program", "tampered") or _differs(fact))
    ]
    found += [
        Flagged(program=fact.program, status=fact.status, reason=fact.reason)
        for fact in (event.fact for event in events)
        if isinstance(fact, Compared)
        and fact.status not in (*CLAIMS, "unclear", "small", UNCONFIRMED)
    ]
    return found[:FLAGGED]


def _differs(fact: Evaluated) -> bool:
    """Return whether a version was refused for results that an option allows to differ."""
    return any(MAY_DIFFER in each.detail for each in fact.instances)


def _lines(fact: Minimised | None) -> tuple[int, int] | None:
    return (fact.changes_before, fact.changes_after) if fact else None


def _test(compared: Compared | None) -> tuple[float | None, float | None]:
    """Return the means of the fresh comparison: of the seed program and of the version."""
    if compared is None or not compared.before:
        return None, None
    if compared.what == "speed":
        return 1.0, compared.gain.mean
    return fmean(compared.before), fmean(compared.after)
