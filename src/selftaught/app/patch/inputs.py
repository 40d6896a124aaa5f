"""Inputs: those on which a faster version has to give equal results, and where they are from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from selftaught.repository.equality import Inputs
from selftaught.repository.near import near_inputs
from selftaught.repository.probe import Probes
from selftaught.repository.settings import Goal, words
from selftaught.repository.speed import SpeedPlan
from selftaught.repository.target import FUNCTIONS, Located, Target
from selftaught.repository.timing import Stopwatch
from selftaught.repository.workshop import How, Workshop

MOST = 100
"""Inputs that are recorded, of each command."""
MOST_BYTES = 4_000_000
DRAWN = 100
SEARCH_DRAWN = 30


class InputSource:
    """Records and draws inputs of one target, with the original in place."""

    def __init__(
        self, workshop: Workshop, probes: Probes, stopwatch: Stopwatch, plan: SpeedPlan, how: How
    ) -> None:
        """Use a workshop with the original."""
        self._workshop = workshop
        self._probes = probes
        self._stopwatch = stopwatch
        self._plan = plan
        self._how = how
        self._recorded: Inputs | None = None

    def for_search(self, goal: Goal, seed: int) -> Inputs:
        """Return what the search is judged on: recorded inputs, and a few that are drawn."""
        recorded = self._record(goal)
        drawn, notes = self._draw(seed, SEARCH_DRAWN)
        return replace(recorded, drawn=tuple(drawn), notes=(*recorded.notes, *notes))

    def for_verdict(self, goal: Goal, seed: int) -> Inputs:
        """Return what the winner is judged on: besides, inputs that the search never saw."""
        recorded = self._record(goal)
        drawn, notes = self._draw(seed, DRAWN)
        near = near_inputs(recorded.recorded, self._plan.inputs, seed)
        return Inputs(recorded.recorded, tuple(drawn), tuple(near), (*recorded.notes, *notes))

    def _record(self, goal: Goal) -> Inputs:
        """Return the inputs that the benchmark gives the target, and those of the check."""
        if self._recorded is None:
            noted: dict[str, Any] = {
                "path": self._plan.target.path,
                "name": self._plan.target.name,
                "most": MOST,
                "most_bytes": MOST_BYTES,
            }
            found: list[Any] = []
            notes: list[str] = []
            benchmark = self._plan.benchmark
            if isinstance(benchmark, Target):
                job = {**self._stopwatch.job(benchmark), "loops": 1, "samples": 1, "warm_ns": 0}
                taken = self._probes.record_script(self._workshop, "loop", job, noted)
            else:
                taken = self._probes.record(self._workshop, benchmark, noted, self._how)
            _add(found, notes, "the benchmark", taken[0], taken[1])
            if goal.record_inputs:
                check = words(goal.check, "--check")
                taken = self._probes.record(self._workshop, check, noted, self._how)
                _add(found, notes, "the check", taken[0], taken[1])
            self._recorded = Inputs(tuple(found), notes=tuple(notes))
        return self._recorded

    def _draw(self, seed: int, most: int) -> tuple[list[Any], list[str]]:
        job = {
            "path": self._plan.target.path,
            "name": self._plan.target.name,
            "seed": seed % 2**32,
            "most": most,
        }
        told = self._probes.ask(self._workshop, "draw", job, self._how)
        if not told.answers:
            return [], ["no inputs could be drawn: importing the file ended the process"]
        answer = told.answers[-1]
        reason = answer["reason"]
        return answer["inputs"], [f"no inputs were drawn: {reason}"] if reason else []


def examined(part: Located) -> bool:
    """Return whether a target is called with inputs: a function or a method, nothing in one."""
    return isinstance(part.node, FUNCTIONS)


def _add(
    found: list[Any], notes: list[str], what: str, inputs: Sequence[Any], kinds: dict[str, int]
) -> None:
    found += [each for each in inputs if each not in found]
    if not inputs:
        notes.append(f"{what} makes no call of the target whose inputs are plain data")
    if kinds:
        listed = ", ".join(f"{count} with {kind}" for kind, count in sorted(kinds.items())[:3])
        notes.append(f"calls by {what} were not noted: {listed}")
