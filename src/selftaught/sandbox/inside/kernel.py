"""The kernel by ctypes: system calls by name, with errors that name the call."""

from __future__ import annotations

import ctypes
import errno
import os
import platform
from pathlib import Path

_LIBC = ctypes.CDLL(None, use_errno=True)
_LIBC.syscall.restype = ctypes.c_long
_FORK = ctypes.PyDLL(None, use_errno=True).fork

MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""Machines whose system calls we know, with the number by which seccomp calls them."""

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_NAME = 15
PR_GET_NAME = 16
PR_CAPBSET_DROP = 24
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4
PR_SET_VMA = 0x53564D41

CLONE_THREAD = 0x00010000
CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY, MS_NOSUID, MS_NODEV = 1, 2, 4
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18
MNT_DETACH = 2

_SIG_SETMASK = 2
_AT_FDCWD = -100
_AT_EMPTY_PATH, _AT_RECURSIVE = 0x1000, 0x8000
_LAST_CAPABILITY = 63
_CAPABILITY_VERSION = 0x20080522


class MissingFeatureError(Exception):
    """The kernel refuses something that a layer needs: which layer, and what it said."""

    def __init__(self, layer: str, reason: str) -> None:
        """Name the layer and the reason."""
        self.layer, self.reason = layer, reason
        super().__init__(layer, reason)


def load_numbers(machine: str) -> dict[str, int]:
    """Return the system calls of a machine: number by name.

    Raises:
        KeyError: the machine is not among ``MACHINES``.
    """
    column = 1 + list(MACHINES).index(machine) if machine in MACHINES else None
    if column is None:
        raise KeyError(machine)
    text = Path(__file__).with_name("syscalls.txt").read_text(encoding="ascii")
    rows = [line.split() for line in text.splitlines() if not line.startswith("#")]
    return {row[0]: int(row[column]) for row in rows if row[column] != "-"}


MACHINE = platform.machine()
NUMBERS = load_numbers(MACHINE) if MACHINE in MACHINES else {}
"""System calls of this machine; empty where we know none."""


def syscall(name: str, *args: int | bytes | ctypes.Array[ctypes.c_char] | None) -> int:
    """Return what a system call returns.

    Raises:
        OSError: the kernel refused, or this machine is not known; the message names the call.
    """
    if name not in NUMBERS:
        raise OSError(errno.ENOSYS, f"{name}: unknown on {MACHINE}")
    wide = [ctypes.c_long(arg) if isinstance(arg, int) else arg for arg in args]
    result: int = _LIBC.syscall(ctypes.c_long(NUMBERS[name]), *wide)
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


class Call:
    """A system call with its arguments, put together beforehand to be made in a child."""

    def __init__(self, name: str, *args: int | bytes | None) -> None:
        """Put it together.

        Raises:
            OSError: this machine is not known.
        """
        if name not in NUMBERS:
            raise OSError(errno.ENOSYS, f"{name}: unknown on {MACHINE}")
        wide = [ctypes.c_long(arg) if isinstance(arg, int) else arg for arg in args]
        self._name = name
        self._arguments = (ctypes.c_long(NUMBERS[name]), *wide)

    def __call__(self) -> int:
        """Make the call and return what it returns.

        Raises:
            OSError: the kernel refused; the message names the call.
        """
        result: int = _LIBC.syscall(*self._arguments)
        if result < 0:
            number = ctypes.get_errno()
            raise OSError(number, f"{self._name}: {os.strerror(number)}")
        return result


def fork() -> int:
    """Return as ``os.fork`` does, where this process has one Python thread.

    Python's own fork renews locks, clocks and generators of random numbers afterwards, in
    the child. With one thread no lock is held, and a program's generators are seeded anyhow;
    but the renewing copies a third of the pages that a short program touches at all.

    Raises:
        OSError: the kernel refused.
    """
    pid: int = _FORK()
    if pid < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"fork: {os.strerror(number)}")
    return pid


def prctl(option: int, value: int = 0, other: int = 0) -> int:
    """Return what ``prctl`` returns.

    Raises:
        OSError: the kernel refused.
    """
    return syscall("prctl", option, value, other, 0, 0)


def signal_descriptor(number: int) -> int:
    """Return a descriptor that can be read when a signal that is blocked has come.

    Raises:
        OSError: the kernel refused.
    """
    mask = (1 << (number - 1)).to_bytes(8, "little")
    return syscall("signalfd4", -1, mask, len(mask), os.O_NONBLOCK | os.O_CLOEXEC)


def unblocking_signals() -> Call:
    """Return the call that lets every signal through to this process."""
    return Call("rt_sigprocmask", _SIG_SETMASK, bytes(8), None, 8)


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    """Mount a file system, or change a mount.

    Raises:
        OSError: the kernel refused; the message names source and target.
    """
    try:
        texts = [text.encode() for text in (source, target, kind)]
        syscall("mount", *texts, flags, data.encode() or None)
    except OSError as error:
        raise OSError(error.errno, f"{error.strerror} ({source} on {target})") from None


def set_mount_flags(descriptor: int, attributes: int) -> None:
    """Set attributes (read-only 1, nosuid 2, nodev 4) on a mount and all below it.

    Raises:
        OSError: the kernel refused.
    """
    attr = attributes.to_bytes(8, "little") + bytes(24)
    syscall("mount_setattr", descriptor, b"", _AT_EMPTY_PATH | _AT_RECURSIVE, attr, len(attr))


def bound_capabilities() -> None:
    """Let neither this process nor a child gain a capability that it has not already.

    Raises:
        OSError: the kernel refused.
    """
    for number in range(_LAST_CAPABILITY + 1):
        try:
            prctl(PR_CAPBSET_DROP, number)
        except OSError as error:
            if error.errno in (errno.EINVAL, errno.EPERM):
                break
            raise
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    prctl(PR_SET_NO_NEW_PRIVS, 1)


def dropping_capabilities() -> Call:
    """Return the call that gives up every capability; with ``bound_capabilities`` for good."""
    header = _CAPABILITY_VERSION.to_bytes(4, "little") + bytes(4)
    return Call("capset", header, bytes(24))


def drop_capabilities() -> None:
    """Give up every capability for good, here and now.

    Raises:
        OSError: the kernel refused.
    """
    bound_capabilities()
    dropping_capabilities()()
