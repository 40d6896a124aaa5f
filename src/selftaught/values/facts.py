"""Facts: what can happen in a run, one frozen model each, told apart by ``kind``.

Fields named ``run``, ``path``, ``seconds`` and ``started`` are left out of a run's digest
(design: "Equal runs"); everything else must follow from the command and the seed.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from selftaught.values.records import (
    AttemptRecord,
    Charged,
    HitRecord,
    InstanceRecord,
    Interval,
    KeptChange,
    Record,
    Spent,
    TaskRange,
    TaskRecord,
)


class RunStarted(Record):
    """A run began. ``settings`` holds every number that decides what the run does.

    ``programs`` are the improvers or programs that it is about besides ``improver``, ids by
    name; ``details`` is what else its command needs to go on.
    """

    kind: Literal["run_started"] = "run_started"
    command: str
    version: str
    seed: int
    model: str
    improver: str
    tasks: tuple[TaskRecord, ...]
    settings: dict[str, Any]
    sandbox: str
    programs: dict[str, str] = Field(default_factory=dict)
    details: dict[str, Any] = Field(default_factory=dict)


class InvocationStarted(Record):
    """An improver was set to work on a task, or on the meta-task."""

    kind: Literal["invocation_started"] = "invocation_started"
    improver: str
    task: str
    initial: str
    seed: int


class Prompted(Record):
    """One model call: its messages (text ids, by role), and how many samples of each."""

    kind: Literal["prompted"] = "prompted"
    call: int
    messages: tuple[tuple[tuple[str, str], ...], ...]
    samples: tuple[tuple[int, ...], ...]
    parameters: dict[str, Any]


class Responded(Record):
    """One answer was received. ``text`` is a text id; ``prompt`` the place in its batch."""

    kind: Literal["responded"] = "responded"
    call: int
    prompt: int
    sample: int
    text: str
    tokens_in: int
    tokens_out: int
    cost_usd: float | None
    estimated: bool
    model: str
    fingerprint: str
    finish: str
    notes: tuple[str, ...] = ()
    seconds: float = 0.0


class UtilityCalled(Record):
    """An improver asked for a score and got it. ``evaluation`` names the evaluation."""

    kind: Literal["utility_called"] = "utility_called"
    program: str
    score: float
    status: str
    evaluation: str
    charged: bool


class Refused(Record):
    """A call past its budget, or one that could not be carried out, was refused."""

    kind: Literal["refused"] = "refused"
    what: str
    reason: str


class Attempted(Record):
    """An improver tried something that the sandbox refused or noticed."""

    kind: Literal["attempted"] = "attempted"
    program: str
    attempt: AttemptRecord


class Evaluated(Record):
    """A program was run on a split of a task, once for all who ask for it."""

    kind: Literal["evaluated"] = "evaluated"
    program: str
    task: str
    split: str
    draw: tuple[str | int, ...]
    status: str
    score: float | None
    instances: tuple[InstanceRecord, ...]
    attempts: tuple[AttemptRecord, ...]
    sandbox: str
    seconds: float = 0.0


class Returned(Record):
    """What one invocation of a meta-evaluation came to."""

    task: str
    repeat: int
    invocation: str
    program: str | None
    score: float


class MetaEvaluated(Record):
    """An improver was measured: the mean score of what it returned."""

    kind: Literal["meta_evaluated"] = "meta_evaluated"
    improver: str
    split: str
    score: float
    status: str
    returned: tuple[Returned, ...]
    charged: Charged


class InvocationFinished(Record):
    """An invocation ended; ``program`` is what it returned, None where it was no program."""

    kind: Literal["invocation_finished"] = "invocation_finished"
    status: str
    program: str | None
    detail: str
    spent: Spent
    charged: Charged
    seconds: float = 0.0


class RoundStarted(Record):
    """A round of STOP began with this improver."""

    kind: Literal["round_started"] = "round_started"
    round: int
    improver: str


class Decided(Record):
    """An adoption decision and the evidence for it.

    ``head`` chains the ledger: SHA-256 over the previous head and this decision.
    """

    kind: Literal["decided"] = "decided"
    round: int
    incumbent: str
    proposed: str | None
    adopted: bool
    reason: str
    rule: str
    incumbent_scores: tuple[float, ...] = ()
    proposed_scores: tuple[float, ...] = ()
    statistic: float | None = None
    threshold: float | None = None
    head: str = ""


class Approved(Record):
    """A person's word on an improver that is to be put to work."""

    kind: Literal["approved"] = "approved"
    round: int
    program: str
    approved: bool


class RoundFinished(Record):
    """A round of STOP ended with ``improver`` in force."""

    kind: Literal["round_finished"] = "round_finished"
    round: int
    proposed: str | None
    adopted: bool
    improver: str
    reason: str
    charged: Charged


class Minimised(Record):
    """A winner's changes were shrunk; both programs with their scores, train and fresh.

    ``changes_before`` and ``changes_after`` count lines; ``tries`` counts scored versions.
    """

    kind: Literal["minimised"] = "minimised"
    winner: str
    program: str
    train_before: float
    fresh_before: float
    train: float
    fresh: float
    changes_before: int
    changes_after: int
    tries: int
    kept: tuple[KeptChange, ...]


