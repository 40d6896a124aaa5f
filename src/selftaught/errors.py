"""Errors that selftaught raises, all in one place.

What a candidate or an improver does (crash, timeout, over budget, tampering) is an
``Outcome`` with a status, and never an exception. What raises is a user's
configuration, the environment, or a failure of our own::

    SelftaughtError
    ├── UsageError              the command or its options (exit 2)
    │   ├── UnknownNameError    a task, model, improver or run that does not exist
    │   └── TaskFormatError     a task folder with faults, all of them listed
    ├── TaskCodeError           the task's own code raised (exit 1)
    ├── ModelError              a provider can't answer (exit 1)
    │   └── ModelRefusedError   it never will as things are: key, quota, unknown model
    │       └── PromptTooLongError  this prompt exceeds the model's context
    ├── SandboxError            the sandbox could not do its work (exit 1)
    │   └── SandboxUnavailableError   this machine offers no confinement (exit 2)
    ├── StoreError              the store could not be read or written (exit 1)
    ├── LedgerError             a ledger of adoptions is not what it was (exit 1)
    └── LimitReached            a ``--max-*`` limit is spent (exit 3)
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence


class SelftaughtError(Exception):
    """Base of all errors: says what was expected, what was found, and what to do next."""

    exit_status = 1

    def __init__(self, expected: str, found: str = "", next_step: str = "") -> None:
        """Keep the three parts apart, so that ``--json`` can print them.

        Args:
            expected: what should have been the case, or what failed, as a sentence's start.
            found: what was the case instead; empty where the first part says it all.
            next_step: what the reader can do now; empty where nothing is known to help.
        """
        self.expected = expected
        self.found = found
        self.next_step = next_step
        super().__init__(expected, found, next_step)

    @property
    def kind(self) -> str:
        """The name under which ``--json`` reports the error."""
        return type(self).__name__

    def __str__(self) -> str:
        text = f"expected {self.expected}" if self.found else self.expected
        if self.found:
            text += f"; found {self.found}"
        if self.next_step:
            text += f"\n  next: {self.next_step}"
        return text


class UsageError(SelftaughtError):
    """A command, an option or a configuration that can't be carried out."""

    exit_status = 2


class UnknownNameError(UsageError):
    """A name that stands for nothing; the message offers the nearest names."""

    def __init__(
        self,
        what: str,
        name: str,
        known: Iterable[str],
        next_step: str = "",
        *,
        meant: Sequence[str] = (),
    ) -> None:
        """Offer what is ``meant``, else the names in ``known`` that resemble ``name``."""
        names = sorted(known)
        near = meant or difflib.get_close_matches(name, names, n=3, cutoff=0.4)
        offer = "did you mean " + " or ".join(near) + "?" if near else ""
        listed = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
        super().__init__(
            f"the name of a known {what}" + (f" ({listed})" if listed else ""),
            repr(name),
            " ".join(part for part in (offer, next_step) if part),
        )


class TaskFormatError(UsageError):
    """A task folder with faults; every fault in one report, with file, line and field."""

    def __init__(self, folder: str, faults: Iterable[str]) -> None:
        """Join ``faults``, one a line."""
        self.faults = tuple(faults)
        listed = "".join(f"\n  - {fault}" for fault in self.faults)
        super().__init__(
            f"a valid task folder in {folder}",
            f"{len(self.faults)} fault(s):{listed}",
            "correct the lines listed above; `selftaught new DIR` creates a working folder",
        )


class TaskCodeError(SelftaughtError):
    """The task's own ``make_instance``, ``score`` or ``drive`` raised: the user's fault."""

    def __init__(self, task: str, function: str, traceback: str) -> None:
        """Keep the traceback, which starts in the task's own file."""
        self.task, self.function, self.traceback = task, function, traceback
        super().__init__(
            f"{function} of task {task} to return",
            f"an exception in it:\n{traceback}",
            f"fix {function} in the task's utility.py and start again; to continue a run that this "
            "ended, use `selftaught resume RUN --rebase` if the fix does not affect earlier scores",
        )


class ModelError(SelftaughtError):
    """A model's provider failed and retries did not help; the run can be resumed."""


class ModelRefusedError(ModelError):
    """The provider will not answer as things are: key, quota, unknown model, context length."""


class PromptTooLongError(ModelRefusedError):
    """A prompt over the model's context; other prompts may do. Says by how much, if known."""

    def __init__(self, model: str, said: str, tokens: int | None, limit: int | None) -> None:
        """Keep what was said, the prompt's tokens and the context's; None where not told."""
        self.said, self.tokens, self.limit = said, tokens, limit
        room = f" of {limit:,} tokens" if limit is not None else ""
        over = f"{tokens - limit:,} tokens too many: " if tokens and limit else ""
        super().__init__(
            f"a prompt within the context{room} of {model}",
            over + said,
            "shorten the prompt, or use a model with a longer context",
        )


class SandboxError(SelftaughtError):
    """The sandbox failed at its own work; never shown as a program's result."""


class SandboxUnavailableError(SandboxError):
    """This machine lacks what confinement needs, and ``--unsafe`` was not asked for."""

    exit_status = 2


class StoreError(SelftaughtError):
    """The store is no database, locked, full, read-only or from another version."""


class LedgerError(SelftaughtError):
    """A run's ledger of adoptions does not lead to the head that was kept of it."""


class LimitReached(SelftaughtError):  # noqa: N818 - a limit is an end in good order, not an error
    """A ``--max-*`` limit is spent: the run ends in good order with the best so far."""

    exit_status = 3

    def __init__(self, resource: str, limit: float) -> None:
        """Name the resource (``responses``, ``cost_usd``, …) and its limit."""
        self.resource, self.limit = resource, limit
        super().__init__(
            f"the limit of {limit:g} {resource} is spent",
            next_step="resume with a higher limit, or use the best result so far",
        )

    @classmethod
    def read(cls, reason: str) -> LimitReached | None:
        """Return the limit that a recorded reason names; None where it names none."""
        found = re.search(r"the limit of (\S+) (\w+) is spent", reason)
        return cls(found[2], float(found[1])) if found else None
