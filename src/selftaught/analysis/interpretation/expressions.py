"""Expressions: what each kind of expression may stand for."""

from __future__ import annotations

import ast
import builtins

from selftaught.analysis.interpretation.access import Access
from selftaught.analysis.interpretation.rules import Comprehension
from selftaught.analysis.interpretation.values import (
    NOTHING,
    Container,
    Named,
    Scope,
    Value,
    constant,
    join,
    one,
)

MAX_STEPS = 60_000
"""Expressions that are looked at; a program that needs more is read as far as that."""


class TooLongError(Exception):
    """The program needs more steps than are spent on one."""


class LeftError(Exception):
    """What comes next can't be reached."""


class Expressions(Access):
    """Expressions of a program under way."""

    _steps = 0

    def evaluate(self, node: ast.expr | None, scope: Scope) -> Value:
        """Return what an expression may stand for; `unknown` for None.

        Raises:
            TooLongError: too many expressions were looked at.
        """
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise TooLongError
        if node is None:
            return self.unknown
        method = getattr(self, f"_{type(node).__name__.lower()}", self._other)
        found: Value = method(node, scope) or self.unknown
        self.note(node, found)
        return found

    def _other(self, node: ast.expr, scope: Scope) -> Value:
        inner = [each for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr)]
        return join(self.evaluate(each, scope) for each in inner)

    def _constant(self, node: ast.Constant, scope: Scope) -> Value:
        return constant(node.value)

    def _name(self, node: ast.Name, scope: Scope) -> Value:
        found = scope.find(node.id)
        if found is not None:
            return found
        if node.id == "__builtins__":
            return one(Named("builtins"))
        known = hasattr(builtins, node.id)
        return one(Named(f"builtins.{node.id}")) if known else self.unknown

    def _attribute(self, node: ast.Attribute, scope: Scope) -> Value:
        return self.attribute(self.evaluate(node.value, scope), node.attr, node)

    def _subscript(self, node: ast.Subscript, scope: Scope) -> Value:
        owner, key = self.evaluate(node.value, scope), self.evaluate(node.slice, scope)
        if isinstance(node.slice, ast.Slice):
            return self.sliced(owner, node.slice)
        return self.subscript(owner, key, node)

    def _call(self, node: ast.Call, scope: Scope) -> Value:
        function, arguments = self.evaluate(node.func, scope), self.arguments(node, scope)
        found = self.call(function, arguments)
        self.called(node, arguments, scope)
        return found

    # ---------------------------------------------------------------------- operators

    def _binop(self, node: ast.BinOp, scope: Scope) -> Value:
        return self.binary(node, self.evaluate(node.left, scope), self.evaluate(node.right, scope))

    def _unaryop(self, node: ast.UnaryOp, scope: Scope) -> Value:
        return self.unary(node, self.evaluate(node.operand, scope))

    def _compare(self, node: ast.Compare, scope: Scope) -> Value:
        sides = (node.left, *node.comparators)
        return self.compared(node, [self.evaluate(each, scope) for each in sides])

    def _boolop(self, node: ast.BoolOp, scope: Scope) -> Value:
        return join(self.evaluate(each, scope) for each in node.values)

    def _ifexp(self, node: ast.IfExp, scope: Scope) -> Value:
        test = self.evaluate(node.test, scope)
        known = self.decided(test, node.test)
        if known is not None:
            return self.evaluate(node.body if known else node.orelse, scope)
        self.guards.append(test)
        then = self.guarded(self.evaluate(node.body, scope), node.body)
        self.guards[-1] = self.otherwise(test)
        other = self.evaluate(node.orelse, scope)
        self.guards.pop()
        return self.either(test, then, other)

    def _joinedstr(self, node: ast.JoinedStr, scope: Scope) -> Value:
        parts = [(each, self.evaluate(each, scope)) for each in node.values]
        return self.text(node, parts)

    def _formattedvalue(self, node: ast.FormattedValue, scope: Scope) -> Value:
        return self.evaluate(node.value, scope)

    # -------------------------------------------------------------------- collections

    def _list(self, node: ast.List | ast.Tuple | ast.Set, scope: Scope) -> Value:
        found = Container()
        for place, each in enumerate(node.elts):
            if isinstance(each, ast.Starred):
                found.add(self.evaluate(each.value, scope).elements())
            else:
                found.items[place] = self.evaluate(each, scope)
        if found.rest is not None:
            found.rest, found.items = found.contents(), {}
        return self.listed(one(found))

    _tuple = _set = _list

    def _dict(self, node: ast.Dict, scope: Scope) -> Value:
        found = Container(keys=NOTHING)
        for key, value in zip(node.keys, node.values, strict=True):
            inside = self.evaluate(value, scope)
            if key is not None:
                found.put(self.evaluate(key, scope), inside)
                continue
            for ref in inside.containers():
                found.merge(ref)
        return one(found)

    def _listcomp(self, node: Comprehension, scope: Scope) -> Value:
        inner, guards, tests = Scope(outer=scope), len(self.guards), list[Value]()
        self.loops.append(node)
        try:
            for _ in range(2):
                over = []
                for each in node.generators:
                    first = each is node.generators[0]
                    over.append(self.evaluate(each.iter, scope if first else inner))
                    self.assign(each.target, over[-1].elements(), inner)
                    tests += self._filters(each, inner)
                found = self._element(node, inner)
        except LeftError:
            return one(Container())
        finally:
            self.loops.pop()
            del self.guards[guards:]
        return self.comprehended(node, found, join(over), tests)

    _setcomp = _generatorexp = _dictcomp = _listcomp

    def _filters(self, node: ast.comprehension, inner: Scope) -> list[Value]:
        tests = [self.evaluate(test, inner) for test in node.ifs]
        if any(self.decided(*each) is False for each in zip(tests, node.ifs, strict=True)):
            raise LeftError
        self.guards += tests
        return tests

    def _element(self, node: Comprehension, inner: Scope) -> Value:
        if isinstance(node, ast.DictComp):
            found = Container(keys=NOTHING)
            found.put(self.evaluate(node.key, inner), self.evaluate(node.value, inner))
            return one(found)
        return one(Container(rest=self.evaluate(node.elt, inner)))

    # ------------------------------------------------------------------------- others

    def _lambda(self, node: ast.Lambda, scope: Scope) -> Value:
        return self.closure(node, scope)

    def _namedexpr(self, node: ast.NamedExpr, scope: Scope) -> Value:
        value = self.evaluate(node.value, scope)
        self.assign(node.target, value, scope)
        return value

    def _yield(self, node: ast.Yield, scope: Scope) -> Value:
        scope.yielded.append(self.evaluate(node.value, scope))
        return self.unknown

    def _yieldfrom(self, node: ast.YieldFrom, scope: Scope) -> Value:
        scope.yielded.append(self.evaluate(node.value, scope).elements())
        return self.unknown
