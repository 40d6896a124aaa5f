"""From a request to what the keeper is told and the host must know; bad requests end here."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from selftaught.errors import UsageError
from selftaught.sandbox.commands import interpreter, machine, reach
from selftaught.sandbox.commands.addresses import Allowed, allowed_addresses
from selftaught.sandbox.commands.inside import root
from selftaught.values.command import CommandRequest

_INSIDE_ID = 1000
_SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"
NOT_WHOLE = ("/", "/tmp", "/proc", "/sys", "/dev", "/dev/shm", root.TERMINALS, root.BOX)
"""Folders that no command may read as a whole."""


@dataclass
class Plan:
    """How one command will be run.

    Attributes:
        mode: ``namespaces``, ``landlock`` or ``unconfined``.
        program: what is executed.
        environment: its variables.
        folder: its current directory, as it really is.
        readable: files and folders that it may read, as named.
        writable: folders that it may write, as they really are, scratch left out.
        listed: folders that it may list only.
        sealed: what it may not write inside of these.
        blank: files that it sees empty.
        scratch: a folder of the host's for its scratch; empty in mode ``namespaces``.
        files: what it sees in place of the machine's own files, by path.
        network: addresses that it may connect to.
    """

    mode: str
    program: str
    environment: dict[str, str]
    folder: str
    readable: tuple[str, ...]
    writable: tuple[str, ...]
    listed: tuple[str, ...]
    sealed: tuple[str, ...]
    blank: tuple[str, ...]
    scratch: str
    files: dict[str, str]
    network: Allowed = field(default_factory=Allowed)

    def spec(self, request: CommandRequest) -> dict[str, Any]:
        """Return what the keeper is told."""
        return {
            "command": {
                "mode": self.mode,
                "program": self.program,
                "argv": list(request.argv),
                "folder": self.folder,
                "environment": self.environment,
                "affinity": list(request.affinity),
                "memory_mb": request.memory_mb,
                "file_mb": request.scratch_mb,
                "watch_paths": request.watch_paths,
                "readable": [*self.readable, *self._own_readable()],
                "writable": [*self.writable, *self._own_writable()],
                "listed": ["/"] if self.mode == "namespaces" else list(self.listed),
            },
            "layout": {
                "readable": sorted(self.readable, key=len),
                "writable": self.writable,
                "sealed": self.sealed,
                "blank": self.blank,
                "files": self.files,
                "scratch_mb": request.scratch_mb,
            },
        }

    @property
    def scratches(self) -> tuple[str, ...]:
        """Scratch folders as the command names them."""
        return (root.BOX, root.TMP, root.SHM) if self.mode == "namespaces" else (self.scratch,)

    def close(self) -> None:
        """Remove the scratch folder. May be called twice."""
        if self.scratch:
            shutil.rmtree(self.scratch, ignore_errors=True)

    def _own_readable(self) -> tuple[str, ...]:
        return ("/proc", "/etc") if self.mode == "namespaces" else ()

    def _own_writable(self) -> tuple[str, ...]:
        return self.scratches if self.mode != "unconfined" else ()


def make(request: CommandRequest, mode: str) -> Plan | None:
    """Return the plan for a request; None where there is no such program.

    Raises:
        UsageError: the request can't be carried out as it stands.
    """
    _check_numbers(request)
    python = interpreter.find(request.python)
    folder, top = _folders(request)
    for each in request.writable:
        _demand(each, os.path.isdir, "a folder that may be written")
    for each in request.readable:
        _demand(each, os.path.lexists, "a file or folder that may be read")
    network = allowed_addresses(request.network, mode)
    search = ":".join([os.path.dirname(python.path), *map(str, request.path), _SYSTEM_PATH])
    program = _locate(request.argv[0], python.path, folder, search)
    if program is None:
        return None
    writable = tuple(map(os.path.realpath, request.writable))
    named = [top, *map(os.path.abspath, (request.root or request.folder, *request.readable))]
    programs = reach.named_programs((program, *request.argv[1:]), search)
    tops = dict.fromkeys([*map(os.path.realpath, named), *writable])
    listed, parts, sealed, blank = _repositories(tuple(tops), writable, mode)
    if request.own_git:
        blank = tuple(path for path in blank if path != os.path.join(top, ".git", "config"))
    readable = [*machine.readable(mode), *python.folders, *programs, *named, *writable, *parts]
    readable = [path for path in readable if os.path.realpath(path) not in listed]
    plan = Plan(
        mode=mode,
        program=program,
        environment={},
        folder=folder,
        readable=tuple(dict.fromkeys(readable)),
        writable=writable,
        listed=listed,
        sealed=sealed,
        blank=blank,
        scratch="",
        files={},
        network=network,
    )
    _furnish(plan, request, search)
    return plan


def _furnish(plan: Plan, request: CommandRequest, search: str) -> None:
    """Give a plan its scratch folder, the files in place of the machine's, and variables."""
    if plan.mode == "namespaces":
        plan.files = machine.files(_INSIDE_ID, _INSIDE_ID, plan.network.hosts)
        home, tmp = root.HOME, root.TMP
    else:
        plan.scratch = os.path.realpath(tempfile.mkdtemp(prefix="selftaught-"))
        plan.files = machine.files(os.geteuid(), os.getegid(), plan.network.hosts)
        home, tmp = plan.scratch + "/home", plan.scratch + "/tmp"
        for name in (home, tmp, plan.scratch + "/shm"):
            os.mkdir(name, 0o700)
    plan.environment = {
        "PATH": search,
        "HOME": home,
        "TMPDIR": tmp,
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",
        **request.environment,
    }


