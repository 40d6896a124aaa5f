"""Answers what an improver asks of its utility and its model, metered."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from selftaught.budget import Budget
from selftaught.engine.concurrency import ended
from selftaught.engine.invocation_spec import InvocationSpec
from selftaught.engine.model_calls import CallRefused, Conversation, ModelCalls
from selftaught.engine.utility import Account, Scored
from selftaught.improver import contract
from selftaught.ports import Message
from selftaught.values import outcome
from selftaught.values.facts import Refused, Responded, UtilityCalled
from selftaught.values.outcome import Attempt, Status
from selftaught.values.program import Program
from selftaught.values.records import Spent

REFUSALS = 64
"""After this many refused calls a child is ended: it will not stop by itself."""
FEEDBACK_BYTES = 4096
"""Of one feedback text; what is longer is cut."""
FEEDBACK_BYTES_IN_ALL = 65_536
"""Of all feedback texts of an invocation; what is past it is cut, to nothing at last."""

Score = asyncio.Future[Scored]


class RequestHandler:
    """Answers one invocation's improver. Used from the event loop only."""

    def __init__(
        self,
        job: InvocationSpec,
        prompting: ModelCalls,
        ledger: Budget,
        over: Callable[[str], None],
    ) -> None:
        """Begin with whole budgets; ``over(why)`` ends an improver that won't stop asking."""
        self._job = job
        self._prompting = prompting
        self._journal = prompting.source.journal
        self._ledger = ledger
        self._over = over
        self._scores: dict[str, Score] = {}
        self._charged = 0
        self._refused = 0
        self._reused = 0
        self._feedback_bytes = 0
        self._attempts: Counter[tuple[str, str, str]] = Counter()
        self._reached: list[tuple[float, int, Program]] = []
        self._handlers: dict[str, tuple[int, Callable[..., Awaitable[Any]]]] = {
            contract.UTILITY: (1, self._score_all),
            contract.FEEDBACK: (1, self._feedback),
            contract.USES: (0, self._uses),
            contract.PROMPT: (3, self._prompt),
            contract.ATTEMPT: (3, self._attempt),
        }

    async def answer(self, name: str, args: tuple[Any, ...]) -> Any:
        """Return the answer to a request, plain data.

        Raises:
            CallRefused: the improver may not ask that, or not so.
            SelftaughtError: what ends the whole run (a limit, the model, the task's code).
        """
        arity, handler = self._handlers.get(name, (-1, self._uses))
        if len(args) != arity:
            raise CallRefused("RuntimeError", f"there is no request {name!r} like that", False)
        try:
            return await handler(*args)
        except CallRefused as refused:
            if refused.counted:
                self._refuse(name, refused.message)
            raise

    async def finish(self) -> None:
        """Wait for the scores that were begun: they were charged, so they are recorded.

        Raises:
            SelftaughtError: one of them ends the whole run.
        """
        await asyncio.gather(*self._scores.values())

    async def stop(self) -> None:
        """End the scores under way."""
        await ended(self._scores.values())

    def attempts(self) -> tuple[Attempt, ...]:
        """Return what the improver tried on the objects that it was given."""
        return tuple(
            Attempt(outcome.Counter.ADVISORY, category, action, target, count)
            for (category, action, target), count in sorted(self._attempts.items())
        )

    @property
    def reached(self) -> Program | None:
        """The best program that reached the job's goal, the first of equal ones; None: none."""
        return max(self._reached, key=lambda each: each[:2])[2] if self._reached else None

    def spent(self, seconds: float) -> Spent:
        """Return what the answers cost; ``seconds`` of CPU time were the improver's own."""
        return spent_on(self._prompting.received, self._prompting.calls) + Spent(
            utility_calls=self._charged,
            refused=self._refused,
            reused=self._reused,
            feedback_bytes=self._feedback_bytes,
            seconds=seconds,
        )

    async def _prompt(self, conversations: Any, n: Any, temperature: Any) -> list[list[str]]:
        if not isinstance(n, int) or isinstance(n, bool) or n < 1:
            raise CallRefused("ValueError", f"n_responses must be 1 or more, not {n!r}", False)
        return await self._prompting.prompt(
            _conversations(conversations), n, _temperature(temperature)
        )

    async def _score_all(self, solutions: Any) -> list[float]:
        if not isinstance(solutions, list):
            words = "utility takes a solution's source, utility.batch a list of them"
            raise CallRefused("TypeError", words, False)
        begun = [self._begin_score(each) for each in solutions]
        low = min(0.0, self._job.utility.low)
        return [low if each is None else (await asyncio.shield(each)).score for each in begun]

    async def _feedback(self, solution: Any) -> str:
        begun = self._begin_score(solution)
        if begun is None:
            return "status: not run"
        feedback = (await asyncio.shield(begun)).feedback.encode(errors="backslashreplace")
        left = min(FEEDBACK_BYTES, FEEDBACK_BYTES_IN_ALL - self._feedback_bytes)
        given = feedback[:left].decode(errors="ignore")
        self._feedback_bytes += len(given.encode())
        return given

    async def _uses(self) -> int:
        return self._charged

    async def _attempt(self, category: Any, action: Any, target: Any) -> None:
        """Count what the improver tried on our stubs; they are its own to break."""
        self._attempts[(str(category)[:200], str(action)[:200], str(target)[:200])] += 1

    def _begin_score(self, solution: Any) -> Score | None:
        """Charge a call and start scoring; None where it is past the budget.

        Nothing here waits, so concurrent calls can't both take the last of the budget.
        """
        valid = isinstance(solution, str)
        program = Program(solution if valid else f"# no program: {type(solution).__name__}")
        if program.id in self._scores:
            self._reused += 1
            return self._scores[program.id]
        budget = self._job.utility_budget
        if self._charged >= budget:
            self._refuse(contract.UTILITY, f"the budget of {budget} utility calls is spent")
            return None
        self._charged += 1
        self._ledger.spend(utility_calls=1)
        key = f"utility:{self._job.name}:{program.id}"
        place = self._journal.place(self._job.name, key)
        score = asyncio.ensure_future(self._score(program, valid, (place, key)))
        score.add_done_callback(_retrieved)
        self._scores[program.id] = score
        return score

    async def _score(self, program: Program, valid: bool, where: tuple[int, str]) -> Scored:
        self._journal.put(program.source)
        if valid:
            account = Account(self._job.name, self._ledger)
            scored = await self._job.utility.score(program, account)
        else:
            scored = Scored(self._job.utility.low, Status.INVALID_PROGRAM, "", "status: no program")
        fact = UtilityCalled(
            program=program.id,
            score=scored.score,
            status=scored.status,
            evaluation=scored.evaluation,
            charged=True,
        )
        self._journal.write_at(self._job.name, where[0], fact, where[1])
        if self._job.target_score and self._job.target_score.reached(scored.score):
            self._reached.append((scored.score, -where[0], program))
        return scored

    def _refuse(self, what: str, reason: str) -> None:
        self._refused += 1
        key = f"refused:{self._job.name}:{self._refused}"
        self._journal.write(self._job.name, Refused(what=what, reason=reason), key)
        if self._refused >= REFUSALS:
            self._over(f"{REFUSALS} calls past the budget")


def spent_on(responses: list[Responded], calls: int) -> Spent:
    """Return what these responses cost together."""
    total = Spent(model_calls=calls)
    for response in responses:
        total += Spent(
            responses=1,
            tokens_in=response.tokens_in,
            tokens_out=response.tokens_out,
            cost_usd=response.cost_usd,
            estimated=response.estimated,
        )
    return total


def _retrieved(score: Score) -> None:
    """Take note of a failure that nobody may wait for any more."""
    if not score.cancelled():
        score.exception()


def _conversations(given: Any) -> list[Conversation]:
    try:
        conversations = [tuple(Message(role, content) for role, content in each) for each in given]
    except (TypeError, ValueError):
        raise CallRefused("TypeError", "a prompt is a list of messages", False) from None
    if not all(
        isinstance(message.role, str) and isinstance(message.content, str)
        for each in conversations
        for message in each
    ):
        raise CallRefused("TypeError", "expertise and message must be strings", False)
    return conversations


def _temperature(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 10:
        raise CallRefused("ValueError", f"temperature must be in [0, 10], not {value!r}", False)
    return float(value)
