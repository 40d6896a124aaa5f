"""A command's own process, up to the moment where it becomes the command."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import socket
import time
from dataclasses import dataclass
from typing import Any

from selftaught.patching.commands.inside import policy, root
from selftaught.sandbox.inside import kernel, landlock, seccomp
from selftaught.sandbox.inside.kernel import MissingFeatureError

OPEN_FILES = 4096
DATA_HEADROOM_MB = 512
MEBIBYTE = 2**20


@dataclass(frozen=True)
class Command:
    """What becomes of the process, and how it is confined.

    Attributes:
        mode: ``namespaces``, ``landlock`` or ``unconfined``.
        program: path of what is executed.
        argv: its words.
        folder: the current directory.
        environment: all its variables.
        affinity: cores to run on; empty: any.
        memory_mb: MiB that it may hold.
        file_mb: MiB that one file may hold.
        watch_paths: whether the host is told of paths.
        readable: what Landlock lets it read and execute.
        writable: what Landlock lets it write as well.
        listed: what Landlock lets it list only.
    """

    mode: str
    program: str
    argv: list[str]
    folder: str
    environment: dict[str, str]
    affinity: list[int]
    memory_mb: int
    file_mb: int
    watch_paths: bool
    readable: list[str]
    writable: list[str]
    listed: list[str]


def become(command: Command, channel: socket.socket, streams: tuple[int, int]) -> None:
    """Confine this process, tell the host on ``channel``, and run the command.

    Never returns; what hinders the command from being run is told to the host.
    """
    try:
        _settle(command, streams)
        facts: dict[str, Any] = {"pid": os.getpid()}
        descriptors = []
        if command.mode != "unconfined":
            descriptors = [_confine(command)]
        facts["started"] = time.monotonic()
        socket.send_fds(channel, [json.dumps(facts).encode()], descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        os.execve(command.program, command.argv, command.environment)
    except MissingFeatureError as error:
        _tell(channel, {"missing": [error.layer, error.reason]})
    except OSError as error:
        _tell(channel, {"failed": str(error), "errno": error.errno})
    except ValueError as error:
        _tell(channel, {"failed": str(error), "errno": 0})
    finally:
        os._exit(70)


def _tell(channel: socket.socket, message: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):
        channel.send(json.dumps(message).encode())


def _settle(command: Command, streams: tuple[int, int]) -> None:
    """Set what any process has: session, signals, streams, folder, cores, limits."""
    os.setsid()
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    null = os.open(os.devnull, os.O_RDONLY)
    for target, source in enumerate((null, *streams)):
        os.dup2(source, target, inheritable=True)
    os.umask(0o022)
    os.chdir(command.folder)
    if command.affinity:
        os.sched_setaffinity(0, command.affinity)
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_MEMLOCK: MEBIBYTE,
        resource.RLIMIT_FSIZE: command.file_mb * MEBIBYTE,
        resource.RLIMIT_DATA: (command.memory_mb + DATA_HEADROOM_MB) * MEBIBYTE,
    }
    for kind, value in limits.items():
        hard = resource.getrlimit(kind)[1]
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (bound, bound))


def _confine(command: Command) -> int:
    """Give up privileges, then confine by Landlock and seccomp; return the listener."""
    devices = [path for path in root.DEVICES if os.path.exists(path)]
    with contextlib.ExitStack() as opened:

        def source(path: str) -> int:
            descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
            opened.callback(os.close, descriptor)
            return descriptor

        rules = [landlock.running_rule(source(path)) for path in command.readable]
        for path in command.writable + devices:
            rules.append(landlock.running_rule(source(path), write=True))
        terminals = [root.TERMINAL] if os.path.exists(root.TERMINAL) else []
        if command.mode == "namespaces":
            terminals.append(root.TERMINALS)
        rules += [landlock.terminal_rule(source(path)) for path in terminals]
        rules += [landlock.listing_rule(source(path)) for path in command.listed]
        ruleset = landlock.ruleset(rules, network=command.mode != "namespaces")
        opened.callback(os.close, ruleset)
        kernel.drop_capabilities()
        landlock.enforce(ruleset)
    lists = policy.lists(
        command.mode, watch_paths=command.watch_paths, pinned=bool(command.affinity)
    )
    return seccomp.Filter(os.getpid(), lists).install()
