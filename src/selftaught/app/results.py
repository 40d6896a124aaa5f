"""Results: the objects that commands print with ``--json`` (design: "Command line")."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict

from selftaught.values.records import Interval, Spent


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


class ImproveResult(Result):
    """What ``improve`` prints."""

    run: str
    task: str
    improver: str
    model: str
    seed: int
    status: str
    detail: str
    seed_program: ProgramScore
    best: BestProgram
    returned_best: bool
    held_out: bool
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
    controls: list[ControlScore] = []
    spent: Total
    attempts: Attempts
    head: str
    digest: str
    stopped: str | None
    reason: str
