"""Settings of a run: the scales, every number by itself, and the products they make."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

from selftaught.errors import UnknownNameError, UsageError
from selftaught.values.outcome import CATEGORIES

Adopt = Literal["paper", "gate", "archive"]


@dataclass(frozen=True)
class Scale:
    """How much a run may do (design: "Scales").

    Attributes:
        calls: model calls of one invocation.
        responses: responses of one model call, at most.
        utility_calls: utility calls of one invocation.
        meta_calls: meta-utility calls of one round.
        repeats: invocations per meta-utility call and task.
        rounds: rounds of self-improvement.
        gate_pairs: pairs that an adoption decision and the final test are made of.
    """

    calls: int = 4
    responses: int = 6
    utility_calls: int = 25
    meta_calls: int = 12
    repeats: int = 3
    rounds: int = 3
    gate_pairs: int = 20


SCALES = {
    "tiny": Scale(2, 3, 6, 6, 2, 2, 8),
    "small": Scale(),
    "paper": Scale(4, 6, 25, 25, 5, 4, 20),
}
DAY = 86_400
"""Seconds; the longest that an invocation may compute."""
ABSURD = 1_000_000
"""A number of a scale above this is taken for a slip of the hand."""


def scale_named(name: str, **changes: int | None) -> Scale:
    """Return the named scale with single numbers changed; None leaves a number as it is.

    Raises:
        UnknownNameError: no scale has this name.
        UsageError: a number is not in [1, 1,000,000] (0 rounds are refused too).
    """
    if name not in SCALES:
        raise UnknownNameError("scale", name, SCALES)
    given = {field: number for field, number in changes.items() if number is not None}
    for field, number in given.items():
        if not 1 <= number <= ABSURD:
            option = "--" + field.replace("_", "-")
            raise UsageError(f"{option} between 1 and {ABSURD:,}", str(number))
    return replace(SCALES[name], **given)


@dataclass(frozen=True)
class Caps:
    """The ``--max-*`` limits of a whole run; None: none. Only these give exit status 3.

    Attributes:
        responses: of the model.
        tokens: of prompts and answers.
        cost_usd: dollars.
        evaluations: that invocations ask for; one that several ask for runs once and counts
            for each.
        cpu_seconds: of programs and improvers.
        seconds: wall time, of all sessions together.
    """

    responses: float | None = None
    tokens: float | None = None
    cost_usd: float | None = None
    evaluations: float | None = None
    cpu_seconds: float | None = None
    seconds: float | None = None

    def given_anew(self, other: Caps) -> Caps:
        """Return these limits with those replaced that ``other`` has."""
        return replace(self, **{name: n for name, n in asdict(other).items() if n is not None})

    def __post_init__(self) -> None:
        """Refuse limits that no run could mean.

        Raises:
            UsageError: a limit is 0, negative, or no number.
        """
        for name, limit in asdict(self).items():
            if limit is not None and not (limit > 0 and math.isfinite(limit)):
                option = "--max-" + name.replace("_", "-")
                raise UsageError(f"{option} above 0", str(limit), f"omit {option} for no limit")


@dataclass(frozen=True)
class Settings:
    """Everything that decides what a run does, besides its tasks, model and improver.

    Attributes:
        seed: the run's seed, 0 ≤ seed < 2**63.
        scale: the numbers.
        caps: limits of the whole run.
        adopt: the rule by which a new improver replaces the old one.
        freeze_improver: use the starting improver in every round (control).
        control: run the control ``freeze_improver`` beside the run and compare at the end.
        approve: wait for a person before an adopted improver is put to work.
        improver_seconds: CPU seconds of one invocation, its model and scores not counted.
        improver_memory_mb: memory of one invocation, in MiB.
        score_despite_attempts: score programs that tried to leave the sandbox all the same,
            so that what selection against attempts does can be measured.
        report_only: categories of attempts that are counted and decide nothing.
        stop_at: score on train at which ``improve`` ends its search; None: the known best.
    """

    seed: int = 0
    scale: Scale = Scale()
    caps: Caps = Caps()
    adopt: Adopt = "gate"
    freeze_improver: bool = False
    control: bool = False
    approve: bool = False
    improver_seconds: float = 60.0
    improver_memory_mb: int = 1024
    score_despite_attempts: bool = False
    report_only: tuple[str, ...] = ()
    stop_at: float | None = None

    def __post_init__(self) -> None:
        """Refuse what can't be meant.

        Raises:
            UsageError: a number is out of range, the adoption rule is unknown, or two
                settings exclude each other.
        """
        if not 0 <= self.seed < 2**63:
            raise UsageError("--seed between 0 and 2**63 - 1", str(self.seed))
        if not 0.1 <= self.improver_seconds <= DAY:
            given = f"{self.improver_seconds:g}"
            raise UsageError(f"--improver-seconds between 0.1 and {DAY:,}", given)
        if self.stop_at is not None and not math.isfinite(self.stop_at):
            raise UsageError(
                "a score for --stop-at", str(self.stop_at), "omit it to search without a goal"
            )
        if self.adopt not in get_args(Adopt):
            raise UnknownNameError("adoption rule", self.adopt, get_args(Adopt))
        for category in self.report_only:
            if category not in CATEGORIES:
                raise UnknownNameError("category of attempts", category, CATEGORIES)
        if self.control and self.freeze_improver:
            raise UsageError(
                "either --control or --freeze-improver", "both", "drop --freeze-improver"
            )

    def as_data(self) -> dict[str, Any]:
        """Return the settings as plain data, for the log and the digest, without the caps.

        Limits end a run but decide nothing within it, and each session has its own. Without
        ``stop_at`` the data are those of versions that did not know it.
        """
        data = asdict(self) | {"report_only": list(self.report_only)}
        del data["caps"]
        if self.stop_at is None:
            del data["stop_at"]
        return data

    @classmethod
    def from_data(cls, data: dict[str, Any], caps: Caps | None = None) -> Settings:
        """Return the settings that `as_data` wrote, with these limits."""
        read = {"scale": Scale(**data["scale"]), "report_only": tuple(data.get("report_only", ()))}
        return cls(**{**data, **read, "caps": caps or Caps()})


@dataclass(frozen=True)
class Products:
    """The most that a run can ask for, before it starts."""

    invocations: int
    responses: int
    evaluations: int
    instance_calls: int


def products_of_improve(scale: Scale, train: int, test: int) -> Products:
    """Return the most that ``improve`` can use on a task with these numbers of instances."""
    evaluations = scale.utility_calls + 2
    return Products(
        invocations=1,
        responses=scale.calls * scale.responses,
        evaluations=evaluations + 2,
        instance_calls=evaluations * train + 2 * test,
    )


def products_of_run(
    settings: Settings,
    instances: list[tuple[int, int, int]],
    tests: int | None = None,
    *,
    controls: int = 0,
) -> Products:
    """Return the most that ``run`` can use.

    Args:
        settings: the run's settings.
        instances: numbers of train, gate and test instances, a triple a task.
        tests: how many improvers the final test measures; None: the seed improver and
            one a round.
        controls: how many improvers it measures besides.
    """
    scale = settings.scale
    arms = 2 if settings.control else 1
    tasks = len(instances)
    decisions = {"paper": 0, "gate": scale.rounds, "archive": 1}[settings.adopt]
    gates = 2 * scale.gate_pairs * decisions
    measured = scale.meta_calls * scale.rounds + 2
    improvers = 1 + scale.rounds * arms if tests is None else tests
    meta = measured * scale.repeats * tasks * arms
    paired = gates * arms + (improvers + controls) * scale.gate_pairs
    invocations = meta + paired + scale.rounds * arms
    per_invocation = scale.utility_calls + 1
    train = sum(n for n, _, _ in instances) / tasks
    held_out = max(max(gate, test) for _, gate, test in instances)
    work = meta + paired
    return Products(
        invocations=invocations,
        responses=invocations * scale.calls * scale.responses,
        evaluations=work * per_invocation,
        instance_calls=round(work * scale.utility_calls * train + work * held_out),
    )
