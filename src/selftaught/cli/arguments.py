"""Arguments that several commands take."""

from __future__ import annotations

from typing import Annotated

from typer import Argument

TaskName = Annotated[
    str, Argument(metavar="TASK", help="Name of a bundled task, or path of a task folder.")
]
TaskNames = Annotated[
    list[str], Argument(metavar="TASK...", help="Names of bundled tasks, or paths of task folders.")
]
SomeTaskNames = Annotated[
    list[str] | None,
    Argument(metavar="TASK...", help="Names of bundled tasks, or paths of task folders."),
]
RunName = Annotated[
    str,
    Argument(metavar="RUN", help="Id of a run, or a unique prefix of it; see `selftaught runs`."),
]
