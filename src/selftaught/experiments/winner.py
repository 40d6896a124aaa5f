"""What a run found, as far as another experiment is about it."""

from __future__ import annotations

from dataclasses import dataclass

from selftaught.values.program import Program


@dataclass(frozen=True)
class RunWinner:
    """A run's winner: a program of ``improve`` or an improver of ``run``.

    Attributes:
        run: the run's full id.
        kind: ``improve`` or ``run``.
        program: the winner.
        seed: what the run began with.
        score: the winner's score on train, by which it was found; None: not measured.
        seed_score: the seed's score on the same instances; None: not measured.
        tasks: names of the run's tasks.
    """

    run: str
    kind: str
    program: Program
    seed: Program
    score: float | None
    seed_score: float | None
    tasks: tuple[str, ...]
