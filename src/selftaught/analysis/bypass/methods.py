"""Methods: what calls of methods of lists, dicts, texts, files, pools and loaders do."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from selftaught.analysis.bypass import execution, folding, parties
from selftaught.analysis.bypass.calls import call_unknown
from selftaught.analysis.bypass.machine import Machine
from selftaught.analysis.bypass.value import (
    UNKNOWN,
    Arguments,
    Atom,
    Container,
    Known,
    Method,
    Resource,
    Source,
    Value,
    constants,
    elements,
    known,
    made_of,
    many,
    merge,
    one,
    put,
    sequence,
    sources,
    union,
)
from selftaught.analysis.names import Party

ADDERS = frozenset({"append", "add", "insert", "appendleft", "put", "push"})
EXTENDERS = frozenset({"extend", "extendleft", "update", "union"})
TAKERS = frozenset({"pop", "popleft", "get", "popitem", "__getitem__"})
SAME = frozenset({"copy", "sort", "reverse", "most_common", "__iter__", "difference"})
WRITERS = frozenset({"write", "writelines", "write_text", "write_bytes"})
RUNNERS = frozenset({"runsource", "runcode", "runctx"})


def call_method(machine: Machine, method: Method, given: Arguments, line: int) -> Value:
    """Return what a call of a method gives."""
    return union([_of(machine, a, method.name, given, line) for a in method.receiver]) or UNKNOWN


def _of(machine: Machine, owner: Atom, name: str, given: Arguments, line: int) -> Value:
    if isinstance(owner, Party):
        return parties.call(machine, owner, name, given, line)
    if isinstance(owner, Container):
        return _of_container(machine, owner, name, given, line)
    if isinstance(owner, Resource) and owner.kind == "process":
        return execution.feed(machine, owner, given, line)
    if name in WRITERS and sources(given.all()):
        machine.written.add(owner.path if isinstance(owner, Resource) else "*")
        return UNKNOWN
    if isinstance(owner, Known | Source):
        return _of_text(owner, name, given)
    return _of_unknown(machine, name, given, line)


def _of_text(owner: Known | Source, name: str, given: Arguments) -> Value:
    folded = folding.text_method(name, one(owner), given.positional)
    if folded is not None:
        return folded
    made = made_of(one(owner), given.all())
    return many(made) if name in ("split", "splitlines", "partition") else made


def _of_container(
    machine: Machine, owner: Container, name: str, given: Arguments, line: int
) -> Value:
    inside = union([*owner.items.values(), owner.rest])
    if name in ADDERS:
        owner.rest = union([owner.rest, *given.positional])
        return known(None)
    if name == "setdefault" and len(given.positional) > 1:
        put(owner, given.positional[0], given.positional[1])
        return union([inside, given.positional[1]])
    if name in EXTENDERS:
        _extend(owner, given)
        return one(owner)
    if name in TAKERS:
        return _taken(owner, inside, given)
    if name == "items":
        return many(sequence([owner.keys or UNKNOWN, inside or UNKNOWN]))
    if name in ("values", "keys"):
        return many(inside if name == "values" else owner.keys or UNKNOWN)
    if "key" in given.keywords:
        machine.call(given.keywords["key"], Arguments([elements(one(owner))]), line)
    return one(owner) if name in SAME else UNKNOWN


def _extend(owner: Container, given: Arguments) -> None:
    for value in given.positional:
        for atom in value:
            if isinstance(atom, Container) and atom.keys:
                merge(owner, one(atom))
        owner.rest = union([owner.rest, elements(value)])
    for key, value in given.keywords.items():
        put(owner, known(key), value)


def _taken(owner: Container, inside: Value, given: Arguments) -> Value:
    names = constants(given.positional[0]) if given.positional else []
    if len(names) == 1 and names[0] in owner.items:
        return owner.items[names[0]]
    default = given.positional[1:2]
    return union([inside, *default]) or UNKNOWN


def _of_unknown(machine: Machine, name: str, given: Arguments, line: int) -> Value:
    handler = _BY_NAME.get(name)
    if handler is not None:
        return handler(machine, given, line)
    if name in RUNNERS and sources(given.all()):
        machine.execute_hit(line, f"{name} runs a candidate's source")
    return call_unknown(machine, given, line)


def _submit(machine: Machine, given: Arguments, line: int) -> Value:
    if not given.positional:
        return UNKNOWN
    return machine.call(given.positional[0], given.after(1), line)


def mapped(machine: Machine, given: Arguments, line: int) -> Value:
    """Return what a function makes of the elements of the other arguments."""
    if not given.positional:
        return UNKNOWN
    parts = [elements(value) for value in given.positional[1:]]
    return many(machine.call(given.positional[0], Arguments(parts), line))


def starmapped(machine: Machine, given: Arguments, line: int) -> Value:
    """Return what a function makes of rows of arguments."""
    rows = elements(given.get(1, "iterable"))
    found: list[Value] = []
    for row in rows:
        parts = list(row.items.values()) if isinstance(row, Container) else []
        rest = row.rest if isinstance(row, Container) else UNKNOWN
        found.append(machine.call(given.get(0, "func"), Arguments(parts, {}, rest), line))
    return many(union(found))


def _applied(machine: Machine, given: Arguments, line: int) -> Value:
    return machine.call(
        given.get(0, "func"), execution.unpacked(given.get(1, "args"), given.get(2, "kwds")), line
    )


def _load(machine: Machine, given: Arguments, line: int) -> Value:
    if machine.written:
        machine.execute_hit(line, "loads a module from a file with a candidate's source")
    return UNKNOWN


_BY_NAME: Mapping[str, Callable[[Machine, Arguments, int], Value]] = {
    "submit": _submit,
    "map": mapped,
    "imap": mapped,
    "imap_unordered": mapped,
    "starmap": starmapped,
    "apply": _applied,
    "apply_async": _applied,
    "exec_module": _load,
    "load_module": _load,
}
