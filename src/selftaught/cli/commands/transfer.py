"""``selftaught transfer``: an improver on tasks that it never saw."""

from dataclasses import dataclass, field
from typing import Annotated

from typer import Argument, Option

from selftaught.cli.answer import Answer
from selftaught.cli.arguments import SomeTaskNames
from selftaught.cli.options import (
    Limits,
    RunsModel,
    ScaleChoice,
    Seed,
    Work,
    run_settings,
    work_options,
)


@dataclass(frozen=True)
class Scoring:
    """On what, how often, and on which instances, an improver is measured."""

    named: Annotated[
        list[str],
        Option("--tasks", metavar="TASK...", help="The tasks, as `compare` takes them."),
    ] = field(default_factory=list)
    repeats: Annotated[
        int, Option("--repeats", metavar="N", help="Independent repeats on every task.")
    ] = 10
    split: Annotated[
        str,
        Option(
            "--split",
            metavar="test|paper",
            help="Score on fresh test instances, or on those of the paper's published scorers.",
        ),
    ] = "test"


def transfer(
    *,
    improver: Annotated[
        str,
        Argument(
            metavar="IMPROVER|RUN",
            help="An improver's name or file, or a run of `run`: the improver that it ended with.",
        ),
    ],
    tasks: SomeTaskNames = None,
    scoring: Scoring,
    model: RunsModel,
    scale: ScaleChoice,
    limits: Limits,
    seed: Seed,
    work: Work,
) -> Answer:
    """Measure an improver on tasks that it never saw (the paper's table 1).

    Beside the seed program, the seed improver and best-of-N at equal budget. Nothing is
    optimised further. A run's own tasks are refused; its model is used again unless another
    is named.

    Example: selftaught transfer run-2026 --tasks string_grid mqap --repeats 10
    """
    from selftaught.cli.execution import start_run
    from selftaught.errors import UsageError
    from selftaught.experiments.stored import candidate
    from selftaught.experiments.transfer import transfer_plan
    from selftaught.runs.resources import open_store

    names = [*(tasks or []), *scoring.named]
    if not names:
        raise UsageError(
            "tasks to measure it on", "none", f"name them: selftaught transfer {improver} TASK..."
        )
    options = work_options(work, model.access)
    with open_store(options) as store:
        found = candidate(improver, store)
    planned = transfer_plan(
        found,
        names,
        repeats=scoring.repeats,
        settings=run_settings(seed, scale, limits),
        model=model.model,
        split=scoring.split,
    )
    return start_run(planned, options, work.consent)
