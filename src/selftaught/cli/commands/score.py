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
            help="Which of the task's instances.",
            show_default="test, or train where the task holds no test split out",
        ),
    ] = None,
    seed: Seed,
    confinement: Confinement,
) -> Answer:
    """Score a program on a task. No model is asked and nothing is kept.

    With the seed of an earlier `improve` the instances are those that it looked at.

    Example: selftaught score maxcut better.py --split test
    """
    from selftaught.cli.text.score import score_words
    from selftaught.runs.scoring import read_program
    from selftaught.runs.scoring import score as scored

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
