"""selftaught: the Self-Taught Optimizer (arXiv 2310.02304) as software to rely on.

``improve`` lets an improver work on a task, ``self_improve`` lets improvers improve
themselves, ``score`` scores a program. Nothing is imported before it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

__all__ = ["ModelOptions", "Program", "SelftaughtError", "Task", "improve", "score", "self_improve"]

_HOMES = {
    "ModelOptions": "selftaught.models.options",
    "Program": "selftaught.values.program",
    "SelftaughtError": "selftaught.errors",
    "Task": "selftaught.api.python_task",
    "improve": "selftaught.api.functions",
    "score": "selftaught.api.functions",
    "self_improve": "selftaught.api.functions",
}

if TYPE_CHECKING:
    from selftaught.api.functions import improve, score, self_improve
    from selftaught.api.python_task import Task
    from selftaught.errors import SelftaughtError
    from selftaught.models.options import ModelOptions
    from selftaught.values.program import Program


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
