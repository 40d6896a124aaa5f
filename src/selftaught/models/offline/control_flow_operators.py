"""Operators on the flow of control: how often loops run and when they end."""

from __future__ import annotations

import ast

from selftaught.models.offline.constant_operators import LARGEST
from selftaught.models.offline.draft import Draft, Family
from selftaught.models.offline.sites import FunctionNode, TreeSite, fresh_name
from selftaught.models.offline.terms import operation
from selftaught.values import syntax

Block = list[ast.stmt]


def _range_sites(draft: Draft) -> list[TreeSite]:
    """Return the bounds of the loops that only count turns."""
    return [
        TreeSite(loop.iter, "args", len(loop.iter.args) - 1)
        for _, _, loop in _loops(draft)
        if isinstance(loop, ast.For)
        and isinstance(loop.iter, ast.Call)
        and isinstance(loop.iter.func, ast.Name)
        and loop.iter.func.id == "range"
        and len(loop.iter.args) in {1, 2}
        and not _counts(loop)
    ]


def _grows(loop: ast.AST) -> bool:
    """Return whether a list or a set grows in a loop."""
    grow = {"append", "add", "extend"}
    return any(isinstance(node, ast.Attribute) and node.attr in grow for node in ast.walk(loop))


def _counts(loop: ast.For) -> bool:
    """Return whether the number of turns matters: the counter is read, or a list grows."""
    counter = ast.unparse(loop.target)
    return any(
        isinstance(node, ast.Name) and node.id == counter
        for statement in loop.body
        for node in ast.walk(statement)
    ) or _grows(loop)


def longer_loop(draft: Draft) -> str | None:
    """Let a counted loop run more often; a constant bound only grows up to a limit."""
    found = _range_sites(draft)
    if not found:
        return None
    site = draft.rng.choice(found)
    factor = draft.rng.choice((2, 2, 3, 4, 5, 8, 10, 20))
    node, before = site.node, ast.unparse(site.node)
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        if node.value * factor > LARGEST:
            return None
        site.put(ast.Constant(node.value * factor))
    elif before.count("*") < 2:
        site.put(operation(ast.Constant(factor), "*", node))
    else:
        return None
    return f"loop {ast.unparse(site.node)} times, not {before}"


def _loops(draft: Draft) -> list[tuple[Block, int, ast.For | ast.While]]:
    return [
        (block, index, node)
        for block in draft.blocks
        for index, node in enumerate(block)
        if isinstance(node, ast.For | ast.While)
    ]


def repeat(draft: Draft) -> str | None:
    """Run a loop, or another compound statement, several times over."""
    found = [
        place for place in _loops(draft) if isinstance(place[2], ast.For) and not _grows(place[2])
    ]
    if not found:
        return None
    block, index, node = draft.rng.choice(found)
    again = syntax.parse(f"for _ in range({draft.rng.choice((2, 3, 4))}):\n    pass").body[0]
    if not isinstance(again, ast.For):
        return None
    again.body = [node]
    block[index] = again
    return "go over the loop several times"


def drop_exit(draft: Draft) -> str | None:
    """Take a ``break``, a ``continue`` or an early return out of a loop."""
    found = [
        (block, index)
        for block in draft.blocks
        for index, node in enumerate(block)
        if isinstance(node, ast.Break | ast.Continue)
    ]
    if not found:
        return None
    block, index = draft.rng.choice(found)
    block[index] = ast.Pass()
    return "go on where the loop would have ended"


def add_exit(draft: Draft) -> str | None:
    """End a loop after its first hit: put a ``break`` at the end of an ``if`` inside it."""
    found = [
        node
        for _, _, loop in _loops(draft)
        for node in loop.body
        if isinstance(node, ast.If) and not isinstance(node.body[-1], ast.Break | ast.Return)
    ]
    if not found:
        return None
    node = draft.rng.choice(found)
    node.body.append(ast.Break())
    return f"end the loop as soon as {ast.unparse(node.test)}"


def until_stable(draft: Draft) -> str | None:
    """Repeat a loop for as long as one of the assignments in its ``if`` still happens."""
    found = [
        (block, index, loop, node)
        for block, index, loop in _loops(draft)
        for node in ast.walk(loop)
        if isinstance(node, ast.If) and not _leaves(node)
    ]
    if not found:
        return None
    block, index, loop, condition = draft.rng.choice(found)
    flag, rounds = fresh_name("changed", draft.tree), draft.rng.choice((10, 20, 50))
    condition.body.append(syntax.parse(f"{flag} = True").body[0])
    ending = f"if not {flag}:\n        break"
    text = f"for _ in range({rounds}):\n    {flag} = False\n    pass\n    {ending}"
    outer = syntax.parse(text).body[0]
    if not isinstance(outer, ast.For):
        return None
    outer.body[1] = loop
    block[index] = outer
    return f"repeat the loop until {ast.unparse(condition.test)} no longer holds"


def _leaves(node: ast.AST) -> bool:
    return any(
        isinstance(child, ast.Break | ast.Return | ast.Raise | ast.Continue | FunctionNode)
        for child in ast.walk(node)
    )


FAMILY = Family(
    "control",
    ((2.0, longer_loop), (1.0, repeat), (0.5, drop_exit), (0.5, add_exit), (1.0, until_stable)),
)
