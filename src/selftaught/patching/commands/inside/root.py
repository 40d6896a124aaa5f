"""A command's private root: the machine's programs, Python and the repository, nothing else."""

from __future__ import annotations

import fcntl
import os
import socket
import struct
from dataclasses import dataclass

from selftaught.sandbox.inside import namespaces
from selftaught.sandbox.inside.kernel import (
    MNT_DETACH,
    MS_BIND,
    MS_NODEV,
    MS_NOSUID,
    MS_PRIVATE,
    MS_RDONLY,
    MS_REC,
    MS_REMOUNT,
    MissingFeatureError,
    mount,
    syscall,
)

DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
TERMINAL = "/dev/tty"
"""The controlling terminal: none for a command, which has a session of its own, unless it makes
one of its own pseudo-terminals that."""
TERMINALS = "/dev/pts"
"""Pseudo-terminals: in a private root an instance of the command's own, which holds no other's."""
_LINKS = {
    "/dev/ptmx": "pts/ptmx",
    "/dev/fd": "/proc/self/fd",
    "/dev/stdin": "/proc/self/fd/0",
    "/dev/stdout": "/proc/self/fd/1",
    "/dev/stderr": "/proc/self/fd/2",
}
BOX = "/box"
HOME, TMP, SHM = BOX + "/home", "/tmp", "/dev/shm"
_FILES_A_MIB = 256
_MS_NOEXEC = 8
_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 1


@dataclass(frozen=True)
class Layout:
    """What lies in a private root.

    Attributes:
        readable: files and folders, as named; links to them work, too.
        writable: folders that may be written, in one of the readable ones or not.
        sealed: what may not be written although it is inside of a writable folder.
        blank: files that are empty there.
        files: further files, by path, as text.
        scratch_mb: MiB that HOME, ``/tmp`` and ``/dev/shm`` hold together.
    """

    readable: tuple[str, ...]
    writable: tuple[str, ...]
    sealed: tuple[str, ...]
    blank: tuple[str, ...]
    files: dict[str, str]
    scratch_mb: int


def leave() -> None:
    """Move this process into namespaces of its own; its next child is the first one there.

    The uid stays the caller's, since the repository is the caller's as well; root keeps no
    capability outside.

    Raises:
        MissingFeatureError: the kernel or the machine's settings refuse; says which step.
    """
    process = os.open("/proc/self", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        namespaces.unshare_all(process)
    except OSError as error:
        raise MissingFeatureError("namespaces", f"namespaces: {error}") from None
    finally:
        os.close(process)


def enter(layout: Layout) -> None:
    """Move this process, the first of its pid namespace, into a private root.

    Raises:
        MissingFeatureError: the kernel or the machine's settings refuse; says which step.
    """
    try:
        _build(layout)
        socket.sethostname("sandbox")
        _raise_loopback()
    except OSError as error:
        raise MissingFeatureError("namespaces", f"namespaces: {error}") from None


def _build(layout: Layout) -> None:
    """Sources are opened before the tmpfs covers what may hold them; parents come first.

    ``/proc`` is mounted while the machine's own is still there, which the kernel demands.
    """
    mount("", "/", "", MS_REC | MS_PRIVATE)
    devices = (*DEVICES, TERMINAL) if os.path.exists(TERMINAL) else DEVICES
    binds = {path: namespaces.DEVICE for path in devices}
    real = {path: os.path.realpath(path) for path in layout.readable}
    binds |= dict.fromkeys(real.values(), namespaces.READ_ONLY)
    binds = _without_nested(binds)
    binds |= dict.fromkeys(map(os.path.realpath, layout.writable), namespaces.READ_WRITE)
    binds |= dict.fromkeys(layout.sealed, namespaces.READ_ONLY)
    sources = {path: namespaces.open_source(path) for path in sorted(binds)}
    base = next(path for path in namespaces.BASES if os.path.isdir(path))
    mount("tmpfs", base, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=755")
    _make_scratch(base, layout.scratch_mb)
    for path, descriptor in sources.items():
        namespaces.bind(descriptor, base + path, binds[path])
        os.close(descriptor)
    _add_files(base, layout, real)
    os.mkdir(base + TERMINALS)
    options = "newinstance,ptmxmode=0666,mode=600"
    mount("devpts", base + TERMINALS, "devpts", MS_NOSUID | _MS_NOEXEC, options)
    mount("proc", base + "/proc", "proc", MS_RDONLY | MS_NOSUID | MS_NODEV | _MS_NOEXEC)
    mount("", base, "", MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV)
    os.chdir(base)
    syscall("pivot_root", b".", b".")
    syscall("umount2", b".", MNT_DETACH)
    os.chdir("/")


def _without_nested(binds: dict[str, int]) -> dict[str, int]:
    """Leave out what is inside of another of the same attributes."""
    kept: dict[str, int] = {}
    last = ""
    for path in sorted(binds, key=lambda path: path + "/"):
        if last and path.startswith(last + "/") and binds[path] == kept[last]:
            continue
        kept[path] = binds[path]
        last = path
    return kept


def _make_scratch(base: str, megabytes: int) -> None:
    os.mkdir(base + BOX, 0o755)
    options = f"size={megabytes}m,nr_inodes={max(4096, megabytes * _FILES_A_MIB)},mode=755"
    mount("tmpfs", base + BOX, "tmpfs", MS_NOSUID | MS_NODEV, options)
    for name, target in (("home", ""), ("tmp", TMP), ("shm", SHM)):
        folder = f"{base}{BOX}/{name}"
        os.mkdir(folder)
        os.chmod(folder, 0o1777 if target else 0o700)
        if target:
            os.makedirs(base + target, 0o755, exist_ok=True)
            mount(folder, base + target, "", MS_BIND)


def _add_files(base: str, layout: Layout, real: dict[str, str]) -> None:
    empty = base + "/empty"
    _write(empty, "")
    source = namespaces.open_source(empty)
    for path in layout.blank:
        namespaces.bind(source, base + path, namespaces.READ_ONLY)
    os.close(source)
    bound = tuple(path + "/" for path in (*real.values(), *layout.writable))
    for path in layout.readable:
        if not path.startswith(bound):  # what is inside of a bound folder is there, links and all
            namespaces.link(base, path, real[path])
    for path, target in _LINKS.items():
        os.symlink(target, base + path)
    for path, text in layout.files.items():
        if not os.path.lexists(base + path):
            os.makedirs(os.path.dirname(base + path), 0o755, exist_ok=True)
            _write(base + path, text)
    os.mkdir(base + "/proc", 0o555)
    _write(base + namespaces.WITNESS, "no program reads this\n")


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, 0o644)


def _raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        request = struct.pack("16sH14x", b"lo", 0)
        flags = struct.unpack("16sH14x", fcntl.ioctl(asking, _GET_FLAGS, request))[1]
        fcntl.ioctl(asking, _SET_FLAGS, struct.pack("16sH14x", b"lo", flags | _UP))
