"""``selftaught pause``, ``stop`` and ``approve``: reach a run that another process works on."""

from dataclasses import asdict
from typing import Annotated

from typer import Option

from selftaught.cli.answer import Answer
from selftaught.cli.arguments import RunName
from selftaught.cli.options import Place, store_options


def pause(*, run: RunName, place: Place) -> Answer:
    """Ask an active run to start nothing new; `selftaught resume RUN` continues it.

    Example: selftaught pause run-2026
    """
    from selftaught.app.requests import ask

    asked = ask(store_options(place), run, "pause")
    return Answer(asdict(asked), lambda: [f"asked {asked.run} to pause"])


def stop(*, run: RunName, place: Place) -> Answer:
    """Ask an active run to end cleanly; you can resume it later.

    Example: selftaught stop run-2026
    """
    from selftaught.app.requests import ask

    asked = ask(store_options(place), run, "stop")
    return Answer(asdict(asked), lambda: [f"asked {asked.run} to stop"])


def approve(
    *,
    run: RunName,
    reject: Annotated[
        bool, Option("--reject", help="Reject the new improver; the current one stays.")
    ] = False,
    place: Place,
) -> Answer:
    """Approve or reject the new improver of a run that waits for your decision.

    Only runs started with --approve wait; `selftaught show RUN` shows the new improver.

    Example: selftaught approve run-2026
    """
    from selftaught.app.requests import approve as give_word

    asked = give_word(store_options(place), run, reject=reject)
    return Answer(asdict(asked), lambda: [f"told {asked.run}: {asked.request}"])
