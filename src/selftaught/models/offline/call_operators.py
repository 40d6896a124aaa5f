"""Operators on calls: another function of the same use, other keyword arguments."""

from __future__ import annotations

import ast

from selftaught.models.offline.draft import Draft, Family
from selftaught.values import syntax

ALIKE = (
    ("min", "max"),
    ("any", "all"),
    ("argmin", "argmax"),
    ("minimum", "maximum"),
    ("mean", "median", "min", "max", "sum"),
    ("sqrt", "log1p", "cbrt"),
    ("floor", "ceil"),
    ("cumsum", "cumprod"),
    ("uniform", "normal"),
)
PLAIN = frozenset({"min", "max", "any", "all"})
"""Names that are functions of the language; the others are attributes of a module."""


def swap_function(draft: Draft) -> str | None:
    """Call another function that takes the same arguments."""
    found = [
        (site.node, others)
        for site in draft.sites
        if isinstance(site.node, ast.Call) and (others := _alternatives(site.node))
    ]
    if not found:
        return None
    call, others = draft.rng.choice(found)
    new = draft.rng.choice(others)
    before = ast.unparse(call.func)
    if isinstance(call.func, ast.Name):
        call.func.id = new
    elif isinstance(call.func, ast.Attribute):
        call.func.attr = new
    return f"call {ast.unparse(call.func)} instead of {before}"


def _alternatives(call: ast.Call) -> list[str]:
    if isinstance(call.func, ast.Name):
        name, allowed = call.func.id, PLAIN
    elif isinstance(call.func, ast.Attribute):
        name, allowed = call.func.attr, None
    else:
        return []
    alike = [other for group in ALIKE if name in group for other in group if other != name]
    return [other for other in alike if allowed is None or other in allowed]


def reverse_order(draft: Draft) -> str | None:
    """Sort the other way round."""
    found = [
        site.node
        for site in draft.sites
        if isinstance(site.node, ast.Call)
        and (
            (isinstance(site.node.func, ast.Name) and site.node.func.id == "sorted")
            or (isinstance(site.node.func, ast.Attribute) and site.node.func.attr == "sort")
        )
    ]
    if not found:
        return None
    call = draft.rng.choice(found)
    if any(keyword.arg == "reverse" for keyword in call.keywords):
        call.keywords = [keyword for keyword in call.keywords if keyword.arg != "reverse"]
    else:
        call.keywords.append(ast.keyword("reverse", ast.Constant(True)))
    return "sort the other way round"


def sort_first(draft: Draft) -> str | None:
    """Go through a list in sorted order."""
    loops = [
        node
        for statement in draft.live
        for node in ast.walk(statement)
        if isinstance(node, ast.For) and isinstance(node.iter, ast.Name)
    ]
    if not loops:
        return None
    loop = draft.rng.choice(loops)
    form = draft.rng.choice(("sorted({})", "sorted({}, reverse=True)", "reversed(list({}))"))
    loop.iter = syntax.parse_expression(form.format(ast.unparse(loop.iter)))
    return f"go through {ast.unparse(loop.iter)}"


def swap_arguments(draft: Draft) -> str | None:
    """Give two arguments of a call in the other order."""
    found = [
        site.node
        for site in draft.sites
        if isinstance(site.node, ast.Call) and len(site.node.args) == 2
    ]
    if not found:
        return None
    call = draft.rng.choice(found)
    call.args.reverse()
    return f"call {ast.unparse(call)[:60]}"


FAMILY = Family(
    "calls",
    ((2.0, swap_function), (0.6, reverse_order), (0.5, sort_first), (0.4, swap_arguments)),
)
