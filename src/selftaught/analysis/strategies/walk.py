"""Walk: reads a program as if it ran, statement by statement, each loop three times."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Sequence
from dataclasses import replace

from selftaught.analysis.names import Named, Party
from selftaught.analysis.strategies import calls
from selftaught.analysis.strategies.expressions import value_of
from selftaught.analysis.strategies.operators import otherwise
from selftaught.analysis.strategies.reading import Reading, Restarted, Selected
from selftaught.analysis.strategies.targets import assign, assigned_names, delete
from selftaught.analysis.strategies.value import (
    NOTHING,
    ClassRef,
    Closure,
    Instance,
    Scope,
    Tag,
    Value,
    elements,
    flat,
    join,
    one,
    tagged,
)
from selftaught.values import syntax

ENTRY = "improve_algorithm"
ROUNDS = 3
MAX_STEPS = 60_000
"""Expressions that are looked at; a program that needs more is read as far as that."""
MAX_DEPTH = 24
LEAVES = (ast.Continue, ast.Break, ast.Return, ast.Raise)


class _TooLongError(Exception):
    """The program needs more steps than are spent on one."""


class _LeftError(Exception):
    """The rest of a block can't be reached."""


def read(source: str) -> Reading | None:
    """Return what reading a program shows, None where it does not parse."""
    try:
        tree = syntax.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    reading = Reading(tree)
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            reading.parents[child] = node
    machine = Walk(reading)
    with contextlib.suppress(_TooLongError, RecursionError):
        machine.run_program()
    return reading


