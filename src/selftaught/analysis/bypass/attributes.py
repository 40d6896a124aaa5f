"""Attributes and items: what stands under a name or key of a value."""

from __future__ import annotations

import ast
import re

from selftaught.analysis.bypass import parties
from selftaught.analysis.bypass.machine import Machine
from selftaught.analysis.bypass.value import (
    UNKNOWN,
    Arguments,
    Atom,
    ClassValue,
    Closure,
    Container,
    Instance,
    Method,
    Partial,
    PartyClass,
    Resource,
    Source,
    Value,
    constants,
    deep,
    elements,
    known,
    one,
    union,
)
from selftaught.analysis.names import Named, Party

KEYS = re.compile(r"key|token|secret|password|credential", re.IGNORECASE)
"""Names of environment variables that hold what opens a model."""


def attribute(machine: Machine, value: Value, name: str, line: int) -> Value:
    """Return what an attribute of a value may be."""
    return union([_of(machine, atom, name, line) for atom in value]) or UNKNOWN


def _of(machine: Machine, atom: Atom, name: str, line: int) -> Value:
    if isinstance(atom, Party):
        return parties.read(machine, atom, name, line)
    if isinstance(atom, Named):
        return one(atom) if name == "__dict__" else one(Named(f"{atom.path}.{name}"))
    if isinstance(atom, Instance):
        return _of_instance(machine, atom, name, line)
    if isinstance(atom, ClassValue):
        return atom.scope.names.get(name, UNKNOWN) if name != "__name__" else known(atom.node.name)
    if isinstance(atom, Closure):
        return one(Named("types.FunctionType")) if name == "__class__" else UNKNOWN
    if isinstance(atom, Resource) and name in ("stdin", "buffer", "parent", "path", "name"):
        return one(atom)
    return one(Method(one(atom), name))


def _of_instance(machine: Machine, atom: Instance, name: str, line: int) -> Value:
    if name in atom.attributes:
        return atom.attributes[name]
    if name == "__class__":
        return one(atom.cls)
    if name == "__dict__":
        return one(Container(atom.attributes))
    found = lookup(atom.cls, name)
    if found is None:
        return UNKNOWN
    return union([_bound(machine, atom, each, line) for each in found])


def lookup(cls: ClassValue, name: str) -> Value | None:
    """Return what a class or one of its bases defines under a name."""
    if name in cls.scope.names:
        return cls.scope.names[name]
    for base in cls.bases:
        for atom in base:
            if isinstance(atom, ClassValue) and (found := lookup(atom, name)) is not None:
                return found
    return None


def _bound(machine: Machine, owner: Instance, atom: Atom, line: int) -> Value:
    if not isinstance(atom, Closure) or isinstance(atom.node, ast.Lambda):
        return one(atom)
    decorators = {d.id for d in atom.node.decorator_list if isinstance(d, ast.Name)}
    if "staticmethod" in decorators:
        return one(atom)
    first: Atom = owner.cls if "classmethod" in decorators else owner
    bound = one(Partial(one(atom), Arguments([one(first)])))
    if decorators & {"property", "cached_property"}:
        return machine.call(bound, Arguments(), line)
    return bound


def subscript(machine: Machine, value: Value, key: Value, line: int) -> Value:
    """Return what stands under a key of a value."""
    return union([_item(machine, atom, key, line) for atom in value]) or UNKNOWN


def _item(machine: Machine, atom: Atom, key: Value, line: int) -> Value:
    if isinstance(atom, Container):
        names = constants(key)
        if len(names) == len(key) and all(name in atom.items for name in names):
            return union([atom.items[name] for name in names])
        return union([*atom.items.values(), atom.rest]) or UNKNOWN
    if isinstance(atom, Source):
        return one(atom)
    if isinstance(atom, Named) and atom.path == "os.environ":
        check_key(machine, key, line)
        return UNKNOWN
    if isinstance(atom, Named):
        return by_name(machine, one(atom), key, line)
    if isinstance(atom, Instance):
        return machine.call(
            attribute(machine, one(atom), "__getitem__", line), Arguments([key]), line
        )
    return elements(one(atom))


def by_name(machine: Machine, owner: Value, name: Value, line: int) -> Value:
    """Return the attribute that a value names; an unknown name is an unknown attribute."""
    names = [each for each in constants(name) if isinstance(each, str)]
    if names and len(names) == len(name):
        return union([attribute(machine, owner, each, line) for each in names])
    return union([one(Named(f"{a.path}.*")) if isinstance(a, Named) else UNKNOWN for a in owner])


def check_key(machine: Machine, name: Value, line: int) -> None:
    """Take note of a look at a key in the environment."""
    for each in constants(name):
        if isinstance(each, str) and KEYS.search(each):
            machine.budget_hit(line, "reach", f"reads {each} from the environment")


def overwrite(machine: Machine, atom: Atom, name: str, line: int) -> None:
    """Take note of a written or deleted attribute."""
    if isinstance(atom, Method):
        for owner in deep(atom.receiver):
            if isinstance(owner, Party | PartyClass):
                machine.budget_hit(line, "budget", f"writes {owner.name}.{atom.name}.{name}")
        return
    parties.write(machine, atom, name, line)
