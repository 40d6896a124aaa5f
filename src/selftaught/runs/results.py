"""Results: the objects that commands print with ``--json`` (design: "Command line")."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict

from selftaught.analysis.intervals import mean_interval
from selftaught.values.facts import Compared
from selftaught.values.records import AttemptRecord, Interval, Spent

NOTHING = Interval(mean=None, low=None, high=None, n=0)
"""What was not measured."""


class Result(BaseModel):
    """Base of everything that a command prints as one object."""

    model_config = ConfigDict(frozen=True)


def _rounded(spent: Spent) -> Spent:
    cost = spent.cost_usd
    return spent.model_copy(
        update={
            "seconds": round(spent.seconds, 6),
            "cost_usd": None if cost is None else round(cost, 12),
        }
    )


Total = Annotated[Spent, AfterValidator(_rounded)]
"""What was spent in all; rounded, so that no order of adding up shows in the last digits."""


class ProgramScore(Result):
    """A program with its mean scores; None where it was not scored on that split."""

    id: str
    train: float | None
    test: float | None


class BestProgram(ProgramScore):
    """The best program and the file that it was written to; None where there is none yet."""

    path: str | None


class Attempts(Result):
    """What programs tried and the sandbox refused or noticed, by who saw it."""

    attested: int = 0
    advisory: int = 0
    outcomes: int = 0
    by_category: dict[str, int] = {}


class InstanceScore(Result):
    """One instance's result."""

    index: int
    status: str
    score: float | None
    seconds: float
    detail: str


class ScoreResult(Result):
    """What ``score`` prints."""

    task: str
    split: str
    program: str
    status: str
    score: float | None
    near_limit: bool
    sandbox: str
    attempts: Attempts
    instances: list[InstanceScore]


class Comparison(Result):
    """A version measured afresh against the seed program: the one that a result rests on."""

    what: str
    status: str
    reason: str
    before: Interval
    after: Interval
    gain: Interval
    unseen: bool
    figures: dict[str, Any]


def comparison_of(fact: Compared) -> Comparison:
    """Return a comparison as a result shows it."""
    return Comparison(
        what=fact.what,
        status=fact.status,
        reason=fact.reason,
        before=mean_interval(fact.before),
        after=mean_interval(fact.after),
        gain=fact.gain,
        unseen=bool(fact.figures.get("unseen")),
        figures=fact.figures,
    )


class Leader(Result):
    """The program that did best on train, which decides nothing by itself."""

    id: str
    train: float | None


class Failure(Result):
    """Programs that failed in one way: how many, and their most frequent error."""

    count: int
    error: str


class AnswerFigures(Result):
    """What became of the model's answers.

    Attributes:
        received: answers.
        without_program: of them, those that held no new program, by the reason.
        example: how an answer of the most frequent reason began; empty where there is none.
        unscored: programs of answers that the improver never had scored; None where answers
            are not programs alone.
        programs: different programs that were scored on train; what follows sums up to them.
        refused: those that could not be used at all, by the reason.
        failed: those that failed and are not better than the seed program, by their status.
        ran: those that ran where the seed program has no score.
        equal: those that score the same as the seed program.
        worse: those that score less.
        better: those that score more, in the search.
    """

    received: int = 0
    without_program: dict[str, int] = {}
    example: str = ""
    unscored: int | None = None
    programs: int = 0
    refused: dict[str, int] = {}
    failed: dict[str, Failure] = {}
    ran: int = 0
    equal: int = 0
    worse: int = 0
    better: int = 0


class ImproveResult(Result):
    """What ``improve`` prints.

    ``better`` says whether ``best`` is better than the seed program on instances that the
    search never saw; None: not decided yet, and ``best`` is the leader on train so far.
    ``comparison`` is of the winner, or of the ``leader`` where none is better.
    """

    run: str
    task: str
    improver: str
    model: str
    seed: int
    status: str
    detail: str
    seed_program: ProgramScore
    seed_status: str
    seed_detail: str
    best: BestProgram
    better: bool | None
    leader: Leader | None
    comparison: Comparison | None
    returned_best: bool
    held_out: bool
    answers: AnswerFigures
    reached: str
    next: str
    sandbox: str
    spent: Total
    attempts: Attempts
    digest: str
    stopped: str | None
    reason: str


class ImproverScore(Result):
    """An improver with its mean scores over tasks and repeats."""

    id: str
    train: Interval
    test: Interval


class FinalImprover(ImproverScore):
    """The improver in force and the file that it was written to; None where there is none yet."""

    path: str | None


class RoundResult(Result):
    """One round. ``test`` is that of the proposal, measured only where it was adopted."""

    round: int
    proposed: str | None
    adopted: bool
    reason: str
    train: Interval
    gate: Interval
    gate_difference: Interval
    test: Interval


Verdict = Literal["better", "worse", "not shown"]
"""What a paired difference with its 95 % interval shows of the final improver."""


class ControlScore(Result):
    """A control at the same budget as the final improver: an improver, or nothing done.

    ``difference`` is the final improver minus the control, paired, on test.
    """

    name: str
    id: str
    test: Interval
    difference: Interval
    verdict: Verdict


class RunResult(Result):
    """What ``run`` prints; ``controls`` is empty where none was wanted."""

    run: str
    tasks: list[str]
    model: str
    seed: int
    adopt: str
    freeze_improver: bool
    sandbox: str
    settings: dict[str, Any]
    seed_improver: ImproverScore
    rounds: list[RoundResult]
    final: FinalImprover
    control: ImproverScore | None
    paired_difference: Interval
    control_difference: Interval
    answers: AnswerFigures
    controls: list[ControlScore] = []
    spent: Total
    attempts: Attempts
    head: str
    digest: str
    stopped: str | None
    reason: str


def counted(attempts: Iterable[tuple[str, AttemptRecord]]) -> Attempts:
    """Return the counts by who saw them and by category; benign ones are left out."""
    by_counter: Counter[str] = Counter()
    by_category: Counter[str] = Counter()
    for _, attempt in attempts:
        if not attempt.benign:
            by_counter[attempt.counter] += attempt.count
            by_category[attempt.category] += attempt.count
    return Attempts(
        attested=by_counter["attested"],
        advisory=by_counter["advisory"],
        outcomes=by_counter["outcome"],
        by_category=dict(sorted(by_category.items())),
    )
