"""What an invocation is made of: an improver, and what it is set to work on."""

from __future__ import annotations

from dataclasses import dataclass

from selftaught.engine.model_calls import ModelBudget
from selftaught.engine.target_score import TargetScore
from selftaught.engine.utility import Utility
from selftaught.values.program import Program


@dataclass(frozen=True)
class InvocationSpec:
    """One invocation to come.

    Attributes:
        name: the invocation's name, e.g. ``r2/c3/bin_packing/4``.
        improver: the program that improves.
        initial: the program to improve.
        utility: what scores programs.
        seed: of the improver's ``random`` and of its model samples.
        model_budget: model calls, and responses of each.
        utility_budget: utility calls.
        seconds: CPU seconds of the improver itself.
        memory_mb: of the improver itself.
        target_score: the score that ends the invocation as soon as a program has it; None: none.
    """

    name: str
    improver: Program
    initial: Program
    utility: Utility
    seed: int
    model_budget: ModelBudget
    utility_budget: int
    seconds: float
    memory_mb: int
    target_score: TargetScore | None = None
