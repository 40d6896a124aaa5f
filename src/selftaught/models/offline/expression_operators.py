"""Operators on arithmetic: terms are replaced, added, wrapped and dropped, kinds kept."""

from __future__ import annotations

import ast

from selftaught.models.offline.draft import Draft, Family
from selftaught.models.offline.kinds import NUMERIC, ValueKind, kind_of
from selftaught.models.offline.sites import TreeSite
from selftaught.models.offline.terms import UNARY, UNARY_NUMBER, Terms, applied, operation, same
from selftaught.values import syntax

ARITHMETIC = NUMERIC - {ValueKind.BOOL} | {ValueKind.ARRAY}
SWAPS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Div, ast.Mod),
    ast.Mod: (ast.FloorDiv,),
}


class _Place:
    """An arithmetic expression of some function, its kind and a source of terms."""

    def __init__(self, draft: Draft, function: ast.FunctionDef, site: TreeSite) -> None:
        names = draft.names(function)
        self.site, self.draft = site, draft
        self.kind = kind_of(site.node, names)
        self.terms = Terms(function, names, draft.rng)

    def put(self, new: ast.expr | None, idea: str) -> str | None:
        old = self.site.node
        if new is None or same(old, new):
            return None
        before, after = _short(old), _short(new)
        self.site.put(new)
        return idea.format(old=before, new=after)


def _short(node: ast.expr) -> str:
    text = ast.unparse(node)
    return text if len(text) <= 50 else text[:47] + "..."


def _place(draft: Draft, whole: bool = False) -> _Place | None:
    """Return an arithmetic expression; ``whole``: one that is not part of another."""
    function = draft.pick_function()
    if function is None:
        return None
    names = draft.names(function)

    def fits(site: TreeSite) -> bool:
        if site.exact:
            return False
        if whole and isinstance(site.owner, ast.BinOp | ast.UnaryOp):
            return False
        return kind_of(site.node, names) in ARITHMETIC

    site = draft.pick_site(function, fits)
    return _Place(draft, function, site) if site else None


def replace_term(draft: Draft) -> str | None:
    """Replace an expression by another of its kind."""
    place = _place(draft)
    if place is None:
        return None
    return place.put(place.terms.of_kind(place.kind), "compute {new} instead of {old}")


def replace_whole(draft: Draft) -> str | None:
    """Replace a whole expression, such as what a function returns, by another of its kind."""
    place = _place(draft, whole=True)
    if place is None:
        return None
    return place.put(place.terms.of_kind(place.kind, 3), "compute {new} instead of {old}")


def insert_term(draft: Draft) -> str | None:
    """Add a term to an expression, or multiply it by a factor."""
    place = _place(draft, whole=True)
    if place is None:
        return None
    symbol = draft.rng.choice(("+", "-", "*", "/", "+"))
    kind = (
        ValueKind.ARRAY
        if place.kind is ValueKind.ARRAY and draft.rng.random() < 0.85
        else ValueKind.NUMBER
    )
    term = place.terms.of_kind(kind, 1)
    if term is None:
        return None
    if draft.rng.random() < 0.4:
        weight = draft.rng.choice(("0.1", "0.5", "2", "0.01", "0.001"))
        term = operation(syntax.parse_expression(weight), "*", term)
    return place.put(operation(place.site.node, symbol, term), "extend {old} to {new}")


def wrap_term(draft: Draft) -> str | None:
    """Apply a function, such as a square root, to an expression."""
    place = _place(draft)
    if place is None:
        return None
    forms = UNARY if place.kind is ValueKind.ARRAY else UNARY_NUMBER
    form = "-({})" if draft.rng.random() < 0.35 else draft.rng.choice(forms)
    return place.put(applied(form, place.site.node), "use {new} in place of {old}")


def drop_term(draft: Draft) -> str | None:
    """Leave one operand of an operation, or the argument of a function, in its place."""
    function = draft.pick_function()
    if function is None:
        return None
    names = draft.names(function)

    def fits(site: TreeSite) -> bool:
        node = site.node
        is_plain = isinstance(node, ast.BinOp | ast.UnaryOp) or _is_unary_call(node)
        if site.exact or not is_plain:
            return False
        return kind_of(node, names) in ARITHMETIC

    site = draft.pick_site(function, fits)
    if site is None:
        return None
    kind = kind_of(site.node, names)
    parts = [part for part in _operands(site.node) if _fits(kind_of(part, names), kind)]
    if not parts:
        return None
    return _Place(draft, function, site).put(draft.rng.choice(parts), "{new} alone, not {old}")


def _fits(part: ValueKind, whole: ValueKind) -> bool:
    """Return whether a part may stand for the whole: no number for an array or back."""
    return part is whole or (part in NUMERIC and whole is ValueKind.NUMBER)


def _is_unary_call(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords


def _operands(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp):
        return [node.left, node.right]
    if isinstance(node, ast.UnaryOp):
        return [node.operand]
    return list(node.args) if isinstance(node, ast.Call) else []


def swap_operator(draft: Draft) -> str | None:
    """Use another arithmetic operator."""
    function = draft.pick_function()
    if function is None:
        return None
    names = draft.names(function)

    def fits(site: TreeSite) -> bool:
        node = site.node
        if site.exact or not isinstance(node, ast.BinOp) or type(node.op) not in SWAPS:
            return False
        return kind_of(node, names) in ARITHMETIC

    site = draft.pick_site(function, fits)
    if site is None or not isinstance(site.node, ast.BinOp):
        return None
    node = site.node
    swapped = ast.BinOp(node.left, draft.rng.choice(SWAPS[type(node.op)])(), node.right)
    return _Place(draft, function, site).put(swapped, "compute {new} instead of {old}")


FAMILY = Family(
    "expressions",
    (
        (2.0, replace_term),
        (2.5, replace_whole),
        (2.0, insert_term),
        (1.0, wrap_term),
        (1.0, drop_term),
        (0.7, swap_operator),
    ),
)
