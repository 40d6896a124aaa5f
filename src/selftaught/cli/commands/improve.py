"""``selftaught improve``: one improver on one task, or on a function of your own repository."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

from typer import Argument

from selftaught.cli.answer import Answer
from selftaught.cli.model_options import ModelChoice
from selftaught.cli.options import (
    ImproverChoice,
    Limits,
    SearchChoice,
    Start,
    Work,
    run_settings,
    work_options,
)
from selftaught.cli.patch_options import RepositoryChoice, goal_of, words_again


def improve(
    *,
    task: Annotated[
        str,
        Argument(
            metavar="TASK|TARGET",
            help="Name of a bundled task, path of a task folder, path/mod.py::function "
            "(or ::Class.method, or only the path), or NAME of \\[improve.NAME] in "
            "selftaught.toml.",
        ),
    ],
    repository: RepositoryChoice,
    improver: ImproverChoice,
    model: ModelChoice,
    search: SearchChoice,
    limits: Limits,
    start: Start,
    work: Work,
) -> Answer:
    """Improve the program of a task, or a function of your own repository.

    For a task: prints the scores of the seed program and the best program, and the diff. The
    leaders on train are compared with the seed program on instances the search never saw; if
    none is better, the seed program stays. Test instances are used once, at the end.

    For a repository: works in a copy and changes only what you name. The result is a patch
    that passes --check and was measured afresh, or a note that nothing better was found.

    Example: selftaught improve ./my_task --output better.py

    Example: selftaught improve mod.py::parse --check "pytest -q tests" --score "python bench.py"
    """
    from selftaught.cli.execution import start_run
    from selftaught.cli.previewing import show_preview
    from selftaught.experiments.improve import IMPROVE, improve_plan
    from selftaught.patching.preview import of_repository, of_task

    settings = run_settings(start.seed, search.scale, limits, attempts=start.attempts)
    settings = replace(settings, stop_at=search.stop_at)
    options = work_options(work, model.access)
    delivery, detach = repository.delivery, start.background.detach
    goal = goal_of(task, repository)
    if goal is None:
        planned = improve_plan(
            task,
            improver=improver.improver or IMPROVE.improver,
            model=model.model,
            settings=settings,
        )
        if repository.shown.dry_run:
            return show_preview(of_task(planned, options.model, unsafe=options.unsafe))
        return start_run(planned, options, work.consent, output=delivery.output, detach=detach)

    from selftaught.cli.patch import Asked, improve_repository
    from selftaught.models.locality import stays
    from selftaught.patching.planning import Wish

    wish = Wish(
        folder=Path.cwd(),
        goal=goal,
        improver=improver.improver,
        model=model.model,
        settings=settings,
        best_of_n=repository.delivery.best_of_n,
        unsafe=options.unsafe,
        arguments=tuple(words_again(task, repository)),
        stays=stays(model.model, options.model),
    )
    if repository.shown.dry_run:
        return show_preview(of_repository(wish, options.model))
    return improve_repository(wish, Asked(options, work.consent, delivery, detach))
