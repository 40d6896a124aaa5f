"""Resources: what a run needs, opened, and closed again whatever happens."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from selftaught.engine.engine import World
from selftaught.engine.settings import Settings
from selftaught.errors import UsageError
from selftaught.models.options import ModelOptions
from selftaught.models.registry import open_model
from selftaught.ports import Evaluator, RunStore, Sandbox
from selftaught.runs.evaluators import LocalEvaluator, ProcessEvaluator
from selftaught.sandbox import open_sandbox
from selftaught.store.sqlite import SqliteStore

DEFAULT_STORE = Path(".selftaught/store.db")


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        """Return seconds since the epoch."""
        return time.time()

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic()


@dataclass(frozen=True)
class Options:
    """How a command works, as against what it computes: nothing here changes a digest.

    Attributes:
        store: the database file.
        workers: evaluator processes, > 0.
        unsafe: run programs unconfined where the user asked for it.
        model: how the model is reached.
        yes: take every question as answered with yes.
    """

    store: Path = DEFAULT_STORE
    workers: int = 2
    unsafe: bool = False
    model: ModelOptions = field(default_factory=ModelOptions)
    yes: bool = False

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            UsageError: ``workers`` is not in [1, 256].
        """
        if not 1 <= self.workers <= 256:
            raise UsageError("--workers between 1 and 256", str(self.workers))

    @property
    def folder(self) -> Path:
        """Where a run's files go: beside the store."""
        return self.store.parent


def open_store(options: Options, *, create: bool = True) -> SqliteStore:
    """Return the store; its folder is made where it is missing.

    Raises:
        StoreError: it can't be opened, or is missing and ``create`` is False.
    """
    return SqliteStore(options.store, create=create)


def confinement(unsafe: bool, settings: Settings) -> dict[str, Any]:
    """Return the keyword arguments of `open_sandbox`, plain enough for another process."""
    return {
        "unsafe": unsafe,
        "hash_seed": settings.seed % 2**32,
        "score_despite_attempts": settings.score_despite_attempts,
        "report_only": list(settings.report_only),
    }


class Resources:
    """The world of an engine: store, model, sandbox and evaluators. An async context."""

    def __init__(
        self,
        options: Options,
        model: str,
        settings: Settings,
        store: RunStore,
        open_evaluator: Callable[[], Evaluator] | None = None,
    ) -> None:
        """Open nothing yet.

        Args:
            options: how to work.
            model: the model's name.
            settings: of the run; its seed sets the hash seed of every child, and it says
                what attempts to leave the sandbox lead to.
            store: an open store, which stays the caller's.
            open_evaluator: opens what scores programs; None: processes for tasks.
        """
        self._options = options
        self._model = model
        self._settings = settings
        self._store = store
        self._open_evaluator = open_evaluator
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Open everything; what was opened is closed again if a later part fails."""
        options = self._options
        async with AsyncExitStack() as stack:
            model = open_model(self._model, options=options.model)
            stack.push_async_callback(model.close)
            policy = confinement(options.unsafe, self._settings)
            sandbox = open_sandbox(**policy)
            stack.callback(sandbox.close)
            evaluator: Evaluator
            if self._open_evaluator:
                evaluator = self._open_evaluator()
            else:
                local = LocalEvaluator(sandbox, options.workers)
                evaluator = ProcessEvaluator(options.workers, policy, local)
            stack.push_async_callback(evaluator.close)
            self.sandbox: Sandbox = sandbox
            self.world = World(self._store, model, sandbox, evaluator, SystemClock())
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close everything, last opened first."""
        await self._stack.aclose()
