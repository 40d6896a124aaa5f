"""One improver on one task: what ``selftaught improve`` does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from selftaught.budget import Budget
from selftaught.engine.engine import Engine
from selftaught.engine.invocation import TARGET_REACHED, Ended
from selftaught.engine.target_score import TargetScore, target_score_of
from selftaught.engine.utility import Account, TaskUtility, evaluation_key
from selftaught.values.facts import SESSIONS, Evaluated, Fact, Noted, Responded
from selftaught.values.outcome import Status
from selftaught.values.program import Program
from selftaught.values.records import Spent
from selftaught.values.seeds import derive
from selftaught.values.task import InstanceSet, Split, Task

INVOCATION = "improve"
CLOSING_START_SECONDS = 1.0
"""What the last scores of a run take besides their programs' CPU time, about."""
GOAL = "goal"
"""Topic of the note that a search ended because its goal was reached, and the note's key."""


@dataclass(frozen=True)
class BestFound:
    """The best program so far, its score on train, and whether it was what was returned."""

    program: Program
    train: float | None
    returned: bool


def note_target_reached(engine: Engine, target_score: TargetScore, searches: int = 1) -> None:
    """Note that the goal was reached, and how many answers that took.

    The note stands among the sessions: it says in words what follows from the rest.

    Args:
        engine: of the run.
        target_score: the goal.
        searches: how many invocations with the whole budget the run has.
    """
    scale = engine.settings.scale
    most = searches * scale.calls * scale.responses
    received = sum(isinstance(fact, Responded) for fact in engine.journal.facts())
    text = f"stopped: reached {target_score.what}, after {received:,} of {most:,} answers"
    engine.journal.write(SESSIONS, Noted(topic=GOAL, text=text), GOAL)


def best_of(scores: Mapping[str, float], source: Callable[[str], str], seed: str) -> str:
    """Return the program with the best score; of equal ones the shortest, then the seed.

    Scores that differ past their twelfth digit only are equal: sums in another order.

    Args:
        scores: of programs by id; at least one.
        source: returns the source of a program.
        seed: the seed program's id.
    """
    return ranked(scores, source, seed)[0]


def ranked(scores: Mapping[str, float], source: Callable[[str], str], seed: str) -> list[str]:
    """Return programs from the best to the worst, as `best_of` compares them."""

    def rank(name: str) -> tuple[float, int, bool, str]:
        return -_rounded(scores[name]), len(source(name).strip()), name != seed, name

    return sorted(scores, key=rank)


def leaders_of(
    facts: Iterable[Fact], source: Callable[[str], str], seed: str, most: int | None = None
) -> list[str]:
    """Return the programs that scored better than the seed program on train, the best first.

    Of several that score the same on every instance only the shortest is named: they are
    likely to do the same.

    Args:
        facts: of the run.
        source: returns the source of a program.
        seed: the seed program's id.
        most: how many to name; None: all.
    """
    known = {
        fact.program: fact
        for fact in facts
        if isinstance(fact, Evaluated) and fact.split == Split.TRAIN and not fact.draw
    }
    scores = {name: fact.score for name, fact in known.items() if fact.score is not None}
    if seed not in known:
        return []
    start = scores.get(seed)
    better = {
        name: score
        for name, score in scores.items()
        if start is None or _rounded(score) > _rounded(start)
    }
    different: dict[tuple[float | None, ...], str] = {}
    for name in ranked(better, source, seed):
        different.setdefault(tuple(each.score for each in known[name].instances), name)
    return list(different.values())[:most]


def _rounded(score: float) -> float:
    return float(f"{score:.12g}")


