"""``selftaught delete``: remove a run."""

from typing import Annotated

from typer import Argument

from selftaught.cli.answer import Answer
from selftaught.cli.options import Place, store_options


def delete(
    *, run: Annotated[str, Argument(metavar="RUN", help="The complete id of a run.")], place: Place
) -> Answer:
    """Delete a run, the texts that only it uses, and the files it wrote.

    Example: selftaught delete improve-20261124-120000-0a1b2c
    """
    from selftaught.app.requests import delete as remove

    files = remove(store_options(place), run)
    return Answer({"run": run, "deleted": True, "files": files}, lambda: [f"deleted {run}"])
