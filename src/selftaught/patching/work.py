"""What ``selftaught improve path.py::name`` does once its plan is made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from math import ceil, log
from pathlib import Path

from selftaught.budget import Budget
from selftaught.engine.delta_debugging import DeltaDebugging, Standing
from selftaught.engine.engine import Engine
from selftaught.engine.invocation import Ended
from selftaught.engine.round_steps import FIRST_HEAD, chained
from selftaught.engine.target_score import target_score_of
from selftaught.engine.task_improvement import INVOCATION, best_of, note_target_reached
from selftaught.engine.utility import EARLY, Account, TaskUtility
from selftaught.improver import registry as improvers
from selftaught.patching.bench import Bench
from selftaught.patching.benchmark import NOTHING
from selftaught.patching.duration import MARGIN, comparison_seconds
from selftaught.patching.message import message
from selftaught.patching.objective import Objective, PatchParameters
from selftaught.patching.repository.comments import doubtful
from selftaught.patching.repository.patch import patch
from selftaught.patching.repository.reporting import Report
from selftaught.patching.result import (
    BEST_OF_N,
    CLAIMS,
    TOOLS,
    UNCONFIRMED,
    encoding_of,
    patch_result,
    text_of,
)
from selftaught.runs.experiment import End, Plan
from selftaught.runs.files import write_program
from selftaught.runs.log import RunLog
from selftaught.values.facts import (
    SESSIONS,
    Compared,
    Decided,
    Evaluated,
    Minimised,
    Noted,
    Patched,
    RunFinished,
    SessionEnded,
)
from selftaught.values.program import Program
from selftaught.values.seeds import derive
from selftaught.values.state import fold
from selftaught.values.task import InstanceSet, Split

CANDIDATE = "candidate.py"
"""The best program of a search whose comparison no time was left for."""
TRIES = 30
"""Versions that are scored to leave out what brings nothing."""
KEPT = 0.9
"""Of a gain: what a smaller version has to keep of it, in the search where scores are noisy, and
in the final comparison."""


class PatchWork:
    """Searches, leaves out what brings nothing, compares afresh, and writes a patch."""

    def __init__(self, engine: Engine, plan: Plan[PatchParameters], bench: Bench) -> None:
        """Bind the plan's one task to the engine."""
        aim = plan.parameters.aim
        self._aim = aim
        self._engine = engine
        self._plan = plan
        self._bench = bench
        self._task = plan.tasks[0]
        self._instances = InstanceSet(Split.TRAIN, engine.settings.seed)
        self._comparison_seconds = comparison_seconds(aim)
        self._target_score = target_score_of(
            self._task, engine.settings, minimise=aim.goal.minimise
        )

    async def run(self) -> None:
        """Do everything that there is to do; time for the comparison is kept of the wall time."""
        engine = self._engine
        self._note()
        if not engine.wall.keep(self._comparison_seconds):
            self._bench.tell(self._too_short())
        await self._score(self._task.seed, "seed", Budget(parent=engine.ledger))
        await self._searches()
        engine.wall.keep(0.0)  # the search is over: what was kept is for this
        compared = await self._judged(self._best())
        await self._remark(compared)
        decision = self._conclude(compared, "", "")
        best = decision.proposed if decision.adopted else self._task.seed.id
        engine.journal.write("", RunFinished(best=best or "", head=decision.head), "end")

    async def wind_up(self) -> None:
        """Compare the best so far, where a limit ended the search and wall time is left."""
        best = self._best()
        if best != self._task.seed and self._engine.wall.left > self._comparison_seconds / MARGIN:
            await self._compared(best, SESSIONS, EARLY)

    def conclude(self, end: End, folder: Path) -> None:
        """Record what is offered of a run that a limit ended.

        The best so far is offered where its comparison is known and says so; where no time
        was left for one, its program is written for the user.
        """
        if end.stopped != "budget" or self._engine.journal.find("patched") is not None:
            return
        best, early = self._best(), None
        place = f"{EARLY}{self._sessions()}:"
        if best != self._task.seed:
            early = self._known(best) or self._unconfirmed(best, place, folder)
        self._conclude(early, SESSIONS, place)

    def _sessions(self) -> int:
        return sum(isinstance(fact, SessionEnded) for fact in self._engine.journal.facts())

    def _known(self, program: Program) -> Compared | None:
        """Return the comparison of a version, be it an early one; None: there is none."""
        journal = self._engine.journal
        for early in ("", EARLY):
            known = journal.find(f"{early}compared:{program.id}")
            if isinstance(known, Compared):
                return known
        return None

    def _unconfirmed(self, program: Program, place: str, folder: Path) -> Compared:
        """Return what says that a version was not compared; its program is in a file."""
        wall = self._engine.wall
        path = write_program(folder / CANDIDATE, program.source)
        fact = Compared(
            program=program.id,
            against=self._task.seed.id,
            what="speed" if self._aim.goal.faster else "score",
            status=UNCONFIRMED,
            reason=f"no time was left to confirm it, which takes about "
            f"{ceil(self._comparison_seconds)} s; it is in {path}",
            before=(),
            after=(),
            gain=NOTHING,
            figures={"seconds": ceil(wall.used + 1.5 * self._comparison_seconds)},
        )
        written = self._engine.journal.write(SESSIONS, fact, f"{place}unconfirmed")
        assert isinstance(written, Compared)
        return written

    def _too_short(self) -> str:
        wall = self._engine.wall
        return (
            f"the final comparison takes about {ceil(self._comparison_seconds)} s, and "
            f"{max(0.0, wall.left):.0f} s are left of --max-seconds {wall.limit:g}: unless the run "
            "gets more time, it offers no version"
        )

    async def _searches(self) -> None:
        """Search, and give best-of-N the same budget, until the goal is reached."""
        searches = [(INVOCATION, self._plan.improver)]
        if self._aim.best_of_n:
            searches.append((BEST_OF_N, improvers.find(BEST_OF_N)))
        for name, improver in searches:
            if self._reached(len(searches)):
                break
            await self._search(name, improver)
        self._reached(len(searches))

    def _reached(self, searches: int) -> bool:
        """Return whether a version has the score that ends the search, and note it."""
        scored = [
            fact.score
            for fact in self._engine.journal.facts()
            if isinstance(fact, Evaluated) and not fact.draw
        ]
        if self._target_score is None or not any(
            self._target_score.reached(score) for score in scored
        ):
            return False
        note_target_reached(self._engine, self._target_score, searches)
        return True

    def _note(self) -> None:
        for number, text in enumerate(self._aim.baseline.notes):
            self._engine.journal.write("", Noted(topic="baseline", text=text), f"note:{number}")

    async def _search(self, name: str, improver: Program) -> Ended:
        """Let an improver work with the run's budgets."""
        engine, seed = self._engine, self._engine.settings.seed
        utility = TaskUtility(self._task, self._instances, engine.evaluations)
        job = engine.invocation_spec(
            name, improver, self._task.seed, utility, derive(seed, "invocation", name)
        )
        ended = await engine.invocations.run(
            replace(job, target_score=self._target_score), engine.ledger
        )
        if ended.program:
            await self._score(ended.program, name, Budget(parent=engine.ledger))
        return ended

    async def _score(
        self, program: Program, owner: str, ledger: Budget, draw: tuple[str | int, ...] = ()
    ) -> float:
        instances = InstanceSet(Split.TRAIN, self._engine.settings.seed, draw)
        fact = await self._engine.evaluations.evaluate(
            self._task, program, instances, Account(owner, ledger)
        )
        return self._task.scale.low if fact.score is None else fact.score

    def _best(self) -> Program:
        """Return the best of all that the search scored; of equal ones the shortest."""
        journal = self._engine.journal
        scores = {
            fact.program: fact.score
            for fact in journal.facts()
            if isinstance(fact, Evaluated) and not fact.draw and fact.score is not None
        }
        seed = self._task.seed
        if scores and max(scores.values()) <= scores.get(seed.id, self._task.scale.low):
            return seed
        return Program(journal.get(best_of(scores, journal.get, seed.id))) if scores else seed

    async def _judged(self, found: Program) -> Compared | None:
        """Return the comparison of the version to offer; None where nothing was found.

        What was found has to be better as it is: only then is a smaller version looked for,
        which is compared as well and offered where it holds. So noise has one chance.
        """
        if found == self._task.seed:
            return None
        whole = await self._compared(found, "", "")
        if whole.status not in CLAIMS:
            return whole
        self._engine.wall.keep(self._comparison_seconds)  # a smaller version is compared as well
        smaller = await self._smaller(found)
        self._engine.wall.keep(0.0)
        if smaller in (self._task.seed, found):
            return whole
        compared = await self._compared(smaller, "", "")
        if compared.status in CLAIMS and keeps(compared, whole):
            return compared
        return await self._whole(found, whole)

    async def _whole(self, found: Program, whole: Compared) -> Compared:
        """Return the comparison of all of what was found, tidied where that holds."""
        tidy = Program(await self._bench.tidied(self._task.seed.source, found.source, found.source))
        time_left = self._engine.wall.left > self._comparison_seconds
        if tidy == found or not (time_left and self._bench.usable(tidy.source)):
            return whole
        compared = await self._compared(tidy, "", "")
        return compared if compared.status in CLAIMS and keeps(compared, whole) else whole

    async def _remark(self, compared: Compared | None) -> None:
        """Note what the repository's own formatter and linter say of the version to offer."""
        journal = self._engine.journal
        if compared is None or compared.status not in CLAIMS:
            return
        if journal.find("tools:0") is None:
            version = journal.get(compared.program)
            said = await self._bench.remarks(version)
            if kept := doubtful(self._task.seed.source, version):
                listed = ", ".join(f"`{each}`" for each in kept)
                said = [
                    *said,
                    f"The version keeps comments above other code, to be read: {listed}.",
                ]
            for number, text in enumerate(said):
                journal.write(SESSIONS, Noted(topic=TOOLS, text=text), f"tools:{number}")

    async def _smaller(self, found: Program) -> Program:
        """Return the version without what brings nothing."""
        journal = self._engine.journal
        known = journal.find("minimised")
        if not isinstance(known, Minimised):
            ledger = Budget(parent=self._engine.ledger)
            judge = VersionJudge(self._score, self._aim, ledger=ledger, tell=self._bench.tell)
            known = await DeltaDebugging(judge, self._bench.usable, TRIES, self._bench.tidied).run(
                self._task.seed, found
            )
            journal.write("", known, "minimised")
        return Program(journal.get(known.program))

    def _conclude(self, compared: Compared | None, place: str, early: str) -> Decided:
        """Put into the ledger whether a version is offered; write the patch.

        Args:
            compared: of the version to offer; None: nothing was found.
            place: the invocation in which it is recorded.
            early: begins every key where the run ended before its time.
        """
        journal, seed = self._engine.journal, self._task.seed
        written = journal.write(place, decided(seed, compared), f"{early}decided:patch")
        assert isinstance(written, Decided)
        best = seed
        if written.adopted and written.proposed:
            best = Program(journal.get(written.proposed))
        self._write(best, early)
        return written

    async def _compared(self, program: Program, place: str, early: str) -> Compared:
        journal, key = self._engine.journal, f"{early}compared:{program.id}"
        known = self._known(program) if early else journal.find(key)
        if not isinstance(known, Compared):
            journal.put(program.source)
            fact = await self._bench.compare(self._task.seed, program, self._engine.settings.seed)
            known = journal.write(place, fact, key)
        assert isinstance(known, Compared)
        return known

    def _write(self, best: Program, early: str) -> None:
        """Write the patch and its message to the log.

        They stand among the sessions: the message names the run and the time that it took,
        which differ between equal runs.
        """
        journal = self._engine.journal
        for program in (self._task.seed, best):
            journal.put(program.source)
        content = patch(self._bench.contents, self._bench.files(best))
        state = fold(journal.events())
        found = patch_result(RunLog.of(self._engine, state, stopped="done", reason=""))
        journal.write(
            SESSIONS,
            Patched(
                program=best.id,
                patch=text_of(content),
                encoding=encoding_of(content),
                message=message(found, self._aim.goal.as_data()),
            ),
            f"{early}patched",
        )


