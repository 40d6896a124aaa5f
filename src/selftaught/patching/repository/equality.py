"""Equality: what the original and a version give for the same inputs, compared exactly."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from selftaught.patching.repository.inside.forms import text_of
from selftaught.patching.repository.probe import Probes
from selftaught.patching.repository.readable import call_of, outcomes_of
from selftaught.patching.repository.speed import Difference, Equality
from selftaught.patching.repository.target import Target
from selftaught.patching.repository.workshop import How, Workshop
from selftaught.values.excerpt import excerpt

RECORDED_SECONDS = 2.0
OTHER_SECONDS = 0.1
"""CPU seconds of one call of the original on a recorded input, and on one that nobody chose; a
version has `TIMES` as many."""
TIMES = 10
PATIENCE_SECONDS = 60.0
"""CPU seconds of all calls of one process; what is not called by then is left out."""
SHOWN = 160
"""Characters of a call or a result that are shown."""
NEARLY = 1e-6
"""Floats that differ by less than this, relative and absolute, are told as nearly equal."""
_DIED = {"died": True}
MOST_OTHERS = 0.5
"""Equal on what was recorded and different on more than this part of the rest: special cases."""

Form = Any


@dataclass(frozen=True)
class Inputs:
    """Inputs by where they are from: recorded, drawn from annotations, near recorded ones."""

    recorded: tuple[Form, ...] = ()
    drawn: tuple[Form, ...] = ()
    near: tuple[Form, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[Form, ...]:
        """Every input, those that were recorded first."""
        return (*self.recorded, *self.drawn, *self.near)


@dataclass(frozen=True)
class Original:
    """What the original gives for inputs; None where it can't be compared."""

    inputs: Inputs
    outcomes: tuple[Form | None, ...]


