"""How much the folders that a command may write have grown, looked at beside it."""

from __future__ import annotations

import os
import threading
import time

from selftaught.patching.commands.plan import Plan

SECONDS = 1.0
"""How often the folders are measured, at most; large ones less often."""

_MEBIBYTE = 2**20


class Growth:
    """Measures in a thread of its own, so that the command is not kept waiting."""

    def __init__(self, plan: Plan, most_mb: int) -> None:
        """Measure the folders of ``plan``, where there are any, until ``close``."""
        self.too_much = False
        """Whether they have grown by more than they may."""
        self._folders = _outermost([*plan.writable, *filter(None, [plan.scratch])])
        self._most = most_mb * _MEBIBYTE
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        if self._folders:
            self._before = self._size()
            self._thread = threading.Thread(target=self._watch, name="growth", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _watch(self) -> None:
        wait = SECONDS / 2
        while not self._stop.wait(wait):
            begin = time.monotonic()
            self.too_much = self.too_much or self._size() - self._before > self._most
            wait = max(SECONDS / 2, 10 * (time.monotonic() - begin))

    def _size(self) -> int:
        total = 0
        waiting = list(self._folders)
        while waiting and not self._stop.is_set():
            try:
                with os.scandir(waiting.pop()) as entries:
                    for entry in entries:
                        if entry.is_dir(follow_symlinks=False):
                            waiting.append(entry.path)
                        else:
                            total += _blocks(entry)
            except OSError:
                continue
        return total


def _blocks(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat(follow_symlinks=False).st_blocks * 512
    except OSError:
        return 0


def _outermost(folders: list[str]) -> list[str]:
    found: list[str] = []
    for folder in sorted(folders):
        if not any(folder == each or folder.startswith(each + "/") for each in found):
            found.append(folder)
    return found