def decided(seed: Program, compared: Compared | None) -> Decided:
    """Return whether a version is offered, and on what evidence, as the ledger's one entry."""
    decision = Decided(
        round=1,
        incumbent=seed.id,
        proposed=compared.program if compared else None,
        adopted=bool(compared and compared.status in CLAIMS),
        reason=compared.reason if compared else "nothing scored better than the seed program",
        rule="the check passes, and the interval of fresh runs holds gains only",
        incumbent_scores=compared.before if compared else (),
        proposed_scores=compared.after if compared else (),
    )
    return decision.model_copy(update={"head": chained(FIRST_HEAD, decision)})


def draws(*, faster: bool) -> tuple[str, ...]:
    """Return the instances on which smaller versions are scored; a speed has none of its own."""
    return ("train",) if faster else ("train", "fresh")


def keeps(smaller: Compared, whole: Compared) -> bool:
    """Return whether a smaller version keeps most of a winner's gain."""
    one, other = smaller.gain.mean, whole.gain.mean
    assert one is not None
    assert other is not None
    if smaller.what == "speed":
        one, other = log(one), log(other)
    return one >= KEPT * other


Score = Callable[[Program, str, Budget, tuple[str | int, ...]], Awaitable[float]]


class VersionJudge:
    """Scores versions of a winner at the search's seeds and at fresh ones; a speed once.

    A speed has no inputs that could be fresh. Where scores are noisy a version stands as high
    as the winner when it keeps most of the gain: what is lost by chance shows in the final
    comparison, where it has to keep most of it, too.
    """

    def __init__(self, score: Score, aim: Objective, *, ledger: Budget, tell: Report) -> None:
        """Score by ``score``; noise is what the aim's baseline says."""
        self._tell = tell
        self._asked = 0
        self._score = score
        self._draws = draws(faster=bool(aim.goal.faster))
        self._baseline = aim.baseline
        self._ledger = ledger
        self._full: dict[str, float] = {}

    async def standing(self, program: Program) -> Standing:
        """Return a version's scores; the first one asked about is the winner."""
        self._asked += 1
        self._tell(f"smaller version {self._asked}")
        found = {}
        for name in self._draws:
            score = await self._score(program, "minimise", self._ledger, ("minimise", name))
            full = self._full.setdefault(name, score)
            found[name] = self._kept(score, full) if self._baseline.noisy else score
        return Standing(found["train"], found[self._draws[-1]])

    def _kept(self, score: float, full: float) -> float:
        """Return the part of the winner's gain that a version keeps, most of it being all."""
        gain = KEPT * (full - self._baseline.score)
        return min(1.0, (score - self._baseline.score) / gain) if gain > 0 else score
