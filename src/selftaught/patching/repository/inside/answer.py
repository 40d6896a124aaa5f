"""What a script here is asked and what it answers: JSON in the environment's file, lines out."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

MARK = "@selftaught@ "
"""Begins each line of an answer, so that what the program prints is told apart."""


def read_job() -> Any:
    """Return the job that the script's one argument names."""
    with open(sys.argv[1], encoding="utf-8") as file:
        return json.load(file)


class Answer:
    """Lines for the host; the program's own prints go to standard error from here on."""

    def __init__(self) -> None:
        """Take standard output for the answer alone."""
        sys.stdout.flush()
        self._file = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)

    def write(self, value: Any) -> None:
        """Send one value at once, so that it stays known if the next call ends the process."""
        self._file.write("\n" + MARK + json.dumps(value, separators=(",", ":")) + "\n")
        self._file.flush()
