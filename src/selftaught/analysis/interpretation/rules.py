"""Rules: what a reader of programs decides for itself, and the state that it may look at."""

from __future__ import annotations

import ast
from abc import abstractmethod
from typing import ClassVar

from selftaught.analysis.interpretation.values import (
    NOTHING,
    Arguments,
    Closure,
    Instance,
    Method,
    Object,
    Party,
    Scope,
    Value,
    join,
)

Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp


class Rules:
    """One program under way; the methods with a body may be overridden.

    Attributes:
        unknown: a value of which nothing is known.
        absent: what a function gives that returns nothing.
        rounds: how often a loop's body is gone through.
        deepest: how many nodes may stand on the stack, two for each call.
        top: the program's module.
        loops: the loops under way, outermost first, those of callers included.
        stack: the calls under way, each with the function that it calls.
        guards: tests that the branches under way depend on.
    """

    unknown: ClassVar[Value] = NOTHING
    absent: ClassVar[Value] = NOTHING
    rounds: ClassVar[int] = 3
    deepest: ClassVar[int] = 22

    def __init__(self) -> None:
        """Begin at the module."""
        self.top = Scope()
        self.loops: list[ast.AST] = []
        self.stack: list[ast.AST] = []
        self.guards: list[Value] = []

    # ------------------------------------------------------------------ of the interpreter

    @abstractmethod
    def evaluate(self, node: ast.expr | None, scope: Scope) -> Value:
        """Return what an expression may stand for; `unknown` for None."""

    @abstractmethod
    def branch(self, body: list[ast.stmt], scope: Scope) -> bool:
        """Go through statements; return whether what stands after them can be reached."""

    @abstractmethod
    def call(self, function: Value, arguments: Arguments) -> Value:
        """Return what calling a value gives."""

    @abstractmethod
    def attribute(self, owner: Value, name: str, node: ast.AST) -> Value:
        """Return what an attribute of a value may be."""

    @abstractmethod
    def assign(self, target: ast.expr, value: Value, scope: Scope) -> None:
        """Let a target stand for a value."""

    # -------------------------------------------------------------------- what is called

    @abstractmethod
    def call_library(self, path: str, arguments: Arguments) -> Value:
        """Return what a function of Python or of a module gives."""

    @abstractmethod
    def call_method(self, method: Method, arguments: Arguments) -> Value:
        """Return what a method of a value gives that is no object of the program."""

    @abstractmethod
    def call_party(self, party: Party, arguments: Arguments) -> Value:
        """Return what calling a party itself gives."""

    @abstractmethod
    def call_unknown(self, function: Value, arguments: Arguments) -> Value:
        """Return what calling a value gives of which nothing is known."""

    def call_other(self, ref: Object, arguments: Arguments) -> Value:
        """Return what calling an object gives that only these rules know."""
        return self.unknown

    def may_be_unknown(self, function: Value) -> bool:
        """Return whether what is called may be something besides its objects."""
        return not function.refs

    def result(self, found: list[Value]) -> Value:
        """Return what a call gives that may give any of these."""
        return join(found)

    def calling(self, closure: Closure, arguments: Arguments) -> None:
        """Notice that a function of the program is called."""

    def called(self, node: ast.Call, arguments: Arguments, scope: Scope) -> None:
        """Notice that a call in the program has come to its end."""

    def decorated(self, value: Value, node: ast.expr, scope: Scope) -> Value:
        """Return a function with a decorator on it."""
        decorator = self.evaluate(node, scope)
        own = decorator.of(Closure)
        return self.call(decorator, Arguments(node, [value])) if own else value

    # ---------------------------------------------------------------- parts of values

    @abstractmethod
    def attribute_of_other(self, owner: Value, name: str, node: ast.AST) -> Value:
        """Return an attribute of what is no object of the program and no module."""

    @abstractmethod
    def item(self, owner: Value, key: Value, node: ast.AST) -> Value:
        """Return what stands under a key of what is no object of the program."""

    @abstractmethod
    def sliced(self, owner: Value, part: ast.Slice) -> Value:
        """Return what a slice of a value may be."""

    def missing(self, instance: Instance, name: str) -> Value:
        """Return an attribute of an object that neither it nor its class is seen to have."""
        return self.unknown

    def writing(self, owner: Value, target: ast.Attribute, value: Value) -> None:
        """Notice that an attribute is written."""

    def stored(
        self, target: ast.Subscript, owner: Value, key: Value, value: Value, scope: Scope
    ) -> Value:
        """Return what is put under a key of a value."""
        return value

    def delete(self, target: ast.expr, scope: Scope) -> None:
        """Take something away."""

    # -------------------------------------------------------------- expressions

    @abstractmethod
    def binary(self, node: ast.BinOp, left: Value, right: Value) -> Value:
        """Return the result of an operator."""

    @abstractmethod
    def unary(self, node: ast.UnaryOp, value: Value) -> Value:
        """Return the result of an operator with one operand."""

    @abstractmethod
    def compared(self, node: ast.Compare, values: list[Value]) -> Value:
        """Return what comparing these values gives."""

    @abstractmethod
    def text(self, node: ast.JoinedStr, parts: list[tuple[ast.expr, Value]]) -> Value:
        """Return a formatted text of these parts."""

    def either(self, test: Value, then: Value, other: Value) -> Value:
        """Return what a conditional expression gives."""
        return join([then, other])

    def listed(self, value: Value) -> Value:
        """Return a list, tuple or set as it is made."""
        return value

    def comprehended(
        self, node: Comprehension, found: Value, over: Value, tests: list[Value]
    ) -> Value:
        """Return what a comprehension gives that goes over a value."""
        return found

    def note(self, node: ast.expr, value: Value) -> None:
        """Remember what an expression may stand for."""

    # ------------------------------------------------------- names, branches and loops

    @abstractmethod
    def decided(self, test: Value, node: ast.expr) -> bool | None:
        """Return whether a test is true always or never; None: either."""

    def otherwise(self, test: Value) -> Value:
        """Return what the other branch of a test depends on."""
        return test

    def guarded(self, value: Value, node: ast.AST) -> Value:
        """Return a value as a branch that is under way lets it become the state."""
        return value

    def state(self, value: Value) -> Value:
        """Return a value as it is after an assignment in the loops under way."""
        return value

    def caught(self, node: ast.ExceptHandler) -> Value:
        """Return an exception that is caught."""
        return self.unknown

    def imported(self, name: str, node: ast.stmt) -> None:
        """Notice that a module is imported."""

    def entering(self, node: ast.For | ast.AsyncFor | ast.While, scope: Scope) -> None:
        """Notice that a loop begins."""

    def parted(self, scope: Scope, before: dict[str, Value], after: list[dict[str, Value]]) -> None:
        """Notice that both branches of a test come to their end, with these names."""
