"""The host's handle on the launcher of commands."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from selftaught.errors import SandboxError

START_SECONDS = 60.0

_INSIDE = Path(__file__).with_name("inside")


class Launcher:
    """A process of our own interpreter, without our environment, that forks keepers."""

    def __init__(self) -> None:
        """Start it; it ends when this object, or this process, lets go of its socket.

        Raises:
            SandboxError: it does not start.
        """
        self._lock = threading.Lock()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the launcher
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-B", str(_INSIDE), str(theirs.fileno())],
                env={"PYTHONHASHSEED": "0"},
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self._control.settimeout(START_SECONDS)
        try:
            greeting = self._control.recv(16)
        except OSError:
            greeting = b""
        if greeting != b"ready":
            self._fail()
        self._control.settimeout(None)

    @property
    def alive(self) -> bool:
        """Whether it can fork keepers."""
        return self._process.poll() is None

    def start(self, spec: dict[str, Any], streams: tuple[int, int]) -> socket.socket:
        """Let it fork a keeper for a command; return our end of the channel to that.

        Args:
            spec: ``command`` and ``layout`` (see ``inside.keeper``).
            streams: writing ends of the command's standard output and error.

        Raises:
            SandboxError: the launcher has gone.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        text = os.memfd_create("command", os.MFD_CLOEXEC)
        try:
            with open(text, "wb", closefd=False) as file:
                file.write(json.dumps(spec).encode())
            os.lseek(text, 0, os.SEEK_SET)
            with self._lock:
                socket.send_fds(self._control, [b"run"], [text, theirs.fileno(), *streams])
        except OSError as error:
            ours.close()
            raise SandboxError("the launcher of commands to live", str(error)) from None
        finally:
            os.close(text)
            theirs.close()
        return ours

    def close(self) -> None:
        """Let it end; keepers end when their own channels are closed. May be called twice."""
        self._control.close()
        try:
            self._process.wait(2.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()

    def _fail(self) -> None:
        self._process.kill()
        self._process.wait()
        self._control.close()
        with self._errors:
            self._errors.seek(0)
            said = self._errors.read()[-2000:].decode(errors="replace").strip()
        raise SandboxError("the launcher of commands to start", said or "no sign of life")
