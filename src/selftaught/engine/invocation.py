"""Invocations: one run of one improver, confined, its calls answered from this side."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field

from selftaught.budget import Budget
from selftaught.engine.concurrency import ended
from selftaught.engine.invocation_spec import InvocationSpec
from selftaught.engine.model_calls import CallRefused, MeteredModel, ModelCalls
from selftaught.engine.request_handler import RequestHandler
from selftaught.improver import contract
from selftaught.ports import CallResult, Child, Confinement, HostRequest, Sandbox
from selftaught.values.facts import Attempted, Fact, InvocationFinished, InvocationStarted
from selftaught.values.outcome import Attempt, Status
from selftaught.values.program import Program
from selftaught.values.records import AttemptRecord, Spent
from selftaught.values.seeds import derive

TARGET_REACHED = "the goal was reached"
"""Detail of an invocation that was ended because a program had the score that was wanted."""
AT_ONCE = 64
"""Invocations that run at the same time; each is a process that mostly waits."""


@dataclass(frozen=True)
class Ended:
    """How an invocation ended: what it returned (None: no program), and what it used."""

    program: Program | None
    status: Status
    detail: str
    spent: Spent


@dataclass
class Invocations:
    """Runs invocations; threads wait for the children, the event loop answers them."""

    source: MeteredModel
    sandbox: Sandbox
    threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(AT_ONCE, thread_name_prefix="invocation")
    )
    under_way: set[_Invocation] = field(default_factory=set)

    async def run(self, job: InvocationSpec, ledger: Budget) -> Ended:
        """Return how the invocation ended, from the log where it had ended before.

        Raises:
            SelftaughtError: what ends the whole run (a limit, the model, the task's code).
        """
        journal = self.source.journal
        known = journal.find("finished:" + job.name)
        if isinstance(known, InvocationFinished):
            ledger.charge(known.charged)
            source = None if known.program is None else journal.get(known.program)
            program = None if source is None else Program(source)
            return Ended(program, Status(known.status), known.detail, known.spent)
        await self.source.going.wait()
        invocation = _Invocation(self, job, ledger)
        self.under_way.add(invocation)
        try:
            return await invocation.run()
        finally:
            self.under_way.discard(invocation)

    def close(self) -> None:
        """End what is still under way, which is nothing after an end in good order."""
        for invocation in self.under_way:
            invocation.end("the run has ended")
        self.threads.shutdown(wait=True, cancel_futures=True)


class _Invocation:
    """One invocation under way."""

    def __init__(self, world: Invocations, job: InvocationSpec, ledger: Budget) -> None:
        self._world, self._job = world, job
        self._ledger = Budget(parent=ledger)
        self._journal = world.source.journal
        prompting = ModelCalls(world.source, self._ledger, job.name, job.seed, job.model_budget)
        self._answers = RequestHandler(job, prompting, self._ledger, self.end)
        self._failure: BaseException | None = None
        self._answering: set[asyncio.Task[None]] = set()
        self._lock = threading.Lock()
        self._child: Child | None = None
        self._over = ""

    async def run(self) -> Ended:
        self._begin()
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(self._world.threads, self._confined, loop)
        try:
            result, attempts = await asyncio.shield(work)
            if self._failure is None:
                await self._answers.finish()
        except BaseException:
            self.end("the run was stopped")
            await asyncio.wait([work])
            if not work.cancelled():
                work.exception()
            raise
        finally:
            await ended(self._answering)
            await self._answers.stop()
        if self._failure:
            raise self._failure
        return self._finish(result, attempts)

    def end(self, why: str, status: Status = Status.OVER_BUDGET) -> None:
        """End the improver's child, also one that is still being opened; from any thread."""
        with self._lock:
            self._over = self._over or why
            child = self._child
        if child:
            child.end(status, why)

    def _begin(self) -> None:
        job = self._job
        started = InvocationStarted(
            improver=self._journal.put(job.improver.source),
            task=job.utility.name,
            initial=self._journal.put(job.initial.source),
            seed=job.seed,
        )
        self._journal.write(job.name, started, "started:" + job.name)

    def _confined(self, loop: asyncio.AbstractEventLoop) -> tuple[CallResult, tuple[Attempt, ...]]:
        """Run the child and wait for its end; on a thread of its own."""
        job = self._job
        confinement = Confinement(
            source=job.improver.source,
            entry_point=contract.ENTRY_POINT,
            memory_mb=job.memory_mb,
            seed=derive(job.seed, "improver"),
            prelude=contract.prelude(),
            modules=contract.helpers_sources(),
        )
        with self._world.sandbox.open(confinement) as child:
            with self._lock:
                self._child, over = child, self._over
            if over:
                return CallResult(Status.OVER_BUDGET, detail=over), ()
            calls, responses = job.model_budget.calls, job.model_budget.responses_per_call
            result = child.call(
                job.initial.source,
                {
                    "str": job.utility.text,
                    "budget": job.utility_budget,
                    "entry_point": job.utility.entry_point,
                },
                {"budget": calls, "max_responses_per_call": responses},
                seconds=job.seconds,
                on_request=lambda request: _hand_over(loop, self, request),
            )
            return result, child.attempts()

    def answer(self, request: HostRequest) -> None:
        """Start answering a request, unless the child is to end; on the event loop."""
        if not self._over:
            task = asyncio.ensure_future(self._answer(request))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)

    async def _answer(self, request: HostRequest) -> None:
        try:
            found = await self._answers.answer(request.name, request.args)
            if self._answers.reached:
                self.end(
                    TARGET_REACHED, Status.OK
                )  # with no answer, so that it can ask nothing more
            else:
                request.reply(found)
        except CallRefused as refused:
            request.fail(refused.exception, refused.message)
        except Exception as error:  # noqa: BLE001 - carried to `run`, which raises it
            self._failure = self._failure or error
            self.end("the run is ending")

    def _finish(self, result: CallResult, attempts: tuple[Attempt, ...]) -> Ended:
        """Record all that is known only now, together."""
        job, status, detail = self._job, result.status, result.detail
        program = self._answers.reached
        if program:
            status, detail = Status.OK, TARGET_REACHED
        elif status == Status.OK and isinstance(result.output, str):
            program = Program(result.output)
            self._journal.put(program.source)
        elif status == Status.OK:
            status = Status.WRONG_OUTPUT
            detail = f"returned {type(result.output).__name__}, not a program's source"
        self._ledger.spend(cpu_seconds=result.seconds)
        spent = self._answers.spent(result.seconds)
        finished = InvocationFinished(
            status=status,
            program=program.id if program else None,
            detail=detail,
            spent=spent,
            charged=self._ledger.charged(),
            seconds=result.seconds,
        )
        facts: dict[str, Fact] = {
            self._key(attempt): Attempted(
                program=job.improver.id, attempt=AttemptRecord(**asdict(attempt))
            )
            for attempt in (*attempts, *self._answers.attempts())
        }
        facts["finished:" + job.name] = finished
        places = [(self._journal.place(job.name, key), fact, key) for key, fact in facts.items()]
        self._journal.write_all(job.name, places)
        return Ended(program, status, detail, spent)

    def _key(self, attempt: Attempt) -> str:
        place = f"{attempt.counter}:{attempt.category}:{attempt.action}:{attempt.target}"
        return f"attempted:{self._job.name}:{place}"


def _hand_over(
    loop: asyncio.AbstractEventLoop, invocation: _Invocation, request: HostRequest
) -> None:
    loop.call_soon_threadsafe(invocation.answer, request)
