"""Time of a process, as the kernel counts it for us: the process itself can't change it."""

from __future__ import annotations

import os
import threading
import time

WALL_FACTOR = 5.0
"""The wall-clock backstop is this many times the CPU limit …"""

WALL_GRACE = 2.0
"""… and this many seconds more; time in which the machine had no core for it does not count."""

_CORES = os.cpu_count() or 1
_SHORTEST_WAIT = 0.001
_LONGEST_WAIT = 0.5


class ProcessClock:
    """CPU time of one process, all its threads together."""

    def __init__(self, pid: int) -> None:
        """Read the clock of ``pid`` in our own pid namespace; -1: a process that has gone."""
        self._pid = pid
        self._id = ((~pid) << 3) | 2
        self._last = 0.0

    def read(self) -> float:
        """Return CPU seconds so far; of a process that has gone, the last that was read."""
        if self._pid > 0:
            try:
                self._last = time.clock_gettime(self._id)
            except OSError:
                return self._last  # it has gone
        return self._last

    def queued(self) -> float:
        """Return for how many seconds, since its start, its main thread found no free core."""
        try:
            with open(f"/proc/{self._pid}/schedstat", encoding="ascii") as file:
                return int(file.read().split()[1]) / 1e9
        except (OSError, ValueError, IndexError):
            return 0.0


def pid_of(pidfd: int) -> int:
    """Return the pid, in our pid namespace, of the process behind a pidfd; -1 if it has gone."""
    with open(f"/proc/self/fdinfo/{pidfd}", encoding="ascii") as info:
        for line in info:
            if line.startswith("Pid:"):
                return int(line.split()[1])
    return -1


def peak_address_space(pid: int) -> int:
    """Return the most bytes of address space that a process had; 0 if it has gone."""
    try:
        with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as status:
            for line in status:
                if line.startswith("VmPeak:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


class Stopwatch:
    """Measures one call: CPU seconds, and wall seconds while the child is not waiting for us."""

    def __init__(self, clock: ProcessClock, seconds: float) -> None:
        """Start now; ``seconds`` of CPU time are allowed."""
        self._clock = clock
        self._limit = seconds
        self._wall_limit = seconds * WALL_FACTOR + WALL_GRACE
        self._cpu_start = clock.read()
        self._wall_start = time.monotonic()
        self._waiting = 0
        self._paused_at = 0.0
        self._lock = threading.Lock()

    @property
    def seconds(self) -> float:
        """CPU seconds of the call so far."""
        return self._clock.read() - self._cpu_start

    def pause(self) -> None:
        """Let the wall clock stand still until ``resume`` was called as often."""
        with self._lock:
            if self._waiting == 0:
                self._paused_at = time.monotonic()
            self._waiting += 1

    def resume(self) -> None:
        """Undo one ``pause``."""
        with self._lock:
            self._waiting -= 1
            if self._waiting == 0:
                self._wall_start += time.monotonic() - self._paused_at

    def overrun(self) -> str:
        """Return which limit is passed, in words; empty where none is."""
        if self.seconds >= self._limit:
            return f"more than {self._limit:g} s of CPU time"
        if self._wall_left() <= 0 and self._wall_left() + self._clock.queued() <= 0:
            return f"more than {self._wall_limit:g} s of waiting"
        return ""

    def patience(self) -> float:
        """Return for how many seconds no limit can be passed, at least a millisecond."""
        cpu_left = (self._limit - self.seconds) / _CORES
        return max(_SHORTEST_WAIT, min(cpu_left, self._wall_left(), _LONGEST_WAIT))

    def _wall_left(self) -> float:
        with self._lock:
            now = self._paused_at if self._waiting else time.monotonic()
            return self._wall_limit - (now - self._wall_start)
