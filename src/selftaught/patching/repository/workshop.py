"""Workshops: a copy of the repository in which commands run on versions of the targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from selftaught.budget import WallTime
from selftaught.errors import SandboxError
from selftaught.patching.repository.copy import Copy
from selftaught.patching.repository.leftovers import Leftovers
from selftaught.patching.repository.scripts import write_scripts
from selftaught.patching.repository.site import Site
from selftaught.patching.repository.splice import Refused, Spliced, splice
from selftaught.patching.repository.surroundings import Surroundings
from selftaught.ports import Commands
from selftaught.values.command import CommandRequest, CommandResult, CommandStatus
from selftaught.values.outcome import Attempt

SEED_VARIABLE = "SELFTAUGHT_SEED"
"""Names a number from which a score command draws its inputs: others in the search than in the
final comparison."""

GIT_VARIABLES = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "EMAIL": "user@localhost",
}
"""With these git only reads the copy's git folder, fetches no objects that are missing, and does
not end because the machine's own settings can't be read. The address lets commands commit in
repositories of their own; settings of theirs come before it, as they come before the user's."""

FIRST_SECONDS = 600.0
"""Wall seconds of a command of which it is not known yet how long it takes."""


@dataclass(frozen=True)
class How:
    """How a command is run.

    Attributes:
        seed: told to it by `SEED_VARIABLE`.
        seconds: of wall time, at most.
        expected: attempts of the unchanged repository; None: attempts decide nothing.
        environment: variables on top.
        affinity: numbers of the cores to run on; empty: any.
        readable: folders that it may read besides.
        writable: folders that it may write besides the copy.
        output_bytes: of its output that are kept.
        keep: paths of files whose contents after the run are told.
    """

    seed: int = 0
    seconds: float = FIRST_SECONDS
    expected: tuple[Attempt, ...] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    affinity: tuple[int, ...] = ()
    readable: tuple[Path, ...] = ()
    writable: tuple[Path, ...] = ()
    output_bytes: int = 200_000
    keep: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ran:
    """A command that ran: what became of it, and which files it wrote, made or removed.

    ``kept``: contents that `How.keep` asked for, as the command left them.
    """

    result: CommandResult
    traces: tuple[str, ...]
    made: frozenset[str] = frozenset()
    kept: Mapping[str, bytes] = field(default_factory=dict)


class Workshop:
    """A copy, one version of the targets in it, and commands that run there one at a time.

    Use as a context manager; leaving it removes the copy. While ``halted`` is True no command
    is run.
    """

    def __init__(self, site: Site, commands: Commands, wall: WallTime | None = None) -> None:
        """Make the copy.

        Args:
            site: where the goal is to be reached.
            commands: how the user's commands are run.
            wall: the time that is left for them; None: any.

        Raises:
            UsageError: the repository can't be copied.
        """
        self.site = site
        self.commands = commands
        self.wall = wall or WallTime()
        self.halted = False
        self.copy = Copy(site.repository, site.include)
        try:
            scripts = self.copy.beside("scripts")
            self.surroundings = Surroundings(site, self.copy.root, scripts)
            write_scripts(scripts, self.surroundings.facts)
            self._traces = Leftovers(self.copy.root, self._restore)
        except BaseException:
            self.copy.close()
            raise
        self._files: dict[str, bytes] = {}

    def install(self, program: str) -> Refused | None:
        """Put a version of the targets in place; return why it can't be."""
        spliced = splice(self.site.parts, program)
        if isinstance(spliced, Refused):
            return spliced
        self.put(spliced)
        return None

    def put(self, spliced: Spliced) -> None:
        """Give files these contents, and all others those that they had."""
        before = set(self._files)
        self._files = dict(spliced.files)
        self.copy.change(self._files)
        self._traces.settle(before | set(self._files))

    def _restore(self, path: str) -> None:
        if not self.surroundings.relinked(path):
            self.copy.restore(path)

    def run(self, words: Sequence[str], how: How) -> Ran:
        """Run a command in the copy, and take back what it left there.

        Raises:
            UsageError: the request can't be carried out.
            LimitReached: no wall time is left; the command was ended, or did not begin.
            SandboxError: our own failure, or work here was halted.
        """
        left = self.wall.left
        if self.halted:
            raise SandboxError("work that goes on", "work that was halted")
        if left <= 0:
            raise self.wall.spent()
        request = CommandRequest(
            argv=self.surroundings.words(words),
            folder=self.copy.place,
            python=self.site.interpreter.python,
            root=self.copy.root,
            path=self.surroundings.program_path,
            readable=(*how.readable, *self.copy.readable, *self.surroundings.readable),
            writable=(self.copy.root, *how.writable),
            own_git=True,
            network=self.site.goal.allow_network,
            environment={
                **self.surroundings.variables,
                **GIT_VARIABLES,
                SEED_VARIABLE: str(how.seed),
                **how.environment,
            },
            affinity=how.affinity,
            seconds=min(how.seconds, left),
            output_bytes=how.output_bytes,
            expected=how.expected,
        )
        result = self.commands.run(request)
        kept = {path: content for path in how.keep if (content := self._content(path)) is not None}
        traces = self._traces.found()
        if traces:
            self._traces.undo(traces, self._files)
        if result.status is CommandStatus.TIMEOUT and left < how.seconds:
            raise self.wall.spent()
        made = frozenset(path for path in traces if self._traces.is_new(path))
        return Ran(result, traces, made, kept)

    def _content(self, path: str) -> bytes | None:
        """Return what a file of the copy holds; None where it is no file any more."""
        file = self.copy.root / path
        return file.read_bytes() if file.is_file() and not file.is_symlink() else None

    def without_place(self, text: str) -> str:
        """Return a text in which the copy's folder, another in each run, is ``.``."""
        return text.replace(str(self.copy.root), ".")

    def close(self) -> None:
        """Remove the copy. May be called twice."""
        self.copy.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
