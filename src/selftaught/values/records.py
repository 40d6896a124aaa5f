"""Records: what facts are made of, each frozen and without unknown fields."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """Base of everything that is written to the log: frozen, no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TaskRecord(Record):
    """A task as a run found it: its name, where it lies and the SHA-256 over its files."""

    name: str
    path: str
    digest: str


class Spent(Record):
    """What was used up. Dollars are None as soon as one response had no known price."""

    model_calls: int = 0
    responses: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float | None = 0.0
    estimated: bool = False
    utility_calls: int = 0
    evaluations: int = 0
    refused: int = 0
    reused: int = 0
    feedback_bytes: int = 0
    seconds: float = 0.0

    def __add__(self, other: Spent) -> Spent:
        """Return the sum; an unknown price makes the sum unknown."""
        known = self.cost_usd is not None and other.cost_usd is not None
        return Spent(
            model_calls=self.model_calls + other.model_calls,
            responses=self.responses + other.responses,
            tokens_in=self.tokens_in + other.tokens_in,
            tokens_out=self.tokens_out + other.tokens_out,
            cost_usd=(self.cost_usd or 0.0) + (other.cost_usd or 0.0) if known else None,
            estimated=self.estimated or other.estimated,
            utility_calls=self.utility_calls + other.utility_calls,
            evaluations=self.evaluations + other.evaluations,
            refused=self.refused + other.refused,
            reused=self.reused + other.reused,
            feedback_bytes=self.feedback_bytes + other.feedback_bytes,
            seconds=self.seconds + other.seconds,
        )


class Charged(Record):
    """What a ledger was charged for a piece of work, nested work included.

    A resumed run that need not do the work again charges this instead. An evaluation that
    several asked for is charged to each of them, so that timing decides nothing.
    ``seconds`` are CPU seconds.
    """

    model_calls: int = 0
    responses: int = 0
    tokens: int = 0
    cost_usd: float = 0.0
    utility_calls: int = 0
    evaluations: int = 0
    seconds: float = 0.0


class Interval(Record):
    """A mean with its 95 % interval; ends are None for n < 2."""

    mean: float | None
    low: float | None
    high: float | None
    n: int


class AttemptRecord(Record):
    """An attempt, as `values.outcome.Attempt` describes it."""

    counter: str
    category: str
    action: str
    target: str = ""
    count: int = 1
    benign: str = ""


class InstanceRecord(Record):
    """An instance's result, as `values.outcome.InstanceResult` describes it."""

    index: int
    status: str
    score: float | None
    seconds: float
    detail: str = ""
    feedback: str = ""
    near_limit: bool = False


class KeptChange(Record):
    """A change that a minimised program keeps, and the scores without it.

    ``line`` is the seed's, from 1. Scores are None where what is left is no program.
    """

    line: int
    removed: str
    added: str
    train_without: float | None
    fresh_without: float | None


class HitRecord(Record):
    """A place in a program that a rule objects to, as `analysis.bypass.recorder.Hit` says."""

    line: int
    rule: str
    category: str
    what: str


class TaskRange(Record):
    """A task's scale and entry point; ``known_best`` is None where it is unknown."""

    task: str
    entry_point: str
    low: float
    high: float
    known_best: float | None
