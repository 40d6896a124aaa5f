"""Commands: a program's command line to run confined, and what became of it, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from selftaught.values.outcome import Attempt, Counter


class CommandStatus(StrEnum):
    """How a command ended."""

    OK = "ok"
    """It ended with 0."""

    FAILED = "failed"
    """It ended with another number, or by a signal of its own."""

    TIMEOUT = "timeout"
    """It was ended at its deadline."""

    OUT_OF_MEMORY = "out_of_memory"
    """It was ended for its memory, or ended itself by a ``MemoryError``."""

    DISK_FULL = "disk_full"
    """It was ended for what it wrote to the folders that it may write."""

    NOT_FOUND = "not_found"
    """There is no such program; nothing was run."""

    TAMPERED = "tampered"
    """It tried what the request's ``expected`` attempts do not hold."""


@dataclass(frozen=True)
class CommandRequest:
    """A command to run confined, and what it may use.

    Attributes:
        argv: the words of the command, at least one; no shell reads them. ``python``,
            ``pytest`` and whatever else lies beside ``python`` are that environment's.
        folder: the current directory, usually a copy of a repository; readable, and with
            ``root`` all of that.
        python: the user's interpreter, e.g. ``.venv/bin/python``; its environment, the one
            below it and the machine's programs and libraries are readable. None: our own.
        root: the folder that ``folder`` is part of, e.g. the copy's root; None: ``folder``.
        path: folders in which programs are looked for, after that of ``python`` and before the
            machine's. A program there that a word of the command names is readable, with what
            it is started by and its libraries; another one only where its folder is readable.
        readable: further files and folders.
        writable: folders that may be written, ``root`` or parts of it, for instance.
            A scratch HOME and ``/tmp`` can always be written and are gone afterwards.
        own_git: whether ``root`` has a git folder that was made for the command: its settings
            hold nothing secret and are not hidden.
        network: addresses ``HOST:PORT`` outside that may be connected to (TCP). Without
            any, there is only a loopback of the command's own (mode ``namespaces``), or
            no network at all (mode ``landlock``).
        environment: variables on top of PATH, HOME, TMPDIR, LANG and PYTHONHASHSEED;
            nothing of the caller's environment is passed on.
        affinity: numbers of the cores to run on; empty: any.
        seconds: wall-clock seconds until everything that it started is ended.
        memory_mb: MiB that all its processes may hold together, and any one of them alone.
        scratch_mb: MiB that it may write to scratch; and, in each second look, by how much
            the writable folders may grow.
        processes: processes and threads that it may have at once.
        output_bytes: bytes of standard output, and of standard error, that are kept: the
            first and the last half of them.
        watch_paths: whether paths that it opens are counted; without, they are refused all
            the same, and a command that opens many files is not slowed.
        expected: attempts that are none of the program's under test, e.g. those of the
            unchanged repository. A tuple: an attested attempt beyond them, unless benign,
            makes the command ``tampered``. None: attempts are counted and decide nothing.
    """

    argv: tuple[str, ...]
    folder: Path
    python: Path | None = None
    root: Path | None = None
    path: tuple[Path, ...] = ()
    readable: tuple[Path, ...] = ()
    writable: tuple[Path, ...] = ()
    own_git: bool = False
    network: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    affinity: tuple[int, ...] = ()
    seconds: float = 60.0
    memory_mb: int = 2048
    scratch_mb: int = 256
    processes: int = 256
    output_bytes: int = 200_000
    watch_paths: bool = True
    expected: tuple[Attempt, ...] | None = None


@dataclass(frozen=True)
class Refusal:
    """Something that the sandbox refused and the user can allow.

    Attributes:
        category: ``network`` or ``filesystem``.
        target: the address ``HOST:PORT`` or the path.
        flag: the option that allows it, e.g. ``--allow-network localhost:5432``.
        count: how often it was tried.
    """

    category: str
    target: str
    flag: str
    count: int = 1

    def __str__(self) -> str:
        return f"{self.category}: {self.target} was refused; {self.flag} allows it"


@dataclass(frozen=True)
class CommandResult:
    """What became of a command.

    Attributes:
        status: how it ended.
        exit_code: its exit status, negative for a signal; None where it was ended by us
            or never ran.
        stdout: its standard output; bytes that are no UTF-8 are replaced, and what is
            left out in the middle is named where it was.
        stderr: its standard error, likewise.
        wall_seconds: from the start of the program itself to its end.
        cpu_seconds: of the program and all that it started, user and system time.
        memory_mb: the most MiB that one of its processes held.
        attempts: what the sandbox refused or noticed.
        refused: what of this the user can allow, and how.
        detail: why it ended as it did, where the status does not say it all.
        sandbox: the mode it ran in: ``namespaces``, ``landlock`` or ``unconfined``.
        network: the addresses that it was allowed to connect to.
    """

    status: CommandStatus
    exit_code: int | None
    stdout: str
    stderr: str
    wall_seconds: float
    cpu_seconds: float
    memory_mb: float = 0.0
    attempts: tuple[Attempt, ...] = ()
    refused: tuple[Refusal, ...] = ()
    detail: str = ""
    sandbox: str = "unconfined"
    network: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the command ended with 0 and tried nothing that it must not."""
        return self.status is CommandStatus.OK


def unexpected(attempts: tuple[Attempt, ...], expected: tuple[Attempt, ...]) -> tuple[Attempt, ...]:
    """Return the attested attempts, benign ones left out, whose like is not expected.

    How often something was tried makes no difference.
    """
    known = {(each.category, each.action, each.target) for each in expected}
    return tuple(
        each
        for each in attempts
        if each.counter is Counter.ATTESTED
        and not each.benign
        and (each.category, each.action, each.target) not in known
    )
