"""``selftaught run``: rounds of self-improvement."""

from selftaught.cli.answer import Answer
from selftaught.cli.arguments import TaskNames
from selftaught.cli.model_options import ModelChoice
from selftaught.cli.options import (
    ImproverChoice,
    Limits,
    RoundChoice,
    ScaleChoice,
    Start,
    Work,
    run_settings,
    work_options,
)


def run(
    *,
    tasks: TaskNames,
    improver: ImproverChoice,
    model: ModelChoice,
    rounds: RoundChoice,
    scale: ScaleChoice,
    limits: Limits,
    start: Start,
    work: Work,
) -> Answer:
    """Let an improver improve itself in rounds, scored by how well it improves tasks (STOP).

    Prints each round's meta-utility on train and gate, and what was adopted. At the end,
    compares the final improver on test with the seed improver, best-of-N and the unchanged
    program, with intervals, and writes it to a file.

    Starts from `seed`, the paper's improver, which drops the program it was given.
    `--improver seed_keep` keeps that program as a candidate, which is the fairer start.

    Example: selftaught run bin_packing three_sat --scale tiny --seed 1
    """
    from selftaught.cli.execution import start_run
    from selftaught.experiments.run import RUN, run_plan

    planned = run_plan(
        tasks,
        improver=improver.improver or RUN.improver,
        model=model.model,
        settings=run_settings(start.seed, scale, limits, rounds, start.attempts),
        controls=rounds.best_of_n,
    )
    options = work_options(work, model.access)
    return start_run(planned, options, work.consent, detach=start.background.detach)
