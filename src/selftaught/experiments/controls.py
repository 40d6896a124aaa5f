"""Controls of ``run``: what the final improver has to beat, measured at the same places."""

from __future__ import annotations

from collections.abc import Mapping

from selftaught.analysis.intervals import mean_interval
from selftaught.improver import registry as improvers
from selftaught.runs.results import NOTHING, ControlScore, Verdict
from selftaught.values.facts import MetaEvaluated
from selftaught.values.program import Program
from selftaught.values.records import Interval

SAMPLING, KEEPING, UNCHANGED = "best_of_n", "seed_keep", "unchanged"
DROPPING = ("seed", "earlier_seed")
"""The paper's seed improvers, which drop the initial solution: `KEEPING` stands beside them."""

FEWEST_PAIRS = 6
"""With fewer even a difference of one sign throughout has p ≥ 0.0625 (sign-flip test)."""

_UNCHANGED = Program(
    '''"""The control that does nothing: what a task's program scores as it was given."""


def improve_algorithm(initial_solution, utility, language_model):
    """Return the initial solution."""
    return initial_solution
'''
)


def control_programs(start: Program) -> dict[str, Program]:
    """Return the controls of a run that begins with this improver, by name."""
    keeps = start not in [improvers.find(name) for name in DROPPING]
    names = [SAMPLING] if keeps else [SAMPLING, KEEPING]
    return {**{name: improvers.find(name) for name in names}, UNCHANGED: _UNCHANGED}


def asking_controls(programs: Mapping[str, Program]) -> int:
    """Return how many of a run's controls ask the model."""
    return sum(name != UNCHANGED for name in programs)


def control_scores(
    programs: Mapping[str, str], final: str, tests: Mapping[str, MetaEvaluated]
) -> list[ControlScore]:
    """Return every control beside the final improver.

    Args:
        programs: the controls' ids by name.
        final: the final improver's id.
        tests: what was measured on test, by improver.
    """
    found = []
    for name, program in programs.items():
        measured = tests.get(program)
        gain = difference(measured, tests.get(final))
        scores = [each.score for each in measured.returned] if measured else []
        found.append(
            ControlScore(
                name=name,
                id=program,
                test=mean_interval(scores),
                difference=gain,
                verdict=verdict(gain),
            )
        )
    return found


def difference(before: MetaEvaluated | None, after: MetaEvaluated | None) -> Interval:
    """Return the paired difference of two measurements at the same places."""
    if before is None or after is None:
        return NOTHING
    pairs = zip(before.returned, after.returned, strict=True)
    return mean_interval([new.score - old.score for old, new in pairs])


def verdict(gain: Interval) -> Verdict:
    """Return what a paired difference shows; an interval that holds 0 shows nothing."""
    if gain.low is None or gain.high is None or gain.n < FEWEST_PAIRS:
        return "not shown"
    if gain.low > 0:
        return "better"
    return "worse" if gain.high < 0 else "not shown"
