"""Threads: work that is given to threads, pools and event loops."""

from __future__ import annotations

import ast

from selftaught.analysis.strategies.called import Call, Called
from selftaught.analysis.strategies.machine import Machine
from selftaught.analysis.strategies.reading import Launched
from selftaught.analysis.strategies.value import (
    NOTHING,
    Container,
    Instance,
    Tag,
    Value,
    collection,
    containers,
    elements,
    one,
    sequence,
    tagged,
)

WORKING = ("submit", "map", "starmap", "imap", "imap_unordered", "run_in_executor", "create_task")


def pool(machine: Machine, name: str, called: Called) -> Value:
    """Return what starting a thread, or making a pool or queue, gives."""
    if name == "Thread":
        function = called.keywords.get("target") or (
            called.positional[1] if len(called.positional) > 1 else NOTHING
        )
        given = called.keywords.get("args", NOTHING)
        fixed = [ref for ref in containers(given) if ref.rest is None]
        values = list(fixed[0].items.values()) if fixed else []
        extra = [ref.items for ref in containers(called.keywords.get("kwargs", NOTHING))]
        named = {str(k): v for items in extra for k, v in items.items()}
        before = _count(machine)
        called.run(machine, function, values, named, called.node)
        _launched(machine, called.node, "thread", before, many=False)
        return NOTHING
    if name.endswith("Queue"):
        return one(Container())
    workers = called.keywords.get("max_workers") or (
        called.positional[0] if called.positional else NOTHING
    )
    single = workers.constants == frozenset({1}) and not workers.tags
    return tagged(Tag.SINGLE) if single else NOTHING.with_tags(Tag.NUMBER)


def started(
    machine: Machine, runs: list[Value], objects: list[Instance], node: ast.AST, call: Call
) -> None:
    """Read the ``run`` of objects of a class of threads that are started."""
    before = _count(machine)
    for run, each in zip(runs, objects, strict=True):
        call(machine, run, [one(each)], {}, node)
    _launched(machine, node, "thread", before, many=False)


def launch(machine: Machine, owner: Value, name: str, called: Called) -> Value:
    """Return what work gives that an executor or event loop is handed."""
    positional = called.positional
    if name == "create_task":
        return positional[0] if positional else NOTHING
    if name == "run_in_executor":
        positional = positional[1:]
    if not positional:
        return NOTHING
    before = _count(machine)
    many = name not in ("submit", "run_in_executor")
    given = [elements(each) for each in positional[1:]] if many else positional[1:]
    if name == "starmap" and given:
        given = [item for ref in containers(given[0]) for item in ref.items.values()]
    made = called.run(machine, positional[0], given, {}, called.node)
    if not owner.has(Tag.SINGLE):
        _launched(machine, called.node, "map" if many else "start", before, many=many)
    return collection(made, population=False) if many else made


def to_thread(machine: Machine, name: str, called: Called) -> Value:
    """Return what `asyncio.to_thread` gives."""
    before = _count(machine)
    made = (
        called.run(
            machine, called.positional[0], called.positional[1:], called.keywords, called.node
        )
        if called.positional
        else NOTHING
    )
    _launched(machine, called.node, "to_thread", before, many=False)
    return made


def gather(machine: Machine, name: str, called: Called) -> Value:
    """Return what `asyncio.gather` and `create_task` give."""
    if name == "create_task":
        return called.positional[0] if called.positional else NOTHING
    return sequence(called.positional)


def _count(machine: Machine) -> int:
    return len(machine.reading.asked) + len(machine.reading.scored)


def _launched(machine: Machine, node: ast.AST, kind: str, before: int, *, many: bool) -> None:
    called = _count(machine) > before
    found = Launched(node, tuple(machine.loops), kind, many, called)
    machine.reading.launched.append(found)
