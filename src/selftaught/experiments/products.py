"""Products of tournaments and evaluations: the most that experiments made of them can ask for."""

from __future__ import annotations

from collections.abc import Sequence

from selftaught.engine.settings import Products, Scale
from selftaught.values.task import Split, Task


def instances(task: Task) -> tuple[int, int, int]:
    """Return how many train, gate and test instances a task has."""
    train, gate, test = (
        task.instances.get(split, 0) for split in (Split.TRAIN, Split.GATE, Split.TEST)
    )
    return train, gate, test


def tournament(
    scale: Scale, tasks: Sequence[Task], rounds: int, extra: int = 0, split: str = ""
) -> Products:
    """Return the most of ``rounds`` invocations a task.

    Args:
        scale: of every invocation.
        tasks: what is worked on.
        rounds: invocations on each task.
        extra: programs that are scored on test besides, in each invocation.
        split: ``paper`` for the instances of published scorers; else train and test.
    """
    invocations = rounds * len(tasks)
    scored = 2 + extra
    return Products(
        invocations=invocations,
        responses=invocations * scale.calls * scale.responses,
        evaluations=invocations * (scale.utility_calls + scored),
        instance_calls=sum(
            rounds * (scale.utility_calls * train + scored * max(train, test))
            for train, test in (_judged_on(task, split) for task in tasks)
        ),
    )


def evaluations(task: Task, count: int) -> Products:
    """Return the most of so many evaluations on train."""
    return Products(0, 0, count, count * instances(task)[0])


def numbers(products: Products) -> tuple[int, int, int, int]:
    """Return all four."""
    return (
        products.invocations,
        products.responses,
        products.evaluations,
        products.instance_calls,
    )


def _judged_on(task: Task, split: str) -> tuple[int, int]:
    """Return how many instances answer an improver, and how many score what it returns."""
    if split == Split.PAPER:
        return task.instances[Split.PAPER_TRAIN], task.instances[Split.PAPER]
    train, _, test = instances(task)
    return train, test
