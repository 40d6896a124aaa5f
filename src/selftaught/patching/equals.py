"""Equal results: what the original gives for inputs, and whether a version gives the same."""

from __future__ import annotations

from dataclasses import replace

from selftaught.patching.inputs import InputSource, examined
from selftaught.patching.repository.baseline import Baseline
from selftaught.patching.repository.equality import Comparing, Original, unexamined
from selftaught.patching.repository.judge import Trial
from selftaught.patching.repository.probe import Probes
from selftaught.patching.repository.speed import Equality, SpeedStatus
from selftaught.patching.repository.splice import Spliced
from selftaught.patching.repository.timing import Stopwatch
from selftaught.patching.repository.workshop import How, Workshop
from selftaught.patching.result import MAY_DIFFER, SEVERAL
from selftaught.values.outcome import Status
from selftaught.values.seeds import derive

ALONE = "the check alone says whether a version is right"
TAKES = " (--record-inputs takes its inputs, too)"


class Equals:
    """Compares the results of one target with those of the original.

    The original is put in place of its workshop whenever it is called: install the version to be
    compared after `known`, where both share a workshop.
    """

    def __init__(
        self,
        original: Workshop,
        probes: Probes,
        baseline: Baseline,
        stopwatch: Stopwatch | None = None,
    ) -> None:
        """Bind the workshop that is to hold the original; nothing runs yet.

        Args:
            original: the workshop.
            probes: run our scripts.
            baseline: how the unchanged repository fares.
            stopwatch: knows how a benchmark function is called; None: none is.
        """
        site = original.site
        how = How(seconds=baseline.limit_seconds)
        self.examined = len(site.parts) == 1 and examined(site.parts[0])
        self._original = original
        self._seeded = baseline.seeded
        self._comparing = Comparing(probes, site.parts[0].target, how, site.goal.tolerance)
        self._source = InputSource(original, probes, how, stopwatch)
        self._known: dict[tuple[int, bool], Original] = {}

    def known(self, seed: int, *, final: bool = False) -> Original:
        """Return what the original gives; it is called once for each kind of inputs.

        Args:
            seed: the run's.
            final: on inputs that the search never saw, too.
        """
        if (seed, final) not in self._known:
            self._original.put(Spliced({}))
            draw = self._draw(seed, final=final)
            inputs = (
                self._source.for_verdict(seed, draw, afresh=self._seeded)
                if final
                else self._source.for_search(seed, draw)
            )
            self._known[seed, final] = self._comparing.original(self._original, inputs)
        return self._known[seed, final]

    def compare(self, version: Workshop, seed: int, *, final: bool = False) -> Equality:
        """Return whether the version in a workshop gives what the original gives.

        Args:
            version: holds it; what the original gives is `known` by then, if both are one.
            seed: the run's.
            final: on inputs that the search never saw, too.
        """
        original = self.known(seed, final=final)
        return self._comparing.compare(version, original, self._draw(seed, final=final))

    def notes(self, seed: int) -> tuple[str, ...]:
        """Return sentences on whether results are compared in the search, and on what."""
        goal = self._original.site.goal
        alone = ALONE + (TAKES if goal.faster and not goal.record_inputs else "")
        if not self.examined:
            return (f"results are not compared: {SEVERAL}; {alone}",)
        original = self.known(seed)
        unshown = unexamined(original)
        if unshown:
            said = f"results are not compared in the search: {unshown}; {alone}"
        else:
            count = sum(each is not None for each in original.outcomes)
            said = f"results are compared on {count} inputs in the search"
            if goal.score:
                said += (
                    ", and a version that gives another one is refused; where results may differ, "
                    f"since the score says which are better, give {MAY_DIFFER}"
                )
        return said, *original.inputs.notes

    @staticmethod
    def _draw(seed: int, *, final: bool) -> int:
        return derive(seed, "speed", "final" if final else "search")


def unequal(equality: Equality | None) -> bool:
    """Return whether a difference was found; not where nothing could be compared."""
    return equality is not None and equality.status not in ("equal", "unexamined", "may_differ")


def status_of(equality: Equality) -> SpeedStatus:
    """Return what a version is whose results are not the original's."""
    kinds = {
        "differs": SpeedStatus.DIFFERS,
        "special_cases": SpeedStatus.SPECIAL_CASES,
        "caches": SpeedStatus.CACHES,
    }
    return kinds.get(equality.status, SpeedStatus.FAILED)


def refusal(equality: Equality, *, allowed: bool) -> str:
    """Return why a version is refused, with the first difference, for the user.

    Args:
        equality: what was found.
        allowed: whether an option would allow the difference; it is named then.
    """
    options = [MAY_DIFFER] if allowed else []
    if equality.difference and equality.difference.nearly:
        options.insert(0, "--tolerance X")
    hint = f" (allowed with {' or '.join(options)})" if options else ""
    return f"{equality.reason}{hint}{_difference(equality)}"


def differing(trial: Trial, equality: Equality, *, allowed: bool) -> Trial:
    """Return what a version's trial comes to whose results are not the original's.

    Args:
        trial: in which it passed the check.
        equality: what was found.
        allowed: see `refusal`.
    """
    return replace(
        trial,
        status=Status.WRONG_OUTPUT,
        score=None,
        detail=refusal(equality, allowed=allowed),
        feedback=_feedback(equality),
    )


def _feedback(equality: Equality) -> str:
    """Return why a version is refused, for a model: an input of the user's own is not shown."""
    difference = equality.difference
    if difference is None or difference.seen:
        return equality.reason
    return equality.reason + _difference(equality)


def _difference(equality: Equality) -> str:
    found = equality.difference
    return f": {found.call} gave {found.found}, not {found.expected}" if found else ""
