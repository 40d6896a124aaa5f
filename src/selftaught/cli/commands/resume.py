"""``selftaught resume``: go on with a run."""

from pathlib import Path
from typing import Annotated

from typer import Option

from selftaught.cli.answer import Answer
from selftaught.cli.arguments import RunName
from selftaught.cli.model_options import ModelAccess
from selftaught.cli.options import Background, Limits, Work, given_caps, work_options


def resume(
    *,
    run: RunName,
    rebase: Annotated[
        bool, Option("--rebase", help="Continue even if a task's files have changed since.")
    ] = False,
    output: Annotated[
        Path | None,
        Option(metavar="FILE", help="Write the best program, or the patch, to FILE."),
    ] = None,
    background: Background,
    access: ModelAccess,
    limits: Limits,
    work: Work,
) -> Answer:
    """Continue a run where it stopped, whatever stopped it.

    Model responses and scores that the run already received come from its log, so nothing is
    paid for twice. A limit given here replaces the run's own. A run that is paused in another
    process is told to continue.

    Example: selftaught resume improve-2026
    """
    from selftaught.cli.execution import resume_run

    options = work_options(work, access)
    return resume_run(
        run,
        options,
        work.consent,
        rebase=rebase,
        caps=given_caps(limits),
        output=output,
        detach=background.detach,
    )
