"""What the host does in place of a command, on its own copy of what the command asked for."""

from __future__ import annotations

import errno

from selftaught.sandbox.commands.addresses import Named
from selftaught.sandbox.observer import Notice


class NoDeeds:
    """Does nothing: whatever would be done is refused."""

    def open(self, key: int, name: str, notice: Notice) -> int | None:
        """None of ours."""
        return None

    def change(self, name: str, notice: Notice) -> int:
        """Refuse."""
        return errno.EPERM

    def connect(self, key: int, notice: Notice, named: Named | None) -> int:
        """Refuse."""
        return errno.ENETUNREACH

    def listen(self, notice: Notice) -> int:
        """Refuse."""
        return errno.EACCES
