"""Instances: how many a split has, and the inputs and key of each, from the seeds alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from selftaught.errors import TaskCodeError, UsageError
from selftaught.tasks.tracebacks import task_file, task_traceback
from selftaught.values.seeds import derive
from selftaught.values.task import InstanceSet, Split, Task

PUBLISHED_SEEDS = {Split.PAPER: 5678, Split.PAPER_TRAIN: 4321}
"""Instance ``i`` of these splits is drawn as the published scorers draw it from seed + i."""


def instance_count(task: Task, split: Split) -> int:
    """Return how many instances a split has, at least 1.

    A task without a gate split is judged on as many fresh gate instances as ``train`` has:
    the adoption rule needs some, and instances cost nothing but their seeds. (A task with
    one fixed instance then has the same one there.) A test split is never made up.

    Raises:
        UsageError: the task has no such split.
    """
    count = task.instances.get(split, 0)
    if not count and split is Split.GATE:
        count = task.instances.get(Split.TRAIN, 0)
    if not count:
        held = "it has no held-out split" if split is Split.TEST else "it has no such split"
        raise UsageError(
            f"a {split} split of task {task.name}",
            held,
            f"set {split} in [instances] of its task.toml, or use another split: "
            + ", ".join(str(each) for each, number in task.instances.items() if number),
        )
    return count


def instance(task: Task, instances: InstanceSet, index: int) -> tuple[tuple[Any, ...], Any]:
    """Return ``(inputs, key)`` of one instance, equal for equal seeds and fresh every time.

    Raises:
        TaskCodeError: ``make_instance`` raised, or did not return a tuple of inputs and a key.
        UsageError: a split of the paper, of a task that has none.
    """
    split = str(instances.split)
    make, argument = _maker(task, instances, index)
    file = task_file(make)
    try:
        made = make(argument)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the user's code may raise anything
        text = f"{task_traceback(error, file)}\n(instance {index} of {split})"
        raise TaskCodeError(task.name, "make_instance", text) from None
    if not (isinstance(made, tuple) and len(made) == 2 and isinstance(made[0], tuple)):
        found = (
            f"make_instance returned {type(made).__name__}, not (inputs, key) with inputs a tuple"
        )
        raise TaskCodeError(task.name, "make_instance", f"{found}\n(instance {index} of {split})")
    return made


def _maker(task: Task, instances: InstanceSet, index: int) -> tuple[Callable[..., Any], Any]:
    """Return what makes an instance, and its argument: a generator, or a published seed."""
    split = instances.split
    if split not in PUBLISHED_SEEDS:
        seed = derive(instances.seed, "instance", task.name, str(split), *instances.draw, index)
        return task.make_instance, np.random.default_rng(seed)
    if task.published is None:
        raise UsageError(
            f"a {split} split of task {task.name}",
            "no published scorer of it",
            "use another split",
        )
    return task.published, PUBLISHED_SEEDS[split] + index


def program_seed(task: Task, instances: InstanceSet, index: int) -> int:
    """Return the seed of the program's own ``random`` and numpy for one instance."""
    return derive(
        instances.seed, "program", task.name, str(instances.split), *instances.draw, index
    )


def module_seed(task: Task, instances: InstanceSet) -> int:
    """Return the seed of the program's ``random`` and numpy while its module body runs."""
    return derive(instances.seed, "module", task.name, str(instances.split), *instances.draw)
