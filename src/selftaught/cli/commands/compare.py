"""``selftaught compare``: improvers side by side at equal budgets."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument, Option

from selftaught.cli.answer import Answer
from selftaught.cli.model_options import ModelChoice
from selftaught.cli.options import (
    Limits,
    RoundChoice,
    RoundNumbers,
    ScaleChoice,
    Seed,
    Work,
    run_settings,
    work_options,
)
from selftaught.errors import UsageError

if TYPE_CHECKING:
    from selftaught.runs.experiment import Plan


@dataclass(frozen=True)
class Contest:
    """What improvers are compared on."""

    tasks: Annotated[
        list[str], Option("--tasks", metavar="TASK...", help="The tasks to compare on.")
    ] = field(default_factory=list)
    repeats: Annotated[
        int, Option("--repeats", metavar="N", help="Independent repeats on each task.")
    ] = 5
    arms: Annotated[
        bool,
        Option(
            "--arms",
            help="Compare self-improvement with spending the same amount without it.",
        ),
    ] = False
    unseen: Annotated[
        list[str],
        Option(
            "--unseen",
            metavar="TASK...",
            help="With --arms: additional tasks that the rounds do not see.",
        ),
    ] = field(default_factory=list)
    checkpoints: Annotated[
        bool,
        Option(
            "--checkpoints/--no-checkpoints",
            help="Score the best program after each model call, to show score against calls.",
        ),
    ] = True


def compare(
    *,
    improvers: Annotated[
        list[str] | None,
        Argument(
            metavar="[IMPROVER...]",
            help="Names of library improvers, or files; none: the whole library.",
        ),
    ] = None,
    contest: Contest,
    model: ModelChoice,
    rounds: RoundNumbers,
    scale: ScaleChoice,
    limits: Limits,
    seed: Seed,
    work: Work,
) -> Answer:
    """Compare improvers at equal budgets: is this search better than simply sampling?

    In each repeat, every improver works on every task with the same budget, instances and
    model samples. Three controls are always included: `best_of_n`, `sequential`, and
    `chain_of_thought`, a single answer that reveals tasks without headroom. The programs
    they return are scored on fresh test instances.

    `--arms` compares one improver (`seed` by default) with itself: A spends everything in one
    invocation, B is used in every round, C improves itself, D is best-of-N and sequential
    sampling. A and D also get what the rounds of C cost.

    Example: selftaught compare greedy genetic --tasks maxcut three_sat --repeats 10
    """
    from selftaught.cli.execution import start_run
    from selftaught.experiments.arms import arms_plan
    from selftaught.experiments.compare import compare_plan
    from selftaught.improver.registry import names

    settings = run_settings(seed, scale, limits, RoundChoice(rounds))
    planned: Plan[Any]
    if contest.arms:
        planned = arms_plan(
            _one(improvers or ["seed"]),
            contest.tasks,
            contest.unseen,
            repeats=contest.repeats,
            model=model.model,
            settings=settings,
        )
    else:
        planned = compare_plan(
            improvers or [entry.name for entry in names()],
            contest.tasks,
            repeats=contest.repeats,
            model=model.model,
            settings=settings,
            checkpoints=contest.checkpoints,
        )
    return start_run(planned, work_options(work, model.access), work.consent)


def _one(improvers: list[str]) -> str:
    if len(improvers) > 1:
        raise UsageError(
            "one IMPROVER with --arms", " ".join(improvers), "name one improver, or none"
        )
    return improvers[0]