def _check_numbers(request: CommandRequest) -> None:
    if not request.argv or not request.argv[0]:
        raise UsageError("a command of at least one word", "none")
    for name in ("seconds", "memory_mb", "scratch_mb", "processes"):
        if not getattr(request, name) > 0:
            raise UsageError(f"more than 0 {name} for a command", str(getattr(request, name)))
    if request.output_bytes < 0:
        raise UsageError("0 or more bytes of output to keep", str(request.output_bytes))
    words = [*request.argv, *request.environment, *request.environment.values()]
    if any("\0" in word for word in words) or any("=" in name for name in request.environment):
        raise UsageError("words and variables without zero bytes, names without =", "some with")
    lacking = set(request.affinity) - os.sched_getaffinity(0)
    if lacking:
        raise UsageError(f"cores among {sorted(os.sched_getaffinity(0))}", f"core {min(lacking)}")


def _folders(request: CommandRequest) -> tuple[str, str]:
    """Return the current directory and the root that holds it, as they really are."""
    _demand(request.folder, os.path.isdir, "a folder to run the command in")
    if request.root is not None:
        _demand(request.root, os.path.isdir, "a folder that the command may read")
    folder = os.path.realpath(request.folder)
    top = os.path.realpath(request.root or request.folder)
    if folder != top and not folder.startswith(top.rstrip("/") + "/"):
        raise UsageError(f"a folder inside of the root {top}", folder)
    return folder, top


def _demand(path: Path, holds: Any, what: str) -> None:
    real = os.path.realpath(path)
    if not holds(path) or not os.path.exists(real):
        raise UsageError(what, f"{path}, which does not exist or is of another kind")
    if real in NOT_WHOLE:
        raise UsageError(
            what, f"{path}, which is too broad to share as a whole", "name a part of it"
        )


def _locate(word: str, python: str, folder: str, path: str) -> str | None:
    """Return the program that the first word of a command stands for."""
    if word in ("python", "python3", os.path.basename(python)):
        return python
    if "/" in word:
        program = os.path.normpath(os.path.join(folder, word))
        return program if os.path.isfile(program) and os.access(program, os.X_OK) else None
    return shutil.which(word, path=path)


def _repositories(
    tops: tuple[str, ...], writable: tuple[str, ...], mode: str
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Keep git's own files out of reach: settings may hold passwords, hooks are run by others.

    Returns:
        Folders of which only the listing is allowed, their parts that are readable, what is
        sealed, and what is blank.
    """
    listed, parts, sealed, blank = [], [], [], []
    for top in tops:
        git = os.path.join(top, ".git")
        if os.path.islink(git) or not os.path.exists(git):
            continue
        sealed.append(git)
        if os.path.isfile(os.path.join(git, "config")):
            blank.append(os.path.join(git, "config"))
        written = any(git.startswith(each.rstrip("/") + "/") for each in writable)
        if mode == "landlock" and os.path.isdir(git) and not written:
            listed.append(top)
            parts += [os.path.join(top, name) for name in os.listdir(top) if name != ".git"]
    return tuple(listed), tuple(parts), tuple(sealed), tuple(blank)
