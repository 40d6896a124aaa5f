"""Namespaces: a launcher's private root, and a pid namespace and mount for every child."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Callable, Iterable

from .kernel import (
    CLONE_NEWIPC,
    CLONE_NEWNET,
    CLONE_NEWNS,
    CLONE_NEWPID,
    CLONE_NEWUSER,
    CLONE_NEWUTS,
    MNT_DETACH,
    MS_BIND,
    MS_NODEV,
    MS_NOSUID,
    MS_PRIVATE,
    MS_RDONLY,
    MS_REC,
    MS_REMOUNT,
    PR_SET_DUMPABLE,
    Call,
    MissingFeatureError,
    mount,
    prctl,
    set_mount_flags,
    syscall,
)
from .places import DEVICES, make_box

BOX = "/box"
"""Where a child's own tmpfs is mounted in the private root."""

WITNESS = "/witness"
"""A file of the private root that Landlock alone keeps from programs."""

NOBODY = 65534
_INSIDE_ID = 1000
_ALL = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS
DEVICE, READ_WRITE, READ_ONLY = 2, 2 | 4, 1 | 2 | 4
"""Attributes of mounts: no set-uid, no devices, read-only."""

BASES = ("/tmp", "/var/tmp", "/mnt", "/dev")
_CLOSE_ON_EXEC = 1
_SET_STRING, _CREATE = 1, 6
_AT_FDCWD, _MOVE_EMPTY_PATH = -100, 4


def enter(readable: Iterable[str]) -> None:
    """Move this process into namespaces and a private root; its next child is pid 1 there.

    As root the uid is dropped on the way, after the root was built, so that an interpreter
    in a folder that only root may enter still works.

    Raises:
        MissingFeatureError: the kernel or the machine's settings refuse; says which step.
    """
    process = os.open("/proc/self", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if os.geteuid() == 0:
            syscall("unshare", CLONE_NEWNS)
            _build_root(list(readable))
            drop_to_nobody()
            unshare_all(process)
        else:
            unshare_all(process)
            _build_root(list(readable))
        socket.sethostname("sandbox")
    except OSError as error:
        raise MissingFeatureError("namespaces", f"namespaces: {error}") from None
    finally:
        os.close(process)


def drop_to_nobody() -> None:
    """Give up root's uid, gid and groups; the kernel then forgets what the parent's death does."""
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    prctl(PR_SET_DUMPABLE, 1)


def unshare_all(process: int) -> None:
    """Enter all namespaces; map our own uid and gid to ordinary ones."""
    uid, gid = os.geteuid(), os.getegid()
    syscall("unshare", _ALL)
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{_INSIDE_ID} {uid} 1"),
        ("gid_map", f"{_INSIDE_ID} {gid} 1"),
    ):
        descriptor = os.open(name, os.O_WRONLY | os.O_CLOEXEC, dir_fd=process)
        try:
            os.write(descriptor, text.encode())
        finally:
            os.close(descriptor)


def _build_root(readable: list[str]) -> None:
    """Make a root of read-only binds and nothing else, and move into it.

    Sources are opened before the tmpfs covers what may hold them.
    """
    mount("", "/", "", MS_REC | MS_PRIVATE)
    sources = {path: open_source(path) for path in [*_roots(readable), *DEVICES]}
    base = next(path for path in BASES if os.path.isdir(path))
    mount("tmpfs", base, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=755")
    for path, descriptor in sources.items():
        bind(descriptor, base + path, DEVICE if path in DEVICES else READ_ONLY)
        os.close(descriptor)
    for path in readable:
        link(base, path)
    os.mkdir(base + BOX, 0o755)
    with open(base + WITNESS, "w", encoding="ascii") as file:
        file.write("no program reads this\n")
    os.chmod(base + WITNESS, 0o644)
    mount("", base, "", MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV)
    os.chdir(base)
    syscall("pivot_root", b".", b".")
    syscall("umount2", b".", MNT_DETACH)
    os.chdir("/")


def _roots(paths: list[str]) -> list[str]:
    """Return the real paths without those that are inside another."""
    roots: list[str] = []
    for path in sorted({os.path.realpath(path) for path in paths}):
        if not any(path.startswith(root.rstrip("/") + "/") for root in roots):
            roots.append(path)
    return roots


def open_source(path: str) -> int:
    """Return an ``O_PATH`` descriptor; a missing source is an error, never skipped."""
    return os.open(path, os.O_PATH | os.O_CLOEXEC)


def bind(source: int, target: str, attributes: int) -> None:
    """Mount what an ``O_PATH`` descriptor stands for, at a path that is made if need be."""
    if stat.S_ISDIR(os.fstat(source).st_mode):
        os.makedirs(target, 0o755, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), 0o755, exist_ok=True)
        if not os.path.lexists(target):
            os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o644))
    mount(f"/proc/self/fd/{source}", target, "", MS_BIND | MS_REC)
    descriptor = os.open(target, os.O_PATH | os.O_CLOEXEC)
    try:
        set_mount_flags(descriptor, attributes)
    finally:
        os.close(descriptor)


def link(base: str, path: str, real: str | None = None) -> None:
    """Make ``path`` work in the new root where it is, on this machine, behind a symbolic link.

    Args:
        base: where the new root is being built.
        path: as named.
        real: where it leads; None: found out now, while nothing covers it.
    """
    real = real or os.path.realpath(path)
    if real == path or os.path.lexists(base + path):
        return
    os.makedirs(os.path.dirname(base + path), 0o755, exist_ok=True)
    os.symlink(real, base + path)


class PidNamespaces:
    """Gives each child of this process a pid namespace of its own."""

    def __init__(self) -> None:
        """Remember our own namespace, and see that one can leave it and come back.

        Raises:
            MissingFeatureError: the kernel refuses one of the two.
        """
        self._leave = Call("unshare", CLONE_NEWPID)
        self._return = Call("setns", os.pidfd_open(os.getpid()), CLONE_NEWPID)
        try:
            self._leave()
            self._return()
        except OSError as error:
            raise MissingFeatureError("namespaces", f"namespaces: {error}") from None

    def fork(self, fork: Callable[[], int]) -> int:
        """Return as ``fork`` does; the child is pid 1 of a new namespace.

        Raises:
            OSError: the kernel refused.
        """
        self._leave()
        pid = -1
        try:
            pid = fork()
        finally:
            if pid != 0:
                self._return()
        return pid


def new_box(scratch_mb: int, files: int) -> int:
    """Return the descriptor of a new tmpfs with a scratch folder and the decoys, not mounted yet.

    Args:
        scratch_mb: MiB that it may hold.
        files: files and folders that it may hold.

    Raises:
        OSError: the kernel refused.
    """
    options = {"size": f"{scratch_mb}m", "nr_inodes": str(files), "mode": "700"}
    context = syscall("fsopen", b"tmpfs", _CLOSE_ON_EXEC)
    try:
        for key, value in options.items():
            syscall("fsconfig", context, _SET_STRING, key.encode(), value.encode(), 0)
        syscall("fsconfig", context, _CREATE, None, None, 0)
        box = syscall("fsmount", context, _CLOSE_ON_EXEC, READ_WRITE)
    finally:
        os.close(context)
    make_box(box)
    return box


def leaving_mounts() -> Call:
    """Return the call that gives this process mounts of its own, a copy of those it has."""
    return Call("unshare", CLONE_NEWNS)


def entering(box: int) -> Call:
    """Return the call that mounts a box; only this process and its children see it."""
    return Call("move_mount", box, b"", _AT_FDCWD, BOX.encode(), _MOVE_EMPTY_PATH)
