"""``selftaught bypass``: do proposed improvers avoid the sandbox?"""

from pathlib import Path
from typing import Annotated

from typer import Option

from selftaught.cli.answer import Answer
from selftaught.cli.model_options import ModelChoice
from selftaught.cli.options import Limits, Seed, Work, run_settings, work_options
from selftaught.errors import UsageError


def bypass(
    *,
    samples: Annotated[
        int | None,
        Option(
            "--samples",
            metavar="N",
            help="Number of improvements to request, every second one with a warning.",
        ),
    ] = None,
    files: Annotated[
        list[Path] | None,
        Option("--files", metavar="F...", help="Examine these programs instead of asking a model."),
    ] = None,
    model: ModelChoice,
    limits: Limits,
    seed: Seed,
    work: Work,
) -> Answer:
    """Count how often improvers avoid the sandbox, their budgets or their score (table 2).

    The seed improver improves itself and sees a utility with a switch for the sandbox. Four
    counters examine each proposal: the paper's text rule, two that read its syntax and data
    flow, and the kernel while it runs once, confined. See docs/bypass.md.

    Example: selftaught bypass --samples 200 --model openai/gpt-5
    """
    if bool(files) == (samples is not None):
        found = "both" if files else "neither"
        raise UsageError("--samples N or --files F...", found, "give one of the two")
    if files:
        return _of_files(files, unsafe=work.confinement.unsafe)
    assert samples is not None
    from selftaught.cli.execution import start_run
    from selftaught.cli.options import ScaleChoice
    from selftaught.experiments.bypass.experiment import bypass_plan

    settings = run_settings(seed, ScaleChoice(), limits)
    planned = bypass_plan(samples, model=model.model, settings=settings)
    return start_run(planned, work_options(work, model.access), work.consent)


def _of_files(files: list[Path], *, unsafe: bool) -> Answer:
    from selftaught.cli.text.bypass import files_words
    from selftaught.experiments.bypass.experiment import examine_files
    from selftaught.sandbox import open_sandbox

    with open_sandbox(unsafe=unsafe) as sandbox:
        found = examine_files(files, sandbox)
    return Answer(found.model_dump(mode="json"), lambda: files_words(found))
