"""Utilities: what scores a solution. A task and the meta-task look the same from here."""

from __future__ import annotations

import asyncio
import builtins
import re
from dataclasses import asdict, dataclass
from typing import Protocol

from selftaught.budget import Budget
from selftaught.engine.concurrency import ended
from selftaught.engine.journal import Journal
from selftaught.engine.run_limits import RunLimits
from selftaught.ports import Evaluator
from selftaught.values.facts import SESSIONS, Evaluated
from selftaught.values.outcome import Outcome, Status
from selftaught.values.program import Program
from selftaught.values.records import AttemptRecord, InstanceRecord
from selftaught.values.task import InstanceSet, Task


@dataclass(frozen=True)
class Scored:
    """A score and where it comes from.

    Attributes:
        score: in the utility's scale; low where the program failed.
        status: how the program did.
        evaluation: key of the evaluation's fact.
        feedback: what `utility.feedback` may show: no instance data but the task's own words.
    """

    score: float
    status: str
    evaluation: str
    feedback: str = ""


@dataclass(frozen=True)
class Account:
    """Who asks for a score, by its invocation's name, and the ledger that pays for it.

    Without a ledger the run's limits do not count: for what is done once it has ended.
    """

    owner: str
    ledger: Budget | None


class Utility(Protocol):
    """Scores programs; what an improver is set to work on.

    Attributes:
        name: of the task.
        text: what an improver is shown of it.
        entry_point: the function that programs define, dotted for a method; empty: unknown.
        low: the least score.
    """

    name: str
    text: str
    entry_point: str
    low: float

    async def score(self, program: Program, account: Account) -> Scored:
        """Return the score of ``program``; what it costs is charged to ``account``."""
        ...


EARLY = "early:"
"""Begins the key of a look at a split that a run takes where it ends before its time."""


class Evaluations:
    """Every evaluation of a run: the same program on the same instances runs once.

    Whoever asks is charged one evaluation, whether it runs for them or is known, so that
    it makes no difference who of several asks first.
    """

    def __init__(
        self, journal: Journal, evaluator: Evaluator, spending: RunLimits, going: asyncio.Event
    ) -> None:
        """Keep the collaborators; nothing runs yet, nor while ``going`` is not set."""
        self._journal = journal
        self._evaluator = evaluator
        self._spending = spending
        self._going = going
        self._under_way: dict[str, asyncio.Task[Evaluated]] = {}
        self._charged: set[tuple[str, str]] = set()

    async def evaluate(
        self, task: Task, program: Program, instances: InstanceSet, account: Account
    ) -> Evaluated:
        """Return what became of the program, from the log where it is known.

        Raises:
            LimitReached: no evaluation or no CPU time is left.
            TaskCodeError: the task's own code raised.
        """
        key = evaluation_key(task, program, instances)
        if account.ledger and (account.owner, key) not in self._charged:
            account.ledger.reserve(evaluations=1)
            self._charged.add((account.owner, key))
        known = self._journal.find(key)
        if isinstance(known, Evaluated):
            return known
        if key not in self._under_way:
            if account.ledger:
                self._spending.check()
            place = "/".join(["evaluations", task.name, *key.split(":")[3:], program.id])
            work = asyncio.ensure_future(self._run(task, program, instances, (place, key)))
            self._under_way[key] = work
            work.add_done_callback(lambda done: self._ended(key, done))
        return await asyncio.shield(self._under_way[key])

    async def look_early(self, task: Task, program: Program, instances: InstanceSet) -> Evaluated:
        """Return what became of the program, for a run that ends before its time.

        The look is recorded among the sessions: should the run be resumed, it can still
        end like one that was not interrupted.
        """
        known = self.known(task, program, instances)
        key = EARLY + evaluation_key(task, program, instances)
        return known or await self._run(task, program, instances, (SESSIONS, key))

    def known(self, task: Task, program: Program, instances: InstanceSet) -> Evaluated | None:
        """Return what became of the program, be it from an early look; None: not known."""
        key = evaluation_key(task, program, instances)
        for known in (self._journal.find(key), self._journal.find(EARLY + key)):
            if isinstance(known, Evaluated):
                return known
        return None

    async def again(self, task: Task, program: Program, instances: InstanceSet) -> Evaluated:
        """Return what becomes of the program now, whatever is known; records and charges nothing.

        For looks after a run's end at what it found; who looks records what it saw.
        """
        await self._going.wait()
        return evaluated(await self._evaluator.evaluate(task, program, instances), instances)

    async def stop(self) -> None:
        """End the evaluations under way: a resumed run does them again."""
        await ended(self._under_way.values())

    def _ended(self, key: str, work: asyncio.Task[Evaluated]) -> None:
        """Forget what has ended; a failure was told to those who waited."""
        del self._under_way[key]
        if not work.cancelled():
            work.exception()

    async def _run(
        self, task: Task, program: Program, instances: InstanceSet, where: tuple[str, str]
    ) -> Evaluated:
        place, key = where
        fact = self._journal.find(EARLY + key)
        if not isinstance(fact, Evaluated):
            await self._going.wait()
            self._journal.put(program.source)
            fact = evaluated(await self._evaluator.evaluate(task, program, instances), instances)
        written = self._journal.write(place, fact, key)
        assert isinstance(written, Evaluated)
        return written


