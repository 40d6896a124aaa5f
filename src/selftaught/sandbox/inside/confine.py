"""How children are confined: one class a mode, each with a launcher's and a child's part.

As much as can be is done in the launcher, once or before each fork. What a child does
itself costs it a copy of every page of memory that it touches on the way.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import socket
import stat
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from . import kernel, landlock, namespaces, places, seccomp, wire
from .kernel import Call, MissingFeatureError

CHANNEL = 3
"""The descriptor of a child's channel to the host."""

LISTENER = 4
"""The descriptor where the kernel asks about a child's calls, until the host has a copy."""

OPEN_FILES = 256
PROCESSES = 2048
FILES_IN_SCRATCH = 4096
CPU_SECONDS = 24 * 3600
MEBIBYTE = 2**20

Facts = dict[str, Any]
"""What the host is told of the confinement."""

Limits = list[tuple[int, tuple[int, int]]]


def hello(scratch: str, private: str, listener: int) -> bytes:
    """Return the frame with which a child greets the host."""
    facts = {"scratch": scratch, "private": private, "listener": listener}
    return wire.pack({"kind": "hello", **facts})


@dataclass(frozen=True)
class Nest:
    """What the launcher has ready for one child before it forks it.

    Attributes:
        scratch: the folder that the program may write.
        private: the folder of decoys.
        limits: resources and how they are bounded.
        enter: the calls with which the child moves in.
        hello: the frame with which the child greets the host when it is confined.
        variables: environment variables that are this child's own.
        ruleset: of Landlock; -1 where there is none.
        open: descriptors that the launcher closes when it has forked.
    """

    scratch: str
    private: str
    limits: Limits
    enter: tuple[Call, ...]
    hello: bytes
    variables: dict[str, str] = field(default_factory=dict)
    ruleset: int = -1
    open: list[int] = field(default_factory=list)

    def close(self) -> None:
        """Close the launcher's descriptors; the child has its own."""
        for descriptor in self.open:
            os.close(descriptor)
        self.open.clear()


class Mode(Protocol):
    """A way to confine children."""

    def prepare(self) -> Facts:
        """Do in the launcher what all children share; return what the host should know.

        Raises:
            MissingFeatureError: this machine does not allow it.
        """
        ...

    def ready(self, number: int, scratch_mb: int) -> Nest:
        """Return, in the launcher, what the child of this number needs to confine itself.

        Raises:
            MissingFeatureError: this machine does not allow it.
            OSError: the machine has too little of something.
        """
        ...

    def fork(self, fork: Callable[[], int]) -> int:
        """Return as ``fork`` does."""
        ...

    def settle(self, nest: Nest) -> int:
        """Confine this child; return where the kernel asks about its calls, -1: nowhere.

        Raises:
            MissingFeatureError: this machine does not allow it.
            OSError: the machine has too little of something.
        """
        ...

    def tidy(self, number: int) -> None:
        """Remove what a child left, in the launcher, after its end."""
        ...


class Unconfined:
    """No confinement: a scratch folder and limits only."""

    def __init__(self, folder: str, readable: list[str]) -> None:
        """Give children their scratch below ``folder``."""
        self.folder = folder
        self.readable = readable
        self._enter = (die_with_launcher(),) if kernel.NUMBERS else ()

    def prepare(self) -> Facts:
        """Set what does not differ from child to child."""
        os.environ.clear()
        os.environ.update(places.VARIABLES)
        limit_launcher()
        return {}

    def ready(self, number: int, scratch_mb: int) -> Nest:
        """Make the box."""
        box = self.box(number)
        os.mkdir(box, 0o700)
        descriptor = os.open(box, os.O_PATH | os.O_CLOEXEC)
        try:
            places.make_box(descriptor)
        finally:
            os.close(descriptor)
        limits = child_limits(scratch_mb, processes=None)
        scratch, private = places.scratch_of(box), places.private_of(box)
        greeting, variables = hello(scratch, private, -1), places.own_variables(box)
        return Nest(scratch, private, limits, self._enter, greeting, variables)

    def fork(self, fork: Callable[[], int]) -> int:
        """Return as ``fork`` does."""
        return fork()

    def settle(self, nest: Nest) -> int:
        """Set limits and move in."""
        move_in(nest)
        os.closerange(CHANNEL + 1, OPEN_FILES)
        return -1

    def box(self, number: int) -> str:
        """Return the folder of a child's scratch and decoys."""
        return os.path.join(self.folder, str(number))

    def tidy(self, number: int) -> None:
        """Remove the child's box."""
        shutil.rmtree(self.box(number), ignore_errors=True)


