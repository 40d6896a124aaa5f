"""``selftaught transfer``: an improver on tasks that it never saw."""

from dataclasses import dataclass, field
from typing import Annotated

from typer import Argument, Option

from selftaught.cli.answer import Answer
from selftaught.cli.arguments import SomeTaskNames
from selftaught.cli.model_options import RunsModel
from selftaught.cli.options import Limits, ScaleChoice, Seed, Work, run_settings, work_options


@dataclass(frozen=True)
class Scoring:
    """On what, how often, and on which instances, an improver is measured."""

    named: Annotated[
        list[str],
        Option("--tasks", metavar="TASK...", help="The tasks to measure on, as for `compare`."),
    ] = field(default_factory=list)
    repeats: Annotated[
        int, Option("--repeats", metavar="N", help="Independent repeats on each task.")
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
            help="Name or file of an improver, or a run of `run`, for its final improver.",
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

    Compares it with the seed program, the seed improver and best-of-N at equal budget; the
    improver itself does not change. A run's own tasks are refused. The run's model is used
    unless you name another.

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
            "tasks to measure on", "none", f"name some: selftaught transfer {improver} TASK..."
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