class TaskImprovement:
    """An improver at work on one task's train split."""

    def __init__(self, engine: Engine, task: Task, *, closing: int = 0) -> None:
        """Bind an engine to a task.

        Args:
            engine: of the run.
            task: to improve on.
            closing: instances, besides those of test, that are evaluated once the search is over;
                wall time is kept for them.
        """
        self._closing = closing
        self._engine = engine
        self._task = task
        self._instances = InstanceSet(Split.TRAIN, engine.settings.seed)
        self._target_score = target_score_of(task, engine.settings)
        self._returned: str | None = None

    async def run(self, improver: Program) -> Ended:
        """Return how the improver's one invocation ended.

        Raises:
            LimitReached: a limit is spent; `best` still holds.
        """
        engine, seed = self._engine, self._engine.settings.seed
        start = await self._score(self._task.seed, Budget(parent=engine.ledger))
        if self._target_score and self._target_score.reached(start):
            note_target_reached(engine, self._target_score)
            return Ended(None, Status.OK, TARGET_REACHED, Spent())
        engine.wall.keep(self._closing_seconds())
        utility = TaskUtility(self._task, self._instances, engine.evaluations)
        job = engine.invocation_spec(
            INVOCATION, improver, self._task.seed, utility, derive(seed, "invocation", "improve")
        )
        ended = await engine.invocations.run(
            replace(job, target_score=self._target_score), engine.ledger
        )
        if ended.program:
            self._returned = ended.program.id
            await self._score(ended.program, Budget(parent=engine.ledger))
        engine.wall.keep(0.0)
        found = self.known()
        if self._target_score and found and self._target_score.reached(found.train):
            note_target_reached(engine, self._target_score)
        return ended

    async def best(self) -> BestFound:
        """Return the best of the seed program and all that were scored; ties: the shorter.

        Programs were scored on train only, so that this looks at nothing held out. Limits
        do not count here: the run has ended by then.
        """
        await self._score(self._task.seed, None)
        found = self.known()
        assert found is not None
        return found

    def known(self) -> BestFound | None:
        """Return the best program whose score is in the log; None where there is none."""
        journal = self._engine.journal
        scores = {
            fact.program: fact.score
            for fact in journal.facts()
            if isinstance(fact, Evaluated) and fact.split == Split.TRAIN and fact.score is not None
        }
        if not scores:
            return None
        best = best_of(scores, journal.get, self._task.seed.id)
        return BestFound(Program(journal.get(best)), scores[best], best == self._returned)

    def leaders(self, most: int) -> list[Program]:
        """Return the programs that scored better than the seed program, the best first."""
        journal = self._engine.journal
        names = leaders_of(journal.facts(), journal.get, self._task.seed.id, most)
        return [Program(journal.get(name)) for name in names]

    async def test(self, program: Program, *, early: bool = False) -> float | None:
        """Return the program's score on test; None where the task holds no test split out.

        The run has ended by then, so its limits do not count here; with ``early`` it has
        ended before its time, and may be resumed.
        """
        if not self._task.held_out:
            return None
        instances = InstanceSet(Split.TEST, self._engine.settings.seed)
        evaluations = self._engine.evaluations
        if early:
            fact = await evaluations.look_early(self._task, program, instances)
        else:
            account = Account("test", None)
            fact = await evaluations.evaluate(self._task, program, instances, account)
        return self._task.scale.low if fact.score is None else fact.score

    def tested(self, program: Program) -> float | None:
        """Return the program's score on test as far as it is known, be it from an early look."""
        instances = InstanceSet(Split.TEST, self._engine.settings.seed)
        fact = self._engine.evaluations.known(self._task, program, instances)
        if fact is None:
            return None
        return self._task.scale.low if fact.score is None else fact.score

    def _closing_seconds(self) -> float:
        """Return about how long it takes to select the winner and to score it on test."""
        known = self._known_seed()
        if known is None:
            return 0.0
        counts = self._task.instances
        each = known.seconds / max(1, counts[Split.TRAIN])
        tested = 3 * counts[Split.TEST] if self._task.held_out else 0
        return CLOSING_START_SECONDS + each * (tested + self._closing)

    def _known_seed(self) -> Evaluated | None:
        key = evaluation_key(self._task, self._task.seed, self._instances)
        known = self._engine.journal.find(key)
        return known if isinstance(known, Evaluated) else None

    async def _score(self, program: Program, ledger: Budget | None) -> float:
        account = Account("improve/seed", ledger)
        fact = await self._engine.evaluations.evaluate(
            self._task, program, self._instances, account
        )
        return self._task.scale.low if fact.score is None else fact.score