class LandlockAndSeccomp:
    """Landlock and seccomp, without namespaces."""

    def __init__(self, folder: str, readable: list[str]) -> None:
        """Give children their scratch below ``folder``, and let them read these paths."""
        self.folder = folder
        self.readable = readable
        self._boxes = Unconfined(folder, readable)
        self._rules: list[landlock.Rule] = []
        self._enter: tuple[Call, ...] = ()

    def prepare(self) -> Facts:
        """See that Landlock is there, and drop root's uid where Python can be read without."""
        seccomp.prepare()
        landlock.version()
        witness = os.path.join(self.folder, "witness")
        with open(witness, "w", encoding="ascii") as file:
            file.write("no program reads this\n")
        if os.geteuid() == 0 and all(
            map(open_to_all, [*self.readable, os.path.dirname(self.folder)])
        ):
            os.chown(self.folder, namespaces.NOBODY, namespaces.NOBODY)
            os.chown(witness, namespaces.NOBODY, namespaces.NOBODY)
            namespaces.drop_to_nobody()
            kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        self._boxes.prepare()
        self._rules = shared_rules(self.readable)
        self._enter = (die_with_launcher(), kernel.dropping_capabilities())
        kernel.bound_capabilities()
        return {"witness": witness}

    def ready(self, number: int, scratch_mb: int) -> Nest:
        """Make the box and the rules about it."""
        nest = self._boxes.ready(number, scratch_mb)
        greeting = hello(nest.scratch, nest.private, LISTENER)
        nest = replace(nest, enter=self._enter, hello=greeting)
        return with_rules(nest, self._rules, (nest.scratch, nest.private))

    def fork(self, fork: Callable[[], int]) -> int:
        """Return as ``fork`` does."""
        return fork()

    def settle(self, nest: Nest) -> int:
        """Set limits, move in, and confine."""
        move_in(nest)
        return lock(nest, seccomp.Filter(os.getpid()))

    def tidy(self, number: int) -> None:
        """Remove the child's box."""
        self._boxes.tidy(number)


class Namespaces:
    """Everything: namespaces, private root, Landlock and seccomp."""

    def __init__(self, readable: list[str]) -> None:
        """Let children read these files and folders."""
        self.readable = readable
        self._scratch = places.scratch_of(namespaces.BOX)
        self._private = places.private_of(namespaces.BOX)
        self._hello = hello(self._scratch, self._private, LISTENER)
        self._pids: namespaces.PidNamespaces | None = None
        self._filter: seccomp.Filter | None = None
        self._rules: list[landlock.Rule] = []
        self._before: tuple[Call, ...] = ()
        self._after: tuple[Call, ...] = ()

    def prepare(self) -> Facts:
        """Enter the namespaces; return in pid 1 of them, its parent waits for its end."""
        seccomp.prepare()
        landlock.version()
        namespaces.enter(self.readable)
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        pid = os.fork()
        if pid:
            os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 0xFF)
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        self._pids = namespaces.PidNamespaces()
        self._filter = seccomp.Filter(pid=1)
        self._rules = shared_rules(self.readable)
        os.environ.clear()
        os.environ.update({**places.VARIABLES, **places.own_variables(namespaces.BOX)})
        limit_launcher()
        self._before = (namespaces.leaving_mounts(),)
        self._after = (die_with_launcher(), kernel.dropping_capabilities())
        kernel.bound_capabilities()
        return {
            "witness": namespaces.WITNESS,
            "interfaces": [name for _, name in socket.if_nameindex()],
            "root": sorted(os.listdir("/")),
        }

    def ready(self, number: int, scratch_mb: int) -> Nest:
        """Make the box, which the child will mount, and the rules about it."""
        box = namespaces.new_box(scratch_mb, FILES_IN_SCRATCH)
        nest = Nest(
            self._scratch,
            self._private,
            child_limits(scratch_mb, processes=PROCESSES),
            (*self._before, namespaces.entering(box), *self._after),
            self._hello,
            open=[box],
        )
        try:
            return with_rules(nest, self._rules, (places.SCRATCH, places.PRIVATE), box)
        except BaseException:
            nest.close()
            raise

    def fork(self, fork: Callable[[], int]) -> int:
        """Return as ``fork`` does; the child is pid 1 of a namespace of its own."""
        assert self._pids is not None
        return self._pids.fork(fork)

    def settle(self, nest: Nest) -> int:
        """Mount the box, set limits, and confine."""
        assert self._filter is not None
        move_in(nest)
        return lock(nest, self._filter)

    def tidy(self, number: int) -> None:
        """There is nothing: the kernel removes the mount with the child."""


