"""Statements: goes through those that can be reached, branch by branch, each loop some times."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from selftaught.analysis.interpretation.expressions import Expressions, LeftError
from selftaught.analysis.interpretation.values import (
    Class,
    Closure,
    Named,
    Scope,
    Value,
    join,
    one,
)

Names = dict[str, Value]


class Statements(Expressions):
    """Statements of a program under way."""

    def __init__(self) -> None:
        """Begin at the module."""
        super().__init__()
        self._jumps: list[list[Names]] = []

    def branch(self, body: Sequence[ast.stmt], scope: Scope) -> bool:
        """Go through statements; return whether what stands after them can be reached."""
        try:
            self._block(body, scope)
        except LeftError:
            return False
        return True

    def _block(self, body: Sequence[ast.stmt], scope: Scope) -> None:
        """Go through statements; those after a branch that leaves depend on its test."""
        guards = len(self.guards)
        try:
            for statement in body:
                method = getattr(self, f"_{type(statement).__name__.lower()}", None)
                test = method(statement, scope) if method else None
                if test is not None:
                    self.guards.append(test)
        finally:
            del self.guards[guards:]

    # ------------------------------------------------------------------ plain statements

    def _expr(self, node: ast.Expr, scope: Scope) -> None:
        self.evaluate(node.value, scope)

    def _assign(self, node: ast.Assign, scope: Scope) -> None:
        value = self.evaluate(node.value, scope)
        for target in node.targets:
            self.assign(target, value, scope)

    def _annassign(self, node: ast.AnnAssign, scope: Scope) -> None:
        if node.value is not None:
            self.assign(node.target, self.evaluate(node.value, scope), scope)

    def _augassign(self, node: ast.AugAssign, scope: Scope) -> None:
        before, value = self.evaluate(node.target, scope), self.evaluate(node.value, scope)
        both = ast.copy_location(ast.BinOp(node.target, node.op, node.value), node)
        self.assign(node.target, self.binary(both, before, value), scope)

    def _return(self, node: ast.Return, scope: Scope) -> None:
        value = self.absent if node.value is None else self.evaluate(node.value, scope)
        scope.given.append(self.guarded(value, node))
        raise LeftError

    def _continue(self, node: ast.Continue | ast.Break, scope: Scope) -> None:
        if self._jumps:
            self._jumps[-1].append(dict(scope.names))
        raise LeftError

    _break = _continue

    def _raise(self, node: ast.Raise, scope: Scope) -> None:
        self.evaluate(node.exc, scope)
        raise LeftError

    def _assert(self, node: ast.Assert, scope: Scope) -> None:
        test = self.evaluate(node.test, scope)
        self.evaluate(node.msg, scope)
        if self.decided(test, node.test) is False:
            raise LeftError

    def _delete(self, node: ast.Delete, scope: Scope) -> None:
        for target in node.targets:
            self.delete(target, scope)

    # ------------------------------------------------------------------ names

    def _functiondef(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
        value = self.closure(node, scope)
        for decorator in reversed(node.decorator_list):
            value = self.decorated(value, decorator, scope)
        scope.bind(node.name, value)

    _asyncfunctiondef = _functiondef

    def _classdef(self, node: ast.ClassDef, scope: Scope) -> None:
        inner = Scope(outer=scope)
        self._block(node.body, inner)
        for value in inner.names.values():
            for function in value.of(Closure):  # methods see the class's surroundings only
                function.scope = scope if function.scope is inner else function.scope
        members = dict(inner.names)
        for base in node.bases:
            for cls in self.evaluate(base, scope).of(Class):
                members = {**cls.members, **members}
        scope.bind(node.name, one(Class(node, members)))

    def _import(self, node: ast.Import, scope: Scope) -> None:
        for alias in node.names:
            path = alias.name if alias.asname else alias.name.split(".")[0]
            scope.bind(alias.asname or path, one(Named(path)))
            self.imported(alias.name, node)

    def _importfrom(self, node: ast.ImportFrom, scope: Scope) -> None:
        for alias in node.names:
            path = f"{node.module or ''}.{alias.name}"
            scope.bind(alias.asname or alias.name, one(Named(path)))
        self.imported(node.module or "", node)

    def _global(self, node: ast.Global, scope: Scope) -> None:
        scope.declared.update(dict.fromkeys(node.names, self.top))

    def _nonlocal(self, node: ast.Nonlocal, scope: Scope) -> None:
        for name in node.names:
            owner = scope.outer.owner(name) if scope.outer else None
            scope.declared[name] = owner or self.top

    # ------------------------------------------------------------------ branches

    def _with(self, node: ast.With | ast.AsyncWith, scope: Scope) -> None:
        for item in node.items:
            value = self.evaluate(item.context_expr, scope)
            if item.optional_vars is not None:
                self.assign(item.optional_vars, value, scope)
        self._block(node.body, scope)

    _asyncwith = _with

    def _try(self, node: ast.Try | ast.TryStar, scope: Scope) -> None:
        before = dict(scope.names)
        through = self.branch([*node.body, *node.orelse], scope)
        ends = [scope.names] if through else []
        reached = merged([before, scope.names])
        for handler in node.handlers:
            scope.names = dict(reached)
            if handler.name:
                scope.bind(handler.name, self.caught(handler))
            if self.branch(handler.body, scope):
                ends.append(scope.names)
        scope.names = merged(ends or [reached])
        self._block(node.finalbody, scope)
        if not ends:
            raise LeftError

    _trystar = _try

    def _if(self, node: ast.If, scope: Scope) -> Value | None:
        test = self.evaluate(node.test, scope)
        known = self.decided(test, node.test)
        before, ends = dict(scope.names), list[Names]()
        then = known is not False and self._guarded_branch(node.body, test, scope)
        ends += [scope.names] if then else []
        scope.names = dict(before)
        contrary = self.otherwise(test)
        other = known is not True and self._guarded_branch(node.orelse, contrary, scope)
        ends += [scope.names] if other else []
        if not ends:
            raise LeftError
        scope.names = merged(ends)
        if then and other:
            self.parted(scope, before, ends)
        return None if then else test

    def _guarded_branch(self, body: Sequence[ast.stmt], test: Value | None, scope: Scope) -> bool:
        guards = len(self.guards)
        self.guards += [] if test is None else [test]
        try:
            return self.branch(body, scope)
        finally:
            del self.guards[guards:]

    def _match(self, node: ast.Match, scope: Scope) -> None:
        subject = self.evaluate(node.subject, scope)
        before = dict(scope.names)
        ends = [before]
        for case in node.cases:
            scope.names = dict(before)
            for part in ast.walk(case.pattern):
                name = getattr(part, "name", None) or getattr(part, "rest", None)
                if isinstance(name, str):
                    scope.bind(name, join([subject, subject.elements()]))
            test = join([subject, self.evaluate(case.guard, scope)])
            if self._guarded_branch(case.body, test, scope):
                ends.append(scope.names)
        scope.names = merged(ends)

    # ------------------------------------------------------------------ loops

    def _for(self, node: ast.For | ast.AsyncFor, scope: Scope) -> None:
        over = self.evaluate(node.iter, scope)
        once = any(isinstance(each, ast.Call | ast.Await) for each in ast.walk(node.iter))

        def begin(number: int) -> None:
            value = over if once or not number else self.evaluate(node.iter, scope)
            self.assign(node.target, value.elements(), scope)

        self._loop(node, scope, begin)

    _asyncfor = _for

    def _while(self, node: ast.While, scope: Scope) -> None:
        test = self._loop(node, scope, lambda _: self.evaluate(node.test, scope))
        leaves = any(isinstance(each, ast.Break) for each in ast.walk(node))
        if test is not None and self.decided(test, node.test) and not leaves:
            raise LeftError

    def _loop(
        self,
        node: ast.For | ast.AsyncFor | ast.While,
        scope: Scope,
        begin: Callable[[int], Value | None],
    ) -> Value | None:
        """Go through a loop some times; return the test that its last round begins with."""
        self.entering(node, scope)
        before, test = dict(scope.names), None
        condition = node.test if isinstance(node, ast.While) else node.iter
        self.loops.append(node)
        try:
            for number in range(self.rounds):
                test = begin(number)
                if test is not None and self.decided(test, condition) is False:
                    break
                self._jumps.append([])
                self._guarded_branch(node.body, test, scope)
                scope.names = merged([before, scope.names, *self._jumps.pop()])
        finally:
            self.loops.pop()
        self._block(node.orelse, scope)
        return test


def merged(found: Sequence[Names]) -> Names:
    """Return what names may stand for after one of several branches."""
    if len(found) == 1:
        return found[0]
    names = {name for each in found for name in each}
    return {
        name: values[0] if all(each is values[0] for each in values) else join(values)
        for name in names
        if (values := [each[name] for each in found if name in each])
    }
