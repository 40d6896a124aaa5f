"""Commands: a user's checks and benchmarks, run confined in the user's own Python."""

from selftaught.patching.commands.probe import LAYERS
from selftaught.patching.commands.runner import ConfinedCommands, open_commands

__all__ = ["LAYERS", "ConfinedCommands", "open_commands"]
