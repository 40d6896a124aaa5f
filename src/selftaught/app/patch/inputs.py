"""Inputs: those on which a faster version has to give equal results, and where they are from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from selftaught.repository.equality import Inputs
from selftaught.repository.near import near_inputs
from selftaught.repository.probe import Probes, Taken
from selftaught.repository.settings import Goal, words
from selftaught.repository.speed import SpeedPlan
from selftaught.repository.target import FUNCTIONS, Located, Target
from selftaught.repository.timing import Stopwatch
from selftaught.repository.workshop import How, Workshop


@dataclass(frozen=True)
class Way:
    """A way to see calls: see `inside.recorder`; with variables for the command, and in words."""

    name: str
    words: str
    environment: Mapping[str, str] = field(default_factory=dict)


Take = Callable[[Way], Taken]

WAYS = (
    Way("watch", "the target as it is"),
    Way(
        "watch",
        "compilation by numba, JAX and torch switched off",
        {
            "NUMBA_DISABLE_JIT": "1",
            "JAX_DISABLE_JIT": "1",
            "PYTORCH_JIT": "0",
            "TORCHDYNAMO_DISABLE": "1",
        },
    ),
    Way("wrap", "a wrapper in place of the target"),
)
SEVERAL = "they are where one function or method is changed, and here it is something else"
"""Why results are not compared at all."""
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
            benchmark = self._plan.benchmark
            takes: list[tuple[str, Take]] = []
            if isinstance(benchmark, Target):
                job = {**self._stopwatch.job(benchmark), "loops": 1, "samples": 1, "warm_ns": 0}
                takes.append(("the benchmark", partial(self._of_script, job)))
            else:
                takes.append(("the benchmark", partial(self._of_command, benchmark)))
            if goal.record_inputs:
                check = words(goal.check, "--check")
                takes.append(("the check", partial(self._of_command, check)))
            found: list[Any] = []
            notes: list[str] = []
            for what, take in takes:
                inputs, said = recorded(what, take)
                found += [each for each in inputs if each not in found]
                notes += said
            self._recorded = Inputs(tuple(found), notes=tuple(notes))
        return self._recorded

    def _of_command(self, command: tuple[str, ...], way: Way) -> Taken:
        how = replace(self._how, environment=way.environment)
        return self._probes.record(self._workshop, command, self._noted(way), how)

    def _of_script(self, job: dict[str, Any], way: Way) -> Taken:
        how = How(environment=way.environment)
        return self._probes.record_script(self._workshop, ("loop", job), self._noted(way), how)

    def _noted(self, way: Way) -> dict[str, Any]:
        part = self._workshop.site.parts[0]
        first = part.node.lineno if part.node else 1
        return {
            "path": self._plan.target.path,
            "name": self._plan.target.name,
            "lines": [part.first, first],
            "way": way.name,
            "most": MOST,
            "most_bytes": MOST_BYTES,
        }

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


def recorded(what: str, take: Take) -> tuple[tuple[Any, ...], list[str]]:
    """Return the inputs of a command's calls of the target, and what to note of them.

    Calls are watched first, which changes nothing for the program. Where none is seen they may
    be those of compiled code: compilers are switched off then, and at last the target is
    replaced by a wrapper, whose calls count only where the command ends as it does without.

    Args:
        what: the command, in words.
        take: runs it and watches in one way.
    """
    notes: list[str] = []
    for way in WAYS:
        taken = take(way)
        ended = taken.ran.result
        if not ended.ok:
            said = (ended.stderr.strip() or ended.stdout.strip() or "nothing").splitlines()[-1]
            notes.append(
                f"{what} ended with {ended.status} while its calls were recorded ({way.words}), "
                f"as it does not otherwise: {said[:200]}"
            )
            if way.name == "wrap":
                break
        if not taken.calls:
            continue
        if not taken.inputs:
            notes.append(f"{what} makes no call of the target whose inputs are plain data")
        elif way is not WAYS[0]:
            notes.append(f"calls by {what} were recorded with {way.words}")
        if taken.kinds:
            listed = ", ".join(f"{n} with {kind}" for kind, n in sorted(taken.kinds.items())[:3])
            notes.append(f"calls by {what} were not noted: {listed}")
        return taken.inputs, notes
    notes.append(
        f"no call of the target by {what} was seen: it makes none, or makes them from compiled "
        "code or in a Python that is started with -I, -E or -S, where they can't be observed"
    )
    return (), notes
