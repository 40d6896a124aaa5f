from __future__ import annotations

import ast

import pytest

from selftaught.models.offline.kinds import ValueKind, infer, kind_of


def function(source: str) -> ast.FunctionDef:
    node = ast.parse(source).body[0]
    assert isinstance(node, ast.FunctionDef)
    return node


SOURCE = """
def f(item, sizes, data, call, unused, text: str, many: list[int]):
    order = np.arange(len(sizes))
    gap = sizes - item
    n = len(data)
    for i in range(n):
        call(data[i])
    good = gap > 0
    return order
"""


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("sizes", ValueKind.ARRAY),
        ("data", ValueKind.ARRAY),
        ("item", ValueKind.NUMBER),
        ("unused", ValueKind.NUMBER),
        ("call", ValueKind.FUNCTION),
        ("text", ValueKind.TEXT),
        ("many", ValueKind.LIST),
        ("order", ValueKind.ARRAY),
        ("gap", ValueKind.ARRAY),
        ("n", ValueKind.INT),
        ("i", ValueKind.INT),
        ("good", ValueKind.MASK),
    ],
)
def test_the_kinds_of_names_follow_from_their_use(name: str, kind: ValueKind) -> None:
    assert infer(function(SOURCE), has_numpy=True)[name] is kind


def test_without_numpy_a_sized_parameter_is_a_list() -> None:
    assert infer(function("def f(x):\n    return len(x)"), has_numpy=False)["x"] is ValueKind.LIST


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1", ValueKind.INT),
        ("1.5", ValueKind.NUMBER),
        ("True", ValueKind.BOOL),
        ("n + 1", ValueKind.INT),
        ("n / 2", ValueKind.NUMBER),
        ("a * 2", ValueKind.ARRAY),
        ("-a", ValueKind.ARRAY),
        ("a < 3", ValueKind.MASK),
        ("n < 3", ValueKind.BOOL),
        ("not a", ValueKind.BOOL),
        ("n < 3 and n", ValueKind.BOOL),
        ("np.sum(a)", ValueKind.NUMBER),
        ("np.sum(a, axis=0)", ValueKind.ARRAY),
        ("np.argmax(a)", ValueKind.INT),
        ("np.sqrt(a)", ValueKind.ARRAY),
        ("np.sqrt(n)", ValueKind.NUMBER),
        ("a.copy()", ValueKind.ARRAY),
        ("a.mean()", ValueKind.NUMBER),
        ("a[0]", ValueKind.NUMBER),
        ("a[1:]", ValueKind.ARRAY),
        ("a[a > 0]", ValueKind.ARRAY),
        ("a.shape[0]", ValueKind.INT),
        ("max(n, 1)", ValueKind.NUMBER),
        ("sorted(x)", ValueKind.LIST),
        ("[1] + x", ValueKind.LIST),
        ("f'{n}'", ValueKind.TEXT),
        ("lambda: 0", ValueKind.FUNCTION),
        ("1 if n else 2", ValueKind.INT),
        ("anything.else_", ValueKind.UNKNOWN),
    ],
)
def test_the_kind_of_an_expression(text: str, kind: ValueKind) -> None:
    names = {"n": ValueKind.INT, "a": ValueKind.ARRAY}
    assert kind_of(ast.parse(text, mode="eval").body, names) is kind


def test_a_parameter_that_is_only_handed_on_is_told_by_its_name() -> None:
    node = function("def f(item, sizes):\n    order = sizes\n    return -order")
    names = infer(node, has_numpy=True)
    assert (names["item"], names["sizes"], names["order"]) == (
        ValueKind.NUMBER,
        ValueKind.ARRAY,
        ValueKind.ARRAY,
    )
    assert infer(node, has_numpy=False)["sizes"] is ValueKind.LIST
