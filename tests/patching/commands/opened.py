"""Opens commands in a mode, or skips what needs it and says why."""

from __future__ import annotations

import pytest

from selftaught.errors import SandboxUnavailableError
from selftaught.patching.commands import ConfinedCommands, open_commands


def opened(mode: str) -> ConfinedCommands:
    try:
        return open_commands(unsafe=mode == "unconfined", mode=mode)
    except SandboxUnavailableError as error:
        pytest.skip(f"mode {mode} is not available: {error}")
