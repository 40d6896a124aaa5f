"""``selftaught score``: how good a program is, without any model."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from selftaught.cli.answer import Answer
from selftaught.cli.arguments import TaskName
from selftaught.cli.options import Confinement, Seed


def score(
    *,
    task: TaskName,
    program: Annotated[Path, Argument(metavar="PROGRAM", help="A Python file.")],
    split: Annotated[
        str | None,
        Option(
            metavar="train|gate|test|paper",
            help="Which of the task's instances to use.",
            show_default="test, or train if the task has no test split",
        ),
    ] = None,
    seed: Seed,
    confinement: Confinement,
) -> Answer:
    """Score a program on a task, without asking a model or keeping anything.

    With the seed of an earlier `improve`, the instances are the ones it used.

    Example: selftaught score maxcut better.py --split test
    """
    from selftaught.app.scoring import read_program
    from selftaught.app.scoring import score as scored
    from selftaught.cli.words.score import score_words

    found = scored(
        task,
        read_program(program),
        split=split,
        seed=seed.seed,
        unsafe=confinement.unsafe,
    )
    return Answer(
        found.model_dump(mode="json"), lambda: score_words(found, task, str(program), seed.seed)
    )
