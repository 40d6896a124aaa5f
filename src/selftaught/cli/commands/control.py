"""``selftaught pause``, ``stop`` and ``approve``: reach a run that another process works on."""

from dataclasses import asdict
from typing import Annotated

from typer import Option

from selftaught.cli.answer import Answer
from selftaught.cli.arguments import RunName
from selftaught.cli.options import Place, store_options


def pause(*, run: RunName, place: Place) -> Answer:
    """Ask a run that goes on to start nothing new; `selftaught resume RUN` lets it go on.

    Example: selftaught pause run-2026
    """
    from selftaught.runs.control import ask

    asked = ask(store_options(place), run, "pause")
    return Answer(asdict(asked), lambda: [f"asked {asked.run} to pause"])


def stop(*, run: RunName, place: Place) -> Answer:
    """Ask a run that goes on to end in good order; it can be resumed.

    Example: selftaught stop run-2026
    """
    from selftaught.runs.control import ask

    asked = ask(store_options(place), run, "stop")
    return Answer(asdict(asked), lambda: [f"asked {asked.run} to stop"])


def approve(
    *,
    run: RunName,
    reject: Annotated[bool, Option("--reject", help="Say no: the incumbent stays.")] = False,
    place: Place,
) -> Answer:
    """Let an improver that rewrote itself be put to work, in a run that waits for this.

    Only runs that were started with --approve wait; `selftaught show RUN` says with what.

    Example: selftaught approve run-2026
    """
    from selftaught.runs.control import approve as give_word

    asked = give_word(store_options(place), run, reject=reject)
    return Answer(asdict(asked), lambda: [f"told {asked.run}: {asked.request}"])
