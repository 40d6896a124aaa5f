"""Clients that are installed only on demand."""

from __future__ import annotations

import importlib
from types import ModuleType

from selftaught.errors import UsageError


def need(module: str, extra: str, for_what: str) -> ModuleType:
    """Return an optional module.

    Args:
        module: its name, e.g. ``anthropic``.
        extra: the extra of our package that installs it.
        for_what: what asks for it, for the message.

    Raises:
        UsageError: it is not installed; the message gives the command that installs it.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise UsageError(
            f"the Python package behind {for_what}",
            f"no module {error.name or module}",
            f"pip install 'selftaught[{extra}]'",
        ) from None
