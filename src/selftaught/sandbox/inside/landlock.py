"""Landlock: this process may read some folders, write others, and nothing else."""

from __future__ import annotations

import functools
import os
import stat
import struct
from collections.abc import Iterable

from .kernel import MissingFeatureError, syscall

_VERSION_FLAG = 1
_PATH_BENEATH = 1

_WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 1, 1 << 2, 1 << 3
_TRUNCATE = 1 << 14
_READ = _READ_FILE | _READ_DIR
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_MAKE_FIFO, _MAKE_SYM, _REFER = 1 << 10, 1 << 12, 1 << 13
_WRITE = (
    _WRITE_FILE
    | _TRUNCATE
    | _REMOVE_DIR
    | _REMOVE_FILE
    | _MAKE_DIR
    | _MAKE_REG
    | _MAKE_FIFO
    | _MAKE_SYM
    | _REFER
)
_EXECUTE, _MAKE_SOCK, _CONTROL = 1, 1 << 9, 1 << 15
_OF_FILES = _WRITE_FILE | _READ_FILE | _TRUNCATE | _EXECUTE | _CONTROL

_FILES_BY_VERSION = (13, 13, 14, 15, 15, 16)
"""How many file-system rights version 0, 1, 2, … knows; later ones know as many as the last."""


Rule = bytes
"""Rights below one file or folder, as the kernel reads them."""


@functools.cache
def version() -> int:
    """Return the kernel's Landlock version, 1 and up.

    Raises:
        MissingFeatureError: it has none, or it is switched off.
    """
    try:
        return syscall("landlock_create_ruleset", None, 0, _VERSION_FLAG)
    except OSError as error:
        raise MissingFeatureError("landlock", f"Landlock: {error}") from None


def rule(descriptor: int, *, write: bool = False) -> Rule:
    """Return the rule that lets one read, or also write, what a descriptor stands for.

    Args:
        descriptor: of a file or folder, opened with ``O_PATH``; it must stay open.
        write: whether it may be written too.
    """
    return _rule(descriptor, _READ | _WRITE if write else _READ)


def running_rule(descriptor: int, *, write: bool = False) -> Rule:
    """Return the rule that also lets one run what is there; with ``write`` make sockets, too."""
    return _rule(descriptor, _READ | _EXECUTE | (_WRITE | _MAKE_SOCK if write else 0))


def terminal_rule(descriptor: int) -> Rule:
    """Return the rule that lets one use terminals: read, write and control (``ioctl``) them."""
    return _rule(descriptor, _READ | _WRITE_FILE | _CONTROL)


def listing_rule(descriptor: int) -> Rule:
    """Return the rule that lets one list a folder and all below it, and read nothing there."""
    return _rule(descriptor, _READ_DIR)


def _rule(descriptor: int, rights: int) -> Rule:
    rights &= _files()
    if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
        rights &= _OF_FILES
    return struct.pack("=Qi", rights, descriptor)


def rules(paths: Iterable[str], *, write: bool = False) -> list[Rule]:
    """Return the rules of these files and folders, which stay open.

    Raises:
        OSError: a path does not exist.
    """
    descriptors = [os.open(path, os.O_PATH | os.O_CLOEXEC) for path in paths]
    return [rule(descriptor, write=write) for descriptor in descriptors]


def ruleset(allowed: Iterable[Rule], *, network: bool = True) -> int:
    """Return the descriptor of a set that denies everything but what the rules allow.

    Args:
        allowed: rights by path.
        network: whether TCP is denied as well, where the kernel can.

    Raises:
        MissingFeatureError: the kernel has no Landlock.
        OSError: the machine has too little of something.
    """
    found = version()
    tcp = 0b11 if network and found >= 4 else 0
    scoped = 0b11 if found >= 6 else 0
    size = 8 if found < 4 else 16 if found < 6 else 24
    attr = struct.pack("=QQQ", _files(), tcp, scoped)[:size]
    try:
        descriptor = syscall("landlock_create_ruleset", attr, size, 0)
    except OSError as error:
        raise MissingFeatureError("landlock", f"Landlock: {error}") from None
    for text in allowed:
        syscall("landlock_add_rule", descriptor, _PATH_BENEATH, text, 0)
    return descriptor


def enforce(descriptor: int) -> None:
    """Deny this process what a set does not allow, for good.

    The process must not be able to gain privileges.

    Raises:
        MissingFeatureError: the kernel refuses.
    """
    try:
        syscall("landlock_restrict_self", descriptor, 0)
    except OSError as error:
        raise MissingFeatureError("landlock", f"Landlock: {error}") from None


def _files() -> int:
    """Return all file-system rights that the kernel knows."""
    count = _FILES_BY_VERSION[min(version(), len(_FILES_BY_VERSION) - 1)]
    return (1 << count) - 1
