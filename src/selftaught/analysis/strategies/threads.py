"""Threads: work that is given to threads, pools and event loops."""

from __future__ import annotations

import ast

from selftaught.analysis.interpretation.calls import handed
from selftaught.analysis.interpretation.tags import Tag
from selftaught.analysis.interpretation.values import (
    NOTHING,
    Arguments,
    Container,
    Instance,
    Value,
    collection,
    one,
    sequence,
    tagged,
)
from selftaught.analysis.strategies.reading import Launched
from selftaught.analysis.strategies.tracker import Tracker

WORKING = ("submit", "map", "starmap", "imap", "imap_unordered", "run_in_executor", "create_task")


def pool(machine: Tracker, name: str, arguments: Arguments) -> Value:
    """Return what starting a thread, or making a pool or queue, gives."""
    if name == "Thread":
        before = _count(machine)
        machine.call(arguments.get(1, "target"), handed(arguments, 3, "args", "kwargs"))
        _launched(machine, arguments.node, "thread", before, many=False)
        return NOTHING
    if name.endswith("Queue"):
        return one(Container())
    workers = arguments.get(0, "max_workers")
    single = workers.constants == frozenset({1}) and not workers.tags
    return tagged(Tag.SINGLE) if single else NOTHING.with_tags(Tag.NUMBER)


def started(machine: Tracker, objects: list[Instance], arguments: Arguments) -> None:
    """Read the ``run`` of objects of a class of threads that are started."""
    before = _count(machine)
    for each in objects:
        machine.call(each.cls.members["run"], arguments.given(one(each)))
    _launched(machine, arguments.node, "thread", before, many=False)


def launch(machine: Tracker, owner: Value, name: str, arguments: Arguments) -> Value:
    """Return what work gives that an executor or event loop is handed."""
    positional = arguments.positional
    if name == "create_task":
        return arguments.first
    if name == "run_in_executor":
        positional = positional[1:]
    if not positional:
        return NOTHING
    before = _count(machine)
    many = name not in ("submit", "run_in_executor")
    given = [each.elements() for each in positional[1:]] if many else positional[1:]
    if name == "starmap" and given:
        given = [item for ref in given[0].containers() for item in ref.items.values()]
    made = machine.call(positional[0], arguments.given(*given))
    if not owner.has(Tag.SINGLE):
        _launched(machine, arguments.node, "map" if many else "start", before, many=many)
    return collection(made, population=False) if many else made


def to_thread(machine: Tracker, name: str, arguments: Arguments) -> Value:
    """Return what `asyncio.to_thread` gives."""
    before = _count(machine)
    made = machine.call(arguments.first, arguments.after(1))
    _launched(machine, arguments.node, "to_thread", before, many=False)
    return made


def gather(machine: Tracker, name: str, arguments: Arguments) -> Value:
    """Return what `asyncio.gather` and `create_task` give."""
    if name == "create_task":
        return arguments.first
    return sequence(arguments.positional)


def _count(machine: Tracker) -> int:
    return len(machine.reading.asked) + len(machine.reading.scored)


def _launched(machine: Tracker, node: ast.AST, kind: str, before: int, *, many: bool) -> None:
    called = _count(machine) > before
    found = Launched(node, tuple(machine.loops), kind, many, called)
    machine.reading.launched.append(found)
