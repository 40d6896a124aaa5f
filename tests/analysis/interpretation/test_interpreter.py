"""What a program is read as, whatever the rules: seen by what it prints."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from selftaught.analysis.interpretation.interpreter import Interpreter, parsed
from selftaught.analysis.interpretation.values import (
    NOTHING,
    Arguments,
    Method,
    Party,
    Value,
    constant,
    join,
)


class Printing(Interpreter):
    """Follows constants, and keeps those that are printed."""

    absent = constant(None)

    def __init__(self) -> None:
        super().__init__()
        self.printed: list[set[Any]] = []

    def enter(self, tree: ast.Module) -> None:
        pass

    def decided(self, test: Value, node: ast.expr) -> bool | None:
        found = {bool(each) for each in test.constants}
        return found.pop() if len(found) == 1 and not test.refs else None

    def call_library(self, path: str, arguments: Arguments) -> Value:
        if path == "builtins.print":
            self.printed.append(set(join(arguments.positional).constants))
        return NOTHING

    def call_method(self, method: Method, arguments: Arguments) -> Value:
        return NOTHING

    def call_party(self, party: Party, arguments: Arguments) -> Value:
        return NOTHING

    def call_unknown(self, function: Value, arguments: Arguments) -> Value:
        return NOTHING

    def attribute_of_other(self, owner: Value, name: str, node: ast.AST) -> Value:
        return NOTHING

    def item(self, owner: Value, key: Value, node: ast.AST) -> Value:
        found = [ref.items.get(each) for ref in owner.containers() for each in key.constants]
        return join(each for each in found if each is not None)

    def sliced(self, owner: Value, part: ast.Slice) -> Value:
        return owner

    def binary(self, node: ast.BinOp, left: Value, right: Value) -> Value:
        return join([left, right])

    def unary(self, node: ast.UnaryOp, value: Value) -> Value:
        return value

    def compared(self, node: ast.Compare, values: list[Value]) -> Value:
        return NOTHING

    def text(self, node: ast.JoinedStr, parts: list[tuple[ast.expr, Value]]) -> Value:
        return join(value for _, value in parts)


def printed(source: str) -> set[Any]:
    """All constants that may be printed, wherever."""
    reader, tree = Printing(), parsed(source)
    assert tree is not None
    reader.interpret(tree)
    return set().union(*reader.printed)


PROGRAMS: dict[str, tuple[str, set[Any]]] = {
    "a branch may be taken or not": ("x = 1\nif unknown:\n    x = 2\nprint(x)", {1, 2}),
    "a branch is never taken": ("if 0:\n    print(1)\nelse:\n    print(2)", {2}),
    "a branch that leaves": ("def f(x):\n    if x: return 1\n    return 2\nprint(f(9))", {1}),
    "both branches leave": (
        "def f():\n    if unknown: return 1\n    else: raise E\n    print(3)\nprint(f())",
        {1},
    ),
    "what a module raises ends it": ("print(1)\nraise SystemExit\nprint(2)", {1}),
    "an assertion that never holds": ("print(1)\nassert 0\nprint(2)", {1}),
    "a conditional expression": ("print(1 if unknown else 2, 3 if 0 else 4)", {1, 2, 4}),
    "the second round of a loop": ("x = 1\nfor _ in y:\n    print(x)\n    x = 2", {1, 2}),
    "a loop that is left half-way": (
        "x = 1\nfor _ in y:\n    x = 2\n    if unknown: break\n    x = 3\nprint(x)",
        {1, 2, 3},
    ),
    "a loop that begins anew half-way": (
        "x = 1\nfor _ in y:\n    print(x)\n    if unknown:\n        x = 2\n        continue\n",
        {1, 2},
    ),
    "a loop without end": ("while True:\n    print(1)\nprint(2)", {1}),
    "a loop that may be left": ("while True:\n    if unknown: break\nprint(2)", {2}),
    "a loop that never begins": ("while 0:\n    print(1)\nelse:\n    print(2)", {2}),
    "a handler begins anywhere in the body": (
        "x = 1\ntry:\n    x = 2\n    x = unknown()\nexcept E as e:\n    print(x)",
        {1},
    ),
    "cases of a match": ("match 5:\n    case 1: print(1)\n    case y: print(y)", {1, 5}),
    "defaults are those of the definition": (
        "n = 1\ndef f(a=n, *, b=n): print(a, b)\nn = 2\nf()",
        {1},
    ),
    "arguments by place, name and unpacking": (
        "def f(a, *b, c=0, **d): print(a, b[0], c, d['e'])\nf(*[1, 2], **{'c': 3}, e=4)",
        {1, 2, 3, 4},
    ),
    "a function without a return": ("def f(): pass\nprint(f())", {None}),
    "a generator": ("def f():\n    yield 1\n    yield from [2]\nfor x in f(): print(x)", {1, 2}),
    "a function that calls itself": ("def f(x):\n    print(x)\n    return f(2)\nf(1)", {1, 2}),
    "a decorator of the program": (
        "def twice(f):\n    return lambda x: (f(x), f(2))\n@twice\ndef g(x): print(x)\ng(1)",
        {1, 2},
    ),
    "a name of the module": ("x = 1\ndef f():\n    global x\n    x = 2\nf()\nprint(x)", {1, 2}),
    "a name of the function around": (
        "def f():\n    x = 1\n    def g():\n        nonlocal x\n        x = 2\n"
        "    g()\n    print(x)\nf()",
        {1, 2},
    ),
    "an object of a class": (
        "class A:\n    def __init__(self, x): self.x = x\n"
        "    def show(self): print(self.x)\nA(1).show()",
        {1},
    ),
    "a data class": ("class A:\n    x: int\n    y: int\na = A(1, y=2)\nprint(a.x, a.y)", {1, 2}),
    "members of a base": (
        "class A:\n    @property\n    def x(self): return 1\nclass B(A): pass\nprint(B().x)",
        {1},
    ),
    "methods without an object": (
        "class A:\n    y = 2\n    @staticmethod\n    def s(x): print(x)\n"
        "    @classmethod\n    def c(cls): print(cls.y)\nA().s(1)\nA().c()",
        {1, 2},
    ),
    "an object that is called or asked by key": (
        "class A:\n    def __call__(self, x): print(x)\n    def __getitem__(self, k): print(k)\n"
        "a = A()\na(1)\na[2]",
        {1, 2},
    ),
    "a dictionary of others": ("d = {**{'a': 1, 'b': 2}, 'a': 3}\nprint(d['a'], d['b'])", {2, 3}),
    "a name unpacked": ("a, (b, *c) = 1, (2, 3)\nprint(a, b)", {1, 2}),
    "an element of a comprehension": ("print(*[x for x in [1, 2] if unknown])", {1, 2}),
    "a comprehension that keeps nothing": ("print(*[x for x in [1] if 0])", set()),
    "a value named in passing": ("print((x := 1))\nprint(x)", {1}),
}


@pytest.mark.parametrize("title", PROGRAMS)
def test_what_a_program_may_print(title: str) -> None:
    source, expected = PROGRAMS[title]
    assert printed(source) == expected


def test_a_program_that_needs_too_many_steps_is_read_as_far_as_they_go() -> None:
    doubling = "".join(f"def f{i}():\n    f{i + 1}()\n    f{i + 1}()\n" for i in range(30))
    assert printed(f"print(1)\n{doubling}f0()\nprint(2)") <= {1, 2}


def test_what_does_not_parse_has_no_tree() -> None:
    assert parsed("def f(") is None
    assert parsed("x = 1\0") is None
