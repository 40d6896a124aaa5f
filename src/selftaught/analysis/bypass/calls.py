"""Calls: functions, classes and methods of the program itself."""

from __future__ import annotations

import ast

from selftaught.analysis.bypass.attributes import lookup
from selftaught.analysis.bypass.machine import Machine
from selftaught.analysis.bypass.value import (
    UNKNOWN,
    Arguments,
    Atom,
    ClassValue,
    Closure,
    Container,
    Instance,
    Known,
    Method,
    Partial,
    Scope,
    Value,
    elements,
    known,
    made_of,
    one,
    sources,
    union,
)
from selftaught.analysis.names import Named, Party


def call_closure(machine: Machine, function: Closure, given: Arguments) -> Value:
    """Return what a function of the program gives."""
    scope = Scope(outer=function.scope)
    bind(scope, function, given)
    node = function.node
    if isinstance(node, ast.Lambda):
        return machine.evaluate(node.body, scope)
    through = machine.run(node.body, scope)
    found = union([*scope.given, known(None)] if through else scope.given)
    return found or UNKNOWN


def bind(scope: Scope, function: Closure, given: Arguments) -> None:
    """Give a function's parameters their values."""
    parameters = function.node.args
    names = [each.arg for each in (*parameters.posonlyargs, *parameters.args)]
    defaults = dict(zip(reversed(names), reversed(function.defaults), strict=False))
    keywords = dict(given.keywords)
    for place, name in enumerate(names):
        default = defaults.get(name, UNKNOWN)
        if name in keywords:
            scope.names[name] = keywords.pop(name)
        elif place < len(given.positional):
            scope.names[name] = given.positional[place]
        else:
            scope.names[name] = union([given.star, default]) if given.star else default
    for parameter in parameters.kwonlyargs:
        default = function.keyword_defaults.get(parameter.arg, UNKNOWN)
        scope.names[parameter.arg] = keywords.pop(parameter.arg, default)
    if parameters.vararg:
        extra = dict(enumerate(given.positional[len(names) :]))
        scope.names[parameters.vararg.arg] = one(Container(extra, rest=given.star))
    if parameters.kwarg:
        keys: Value = frozenset(Known(name, str) for name in keywords)
        scope.names[parameters.kwarg.arg] = one(Container(dict(keywords), keys=keys))


def instantiate(machine: Machine, cls: ClassValue, given: Arguments, line: int) -> Value:
    """Return a new object of a class of the program; what a text is made of stays in it."""
    found = Instance(cls)
    starter = lookup(cls, "__init__")
    if starter is not None:
        machine.call(starter, Arguments([one(found), *given.positional], given.keywords), line)
    else:
        fields = [n for s in cls.node.body if isinstance(s, ast.AnnAssign) for n in _name(s)]
        for name, value in zip(fields, given.positional, strict=False):
            found.attributes[name] = value
        found.attributes.update(given.keywords)
    return one(found)


def _name(statement: ast.AnnAssign) -> list[str]:
    return [statement.target.id] if isinstance(statement.target, ast.Name) else []


def call_unknown(machine: Machine, given: Arguments, line: int) -> Value:
    """Return what a call of something unknown may give; functions that it gets are called.

    A function among the arguments is called with those that follow it, as executors and
    threads do; one that is given by name, with the elements of the first. What gets one
    function and nothing else may be a decorator: its result may be that function.
    """
    found = [UNKNOWN]
    for place, value in enumerate(given.positional):
        rest = given.after(place + 1)
        functions = callables(value)
        if rest.positional:
            functions |= frozenset(atom for atom in value if isinstance(atom, Party))
        if functions:
            found.append(machine.call(functions, rest, line))
    first = given.positional[0] if given.positional else UNKNOWN
    for value in given.keywords.values():
        if functions := callables(value):
            found.append(machine.call(functions, Arguments([elements(first)]), line))
    if len(given.positional) == 1 and not given.keywords:
        found.append(frozenset(atom for atom in first if is_callable(atom)))
    if sources(given.all()):
        found.append(made_of(*(one(source) for source in sources(given.all()))))
    return union(found)


def callables(value: Value) -> Value:
    """Return the functions that a value may be, constants and builtin types left out."""
    return frozenset(atom for atom in value if is_callable(atom) and not isinstance(atom, Party))


def is_callable(atom: Atom) -> bool:
    """Return whether calling an atom means something to us."""
    if isinstance(atom, Named):
        return atom.path in ("builtins.exec", "builtins.eval", "builtins.*")
    if isinstance(atom, Method):
        return any(isinstance(owner, Party) for owner in atom.receiver)
    return isinstance(atom, Closure | Partial | Party)
