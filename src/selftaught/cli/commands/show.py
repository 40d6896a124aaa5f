"""``selftaught show``: one run, whether it goes on or has ended."""

from typing import Annotated

from typer import Option

from selftaught.cli.answer import Answer
from selftaught.cli.arguments import RunName
from selftaught.cli.options import Place, store_options


def show(
    *,
    run: RunName,
    best: Annotated[
        bool,
        Option("--best", help="Print the source of the best program, or of the improver in force."),
    ] = False,
    programs: Annotated[
        bool, Option("--programs", help="List every program that was scored.")
    ] = False,
    attempts: Annotated[
        bool, Option("--attempts", help="List refused attempts of programs.")
    ] = False,
    verify: Annotated[
        str | None,
        Option(
            metavar="HEAD",
            help="Verify the ledger of adoptions against the head that the run printed.",
        ),
    ] = None,
    place: Place,
    as_json: bool,
) -> Answer:
    """Show a run, finished or not: its scores, rounds, decisions and cost so far.

    Example: selftaught show run-2026 --best > improver.py
    """
    from selftaught.app.reading import read_run
    from selftaught.cli.showing import Wanted, shown

    with read_run(store_options(place), run) as (store, reading):
        return shown(store, reading, Wanted(best, programs, attempts, verify, as_json))