class TaskUtility:
    """A task's utility on one draw of its instances."""

    def __init__(self, task: Task, instances: InstanceSet, evaluations: Evaluations) -> None:
        """Bind the task to the instances whose mean score counts."""
        self.name = task.name
        self.text = task.text
        self.entry_point = task.entry_point
        self.low = task.scale.low
        self._step = (task.scale.high - task.scale.low) / COARSE
        self._task = task
        self._instances = instances
        self._evaluations = evaluations

    async def score(self, program: Program, account: Account) -> Scored:
        """Return the program's mean score; low where it was invalid or tampered."""
        fact = await self._evaluations.evaluate(self._task, program, self._instances, account)
        return Scored(
            score=self.low if fact.score is None else fact.score,
            status=fact.status,
            evaluation=evaluation_key(self._task, program, self._instances),
            feedback=feedback_text(fact, self._step),
        )


def evaluation_key(task: Task, program: Program, instances: InstanceSet) -> str:
    """Return the key under which an evaluation stands in the log."""
    draw = ".".join(str(part) for part in instances.draw)
    return f"evaluation:{program.id}:{task.name}:{instances.split}:{instances.seed}:{draw}"


def evaluated(outcome: Outcome, instances: InstanceSet) -> Evaluated:
    """Return the fact that an outcome is."""
    return Evaluated(
        program=outcome.program,
        task=outcome.task,
        split=outcome.split,
        draw=instances.draw,
        status=outcome.status,
        score=outcome.score,
        instances=tuple(InstanceRecord(**asdict(result)) for result in outcome.instances),
        attempts=tuple(AttemptRecord(**asdict(attempt)) for attempt in outcome.attempts),
        sandbox=outcome.sandbox,
        seconds=outcome.seconds,
    )


COARSE = 20
"""Feedback shows scores in steps of a twentieth of the task's range: no second score."""
SHOWN = 5
"""Different errors, and different words of the task, that one feedback shows."""


def feedback_text(fact: Evaluated, step: float) -> str:
    """Return what a program's author may read: statuses, errors, the task's own words.

    No instance data: an exception is named by its builtin type and its line, since its text
    and the name of a class of the program's own could say anything.

    Args:
        fact: an evaluation on train.
        step: to whose multiples scores are rounded, > 0.
    """
    lines = [f"status: {fact.status}"]
    if fact.score is not None:
        lines.append(f"score: about {round(round(fact.score / step) * step, 10):g}")
    failed = [result for result in fact.instances if result.status != Status.OK]
    if failed:
        lines.append(f"failed on {len(failed)} of {len(fact.instances)} instances")
    errors = {f"{each.status}: {_without_values(each)}" for each in failed}
    lines += [f"- {text}" for text in sorted(errors)[:SHOWN]]
    words = {result.feedback for result in fact.instances if result.feedback}
    lines += [f"- {text}" for text in sorted(words)[:SHOWN]]
    return "\n".join(lines)


def _without_values(result: InstanceRecord) -> str:
    """Return why an instance failed, without anything that its data could have got into."""
    if result.status == Status.WRONG_OUTPUT:
        return re.sub(r"'[^']*'|\"[^\"]*\"|\d+", "#", result.detail.split(":", 1)[0])[:120]
    detail = result.detail
    kind = detail.split(":", 1)[0].split("\n", 1)[0].strip()
    known = getattr(builtins, kind, None)
    if not (isinstance(known, type) and issubclass(known, BaseException)):
        kind = "another error"
    line = re.search(r"\(line \d+\)$", detail.strip())
    return kind + (" " + line[0] if line else "")
