"""Operators on conditions: comparisons change, conditions are added, negated and dropped."""

from __future__ import annotations

import ast

from selftaught.models.offline.draft import Draft, Family
from selftaught.models.offline.kinds import NUMERIC, ValueKind, kind_of
from selftaught.models.offline.sites import TreeSite
from selftaught.models.offline.terms import Terms

TURNED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
}


def turn_comparison(draft: Draft) -> str | None:
    """Use another comparison, the nearest one most often."""

    def turns(site: TreeSite) -> bool:
        return isinstance(site.node, ast.Compare) and type(site.node.ops[0]) in TURNED

    found = [site for site in draft.sites if turns(site)]
    if not found:
        return None
    site = draft.rng.choice(found)
    node = site.node
    if not isinstance(node, ast.Compare):
        return None
    near, *far = TURNED[type(node.ops[0])]
    before = ast.unparse(node)
    chosen = far[0] if far and draft.rng.random() < 0.3 else near
    node.ops[0] = chosen()
    return f"ask for {ast.unparse(node)}, not {before}"


def change_bound(draft: Draft) -> str | None:
    """Compare with another number."""
    function = draft.pick_function()
    if function is None:
        return None
    names = draft.names(function)

    def fits(site: TreeSite) -> bool:
        kind = kind_of(site.node, names)
        in_comparison = isinstance(site.owner, ast.Compare) and not site.exact
        return in_comparison and kind in NUMERIC - {ValueKind.BOOL}

    site = draft.pick_site(function, fits)
    if site is None:
        return None
    new = Terms(function, names, draft.rng).of_kind(ValueKind.NUMBER, 1)
    if new is None:
        return None
    before = ast.unparse(site.node)
    site.put(new)
    return f"compare with {ast.unparse(new)}, not with {before}"


def _conditions(draft: Draft) -> list[TreeSite]:
    return [
        site
        for site in draft.sites
        if site.field == "test" and isinstance(site.owner, ast.If | ast.IfExp | ast.While)
    ]


def extend_condition(draft: Draft) -> str | None:
    """Ask for one thing more, or be content with another."""
    function = draft.pick_function()
    if function is None:
        return None
    inside = {id(node) for node in ast.walk(function)}
    found = [site for site in _conditions(draft) if id(site.owner) in inside]
    extra = Terms(function, draft.names(function), draft.rng).of_kind(ValueKind.BOOL, 1)
    if not found or extra is None:
        return None
    site = draft.rng.choice(found)
    both: ast.boolop = ast.And() if draft.rng.random() < 0.5 else ast.Or()
    site.put(ast.BoolOp(both, [site.node, extra]))
    return f"decide by {ast.unparse(site.node)}"


def drop_condition(draft: Draft) -> str | None:
    """Leave out one part of a condition with several."""
    found = [site for site in _conditions(draft) if isinstance(site.node, ast.BoolOp)]
    if not found:
        return None
    site = draft.rng.choice(found)
    node = site.node
    if not isinstance(node, ast.BoolOp):
        return None
    site.put(draft.rng.choice(node.values))
    return f"decide by {ast.unparse(site.node)} alone"


def negate(draft: Draft) -> str | None:
    """Turn a condition round."""
    found = [site for site in _conditions(draft) if not isinstance(site.owner, ast.While)]
    if not found:
        return None
    site = draft.rng.choice(found)
    site.put(ast.UnaryOp(ast.Not(), site.node))
    return f"decide by {ast.unparse(site.node)}"


def unguard(draft: Draft) -> str | None:
    """Do without asking what an ``if`` asks before."""
    found = [
        (block, index)
        for block in draft.blocks
        for index, node in enumerate(block)
        if isinstance(node, ast.If) and not isinstance(node.body[-1], ast.Return | ast.Raise)
    ]
    if not found:
        return None
    block, index = draft.rng.choice(found)
    node = block[index]
    if not isinstance(node, ast.If):
        return None
    block[index : index + 1] = node.body
    return f"go on without asking whether {ast.unparse(node.test)}"


FAMILY = Family(
    "conditions",
    (
        (1.2, turn_comparison),
        (1.5, change_bound),
        (0.7, extend_condition),
        (0.7, drop_condition),
        (0.6, negate),
        (0.5, unguard),
    ),
)
