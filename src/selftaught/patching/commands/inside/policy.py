"""Which system calls a command may make: wider than a program's list, for whole programs.

Commands start processes, run what is on the machine, and open files all the time. Calls
whose reach a namespace or Landlock bounds are free; calls that would reach beyond are told
to the host, which decides by registers alone, acts itself on its own copy of what it read,
or lets the kernel decide and counts. Whatever is in no list is counted and refused.
"""

from __future__ import annotations

import errno
import functools

from selftaught.sandbox.inside import rules
from selftaught.sandbox.inside.rules import Check
from selftaught.sandbox.inside.seccomp import Lists

_FREE_WORDS = (
    "stat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat chdir statfs "
    "getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr getxattrat listxattrat "
    "execve execveat setsid setpgid setrlimit sched_rr_get_interval sched_getattr ioprio_get "
    "signalfd signalfd4 pidfd_send_signal accept accept4 setsockopt getsockopt recvmsg recvmmsg "
    "mlock mlock2 munlock mlockall munlockall mbind set_mempolicy get_mempolicy "
    "remap_file_pages pkey_mprotect pkey_alloc pkey_free mseal map_shadow_stack arch_prctl "
    "set_thread_area get_thread_area readahead splice tee vmsplice cachestat syncfs capget "
    "mincore inotify_init inotify_init1 inotify_rm_watch"
)
_OPENING_WORDS = "open openat openat2 creat"
_CHANGING_WORDS = (
    "mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 link linkat symlink "
    "symlinkat mknod mknodat truncate"
)
_ATTRIBUTE_WORDS = (
    "chmod fchmod fchmodat fchmodat2 utime utimes utimensat futimesat chown fchown lchown "
    "fchownat setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr"
)
OPENING = frozenset(_OPENING_WORDS.split())
CHANGING = frozenset(_CHANGING_WORDS.split())
ATTRIBUTES = frozenset(_ATTRIBUTE_WORDS.split())
"""Calls that open files, that change folders, and that change modes, times, owners."""

FORKING = frozenset({"fork", "vfork", "clone"})

PIDS = {
    "kill": (0,),
    "tkill": (0,),
    "tgkill": (0, 1),
    "rt_sigqueueinfo": (0,),
    "rt_tgsigqueueinfo": (0, 1),
    "pidfd_open": (0,),
    "setpriority": (1,),
    "sched_setparam": (0,),
    "sched_setscheduler": (0,),
    "sched_setattr": (0,),
    "sched_setaffinity": (0,),
    "prlimit64": (0,),
    "ioprio_set": (1,),
}
"""Calls about another process, and which of their arguments are its number."""

IDENTITY = {
    "setuid": 1,
    "setgid": 1,
    "setreuid": 2,
    "setregid": 2,
    "setresuid": 3,
    "setresgid": 3,
}
"""Calls that set the numbers of the user or group, and how many numbers they take. Programs that
start others, ``make`` among them, set those that they have already."""

_ITSELF = "setpriority sched_setparam sched_setscheduler sched_setattr prlimit64 ioprio_set"

MSG_FASTOPEN = 0x20000000
_FCNTL = (0, 1, 2, 3, 4, 5, 6, 7, 9, 36, 37, 38, 1025, 1030, 1031, 1032, 1034, 1036)
_IOCTL_TERMINAL = (
    *(0x5401, 0x5402, 0x5403, 0x5404, 0x5405, 0x5409, 0x540A, 0x540B, 0x540C, 0x540D, 0x540E),
    *(0x540F, 0x5410, 0x5411, 0x5413, 0x5414, 0x5422, 0x5425, 0x5429, 0x5441),
    *(0x802C542A, 0x402C542B, 0x402C542C, 0x402C542D, 0x80045430, 0x40045431, 0x80045439),
)
"""Settings, size and owner of terminals. Not among them: to put words in the reader's mouth
(``TIOCSTI``), the consoles' own requests, other line disciplines."""
_IOCTL_DESCRIPTOR = (0x5421, 0x541B, 0x5450, 0x5451)
_IOCTL_FILE = (0x80086601, 0x40049409, 0x4020940D, 0xC020660B, 0x2)
_IOCTL_SOCKET = (0x8910, 0x8912, 0x8913, 0x8915, 0x891B, 0x8921, 0x8927, 0x8933, 0x8905)
_PRCTL = (1, 2, 3, 15, 16, 21, 23, 27, 29, 30, 36, 37, 38, 39, 41, 42, 0x53564D41)

_CHECKED: dict[str, tuple[Check, ...]] = {
    "fcntl": (Check(1, _FCNTL),),
    "ioctl": (Check(1, _IOCTL_TERMINAL + _IOCTL_DESCRIPTOR + _IOCTL_FILE + _IOCTL_SOCKET),),
    "prctl": (Check(0, _PRCTL),),
    "personality": (Check(0, (0, 0xFFFFFFFF)),),
    "sendto": (Check(3, (0,), MSG_FASTOPEN), Check(4, (0,), whole=True)),
    "sendmsg": (Check(2, (0,), MSG_FASTOPEN),),
    "sendmmsg": (Check(3, (0,), MSG_FASTOPEN),),
    **{name: (Check(PIDS[name][0], (0,)),) for name in _ITSELF.split()},
}

_WRITING = 0x43
_UNLESS_WRITTEN = {
    "open": (Check(1, (0,), _WRITING),),
    "openat": (Check(2, (0,), _WRITING),),
}
"""Somebody stands in for shared memory, which is opened to be written or made."""


@functools.cache
def lists(mode: str, *, watch_paths: bool, pinned: bool) -> Lists:
    """Return the lists of a command.

    Args:
        mode: ``namespaces`` or ``landlock``.
        watch_paths: whether the host is told of every path that is opened or changed.
        pinned: whether the command must stay on its cores.
    """
    free = set(rules.FREE) | set(_FREE_WORDS.split())
    checked = dict(_CHECKED)
    if not pinned:
        checked["sched_setaffinity"] = (Check(0, (0,)),)
    if mode == "namespaces":
        free |= {"bind", "listen", "inotify_add_watch", *ATTRIBUTES}
        if not watch_paths:
            free |= OPENING | CHANGING
    elif not watch_paths:
        checked |= _UNLESS_WRITTEN
        free |= CHANGING - {"link", "linkat", "unlink", "unlinkat", "truncate"}
    return Lists(frozenset(free - checked.keys()), checked, {"clone3": errno.ENOSYS})
