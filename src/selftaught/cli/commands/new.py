"""``selftaught new``: a task folder that works as it comes."""

from pathlib import Path
from typing import Annotated

from typer import Argument

from selftaught.cli.answer import Answer


def new(
    *,
    folder: Annotated[Path, Argument(metavar="DIR", help="A new or empty folder.")],
) -> Answer:
    """Create a small working task to turn into your own.

    Example: selftaught new my_task
    """
    from selftaught.tasks.folder_template import write_template

    files = [str(path) for path in write_template(folder)]
    name = str(folder) if "/" in str(folder) else f"./{folder}"
    return Answer(
        {"folder": str(folder), "files": files},
        lambda: [
            *(f"wrote {path}" for path in files),
            f"Try it: selftaught score {name} {name}/seed.py",
            f"Improve it: selftaught improve {name}",
        ],
    )
