"""Walk: reads a program as if it ran, with abstract values, and collects hits."""

from __future__ import annotations

import ast
from contextlib import suppress
from dataclasses import dataclass

from selftaught.analysis.bypass import attributes, parties
from selftaught.analysis.bypass.calls import call_closure, call_unknown, instantiate
from selftaught.analysis.bypass.expressions import value_of
from selftaught.analysis.bypass.hit import Hit
from selftaught.analysis.bypass.library import call_named
from selftaught.analysis.bypass.methods import call_method
from selftaught.analysis.bypass.statements import assign_target, run_body
from selftaught.analysis.bypass.value import (
    SOURCE,
    UNKNOWN,
    Arguments,
    Atom,
    Built,
    ClassValue,
    Closure,
    Instance,
    Method,
    Partial,
    PartyClass,
    Scope,
    Value,
    one,
    union,
)
from selftaught.analysis.names import Named, Party
from selftaught.values import syntax

ENTRY = "improve_algorithm"
MAX_STEPS = 60_000
"""Expressions that are looked at; a program that needs more is read as far as that."""
MAX_DEPTH = 40
AGAIN = 2
"""How often a function may stand on the stack of calls."""


class _TooLongError(Exception):
    """The program needs more steps than are spent on one."""


@dataclass(frozen=True, order=True)
class LibraryCall:
    """A call of a function that the program did not write itself.

    Attributes:
        line: its line, from 1.
        path: the function's full name, e.g. ``time.perf_counter``, whatever the program
            calls it; ``time.*`` where only the module is known.
        arguments: how many it is given, keywords included.
    """

    line: int
    path: str
    arguments: int


@dataclass(frozen=True)
class Uses:
    """What a program uses of the library: its calls, and attributes of what it did not make.

    ``attributes`` are pairs of line and name.
    """

    calls: tuple[LibraryCall, ...]
    attributes: tuple[tuple[int, str], ...]


def walk(source: str) -> list[Hit]:
    """Return every hit in a program, sorted by line; none where it does not parse.

    The module's body is read, then ``improve_algorithm``; where there is none, every
    function at the top level, its parameters taken for what their names say.
    """
    reading = _Walk()
    _go_through(reading, source, "")
    return sorted(reading.hits)


def library_uses(source: str, entry: str = "") -> Uses:
    """Return what a program uses of the library where it can be reached.

    Args:
        source: the program; one that does not parse uses nothing.
        entry: the function that is called, with arguments that nothing is known of; empty,
            or no function of the program: as `walk` goes through it.
    """
    reading = _Walk()
    _go_through(reading, source, entry)
    return Uses(tuple(sorted(reading.calls)), tuple(sorted(reading.looked)))


def _go_through(reading: _Walk, source: str, entry: str) -> None:
    try:
        tree = syntax.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    with suppress(_TooLongError, RecursionError):
        reading.read(tree, entry)


