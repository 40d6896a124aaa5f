"""Ports: what the engine asks of the world, as protocols.

Implementations live in ``models``, ``sandbox``, ``tasks``, ``store`` and ``app``; fakes of
the same shape live beside the tests. One contract suite a port runs for all of them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol, Self, runtime_checkable

from selftaught.values.command import CommandRequest, CommandResult
from selftaught.values.event import Event, RunInfo
from selftaught.values.outcome import Attempt, Outcome, Status
from selftaught.values.program import Program
from selftaught.values.state import RunState
from selftaught.values.task import Environment, InstanceSet, Task

# ----------------------------------------------------------------------- language model


@dataclass(frozen=True)
class Message:
    """One message of a conversation: ``role`` is ``system`` (the expertise) or ``user``."""

    role: str
    content: str


@dataclass(frozen=True)
class Parameters:
    """Sampling parameters; None: left to the model.

    Attributes:
        temperature: 0 and up.
        top_p: in (0, 1].
        max_tokens: of one answer.
        reasoning_effort: the provider's word, e.g. ``low``.
    """

    temperature: float | None = 0.7
    top_p: float | None = None
    max_tokens: int | None = None
    reasoning_effort: str | None = None


@dataclass(frozen=True)
class ModelRequest:
    """A prompt and the samples wanted of it.

    Attributes:
        messages: system message first where there is one.
        parameters: how to sample.
        samples: the numbers of the samples that are wanted, in this invocation, of these
            messages and parameters; consecutive at first, with gaps where a resumed run
            already has some.
        invocation: the invocation's name, e.g. ``r2/c3/bin_packing/4``.
        seed: the invocation's seed; a model that samples by seed derives each sample's
            seed from it, the messages, the parameters and the sample's number.
        run: the run's id, for models that talk to people or files.
    """

    messages: tuple[Message, ...]
    parameters: Parameters
    samples: tuple[int, ...]
    invocation: str
    seed: int
    run: str = ""


NO_TEXT = "no text: "
"""How the note begins that says why an answer has no text."""


@dataclass(frozen=True)
class ModelResponse:
    """One answer of a model.

    Attributes:
        sample: which of the wanted samples it is.
        text: the answer; empty where the provider gave none (a filter, a tool call).
        tokens_in: tokens of the prompt that this answer is charged with (where one request
            gave several answers, the first carries the prompt's tokens).
        tokens_out: tokens of the answer, hidden reasoning included.
        cost_usd: dollars; None where the price is unknown.
        estimated: whether the tokens were estimated, not reported.
        model: the name that the server gave itself.
        fingerprint: the server's fingerprint, empty where it gave none.
        finish: ``stop``, ``length`` (truncated), ``filtered``, ``empty`` or ``tool``.
        notes: parameters that were left out, and the like. Where ``text`` is empty, one of
            them starts with `NO_TEXT` and says why.
        seconds: wall time of the request.
        more: how many responses of the same answer of the provider follow at once. They
            share its tokens, so they are recorded together or not at all.
    """

    sample: int
    text: str
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float | None = None
    estimated: bool = False
    model: str = ""
    fingerprint: str = ""
    finish: str = "stop"
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    more: int = 0


@runtime_checkable
class LanguageModel(Protocol):
    """A model that answers prompts; many requests may be under way at once."""

    @property
    def name(self) -> str:
        """The name that the user gave, e.g. ``openai/gpt-5``."""
        ...

    def respond(self, request: ModelRequest) -> AsyncIterator[ModelResponse]:
        """Yield one response for each wanted sample, in any order, each as it comes.

        Raises:
            ModelRefusedError: at once, where no retry can help.
            ModelError: where retries did not help; what was yielded before stays valid.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


# ------------------------------------------------------------------------------ sandbox


@dataclass(frozen=True)
class Confinement:
    """A program to run confined, and what it may use.

    Attributes:
        source: the program's text.
        entry_point: the function that calls go to.
        memory_mb: address space beyond the interpreter's own.
        seed: seeds ``random`` and numpy while the program's module body runs.
        prelude: trusted source (standard library only) run in the child before the
            program; it must define ``wrap(function, request)`` and return the callable
            that calls go to, where ``request(name, *args)`` asks the host and returns its
            answer or raises what the host raised. Empty: calls go to the function itself.
        modules: modules that the program may import besides, by name, as source text.
        environment: interpreter and readable files.
        scratch_mb: bytes that the program may write to its own scratch folder, in MiB.
    """

    source: str
    entry_point: str
    memory_mb: int = 512
    seed: int = 0
    prelude: str = ""
    modules: Mapping[str, str] = field(default_factory=dict)
    environment: Environment = field(default_factory=Environment)
    scratch_mb: int = 64


class HostRequest(Protocol):
    """A request of the child to the host; answered once, from any thread."""

    name: str
    args: tuple[Any, ...]

    def reply(self, value: Any) -> None:
        """Send ``value`` (plain data) to the child as the request's result."""
        ...

    def fail(self, exception: str, message: str) -> None:
        """Raise in the child the builtin exception of that name, e.g. ``RuntimeError``."""
        ...


@dataclass(frozen=True)
class CallResult:
    """How one call in a child ended.

    Attributes:
        status: ``ok``, ``crashed``, ``timeout``, ``out_of_memory``, ``wrong_output`` (what
            came back is no plain data), ``invalid_program`` (no such function, syntax
            error), ``tampered`` or ``over_budget`` (ended by the host).
        output: the function's value, plain data; None unless ok.
        seconds: CPU seconds of the call, counted by the host.
        detail: exception type, message and line in the program; empty where ok.
        near_limit: whether the call came within 20 % of a limit.
    """

    status: Status
    output: Any = None
    seconds: float = 0.0
    detail: str = ""
    near_limit: bool = False


class Child(Protocol):
    """A program in its sandbox. Use as a context manager; leaving it ends the child.

    After a call that ended with ``timeout``, ``out_of_memory``, ``tampered`` or
    ``over_budget`` the child is gone (``alive`` is False) and the caller opens another.
    """

    loaded: CallResult
    """How running the module body ended; where not ok, calls return the same."""

    @property
    def alive(self) -> bool:
        """Whether further calls can be made."""
        ...

    def call(
        self,
        *args: Any,
        seconds: float,
        seed: int | None = None,
        on_request: Callable[[HostRequest], None] | None = None,
    ) -> CallResult:
        """Call the entry point and wait for its end.

        Args:
            args: plain data.
            seconds: CPU seconds that the call may take; the wall-clock backstop is
                several times that and stands still while a request is unanswered.
            seed: seeds ``random`` and numpy before the call; None: left as they are.
            on_request: gets every request of the child, on the calling thread; it may
                hand the request to another thread to answer. None: requests fail.

        Raises:
            SandboxError: our own failure, never the program's.
        """
        ...

    def end(self, status: Status, detail: str) -> None:
        """End the child from another thread; the call under way returns with ``status``."""
        ...

    def attempts(self) -> tuple[Attempt, ...]:
        """What the child tried so far and the sandbox refused or noticed."""
        ...

    def close(self) -> None:
        """End the child and everything that it started. May be called twice."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...


class Sandbox(Protocol):
    """Runs programs confined; safe to use from several threads."""

    @property
    def mode(self) -> str:
        """``namespaces``, ``landlock`` or ``unconfined``: recorded in every result."""
        ...

    def open(self, confinement: Confinement) -> Child:
        """Return a child that has run the program's module body.

        Raises:
            SandboxError: where no child could be made; a program that fails to load is
                a child whose ``loaded`` says so.
        """
        ...

    def close(self) -> None:
        """End the launcher and every child. May be called twice."""
        ...


class Commands(Protocol):
    """Runs command lines confined, in the user's own Python; safe from several threads."""

    @property
    def mode(self) -> str:
        """``namespaces``, ``landlock`` or ``unconfined``: recorded in every result."""
        ...

    def run(self, request: CommandRequest) -> CommandResult:
        """Run a command and wait until it and all that it started have ended.

        Raises:
            UsageError: the request names a folder, an interpreter or an address that
                can't be used.
            SandboxError: our own failure, never the command's.
        """
        ...

    def close(self) -> None:
        """End every command under way. May be called twice."""
        ...


# ---------------------------------------------------------------------------- evaluator


class Evaluator(Protocol):
    """Scores programs on tasks, in other processes where that pays."""

    async def evaluate(self, task: Task, program: Program, instances: InstanceSet) -> Outcome:
        """Return what became of ``program`` on the instances.

        Raises:
            TaskCodeError: the task's own code raised.
            SandboxError: our own failure.
        """
        ...

    async def close(self) -> None:
        """End the processes."""
        ...


# -------------------------------------------------------------------------------- store


@dataclass(frozen=True)
class ControlRequest:
    """What a person asked of a run from outside, until it is settled.

    Attributes:
        number: grows with every request of a run; names it in ``settle``.
        action: ``pause``, ``resume``, ``stop`` or ``approve``.
        detail: what the action is about, e.g. the program that is approved; may be empty.
    """

    number: int
    action: str
    detail: str = ""


class RunStore(Protocol):
    """Append-only events of runs, and texts by their SHA-256. One writer a run.

    Every method raises StoreError where the store can't be read or written, and
    UnknownNameError where the run that it names does not exist. Nothing that was written
    before is lost by a failed write, and the same write can be tried again.
    """

    def create(self, info: RunInfo) -> None:
        """Add a run and claim it; raises StoreError where its id exists."""
        ...

    def append(self, run: str, events: Iterable[Event]) -> None:
        """Write events durably, all or none, before returning; claim the run if need be.

        No end of the process takes them back; a power loss may take the newest, but none
        that was paid for or decided, nor any before such a one.

        Texts that were put before are durable then, too. An event whose (invocation,
        sequence) or non-empty key the run already has is refused with StoreError.
        """
        ...

    def events(
        self, run: str, *, kinds: Iterable[str] | None = None, after: int = 0
    ) -> Iterator[tuple[int, Event]]:
        """Yield ``(position, event)`` in the order of writing, positions above ``after``.

        Positions grow, with gaps. What is appended meanwhile may be yielded, too.
        """
        ...

    def last(self, run: str, kind: str) -> Event | None:
        """Return the newest event of that kind, None where there is none."""
        ...

    def counts(self, run: str) -> dict[str, int]:
        """Return how many events of each kind the run has; reads no event."""
        ...

    def state(self, run: str) -> RunState:
        """Return the fold over the run's events, reading no more of them than it holds.

        Sums of seconds and dollars may differ from the fold's in the last bits.
        """
        ...

    def put(self, text: str) -> str:
        """Keep a text; return its SHA-256. Durable with the next append, or at close.

        Keeping it twice costs nothing.
        """
        ...

    def get(self, text_id: str) -> str:
        """Return a text; raises StoreError where it is not kept."""
        ...

    def texts(self, run: str) -> list[str]:
        """Return the ids of the texts that the run uses, sorted."""
        ...

    def runs(self) -> list[RunInfo]:
        """Return all runs, newest first."""
        ...

    def run(self, run: str) -> RunInfo:
        """Return one run by its id or an unambiguous beginning of it.

        Raises:
            UnknownNameError: there is none.
            UsageError: several begin like that.
        """
        ...

    def set_state(self, run: str, state: str) -> None:
        """Set a run's state (``running``, ``paused``, ``waiting``, ``done``, …)."""
        ...

    def delete(self, run: str) -> None:
        """Remove a run with its events, requests and the texts that only it uses.

        Raises:
            StoreError: the run is going on.
        """
        ...

    def claim(self, run: str) -> None:
        """Become the run's one writer until ``release``, ``close`` or this process's end.

        Raises:
            StoreError: another process or store object is the writer.
        """
        ...

    def release(self, run: str) -> None:
        """Let another become the run's writer; no error where it was not claimed."""
        ...

    def owner(self, run: str) -> int | None:
        """Return the id of the process that is the run's writer, None where none is alive."""
        ...

    def request(self, run: str, action: str, detail: str = "") -> None:
        """Ask something of a run, from any process: ``pause``, ``resume``, ``stop``, ``approve``.

        Raises:
            UsageError: another action.
        """
        ...

    def control(self, run: str) -> tuple[ControlRequest, ...]:
        """Return the requests that are not settled, oldest first; cheap enough to poll."""
        ...

    def settle(self, run: str, number: int) -> None:
        """Take a request off the list, once it has been acted on."""
        ...

    def close(self) -> None:
        """Keep what was put, let go of every run, close the database. May be called twice."""
        ...


class Clock(Protocol):
    """Time, so that tests need not wait and no decision reads the wall clock."""

    def now(self) -> float:
        """Seconds since the epoch."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back."""
        ...
