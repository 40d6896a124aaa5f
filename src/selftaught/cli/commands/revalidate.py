"""``selftaught revalidate``: a run's winner on fresh seeds."""

from typing import Annotated

from typer import Option

from selftaught.cli.answer import Answer
from selftaught.cli.arguments import RunName
from selftaught.cli.model_options import ModelAccess
from selftaught.cli.options import Limits, Seed, Work, given_caps, work_options


def revalidate(
    *,
    run: RunName,
    repeats: Annotated[
        int,
        Option(
            "--repeats", metavar="N", help="Number of fresh draws of instances and program seeds."
        ),
    ] = 10,
    access: ModelAccess,
    limits: Limits,
    seed: Seed,
    work: Work,
) -> Answer:
    """Score a run's winner and its seed program again on fresh seeds, ignoring every cache.

    The score at selection minus the mean on fresh draws is the selection bias: how much was
    luck. For a run of `run` the winner is an improver, which works again with the run's
    model and budgets.

    Example: selftaught revalidate improve-2026 --repeats 20
    """
    from selftaught.cli.execution import start_run
    from selftaught.experiments.revalidate import revalidate_plan
    from selftaught.experiments.stored import winner_and_plan

    options = work_options(work, access)
    winner, base = winner_and_plan(options, run, given_caps(limits))
    planned = revalidate_plan(winner, base, repeats=repeats, seed=seed.seed)
    return start_run(planned, options, work.consent)
