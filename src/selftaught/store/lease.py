"""Leases: one writer a run, by a lock file that the system lets go of when its owner dies."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from selftaught.errors import StoreError

PROBES, PROBE_SECONDS = 20, 0.01
"""How often, and after what pause, a claim is tried again: `Leases.owner` of another process
holds a lock for microseconds, and must not be mistaken for an owner."""


class Leases:
    """The leases that one store object holds, each an exclusive ``flock`` on a file.

    The kernel frees it with its owner, also after ``kill -9``, so a dead owner needs no
    time-out. The descriptor is closed on exec: children that are started (not merely
    forked) don't inherit it.
    """

    def __init__(self, folder: Path) -> None:
        """Keep the lock files in ``folder``, which is made when the first is needed."""
        self._folder = folder
        self._held: dict[int, int] = {}

    def claim(self, number: int, name: str) -> None:
        """Hold the lease of run ``number``; nothing changes where it is held already.

        Args:
            number: the run's number in the store.
            name: the run's id, for the message.

        Raises:
            StoreError: another owner is alive, or the lock file can't be made.
        """
        if number in self._held:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            descriptor = self._lock(number)
        except OSError as error:
            raise StoreError(
                "write access for lock files next to the store",
                f"{self._folder}: {error.strerror}",
                "give yourself write permission, or free some space, then try again",
            ) from error
        if descriptor is None:
            raise StoreError(
                f"run {name} to be inactive",
                f"process {self.owner(number) or 'unknown'}, which is working on it",
                f"wait until it ends, or end it with `selftaught stop {name}`",
            )
        self._held[number] = descriptor

    def _lock(self, number: int) -> int | None:
        for _ in range(PROBES):
            descriptor = os.open(self._file(number), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            if _locked(descriptor, fcntl.LOCK_EX) and self._is_current(descriptor, number):
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, str(os.getpid()).encode(), 0)
                return descriptor
            os.close(descriptor)
            time.sleep(PROBE_SECONDS)
        return None

    def _is_current(self, descriptor: int, number: int) -> bool:
        """Return whether the file that was locked is still the one at its path."""
        try:
            return os.path.samestat(os.fstat(descriptor), os.stat(self._file(number)))
        except FileNotFoundError:
            return False

    def owner(self, number: int) -> int | None:
        """Return the process id of the run's owner, None where none is alive."""
        if number in self._held:
            return os.getpid()
        try:
            descriptor = os.open(self._file(number), os.O_RDONLY | os.O_CLOEXEC)
        except (FileNotFoundError, PermissionError):
            return None
        try:
            if _locked(descriptor, fcntl.LOCK_SH):
                return None
            return int(os.pread(descriptor, 32, 0) or b"0")
        finally:
            os.close(descriptor)

    def release(self, number: int) -> None:
        """Let go of a lease and remove its file; no error where it is not held."""
        descriptor = self._held.pop(number, None)
        if descriptor is None:
            return
        if self._is_current(descriptor, number):
            self._file(number).unlink(missing_ok=True)
        os.close(descriptor)

    def close(self) -> None:
        """Let go of every lease."""
        for number in tuple(self._held):
            self.release(number)

    def _file(self, number: int) -> Path:
        return self._folder / str(number)


def _locked(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