class _Walk:
    """One program under way; implements `Machine`."""

    def __init__(self) -> None:
        self.hits: set[Hit] = set()
        self.written: set[str] = set()
        self.calls: set[LibraryCall] = set()
        self.looked: set[tuple[int, str]] = set()
        self.top = Scope()
        self._steps = 0
        self._stack: list[ast.AST] = []

    def read(self, tree: ast.Module, wanted: str) -> None:
        """Go through the module's body and what is called in it."""
        self.top.names["__name__"] = UNKNOWN
        self.run(tree.body, self.top)
        if wanted and wanted in self.top.names:
            for atom in self.top.names[wanted]:
                given = _unknown(atom) if isinstance(atom, Closure) else Arguments([UNKNOWN])
                self.call(one(atom), given, 1)
            return
        entry = self.top.names.get(ENTRY)
        if entry is not None:
            given = Arguments([SOURCE, one(parties.UTILITY), one(parties.MODEL)])
            parties.check_answer(self, self.call(entry, given, 1), 1)
            return
        for value in list(self.top.names.values()):
            for atom in value:
                if isinstance(atom, Closure):
                    self.call(one(atom), Arguments(keywords=_by_name(atom)), 1)

    # ------------------------------------------------------------------- the machine

    def evaluate(self, node: ast.expr | None, scope: Scope) -> Value:
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise _TooLongError
        return UNKNOWN if node is None else value_of(self, node, scope)

    def run(self, body: list[ast.stmt], scope: Scope) -> bool:
        return run_body(self, body, scope)

    def assign(self, target: ast.expr, value: Value, scope: Scope) -> None:
        assign_target(self, target, value, scope)

    def attribute(self, value: Value, name: str, line: int) -> Value:
        if not all(isinstance(atom, Instance | ClassValue) for atom in value):
            self.looked.add((line, name))
        return attributes.attribute(self, value, name, line)

    def overwrite(self, atom: Atom, name: str, line: int) -> None:
        attributes.overwrite(self, atom, name, line)

    def subscript(self, value: Value, key: Value, line: int) -> Value:
        return attributes.subscript(self, value, key, line)

    def call(self, function: Value, arguments: Arguments, line: int) -> Value:
        if len(self._stack) >= MAX_DEPTH:
            return UNKNOWN
        return union([self._call(atom, arguments, line) for atom in function]) or UNKNOWN

    def execute_hit(self, line: int, what: str) -> None:
        self.hits.add(Hit(line, "syntax_rule", "execute", what))

    def sandbox_hit(self, line: int, what: str) -> None:
        self.hits.add(Hit(line, "syntax_rule", "sandbox", what))

    def budget_hit(self, line: int, category: str, what: str) -> None:
        self.hits.add(Hit(line, "budget_or_score", category, what))

    # -------------------------------------------------------------------- kinds of calls

    def _call(self, atom: Atom, given: Arguments, line: int) -> Value:
        if isinstance(atom, Closure):
            return self._call_closure(atom, given)
        if isinstance(atom, Named):
            count = len(given.positional) + len(given.keywords)
            self.calls.add(LibraryCall(line, atom.path.removeprefix("builtins."), count))
            return call_named(self, atom.path, given, line)
        if isinstance(atom, Method):
            return call_method(self, atom, given, line)
        if isinstance(atom, Party):
            return parties.call(self, atom, "__call__", given, line)
        if isinstance(atom, Partial):
            before = atom.arguments
            positional = [*before.positional, *given.positional]
            keywords = {**before.keywords, **given.keywords}
            star = union([before.star, given.star])
            return self.call(atom.function, Arguments(positional, keywords, star), line)
        return self._call_object(atom, given, line)

    def _call_object(self, atom: Atom, given: Arguments, line: int) -> Value:
        if isinstance(atom, ClassValue):
            return instantiate(self, atom, given, line)
        if isinstance(atom, Instance):
            method = self.attribute(one(atom), "__call__", line)
            return self.call(method, given, line)
        if isinstance(atom, PartyClass):
            self.budget_hit(line, "budget", f"makes a new {atom.name}")
            return one(Party(atom.name))
        if isinstance(atom, Built):
            self.execute_hit(line, "a function made from a candidate's code is called")
            return UNKNOWN
        return call_unknown(self, given, line)

    def _call_closure(self, function: Closure, given: Arguments) -> Value:
        if self._stack.count(function.node) >= AGAIN:
            return UNKNOWN
        self._stack.append(function.node)
        try:
            return call_closure(self, function, given)
        finally:
            self._stack.pop()


def _unknown(function: Closure) -> Arguments:
    """Return arguments of which nothing is known."""
    parameters = function.node.args
    return Arguments(
        [UNKNOWN for _ in (*parameters.posonlyargs, *parameters.args)],
        {each.arg: UNKNOWN for each in parameters.kwonlyargs},
    )


def _by_name(function: Closure) -> dict[str, Value]:
    """Return arguments for a function by the names of its parameters."""
    names = {"utility": one(parties.UTILITY), "language_model": one(parties.MODEL)}
    parameters = function.node.args
    return {
        each.arg: names.get(each.arg, SOURCE)
        for each in (*parameters.posonlyargs, *parameters.args, *parameters.kwonlyargs)
    }