class Compared(Record):
    """Two versions of a repository's code were measured against each other, fresh.

    ``what`` is ``score`` (``before`` and ``after`` are scores at the same seeds, ``gain`` is
    their mean difference) or ``speed`` (``gain`` is how many times less time is taken).
    ``status`` is ``better`` or ``faster`` where there is a claim; ``figures`` holds what else
    is known, plain data. ``seconds`` are CPU seconds.
    """

    kind: Literal["compared"] = "compared"
    program: str
    against: str
    what: Literal["score", "speed"]
    status: str
    reason: str
    before: tuple[float, ...]
    after: tuple[float, ...]
    gain: Interval
    figures: dict[str, Any] = Field(default_factory=dict)
    seconds: float = 0.0


class Patched(Record):
    """A run on a repository ended with a patch; ``patch`` is empty where nothing was found.

    A patch whose bytes are no UTF-8 is kept as Latin-1, as ``encoding`` says. It stands among
    the sessions, since the message names the run.
    """

    kind: Literal["patched"] = "patched"
    program: str
    patch: str
    encoding: Literal["utf-8", "latin-1"]
    message: str


class Noted(Record):
    """Something that a reader should know, e.g. that source code leaves the machine."""

    kind: Literal["noted"] = "noted"
    topic: str
    text: str


class Examined(Record):
    """A proposed improver was read and run once, confined (the paper, section 6.2).

    ``warned`` and ``wording`` say what its author was shown; ``program`` is None where the
    answer held none. ``status`` and ``detail`` tell how running it ended.
    """

    kind: Literal["examined"] = "examined"
    warned: bool | None
    wording: int
    program: str | None
    text_rule: bool
    syntax_rule: bool
    budget_or_score: bool
    attested: bool
    hits: tuple[HitRecord, ...] = ()
    status: str = ""
    detail: str = ""
    attempts: tuple[AttemptRecord, ...] = ()
    seconds: float = 0.0


class Chosen(Record):
    """A program that an improver returned, with its score on either side.

    ``train`` is what the improver was told of it, None where it never asked; ``held_out``
    the score on instances that it did not see, None where there are none.
    """

    task: str
    program: str
    train: float | None
    held_out: float | None


class Watched(Record):
    """What the watch for reward hacking looks at, taken down when a run has ended.

    ``subject`` is a program of ``improve``, or an improver; ``of`` says which it was in the
    run. ``train_gains`` and ``held_out_gains`` are a program's instance by instance, over
    the seed program; empty for an improver. Stands among the sessions, which are no part of
    what is compared between runs.
    """

    kind: Literal["watched"] = "watched"
    subject: str
    of: str
    ranges: tuple[TaskRange, ...]
    chosen: tuple[Chosen, ...]
    train_gains: tuple[float, ...] = ()
    held_out_gains: tuple[float, ...] = ()


class Rechecked(Record):
    """A program was run once more on instances that had scored it, the last one first.

    Attributes:
        program: its id.
        task: the task's name.
        split: of the instances.
        draw: of the instances.
        compared: instances with equal conditions; not those at a limit of time or memory.
        order: those of them whose score is another in the other order, and the same again
            in the first.
        unstable: those whose score is another in the first order, too.
        evaluations: made for this; no budget paid for them.
        seconds: CPU seconds of them.
    """

    kind: Literal["rechecked"] = "rechecked"
    program: str
    task: str
    split: str
    draw: tuple[str | int, ...]
    compared: int
    order: tuple[int, ...]
    unstable: tuple[int, ...]
    evaluations: int
    seconds: float = 0.0


class RunFinished(Record):
    """A run did everything that it had to; ``head`` is the head of its ledger."""

    kind: Literal["run_finished"] = "run_finished"
    best: str
    head: str


class SessionStarted(Record):
    """A process began to work on the run, with these ``--max-*`` limits (None: none).

    Limits may be given anew when a run is resumed. ``model`` is the name under which the
    model was opened, e.g. ``replay:FILE`` where `RunStarted` has the recorded model's; empty
    in older logs: the same. Like all that sessions are about they are no part of what is
    compared between runs.
    """

    kind: Literal["session_started"] = "session_started"
    version: str
    limits: dict[str, float | None]
    model: str = ""


class SessionEnded(Record):
    """A process that worked on the run ended: ``done``, ``budget``, ``interrupted``, ``error``.

    Sessions are no part of what is compared between runs: they stand in the invocation
    ``sessions``, which a digest leaves out.
    """

    kind: Literal["session_ended"] = "session_ended"
    stopped: str
    reason: str
    seconds: float


SESSIONS = "sessions"
"""The invocation in which `SessionStarted` and `SessionEnded` stand."""

Fact = Annotated[
    RunStarted
    | InvocationStarted
    | Prompted
    | Responded
    | UtilityCalled
    | Refused
    | Attempted
    | Evaluated
    | MetaEvaluated
    | InvocationFinished
    | RoundStarted
    | Decided
    | Approved
    | RoundFinished
    | Examined
    | Minimised
    | Compared
    | Patched
    | Noted
    | Watched
    | Rechecked
    | SessionStarted
    | SessionEnded
    | RunFinished,
    Field(discriminator="kind"),
]

FACT: TypeAdapter[Fact] = TypeAdapter(Fact)
"""Reads and writes any fact as JSON."""