def choose(mode: str, folder: str, readable: list[str]) -> Mode:
    """Return the mode of that name."""
    if mode == "namespaces":
        return Namespaces(readable)
    if mode == "landlock":
        return LandlockAndSeccomp(folder, readable)
    return Unconfined(folder, readable)


def limit_launcher() -> None:
    """Bound, for this process and its children, what no child needs more of."""
    set_limits(
        bounded(
            {
                resource.RLIMIT_NOFILE: OPEN_FILES,
                resource.RLIMIT_CORE: 0,
                resource.RLIMIT_MEMLOCK: 0,
                resource.RLIMIT_MSGQUEUE: 0,
            }
        )
    )


def child_limits(scratch_mb: int, *, processes: int | None) -> Limits:
    """Return what bounds a child besides, apart from memory."""
    wanted = {resource.RLIMIT_FSIZE: scratch_mb * MEBIBYTE, resource.RLIMIT_CPU: CPU_SECONDS}
    if processes is not None:
        wanted[resource.RLIMIT_NPROC] = processes
    return bounded(wanted)


def bounded(wanted: dict[int, int]) -> Limits:
    """Return these limits, none above what this process may set."""
    limits = []
    for kind, value in wanted.items():
        hard = resource.getrlimit(kind)[1]
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        limits.append((kind, (bound, bound)))
    return limits


def set_limits(limits: Limits) -> None:
    """Bound what this process may use, for good."""
    for kind, bounds in limits:
        resource.setrlimit(kind, bounds)


def shared_rules(readable: list[str]) -> list[landlock.Rule]:
    """Return the rules of Landlock that all children share."""
    rules = landlock.rules(outermost(readable))
    rules += landlock.rules(places.DEVICES[1:])
    return rules + landlock.rules(places.DEVICES[:1], write=True)


def outermost(paths: Iterable[str]) -> list[str]:
    """Return the real paths without those that are inside another."""
    found: list[str] = []
    for path in sorted({os.path.realpath(path) for path in paths}):
        if not _below(path, found):
            found.append(path)
    return found


def with_rules(
    nest: Nest, shared: list[landlock.Rule], writable: Iterable[str], folder: int | None = None
) -> Nest:
    """Return a nest with the set of rules of its child.

    Args:
        nest: without one.
        shared: rules of all children.
        writable: what this child may write.
        folder: where relative paths begin.
    """
    own = [os.open(path, os.O_PATH | os.O_CLOEXEC, dir_fd=folder) for path in writable]
    try:
        rules = [*shared, *(landlock.rule(descriptor, write=True) for descriptor in own)]
        ruleset = landlock.ruleset(rules)
    finally:
        for descriptor in own:
            os.close(descriptor)
    return replace(nest, ruleset=ruleset, open=[*nest.open, ruleset])


def move_in(nest: Nest) -> None:
    """Make the scratch folder this process's home, and bound what it may use."""
    for call in nest.enter:
        call()
    for name, value in nest.variables.items():
        os.environ[name] = value
    os.chdir(nest.scratch)
    set_limits(nest.limits)


def lock(nest: Nest, calls: seccomp.Filter) -> int:
    """Confine this process by Landlock and seccomp; return the listener."""
    landlock.enforce(nest.ruleset)
    os.closerange(CHANNEL + 1, OPEN_FILES)
    return calls.install()


def die_with_launcher() -> Call:
    """Return the call that asks the kernel to kill this process when its parent ends."""
    return Call("prctl", kernel.PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def open_to_all(path: str) -> bool:
    """Whether any user may read ``path`` through all the folders above it."""
    try:
        mode = os.stat(path).st_mode
        above = os.path.dirname(os.path.realpath(path))
        while above != "/":
            if not os.stat(above).st_mode & stat.S_IXOTH:
                return False
            above = os.path.dirname(above)
    except OSError:
        return False
    return bool(mode & stat.S_IROTH)


def keep_to_own_modules(readable: list[str]) -> None:
    """Let imports look where programs may read and nowhere else."""
    roots = [os.path.realpath(path) for path in readable]
    sys.path[:] = [entry for entry in sys.path if _below(os.path.realpath(entry), roots)]
    wanted = ("BuiltinImporter", "FrozenImporter", "PathFinder")
    sys.meta_path[:] = [f for f in sys.meta_path if getattr(f, "__name__", "") in wanted]
    sys.path_importer_cache.clear()


def _below(path: str, roots: list[str]) -> bool:
    return any(path == root or path.startswith(root.rstrip("/") + "/") for root in roots)


__all__ = [
    "CHANNEL",
    "Facts",
    "MissingFeatureError",
    "Mode",
    "Nest",
    "choose",
    "keep_to_own_modules",
]
