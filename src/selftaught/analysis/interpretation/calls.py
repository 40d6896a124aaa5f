"""Calls: of functions and classes of the program, and what else may be called."""

from __future__ import annotations

import ast
from dataclasses import replace

from selftaught.analysis.interpretation.rules import Rules
from selftaught.analysis.interpretation.values import (
    NOTHING,
    Arguments,
    Class,
    Closure,
    Container,
    Instance,
    Method,
    Named,
    Object,
    Partial,
    Party,
    Scope,
    Value,
    collection,
    constant,
    inherited,
    join,
    one,
)

AGAIN = 2
"""How often a function may stand on the stack of calls."""


class Calls(Rules):
    """Calls of a program under way."""

    def call(self, function: Value, arguments: Arguments) -> Value:
        """Return what calling a value gives."""
        found = [self.call_object(ref, arguments) for ref in function.refs]
        if self.may_be_unknown(function):
            found.append(self.call_unknown(function, arguments))
        return self.result(found)

    def call_object(self, ref: Object, arguments: Arguments) -> Value:
        """Return what calling an object gives."""
        if isinstance(ref, Closure):
            return self._call_closure(ref, arguments)
        if isinstance(ref, Class):
            return self._instantiate(ref, arguments)
        if isinstance(ref, Instance):
            member = ref.cls.members.get("__call__", NOTHING)
            return self.call(member, arguments.behind(one(ref)))
        if isinstance(ref, Partial):
            return self.call(ref.function, arguments.behind_all(ref.arguments))
        if isinstance(ref, Party):
            return self.call_party(ref, arguments)
        if isinstance(ref, Method):
            return self.call_method(ref, arguments)
        if isinstance(ref, Named):
            return self.call_library(ref.path, arguments)
        return self.call_other(ref, arguments)

    # ------------------------------------------------------------------- functions

    def _call_closure(self, closure: Closure, arguments: Arguments) -> Value:
        """Return what a function of the program gives, read with these arguments."""
        body = closure.node
        self.calling(closure, arguments)
        if self.stack.count(body) >= AGAIN or len(self.stack) >= self.deepest:
            return self.unknown
        scope = self._parameters(closure, arguments)
        self.stack += [arguments.node, body]
        guards, self.guards = self.guards, []
        try:
            if isinstance(body, ast.Lambda):
                return self.evaluate(body.body, scope)
            through = self.branch(body.body, scope)
        finally:
            del self.stack[-2:]
            self.guards = guards
        given = join(scope.given)
        if scope.yielded:
            return join([collection(join(scope.yielded), population=False), given])
        return (join([given, self.absent]) if through else given) or self.unknown

    def _parameters(self, closure: Closure, given: Arguments) -> Scope:
        """Return the scope of a call, in which the parameters have their values."""
        scope = Scope(outer=closure.scope)
        node = closure.node.args
        names = [each.arg for each in (*node.posonlyargs, *node.args)]
        values = dict(zip(names, given.positional, strict=False)) | given.keywords
        for name in [*names, *(each.arg for each in node.kwonlyargs)]:
            if name in values:
                scope.names[name] = values.pop(name) or self.unknown
            else:
                default = closure.defaults.get(name, self.unknown)
                scope.names[name] = join([given.star, default]) if given.star else default
        if node.vararg:
            extra = dict(enumerate(given.positional[len(names) :]))
            scope.names[node.vararg.arg] = one(Container(extra, given.star or None))
        if node.kwarg:
            keys = join(constant(name) for name in values)
            scope.names[node.kwarg.arg] = one(Container(values, keys=keys))
        return scope

    def closure(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scope: Scope
    ) -> Value:
        """Return a function of the program; its defaults are evaluated now."""
        given = node.args
        names = [each.arg for each in (*given.posonlyargs, *given.args)]
        pairs = list(zip(reversed(names), reversed(given.defaults), strict=False))
        for each, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
            pairs += [(each.arg, default)] if default is not None else []
        defaults = {name: self.evaluate(default, scope) for name, default in pairs}
        return one(Closure(node, scope, defaults))

    def _instantiate(self, cls: Class, arguments: Arguments) -> Value:
        """Return a new object of a class."""
        made = Instance(cls)
        if "__init__" in cls.members:
            self.call(cls.members["__init__"], arguments.behind(one(made)))
        else:
            fields = zip(cls.fields(), arguments.positional, strict=False)
            made.attributes.update({**dict(fields), **arguments.keywords})
        return one(made)

    # ------------------------------------------------------------------- arguments

    def arguments(self, node: ast.Call, scope: Scope) -> Arguments:
        """Return what a call in the program is given."""
        given = Arguments(node)
        for each in node.args:
            if isinstance(each, ast.Starred):
                given = spread(given, self.evaluate(each.value, scope))
            else:
                given.positional.append(self.evaluate(each, scope))
        for keyword in node.keywords:
            value = self.evaluate(keyword.value, scope)
            if keyword.arg is not None:
                given.keywords[keyword.arg] = value
            else:
                spread_keywords(given, value)
        return given


def spread(given: Arguments, value: Value) -> Arguments:
    """Return the arguments with what ``*value`` gives, place by place where its length is known."""
    known = value.containers()
    fixed = [ref for ref in known if ref.rest is None and ref.keys is None]
    if known and len(fixed) == len(known) and len({len(ref.items) for ref in fixed}) == 1:
        places = zip(*(ref.items.values() for ref in fixed), strict=True)
        given.positional.extend(inherited(value, join(each)) for each in places)
        return given
    given.positional.extend([value.elements()] * 2)  # two stand for any number of them
    return replace(given, star=join([given.star, value.elements()]))


def spread_keywords(given: Arguments, value: Value) -> None:
    """Add what ``**value`` gives."""
    for ref in value.containers():
        for key, inside in ref.items.items():
            before = given.keywords.get(str(key), NOTHING)
            given.keywords[str(key)] = join([before, inside])


def handed(given: Arguments, place: int, positional: str, keywords: str) -> Arguments:
    """Return the arguments that a thread gets as a tuple and a dictionary."""
    found = spread(given.given(), given.get(place, positional))
    spread_keywords(found, given.get(place + 1, keywords))
    return found
