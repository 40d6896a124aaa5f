"""Winners and candidates: what a run ended with, and what is to be judged of it."""

from __future__ import annotations

from dataclasses import dataclass

from selftaught.values.program import Program


@dataclass(frozen=True)
class Winner:
    """A run's winner: a program of ``improve`` or an improver of ``run``.

    Attributes:
        run: the run's full id.
        kind: ``improve`` or ``run``.
        program: the winner.
        seed: what the run began with.
        chosen: the winner's score on train, by which it was found; None: not measured.
        seed_score: the seed's score on the same instances; None: not measured.
        tasks: names of the run's tasks.
    """

    run: str
    kind: str
    program: Program
    seed: Program
    chosen: float | None
    seed_score: float | None
    tasks: tuple[str, ...]


@dataclass(frozen=True)
class Candidate:
    """An improver to carry over.

    Attributes:
        name: its own, or its run's id.
        improver: the improver.
        seed_improver: the one it is compared with.
        seen: names of the tasks that it has worked on.
        model: with which it was found, by the name that opens it; None where no run found it.
    """

    name: str
    improver: Program
    seed_improver: Program
    seen: tuple[str, ...] = ()
    model: str | None = None
