"""The launcher of commands: a small process that forks a keeper for each."""

from __future__ import annotations

import contextlib
import gc
import itertools
import json
import os
import signal
import socket

from selftaught.patching.commands.inside import keeper, policy
from selftaught.sandbox.inside import seccomp
from selftaught.sandbox.inside.kernel import MissingFeatureError

_DESCRIPTORS = 4


def main(control: int) -> None:
    """Fork a keeper for every message on ``control``; end when the host closes it.

    A message carries four descriptors: a file with the command as JSON, the keeper's end
    of a channel to the host, and the command's standard output and error.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(MissingFeatureError):  # told where it is needed
        _prepare()
    gc.collect()
    gc.freeze()
    with socket.socket(fileno=control) as channel:
        channel.set_inheritable(False)
        channel.send(b"ready")
        while True:
            message, descriptors, _, _ = socket.recv_fds(
                channel, 16, _DESCRIPTORS, socket.MSG_CMSG_CLOEXEC
            )
            if not message:
                return
            if len(descriptors) == _DESCRIPTORS and os.fork() == 0:
                channel.close()
                _keep(descriptors)
            for descriptor in descriptors:
                os.close(descriptor)


def _prepare() -> None:
    """Build every filter that a command may need: keepers can't read files later."""
    choices = (False, True)
    for mode in ("namespaces", "landlock"):
        for watch_paths, pinned in itertools.product(choices, repeat=2):
            seccomp.prepare(policy.lists(mode, watch_paths=watch_paths, pinned=pinned))


def _keep(descriptors: list[int]) -> None:
    """Be the keeper of one command and never return."""
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.setsid()
        with open(descriptors[0], "rb") as file:
            spec = json.loads(file.read())
        channel = socket.socket(fileno=descriptors[1])
        keeper.keep(spec, channel, (descriptors[2], descriptors[3]))
    finally:
        os._exit(0)
