"""Tasks built in Python from functions instead of a folder."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from selftaught.errors import UsageError
from selftaught.values.program import Program
from selftaught.values.task import Drive, Limits, MakeInstance, Score, ScoreRange, Split
from selftaught.values.task import Task as TaskValue


def Task(  # noqa: N802, PLR0913 - reads as the class that it makes a value of
    *,
    name: str,
    seed: str | Program,
    make_instance: MakeInstance,
    score: Score,
    entry_point: str = "solve",
    drive: Drive | None = None,
    text: str | None = None,
    summary: str = "",
    instances: Mapping[str, int] | None = None,
    limits: Limits | None = None,
    scale: ScoreRange | None = None,
) -> TaskValue:
    """Return a task built from Python functions; the command line cannot resume runs of it.

    Args:
        name: an identifier.
        seed: source of the program to start from; it defines ``entry_point``.
        make_instance: draws ``(inputs, key)`` from a numpy generator.
        score: ``score(inputs, key, output)``; raises ValueError if the output is not an answer.
        entry_point: the function that is called.
        drive: plays an instance of an interactive task.
        text: what an improver sees; None: the sources of the functions.
        summary: one line.
        instances: numbers of ``train``, ``gate`` and ``test``; None: 20, 20 and 50.
        limits: of one call.
        scale: low, high and known best of the score.

    Raises:
        UsageError: the name is no identifier, or a split does not exist.
    """
    if not name.isidentifier():
        raise UsageError("a task name that is an identifier", repr(name))
    counts = {"train": 20, "gate": 20, "test": 50} if instances is None else dict(instances)
    known = {Split.TRAIN, Split.GATE, Split.TEST}
    unknown = sorted(set(counts) - {split.value for split in known})
    if unknown:
        raise UsageError("splits among train, gate and test", ", ".join(unknown))
    shown: list[Callable[..., Any]] = [make_instance, score, *([drive] if drive else [])]
    return TaskValue(
        name=name,
        seed=seed if isinstance(seed, Program) else Program(seed),
        make_instance=make_instance,
        score=score,
        entry_point=entry_point,
        drive=drive,
        summary=summary,
        text="\n\n".join(_source(function) for function in shown) if text is None else text,
        limits=limits or Limits(),
        instances={Split(split): count for split, count in counts.items()},
        scale=scale or ScoreRange(),
    )


def _source(function: Callable[..., Any]) -> str:
    try:
        return inspect.cleandoc("\n" + inspect.getsource(function))
    except (OSError, TypeError):  # made in a shell: there is no file to show
        return str(inspect.getdoc(function) or function)
