"""Operators on whole statements: swapped, deleted, repeated and moved."""

from __future__ import annotations

import ast

from selftaught.models.offline.draft import Draft, Family
from selftaught.models.offline.sites import names_in
from selftaught.values import syntax

SIMPLE = (ast.Assign, ast.AugAssign, ast.Expr, ast.If, ast.For, ast.While)
Place = tuple[list[ast.stmt], int]


def _places(draft: Draft) -> list[Place]:
    """Return the block and number of every statement that may be moved about."""
    return [
        (block, index)
        for block in draft.blocks
        for index, node in enumerate(block)
        if isinstance(node, SIMPLE) and not _is_docstring(node)
    ]


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_plain(node: ast.stmt) -> bool:
    """Return whether doing a statement twice changes nothing: it doesn't read what it sets."""
    if not isinstance(node, ast.Assign):
        return False
    return not names_in(ast.Tuple(node.targets)) & names_in(node.value)


def _title(node: ast.stmt) -> str:
    line = ast.unparse(node).splitlines()[0]
    return line if len(line) <= 50 else line[:47] + "..."


def swap(draft: Draft) -> str | None:
    """Swap two statements that follow each other."""
    found = [place for place in _places(draft) if place[1] + 1 < len(place[0])]
    if not found:
        return None
    block, index = draft.rng.choice(found)
    if isinstance(block[index + 1], ast.Return | ast.Break | ast.Continue | ast.Raise):
        return None
    block[index], block[index + 1] = block[index + 1], block[index]
    return f"do `{_title(block[index])}` first"


def delete(draft: Draft) -> str | None:
    """Leave a statement out."""
    found = [place for place in _places(draft) if len(place[0]) > 1]
    if not found:
        return None
    block, index = draft.rng.choice(found)
    return f"do without `{_title(block.pop(index))}`"


def duplicate(draft: Draft) -> str | None:
    """Do a statement twice, there or at a later place of its block."""
    found = [place for place in _places(draft) if not _is_plain(place[0][place[1]])]
    if not found:
        return None
    block, index = draft.rng.choice(found)
    copy = syntax.parse(ast.unparse(block[index])).body[0]
    later = [place for place in range(index + 1, len(block) + 1) if _may_follow(block, place)]
    if not later:
        return None
    block.insert(draft.rng.choice(later), copy)
    return f"do `{_title(copy)}` once more"


def _may_follow(block: list[ast.stmt], place: int) -> bool:
    return not isinstance(block[place - 1], ast.Return | ast.Break | ast.Continue | ast.Raise)


def move(draft: Draft) -> str | None:
    """Move a statement to another place of its block."""
    found = [place for place in _places(draft) if len(place[0]) > 2]
    if not found:
        return None
    block, index = draft.rng.choice(found)
    node = block.pop(index)
    block.insert(draft.rng.randrange(len(block)), node)
    return f"do `{_title(node)}` at another place"


FAMILY = Family("statements", ((1.0, swap), (1.0, delete), (0.6, duplicate), (0.8, move)))
