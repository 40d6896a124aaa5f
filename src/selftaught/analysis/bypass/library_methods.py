"""Methods: what calls of methods of lists, dicts, texts, files, pools and loaders do."""

from __future__ import annotations

from selftaught.analysis.bypass import execution, folding, parties
from selftaught.analysis.bypass.recorder import Recorder
from selftaught.analysis.bypass.sources import UNKNOWN, Resource, has_source, made_of
from selftaught.analysis.interpretation import iterables
from selftaught.analysis.interpretation.calls import handed
from selftaught.analysis.interpretation.tags import Tag
from selftaught.analysis.interpretation.values import (
    Arguments,
    Container,
    Method,
    Party,
    Value,
    collection,
    constant,
    join,
    one,
    sequence,
)

ADDERS = frozenset({"append", "add", "insert", "appendleft", "put", "push"})
EXTENDERS = frozenset({"extend", "extendleft", "update", "union"})
TAKERS = frozenset({"pop", "popleft", "get", "popitem", "__getitem__"})
SAME = frozenset({"copy", "sort", "reverse", "most_common", "__iter__", "difference"})
WRITERS = frozenset({"write", "writelines", "write_text", "write_bytes"})
RUNNERS = frozenset({"runsource", "runcode", "runctx"})
MAPPERS = frozenset({"map", "imap", "imap_unordered", "starmap"})
CUTTERS = frozenset({"split", "splitlines", "partition"})
PARTS_OF_FILES = frozenset({"stdin", "buffer", "parent", "path", "name"})


def call_method(machine: Recorder, method: Method, given: Arguments) -> Value:
    """Return what a call of a method gives."""
    owner, name = method.receiver, method.name
    found = [parties.call(machine, party, name, given) for party in owner.of(Party)]
    found += [_of_container(machine, each, name, given) for each in owner.containers()]
    found += [_of_resource(machine, each, name, given) for each in owner.of(Resource)]
    if owner.constants or owner.has(Tag.SOURCE):
        found.append(_of_text(machine, owner, name, given))
    if not found or owner.has(Tag.UNKNOWN):
        found.append(_of_unknown(machine, name, given))
    return join(found) or UNKNOWN


def _written(machine: Recorder, path: str, name: str, given: Arguments) -> bool:
    """Return whether a candidate's text is written to a file; note the file."""
    writes = name in WRITERS and has_source(given.values())
    machine.written |= {path} if writes else set()
    return writes


def _of_resource(machine: Recorder, owner: Resource, name: str, given: Arguments) -> Value:
    if owner.kind == "process":
        return execution.feed(machine, owner, given)
    if _written(machine, owner.path, name, given):
        return UNKNOWN
    return _of_unknown(machine, name, given)


def _of_text(machine: Recorder, owner: Value, name: str, given: Arguments) -> Value:
    if _written(machine, "*", name, given):
        return UNKNOWN
    folded = folding.text_method(name, owner, given.positional)
    if folded is not None:
        return folded
    made = made_of(owner, *given.values())
    return collection(made) if name in CUTTERS else made


def _of_container(machine: Recorder, owner: Container, name: str, given: Arguments) -> Value:
    if name in ADDERS:
        owner.add(join(given.positional))
        return constant(None)
    if name == "setdefault" and len(given.positional) > 1:
        owner.put(given.first, given.positional[1])
        return join([owner.contents(), given.positional[1]])
    if name in EXTENDERS:
        _extend(owner, given)
        return one(owner)
    if name in TAKERS:
        known = [owner.items[each] for each in given.first.constants if each in owner.items]
        return known[0] if len(known) == 1 else join([owner.contents(), *given.positional[1:2]])
    if name == "items":
        return collection(sequence([owner.keys or UNKNOWN, owner.contents() or UNKNOWN]))
    if name in ("values", "keys"):
        return collection(owner.contents() if name == "values" else owner.keys or UNKNOWN)
    if "key" in given.keywords:
        machine.call(given.keywords["key"], given.given(one(owner).elements() or UNKNOWN))
    return one(owner) if name in SAME else UNKNOWN


def _extend(owner: Container, given: Arguments) -> None:
    for value in given.positional:
        dictionaries = [each for each in value.containers() if each.keys is not None]
        for each in dictionaries:
            owner.merge(each)
        if len(dictionaries) < len(value.refs) or not value.refs:
            owner.add(value.elements())
    for key, value in given.keywords.items():
        owner.put(constant(key), value)


def _of_unknown(machine: Recorder, name: str, given: Arguments) -> Value:
    if _written(machine, "*", name, given):
        return UNKNOWN
    if name == "submit":
        return machine.call(given.first, given.after(1))
    if name in MAPPERS:
        return iterables.mapped(machine, name, given) or UNKNOWN
    if name in ("apply", "apply_async"):
        return machine.call(given.get(0, "func"), handed(given, 1, "args", "kwds"))
    if name in ("exec_module", "load_module"):
        if machine.written:
            what = "loads a module from a file with a candidate's source"
            machine.execute_hit(given.node, what)
        return UNKNOWN
    if name in RUNNERS and has_source(given.values()):
        machine.execute_hit(given.node, f"{name} runs a candidate's source")
    return machine.call_unknown(UNKNOWN, given)
