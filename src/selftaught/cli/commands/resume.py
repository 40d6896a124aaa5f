"""``selftaught resume``: go on with a run."""

from pathlib import Path
from typing import Annotated

from typer import Option

from selftaught.cli.answer import Answer
from selftaught.cli.arguments import RunName
from selftaught.cli.options import Background, Limits, ModelAccess, Work, given_caps, work_options


def resume(
    *,
    run: RunName,
    rebase: Annotated[
        bool, Option("--rebase", help="Go on though a task's files have changed since.")
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
    """Go on with a run where it stopped, whatever stopped it.

    Every model response and score that the run had already been given comes from its log:
    nothing is paid twice. A limit that is given replaces the one that the run had. A paused
    run that goes on in another process is told to continue.

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
