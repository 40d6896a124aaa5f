"""``selftaught minimise``: a run's winner without what it does not need."""

from pathlib import Path
from typing import Annotated

from typer import Option

from selftaught.cli.answer import Answer
from selftaught.cli.arguments import RunName
from selftaught.cli.model_options import ModelAccess
from selftaught.cli.options import Limits, Work, given_caps, work_options


def minimise(
    *,
    run: RunName,
    tries: Annotated[
        int | None,
        Option(
            "--tries",
            metavar="N",
            help="Maximum number of versions to score.",
            show_default="100, or 20 for an improver",
        ),
    ] = None,
    output: Annotated[
        Path | None, Option(metavar="FILE", help="Write the smallest version to FILE.")
    ] = None,
    access: ModelAccess,
    limits: Limits,
    work: Work,
) -> Answer:
    """Remove the changes of a run's winner that its score does not need.

    The score must hold on train and on fresh instances. For each remaining change, prints
    the score without it. For a run of `run` the winner is an improver, and each version
    costs two meta-utility calls.

    Example: selftaught minimise improve-2026 --output small.py
    """
    from selftaught.cli.execution import start_run
    from selftaught.experiments.minimise import minimise_plan
    from selftaught.experiments.stored import winner_and_plan

    options = work_options(work, access)
    winner, base = winner_and_plan(options, run, given_caps(limits))
    return start_run(minimise_plan(winner, base, tries=tries), options, work.consent, output=output)
