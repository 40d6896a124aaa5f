"""Arguments that several commands take."""

from __future__ import annotations

from typing import Annotated

from typer import Argument

TaskName = Annotated[
    str, Argument(metavar="TASK", help="A bundled task's name or a task folder's path.")
]
TaskNames = Annotated[
    list[str], Argument(metavar="TASK...", help="Bundled tasks' names or task folders' paths.")
]
SomeTaskNames = Annotated[
    list[str] | None, Argument(metavar="TASK...", help="Bundled tasks' names or folders' paths.")
]
RunName = Annotated[
    str, Argument(metavar="RUN", help="A run's id, or its beginning; `selftaught runs` lists them.")
]
