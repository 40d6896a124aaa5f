"""Baselines: how the unchanged repository fares, known before anything is asked of a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from selftaught.values.outcome import Attempt, Counter


@dataclass(frozen=True)
class Baseline:
    """How the unchanged repository fares.

    Attributes:
        check_seconds: wall time of the check, the longer of two runs.
        limit_seconds: what a command may take from here on.
        score_seconds: wall time of the score command, or of one run of the benchmark; 0 where
            it is not known.
        results_seconds: wall time of comparing results once; 0 where they are not compared.
        score: the score, higher is better (minus the number where less is better).
        noisy: whether two equal runs of the score command gave different numbers.
        seeded: whether the number follows from `SEED_VARIABLE`.
        expected: what the unchanged repository's commands try that the sandbox refuses.
        traces: paths that they write in the copy, relative to its root.
        varying: patterns of files that they make under another name in each run.
        shape: the line in which the score stands, its number left out; see `reading.Rule`.
        unit: of that number.
        notes: what the user should know, a sentence each.
    """

    check_seconds: float
    limit_seconds: float
    score_seconds: float = 0.0
    score: float = 1.0
    noisy: bool = False
    seeded: bool = False
    expected: tuple[Attempt, ...] = ()
    traces: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    varying: tuple[str, ...] = ()
    shape: str = ""
    unit: str = ""
    results_seconds: float = 0.0

    @property
    def step(self) -> float:
        """What the score is measured in where no better scale is known; above 0."""
        return abs(self.score) or 1.0

    @property
    def low(self) -> float:
        """What a program counts that fails: the score minus its size, 0 for most."""
        return self.score - self.step

    @property
    def high(self) -> float:
        """A score as far above the unchanged program's as `low` is below."""
        return self.score + self.step

    def as_data(self) -> dict[str, Any]:
        """Return the baseline as plain data, for the log; times under one name, ``seconds``."""
        data = asdict(self)
        names = ("check_seconds", "limit_seconds", "score_seconds")
        times = [data.pop(name) for name in names]
        data["expected"] = [{**each, "counter": str(each["counter"])} for each in data["expected"]]
        lists = {"traces": list(self.traces), "notes": list(self.notes)}
        varying = list(data.pop("varying"))
        lists |= {"varying": varying} if varying else {}  # earlier versions lack it
        results = data.pop("results_seconds")
        times += [results] if results else []
        return data | lists | {"seconds": times}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Baseline:
        """Return the baseline that `as_data` wrote."""
        rest = {name: each for name, each in data.items() if name != "seconds"}
        rest["expected"] = tuple(
            Attempt(**{**each, "counter": Counter(each["counter"])}) for each in data["expected"]
        )
        rest |= {"traces": tuple(data["traces"]), "notes": tuple(data["notes"])}
        rest["varying"] = tuple(data.get("varying", ()))
        check, limit, *more = data["seconds"]  # earlier versions kept no time of the score
        rest["score_seconds"], rest["results_seconds"] = (*more, 0.0, 0.0)[:2]
        return cls(check_seconds=check, limit_seconds=limit, **rest)
