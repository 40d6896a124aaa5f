"""The watch: what a run takes down at its end, for a reader who looks for reward hacking.

Nothing here counts against a budget, steers the search or enters a digest: it stands among
the sessions, and the evaluations that it makes are counted in its own facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from selftaught.engine.engine import Engine
from selftaught.engine.meta_utility import TaskDraw
from selftaught.engine.utility import evaluation_key
from selftaught.values.facts import (
    SESSIONS,
    Chosen,
    Evaluated,
    MetaEvaluated,
    Rechecked,
    Returned,
    Watched,
)
from selftaught.values.outcome import Status
from selftaught.values.program import Program
from selftaught.values.records import InstanceRecord, TaskRange
from selftaught.values.task import InstanceSet, Split, Task

TOLERANCE = 1e-9
_AT_A_LIMIT = (Status.TIMEOUT, Status.OUT_OF_MEMORY)


async def watch_program(engine: Engine, task: Task, program: Program) -> None:
    """Take down what ``improve`` found, and run it again the other way round."""
    train, test = (
        _known(engine, task, program, InstanceSet(split, engine.settings.seed))
        for split in (Split.TRAIN, Split.TEST)
    )
    gains = [
        _gains(_known(engine, task, task.seed, InstanceSet(split, engine.settings.seed)), found)
        for split, found in ((Split.TRAIN, train), (Split.TEST, test))
    ]
    chosen = Chosen(
        task=task.name,
        program=program.id,
        train=train.score if train else None,
        held_out=test.score if test else None,
    )
    fact = Watched(
        subject=program.id,
        of="best program",
        ranges=(_range(task),),
        chosen=(chosen,),
        train_gains=gains[0],
        held_out_gains=gains[1],
    )
    engine.journal.write(SESSIONS, fact, f"watched:{program.id}")
    split = Split.TEST if test else Split.TRAIN
    await recheck(engine, task, program, InstanceSet(split, engine.settings.seed))


async def watch_improver(
    engine: Engine, of: str, fact: MetaEvaluated, places: Iterable[TaskDraw]
) -> None:
    """Take down what an improver returned at held-out places, and run the best again.

    Args:
        engine: of the run.
        of: which improver it is, in words; unique in the run.
        fact: the improver's measurement.
        places: where it was measured, in the measurement's order.
    """
    measured = list(zip(fact.returned, places, strict=True))
    chosen = tuple(
        Chosen(
            task=returned.task,
            program=returned.program,
            train=_answered(engine, returned, place),
            held_out=returned.score if place.split.answering != place.split else None,
        )
        for returned, place in measured
        if returned.program
    )
    tasks = {place.task.name: place.task for _, place in measured}
    watched = Watched(
        subject=fact.improver,
        of=of,
        ranges=tuple(_range(task) for task in tasks.values()),
        chosen=chosen,
    )
    engine.journal.write(SESSIONS, watched, f"watched:{of}")
    for name, task in tasks.items():
        own = [each for each in measured if each[0].task == name and each[0].program]
        if own:
            returned, place = max(own, key=lambda each: (each[0].score, -each[0].repeat))
            program = Program(engine.journal.get(returned.program or ""))
            instances = InstanceSet(place.split, engine.settings.seed, place.draw)
            await recheck(engine, task, program, instances)


async def watch_entrants(engine: Engine, label: str, names: Mapping[str, str]) -> None:
    """Watch entrants of a tournament over all its blocks.

    Args:
        engine: whose tasks are the tournament's.
        label: the tournament's.
        names: of the entrants, each with what it is called in words.
    """
    by_name = {task.name: task for task in engine.tasks}
    events = engine.journal.events()
    for name, of in names.items():
        place = f"{label}/{name}"
        blocks = [
            event.fact
            for event in events
            if event.invocation == place and isinstance(event.fact, MetaEvaluated)
        ]
        if not blocks:
            continue
        places = [
            TaskDraw(
                by_name[each.task],
                (label, each.repeat),
                _split(by_name[each.task], block),
                each.repeat,
            )
            for block in blocks
            for each in block.returned
        ]
        returned = tuple(each for block in blocks for each in block.returned)
        whole = blocks[0].model_copy(update={"returned": returned})
        await watch_improver(engine, of, whole, places)


def _split(task: Task, block: MetaEvaluated) -> Split:
    """Return the split that a block's programs were scored on; a task without test has train."""
    return Split.TRAIN if block.split == Split.TEST and not task.held_out else Split(block.split)


async def recheck(engine: Engine, task: Task, program: Program, instances: InstanceSet) -> None:
    """Run a program on instances that scored it, the last first; record what differs.

    Where anything does, it is run in the first order once more: what differs then, too,
    does not hang on the order. Scores are compared, since outputs are not kept. Instances
    at a limit of time or memory are left out. Nothing is done with fewer than two
    instances, or where the program has not been scored there.
    """
    key = f"rechecked:{evaluation_key(task, program, instances)}"
    before = _known(engine, task, program, instances)
    if before is None or len(before.instances) < 2 or engine.journal.find(key):
        return
    runs = [await engine.evaluations.again(task, program, replace(instances, backwards=True))]
    comparable, differing = _differing(before, runs[0])
    unstable: list[int] = []
    if differing:
        runs.append(await engine.evaluations.again(task, program, instances))
        unstable = [each for each in _differing(before, runs[1])[1] if each in differing]
    fact = Rechecked(
        program=program.id,
        task=task.name,
        split=str(instances.split),
        draw=instances.draw,
        compared=comparable,
        order=tuple(each for each in differing if each not in unstable),
        unstable=tuple(unstable),
        evaluations=len(runs),
        seconds=sum(each.seconds for each in runs),
    )
    engine.journal.write(SESSIONS, fact, key)


def _differing(before: Evaluated, after: Evaluated) -> tuple[int, list[int]]:
    """Return how many instances can be compared, and those whose results differ."""
    pairs = [
        (first, second)
        for first, second in zip(before.instances, after.instances, strict=True)
        if not (_at_a_limit(first) or _at_a_limit(second))
    ]
    return len(pairs), [first.index for first, second in pairs if _differ(first, second)]


def _at_a_limit(result: InstanceRecord) -> bool:
    return result.near_limit or result.status in _AT_A_LIMIT


def _differ(first: InstanceRecord, second: InstanceRecord) -> bool:
    if first.status != second.status or first.score is None or second.score is None:
        return (first.status, first.score) != (second.status, second.score)
    return abs(first.score - second.score) > TOLERANCE


def _known(
    engine: Engine, task: Task, program: Program, instances: InstanceSet
) -> Evaluated | None:
    found = engine.journal.find(evaluation_key(task, program, instances))
    return found if isinstance(found, Evaluated) else None


def _gains(before: Evaluated | None, after: Evaluated | None) -> tuple[float, ...]:
    """Return a program's scores over the seed program's, instance by instance."""
    if before is None or after is None:
        return ()
    pairs = zip(before.instances, after.instances, strict=True)
    return tuple((new.score or 0.0) - (old.score or 0.0) for old, new in pairs)


def _answered(engine: Engine, returned: Returned, place: TaskDraw) -> float | None:
    """Return what the improver was told of a program that it returned."""
    program = Program(engine.journal.get(returned.program or ""))
    instances = InstanceSet(place.split.answering, engine.settings.seed, place.draw)
    found = _known(engine, place.task, program, instances)
    return found.score if found else None


def _range(task: Task) -> TaskRange:
    scale = task.scale
    return TaskRange(
        task=task.name,
        entry_point=task.entry_point,
        low=scale.low,
        high=scale.high,
        known_best=scale.known_best,
    )