class Comparing:
    """Calls one target in two versions."""

    def __init__(self, probes: Probes, target: Target, how: How, tolerance: float) -> None:
        """Compare floats within ``tolerance``, relative and absolute."""
        self._probes = probes
        self._target = target
        self._how = how
        self._tolerance = tolerance
        self.problem = ""
        """Why the newest calls of the original ended early; empty where they did not."""

    def original(self, workshop: Workshop, inputs: Inputs) -> Original:
        """Return what the original gives: twice, the second time in reverse order.

        What is not the same both times, takes too long or ends the process is left out.
        """
        count = len(inputs.all)
        self.problem = ""
        first = self.outcomes(workshop, inputs, range(count), 1.0)
        known = [place for place in reversed(range(count)) if _comparable(first.get(place))]
        second = self.outcomes(workshop, inputs, known)
        kept = [
            first[place] if self._same(first.get(place), second.get(place)) else None
            for place in range(count)
        ]
        if count and not any(kept) and self.problem:
            said = f"the target can't be called by itself: {self.problem}"
            inputs = replace(inputs, notes=(*inputs.notes, said))
        return Original(inputs, tuple(kept))

    def compare(self, workshop: Workshop, original: Original, seed: int) -> Equality:
        """Return whether a version gives what the original gives.

        It is called on every input once, and in another process on all of them twice, in
        another order.
        """
        inputs = original.inputs
        places = [place for place, each in enumerate(original.outcomes) if each is not None]
        if not places:
            return self._told("unexamined", unexamined(original), original)
        once = self.outcomes(workshop, inputs, places)
        wrong = [each for each in places if not self._same(once.get(each), original.outcomes[each])]
        if wrong:
            return self._different(original, once, wrong)
        twice = [*places, *places]
        random.Random(seed).shuffle(twice)
        again = self.outcomes(workshop, inputs, twice)
        wrong = [each for each in places if not self._same(again.get(each), once.get(each))]
        if wrong:
            reason = "it gives something else when it was called before"
            return self._told("caches", reason, original, self._difference(original, again, wrong))
        if reason := unexamined(original):
            return self._told("unexamined", reason, original)
        kinds = ", ".join(f"{count} {name}" for name, count in _counts(original).items() if count)
        return self._told("equal", f"Equal results on {len(places)} inputs ({kinds}).", original)

    def outcomes(
        self,
        workshop: Workshop,
        inputs: Inputs,
        sequence: Sequence[int],
        times: float = TIMES,
    ) -> dict[int, Form]:
        """Return what came of calls in a new process, by the input's place; the last one counts.

        Args:
            workshop: with the version.
            inputs: all of them.
            sequence: places of inputs, in the order of the calls.
            times: of the usual seconds that a call has.
        """
        others = len(inputs.all) - len(inputs.recorded)
        seconds = [RECORDED_SECONDS] * len(inputs.recorded) + [OTHER_SECONDS] * others
        job = {
            "path": self._target.path,
            "name": self._target.name,
            "core": None,
            "groups": [list(inputs.all)],
            "sequence": list(sequence),
            "seconds": [times * each for each in seconds],
            "patience": PATIENCE_SECONDS,
            "warm": [],
        }
        told = self._probes.ask(workshop, "calls", job, self._how)
        result = told.ran.result
        if not result.ok and not self.problem:
            self.problem = (result.stderr.strip().splitlines() or [str(result.status)])[-1][:200]
        found: dict[int, Form] = {}
        begun: int | None = None
        for answer in told.answers:
            if "outcome" in answer:
                found[answer["place"]] = answer["outcome"]
                begun = None
            else:
                begun = answer["place"]
        if begun is not None:
            found[begun] = _DIED
        return found

    def _different(
        self, original: Original, found: Mapping[int, Form], wrong: Sequence[int]
    ) -> Equality:
        recorded = len(original.inputs.recorded)
        compared = [place for place, each in enumerate(original.outcomes) if each is not None]
        others = [place for place in compared if place >= recorded]
        seen_right = recorded and all(place >= recorded for place in wrong)
        difference = self._difference(original, found, wrong)
        if seen_right and len(wrong) > MOST_OTHERS * len(others):
            reason = (
                f"equal on the recorded inputs, and different on {len(wrong)} of {len(others)} "
                "others: right for the inputs of the benchmark or the tests only"
            )
            return self._told("special_cases", reason, original, difference)
        reason = f"another result on {len(wrong)} of {len(compared)} inputs"
        return self._told("differs", reason, original, difference)

    def _difference(
        self, original: Original, found: Mapping[int, Form], wrong: Sequence[int]
    ) -> Difference:
        place = wrong[0]
        name = self._target.name.rpartition(".")[2]
        outcome = original.outcomes[place]
        assert outcome is not None
        expected, other = outcomes_of(outcome, found.get(place, _DIED))
        return Difference(
            call=excerpt(call_of(name, original.inputs.all[place]), SHOWN),
            expected=excerpt(expected, SHOWN),
            found=excerpt(other, SHOWN),
            seen=place < len(original.inputs.recorded),
            nearly=all(
                _close(found.get(each, _DIED), original.outcomes[each], NEARLY) for each in wrong
            ),
        )

    def _told(
        self,
        status: Any,
        reason: str,
        original: Original,
        difference: Difference | None = None,
    ) -> Equality:
        counts = _counts(original)
        return Equality(
            status=status,
            reason=reason,
            recorded=counts["recorded"],
            drawn=counts["drawn"],
            near=counts["near"],
            left_out=sum(each is None for each in original.outcomes),
            notes=original.inputs.notes,
            difference=difference,
        )

    def _same(self, one: Form | None, other: Form | None) -> bool:
        if one is None or other is None:
            return False
        if text_of(one) == text_of(other):
            return True
        return self._tolerance > 0 and _close(one, other, self._tolerance)


def unexamined(original: Original) -> str:
    """Return why there is no result of the original to compare; empty where there is one."""
    inputs, known = original.inputs, [each for each in original.outcomes if each is not None]
    if known:
        raises = all("raised" in each for each in known)
        return f"on all {len(known)} inputs the original raises an exception" if raises else ""
    if inputs.all:
        return (
            f"on none of {len(inputs.all)} inputs the original gives the same result twice, in "
            "time and in a process that goes on"
        )
    return "there is no input on which they could be: " + (
        "; ".join(inputs.notes) or "none was recorded or drawn"
    )


def _counts(original: Original) -> dict[str, int]:
    known = [each is not None for each in original.outcomes]
    first, second = len(original.inputs.recorded), len(original.inputs.drawn)
    return {
        "recorded": sum(known[:first]),
        "drawn": sum(known[first : first + second]),
        "near": sum(known[first + second :]),
    }


def _comparable(outcome: Form | None) -> bool:
    if outcome is None or outcome == _DIED or "too_long" in outcome:
        return False
    return outcome.get("raised") not in ("MemoryError", "RecursionError")


def _close(one: Form, other: Form, tolerance: float) -> bool:
    """Return whether forms differ in floats only, and there by little."""
    if isinstance(one, dict) and isinstance(other, dict):
        if one.keys() != other.keys():
            return False
        if one.keys() == {"float"}:
            pair = float.fromhex(one["float"]), float.fromhex(other["float"])
            return math.isclose(*pair, rel_tol=tolerance, abs_tol=tolerance)
        return all(_close(one[name], other[name], tolerance) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(_close(a, b, tolerance) for a, b in pairs)
    return bool(one == other)