class Walk:
    """One program under way.

    Attributes:
        reading: what was learnt so far.
        loops: the loops under way, outermost first.
        stack: the calls under way.
        guards: what the branches under way depend on.
        tree_edited: whether a number or operator in a syntax tree was changed.
        jumps: for each loop under way, what names stood for where it was left or begun anew.
    """

    def __init__(self, reading: Reading) -> None:
        """Begin at the module."""
        self.reading = reading
        self.top = Scope()
        self.loops: list[ast.AST] = []
        self.stack: list[ast.AST] = []
        self.guards: list[Value] = []
        self.tree_edited = False
        self.jumps: list[list[dict[str, Value]]] = []
        self.entered: dict[tuple[ast.AST, ...], set[str]] = {}
        self._steps = 0

    def run_program(self) -> None:
        """Read the module's body, then the improver."""
        self.block(self.reading.tree.body, self.top)
        entry = self.top.names.get(ENTRY)
        if entry is None:
            return
        given = [tagged(Tag.INITIAL), one(Party("utility")), one(Party("language_model"))]
        self.reading.returned = calls.call(self, entry, given, {}, self.reading.tree)

    def step(self) -> None:
        """Count an expression; end where there are too many."""
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise _TooLongError

    def value(self, node: ast.expr | None, scope: Scope) -> Value:
        """Return what an expression may stand for."""
        if node is None:
            return NOTHING
        self.step()
        found = value_of(self, node, scope)
        self.reading.note(node, found)
        return found

    # ---------------------------------------------------------------- statements

    def function_body(self, body: Sequence[ast.stmt], scope: Scope) -> None:
        """Read a function's body."""
        with contextlib.suppress(_LeftError):
            self.block(body, scope)

    def block(self, body: Sequence[ast.stmt], scope: Scope) -> None:
        """Read statements in turn; those after a branch that leaves depend on its test."""
        pushed = 0
        try:
            for statement in body:
                test = self.statement(statement, scope)
                if test is not None:
                    self.guards.append(test)
                    pushed += 1
        finally:
            del self.guards[len(self.guards) - pushed :]

    def statement(self, node: ast.stmt, scope: Scope) -> Value | None:
        """Read one statement; return the test that the following ones depend on."""
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is None:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    self.value(child, scope)
            return None
        found: Value | None = method(node, scope)
        return found

    def _assign(self, node: ast.Assign, scope: Scope) -> None:
        value = self.value(node.value, scope)
        for target in node.targets:
            assign(self, target, value, scope)

    def _annassign(self, node: ast.AnnAssign, scope: Scope) -> None:
        if node.value is not None:
            assign(self, node.target, self.value(node.value, scope), scope)

    def _augassign(self, node: ast.AugAssign, scope: Scope) -> None:
        calls.augment(self, node, scope)

    def _return(self, node: ast.Return, scope: Scope) -> None:
        value = self.value(node.value, scope)
        scope.given.append(self.guarded(value, node))
        raise _LeftError

    def _continue(self, node: ast.Continue, scope: Scope) -> None:
        if self.jumps:
            self.jumps[-1].append(dict(scope.names))
        raise _LeftError

    _break = _continue

    def _raise(self, node: ast.Raise, scope: Scope) -> None:
        self.value(node.exc, scope)
        raise _LeftError

    def _delete(self, node: ast.Delete, scope: Scope) -> None:
        for target in node.targets:
            delete(self, target, scope)

    def _functiondef(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
        value = one(Closure(node, scope))
        for decorator in reversed(node.decorator_list):
            value = calls.decorate(self, decorator, value, scope)
        scope.bind(node.name, value)

    _asyncfunctiondef = _functiondef

    def _classdef(self, node: ast.ClassDef, scope: Scope) -> None:
        inner = Scope(outer=scope)
        self.block(node.body, inner)
        members = dict(inner.names)
        for base in node.bases:
            for ref in self.value(base, scope).refs:
                if isinstance(ref, ClassRef):
                    members = {**ref.members, **members}
        for name, value in members.items():  # methods see the class's surroundings only
            kept = [
                Closure(ref.node, scope, ref.cached) if isinstance(ref, Closure) else ref
                for ref in value.refs
            ]
            members[name] = replace(value, refs=frozenset(kept))
        scope.bind(node.name, one(ClassRef(node, scope, members)))

    def _import(self, node: ast.Import, scope: Scope) -> None:
        for alias in node.names:
            path = alias.name if alias.asname else alias.name.split(".")[0]
            scope.bind(alias.asname or path, one(Named(path)))

    def _importfrom(self, node: ast.ImportFrom, scope: Scope) -> None:
        for alias in node.names:
            path = f"{node.module}.{alias.name}"
            scope.bind(alias.asname or alias.name, one(Named(path)))

    def _global(self, node: ast.Global, scope: Scope) -> None:
        scope.declared.update(dict.fromkeys(node.names, self.top))

    def _nonlocal(self, node: ast.Nonlocal, scope: Scope) -> None:
        for name in node.names:
            outer = scope.outer
            while outer is not None and name not in outer.names:
                outer = outer.outer
            scope.declared[name] = outer or self.top

    def _expr(self, node: ast.Expr, scope: Scope) -> None:
        self.value(node.value, scope)

    def _with(self, node: ast.With | ast.AsyncWith, scope: Scope) -> None:
        for item in node.items:
            value = self.value(item.context_expr, scope)
            if item.optional_vars is not None:
                assign(self, item.optional_vars, value, scope)
        self.block(node.body, scope)

    _asyncwith = _with

    def _try(self, node: ast.Try, scope: Scope) -> None:
        left = not self._branch(node.body, scope)
        for handler in node.handlers:
            before = dict(scope.names)
            if handler.name:
                scope.bind(handler.name, tagged(Tag.OBSERVED))
            ends = self._branch(handler.body, scope)
            merged = [before, scope.names] if ends else [before]
            scope.names = scope.names if left and ends else merge(merged)
            left = left and not ends
        if left:
            self._branch(node.finalbody, scope)
            raise _LeftError
        self.block([*node.orelse, *node.finalbody], scope)

    def _branch(self, body: Sequence[ast.stmt], scope: Scope) -> bool:
        """Read a block; return whether its end is reached."""
        try:
            self.block(body, scope)
        except _LeftError:
            return False
        return True

    def _if(self, node: ast.If, scope: Scope) -> Value | None:
        test = self.value(node.test, scope)
        known = never(test, node.test)
        before = dict(scope.names)
        then = known is not False and self._guarded_branch(node.body, test, scope)
        after = scope.names
        scope.names = dict(before)
        other = known is not True and self._guarded_branch(node.orelse, otherwise(test), scope)
        if not then and not other:
            raise _LeftError
        found = [names for names, reached in ((after, then), (scope.names, other)) if reached]
        scope.names = merge(found)
        if then and other:
            mark_alternatives(scope, before, after, found[1])
        return None if then else test

    def _guarded_branch(self, body: Sequence[ast.stmt], test: Value, scope: Scope) -> bool:
        self.guards.append(test)
        try:
            return self._branch(body, scope)
        finally:
            self.guards.pop()

    def _match(self, node: ast.Match, scope: Scope) -> None:
        subject = self.value(node.subject, scope)
        before = dict(scope.names)
        found = [before]
        for case in node.cases:
            scope.names = dict(before)
            for part in ast.walk(case.pattern):
                if isinstance(part, ast.MatchAs | ast.MatchStar) and part.name:
                    scope.bind(part.name, elements(subject))
            test = join([subject, self.value(case.guard, scope)])
            if self._guarded_branch(case.body, test, scope):
                found.append(scope.names)
        scope.names = merge(found)

    # --------------------------------------------------------------------- loops

    def _for(self, node: ast.For | ast.AsyncFor, scope: Scope) -> None:
        over = self.value(node.iter, scope)
        self._enter(node, scope)
        before = dict(scope.names)
        self.loops.append(node)
        try:
            for _ in range(ROUNDS):
                assign(self, node.target, elements(over), scope)
                self.jumps.append([])
                self._branch(node.body, scope)
                scope.names = merge([before, scope.names, *self.jumps.pop()])
                over = self.value(node.iter, scope) if not effects(node.iter) else over
        finally:
            self.loops.pop()
        self.block(node.orelse, scope)

    _asyncfor = _for

    def _while(self, node: ast.While, scope: Scope) -> None:
        self._enter(node, scope)
        before = dict(scope.names)
        self.loops.append(node)
        try:
            for _ in range(ROUNDS):
                test = self.value(node.test, scope)
                if never(test, node.test) is False:
                    return
                self.jumps.append([])
                self._guarded_branch(node.body, test, scope)
                scope.names = merge([before, scope.names, *self.jumps.pop()])
        finally:
            self.loops.pop()
        self.block(node.orelse, scope)

    def _enter(self, node: ast.For | ast.AsyncFor | ast.While, scope: Scope) -> None:
        """Notice where a loop begins again with a state that it did not leave behind."""
        names = assigned_names(node)
        entered = self.entered.setdefault((node,), set())
        here = repr((tuple(map(id, self.stack)), tuple(map(id, self.loops))))
        again = bool(entered)
        entered.add(here)
        if not again:
            return
        for name in names:
            state = flat(scope.names.get(name, NOTHING))
            whole = state.has(Tag.INITIAL, Tag.CANDIDATE) and not state.has(Tag.PART)
            if whole and id(node) not in state.loops:
                self.reading.restarted.append(Restarted(node))

    # -------------------------------------------------------------------- guards

    def guarded(self, value: Value, node: ast.AST) -> Value:
        """Return a value as a branch that is under way lets it become the state."""
        inside = flat(value)
        if any(test.has(Tag.EXPLORES) for test in self.guards):
            key = tagged(Tag.SCORE, Tag.ROOT)
            place = Selected(node, tuple(self.loops), "max", inside, key)
            self.reading.selected.append(place)
        if not inside.has(Tag.CANDIDATE):
            if inside.constants & {True, False} and any(t.has(Tag.COMPARED) for t in self.guards):
                return value.with_tags(Tag.WON)
            chosen = inside.has(Tag.NUMBER) and any(t.has(Tag.COMPARED) for t in self.guards)
            return value.with_tags(Tag.CHOSEN) if chosen else value
        for test in reversed(self.guards):
            if test.has(Tag.ACCEPTS):
                self.reading.accepted.append(node)
                return value.with_tags(Tag.ACCEPTED)
        if any(test.has(Tag.COMPARED) and test.has(Tag.DRAW) for test in self.guards):
            return value.with_tags(Tag.ACCEPTED)
        if any(test.has(Tag.COMPARED) for test in self.guards):
            key = tagged(Tag.SCORE)
            place = Selected(node, tuple(self.loops), "guard", inside, key)
            self.reading.selected.append(place)
            return value.without([Tag.POPPED]).with_tags(Tag.CHOSEN)
        return value

    def state(self, value: Value) -> Value:
        """Return a value as it is after an assignment in the loops under way."""
        return replace(value, loops=value.loops | {id(loop) for loop in self.loops})


def merge(found: Sequence[dict[str, Value]]) -> dict[str, Value]:
    """Return what names may stand for after one of several branches."""
    if len(found) == 1:
        return found[0]
    names = {name for each in found for name in each}
    return {
        name: values[0] if all(each is values[0] for each in values) else join(values)
        for name in names
        if (values := [each[name] for each in found if name in each])
    }


def mark_alternatives(
    scope: Scope, before: dict[str, Value], then: dict[str, Value], other: dict[str, Value]
) -> None:
    """Mark names that both branches gave a text of the same data in another wording."""
    for name in then.keys() & other.keys():
        one_way, another = then[name], other[name]
        if before.get(name) in (one_way, another) or not one_way.has(Tag.HELD):
            continue
        same_data = one_way.tags & DATA_SHOWN == another.tags & DATA_SHOWN
        if same_data and another.has(Tag.HELD) and one_way.words != another.words:
            scope.names[name] = scope.names[name].with_tags(Tag.ALTERNATIVE)


DATA_SHOWN = frozenset({Tag.CANDIDATE, Tag.SCORE, Tag.OBSERVED, Tag.MANY, Tag.RAW})


def never(test: Value, node: ast.expr) -> bool | None:
    """Return whether a test is true always or never; None: either."""
    if test.tags or test.refs or test.has(Tag.VARIES) or len(test.constants) != 1:
        return None
    (found,) = test.constants
    return bool(found) if isinstance(node, ast.Constant | ast.Name | ast.Compare) else None


def effects(node: ast.expr) -> bool:
    """Return whether evaluating an expression again could call the model or the utility."""
    return any(isinstance(each, ast.Call | ast.Await) for each in ast.walk(node))


__all__ = ["ENTRY", "Instance", "Walk", "read"]
