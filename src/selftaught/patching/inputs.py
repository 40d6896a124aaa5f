"""Inputs: those on which a version has to give equal results, and where they are from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from selftaught.patching.repository.equality import Inputs
from selftaught.patching.repository.judge import score_seed
from selftaught.patching.repository.perturbed_inputs import (
    OptionalParameter,
    near_inputs,
    never_given,
    optional_parameters,
)
from selftaught.patching.repository.probe import Probes, Taken
from selftaught.patching.repository.settings import words
from selftaught.patching.repository.target import FUNCTIONS, Located, parse_target
from selftaught.patching.repository.timing import Stopwatch
from selftaught.patching.repository.workshop import How, Workshop


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
MOST = 100
"""Inputs that are recorded, of each command."""
MOST_BYTES = 4_000_000
DRAWN = 100
NEAR = 100
"""Inputs for a verdict: drawn ones, and recorded ones with a small change."""
SEARCH_DRAWN = 30
SEARCH_NEAR = 30
"""The same for the search: other ones than those of the verdict."""
FINAL = "final"
"""Names the seeds of the score command in the comparison of a winner."""


class InputSource:
    """Records and draws inputs of one target, with the original in place."""

    def __init__(
        self, workshop: Workshop, probes: Probes, how: How, stopwatch: Stopwatch | None
    ) -> None:
        """Use a workshop with the original.

        Args:
            workshop: with the original, whenever inputs are asked for.
            probes: run our scripts.
            how: limits of a command.
            stopwatch: knows how a benchmark function is called; None: none is.
        """
        self._workshop = workshop
        self._probes = probes
        self._how = how
        self._stopwatch = stopwatch
        self._target = workshop.site.parts[0].target
        self._recorded: dict[tuple[str, int], Inputs] = {}

    def for_search(self, seed: int, draw: int) -> Inputs:
        """Return what the search is judged on: recorded inputs, a few drawn, a few near them.

        Args:
            seed: the run's.
            draw: from which inputs are drawn.
        """
        recorded = self._known(seed)
        drawn, notes = self._draw(draw, SEARCH_DRAWN)
        near = near_inputs(recorded.recorded, SEARCH_NEAR, draw, self._optional())
        found = replace(recorded, drawn=tuple(drawn), near=tuple(near))
        return replace(found, notes=(*recorded.notes, *notes))

    def for_verdict(self, seed: int, draw: int, *, afresh: bool) -> Inputs:
        """Return what the winner is judged on: besides, inputs that the search never saw.

        Args:
            seed: the run's.
            draw: from which inputs are drawn.
            afresh: whether the score command makes other inputs of another seed.
        """
        found = self._known(seed)
        recorded, notes = list(found.recorded), found.notes
        if afresh:
            more = self._scored(score_seed(seed, FINAL, 0))
            recorded += [each for each in more.recorded if each not in recorded]
            notes = (*notes, *(each for each in more.notes if each not in notes))
        drawn, said = self._draw(draw, DRAWN)
        optional = self._optional()
        near = near_inputs(tuple(recorded), NEAR, draw, optional)
        for name in never_given(optional, (*recorded, *drawn, *near)):
            said.append(f"no input gives {name} another value than its default")
        return Inputs(tuple(recorded), tuple(drawn), tuple(near), (*notes, *said))

    def _optional(self) -> list[OptionalParameter]:
        node = self._workshop.site.parts[0].node
        return optional_parameters(node) if isinstance(node, FUNCTIONS) else []

    def _known(self, seed: int) -> Inputs:
        """Return the inputs that the commands give the target in the search."""
        goal = self._workshop.site.goal
        found = self._scored(score_seed(seed, "train", 0)) if goal.score else self._timed()
        if not (goal.score or goal.record_inputs):
            return found
        check = self._taken("the check", partial(self._of_command, words(goal.check, "--check"), 0))
        more = [each for each in check.recorded if each not in found.recorded]
        return Inputs((*found.recorded, *more), notes=(*found.notes, *check.notes))

    def _scored(self, seed: int) -> Inputs:
        score = words(self._workshop.site.goal.score, "--score")
        return self._taken("the score command", partial(self._of_command, score, seed), seed)

    def _timed(self) -> Inputs:
        """Return the inputs that the benchmark gives the target."""
        site = self._workshop.site
        faster = site.goal.faster
        if "::" not in faster:
            command = words(faster, "--faster")
            return self._taken("the benchmark", partial(self._of_command, command, 0))
        assert self._stopwatch is not None
        benchmark = self._stopwatch.job(parse_target(faster, site.repository))
        job = {**benchmark, "loops": 1, "samples": 1, "warm_ns": 0}
        return self._taken("the benchmark", partial(self._of_script, job))

    def _taken(self, what: str, take: Take, seed: int = 0) -> Inputs:
        """Return the inputs of a command's calls; it runs once for each seed."""
        if (what, seed) not in self._recorded:
            inputs, notes = recorded(what, take)
            self._recorded[what, seed] = Inputs(tuple(inputs), notes=tuple(notes))
        return self._recorded[what, seed]

    def _of_command(self, command: tuple[str, ...], seed: int, way: Way) -> Taken:
        how = replace(self._how, seed=seed, environment=way.environment)
        return self._probes.record(self._workshop, command, self._noted(way), how)

    def _of_script(self, job: dict[str, Any], way: Way) -> Taken:
        how = How(environment=way.environment)
        return self._probes.record_script(self._workshop, ("loop", job), self._noted(way), how)

    def _noted(self, way: Way) -> dict[str, Any]:
        part = self._workshop.site.parts[0]
        first = part.node.lineno if part.node else 1
        return {
            "path": self._target.path,
            "name": self._target.name,
            "lines": [part.first, first],
            "way": way.name,
            "most": MOST,
            "most_bytes": MOST_BYTES,
        }

    def _draw(self, seed: int, most: int) -> tuple[list[Any], list[str]]:
        job = {
            "path": self._target.path,
            "name": self._target.name,
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
