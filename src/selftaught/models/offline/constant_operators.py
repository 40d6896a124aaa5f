"""Operators on constants: numbers move on a logarithmic scale, truth values flip."""

from __future__ import annotations

import ast
import math
from random import Random

from selftaught.models.offline.draft import Draft, Family
from selftaught.models.offline.sites import TreeSite, number
from selftaught.values import syntax

LARGEST = 1_000_000
LARGEST_EXPONENT = 4
TRIVIAL = frozenset({"0", "1", "2", "0.0", "1.0", "2.0"})
"""Numbers that mean something else at every place."""


def move_number(value: float, rng: Random, width: float) -> float:
    """Return a number near ``value`` on a logarithmic scale, of the same type.

    Args:
        value: an int or a float.
        rng: source of chance.
        width: standard deviation of the logarithm of the factor, > 0.
    """
    if isinstance(value, int):
        return _move_int(value, rng, width)
    if value == 0.0:
        return rng.choice([-1.0, 1.0]) * round_off(10.0 ** rng.uniform(-3, 0.5))
    if 0.5 < value < 1.0:  # a rate or a probability: its distance from 1 is what counts
        moved = 1.0 - (1.0 - value) * math.exp(rng.gauss(0.0, 2 * width))
        return round_off(max(moved, value / 2), 6)
    return round_off(value * math.exp(rng.gauss(0.0, width)))


def _move_int(value: int, rng: Random, width: float) -> int:
    kind = rng.random()
    if kind < (0.5 if abs(value) < 8 else 0.1):
        return value + rng.choice([-1, 1, 1, 2])
    if kind < 0.6:
        return round(value * rng.choice([0.5, 2.0, 3.0, 5.0, 10.0]))
    moved = round((value or 1) * math.exp(rng.gauss(0.0, 1.5 * width)))
    return int(float(f"{moved:.2g}")) if abs(moved) > 100 else moved


def round_off(value: float, digits: int = 3) -> float:
    """Return ``value`` with that many significant digits."""
    return float(f"{value:.{digits}g}")


def _is_number(site: TreeSite) -> bool:
    node = site.node
    if not isinstance(node, ast.Constant) or isinstance(node.value, bool):
        return False
    if isinstance(site.owner, ast.Slice):
        return False
    return isinstance(node.value, int | float) and math.isfinite(node.value)


def _limit(site: TreeSite) -> float:
    owner = site.owner
    if isinstance(owner, ast.BinOp) and isinstance(owner.op, ast.Pow | ast.LShift):
        return LARGEST_EXPONENT
    return LARGEST


def change_number(draft: Draft) -> str | None:
    """Move one number."""
    numbers = [site for site in draft.sites if _is_number(site)]
    weights = [_weight(site) for site in numbers]
    return move_site(draft.rng.choices(numbers, weights)[0], draft) if numbers else None


def _weight(site: TreeSite) -> float:
    """Return how promising a number is: indices little, a loop's bound and rates more."""
    if isinstance(site.owner, ast.Call) and getattr(site.owner.func, "id", "") == "range":
        return 1.0
    if site.exact:
        return 0.1
    return 1.0 if isinstance(site.node, ast.Constant) and site.node.value else 0.5


def move_site(site: TreeSite, draft: Draft) -> str | None:
    """Move the number at ``site`` and return the idea; None where it would grow too large."""
    old = site.node.value  # type: ignore[attr-defined]
    new = move_number(old, draft.rng, 0.4 + 0.6 * min(draft.temperature, 2.0))
    if abs(new) > max(_limit(site), abs(old)) or new == old:
        return None
    site.put(number(new))
    return f"use {new:g} in place of {old:g}"


def change_everywhere(draft: Draft) -> str | None:
    """Move a number that occurs several times, wherever it occurs."""
    places: dict[str, list[TreeSite]] = {}
    for site in draft.sites:
        if _is_number(site) and not site.exact:
            places.setdefault(ast.unparse(site.node), []).append(site)
    found = [sites for text, sites in places.items() if len(sites) > 1 and text not in TRIVIAL]
    if not found:
        return None
    first, *rest = draft.rng.choice(found)
    idea = move_site(first, draft)
    if idea is None:
        return None
    text = ast.unparse(first.node)
    for site in rest:
        site.put(syntax.parse_expression(text))
    return f"{idea}, everywhere"


def change_default(draft: Draft) -> str | None:
    """Move a number that is named: a default, a keyword argument or an assigned constant."""
    named = [
        site
        for site in draft.sites
        if _is_number(site) and isinstance(site.owner, ast.arguments | ast.keyword | ast.Assign)
    ]
    return move_site(draft.rng.choice(named), draft) if named else None


def flip_truth(draft: Draft) -> str | None:
    """Turn True into False or back."""

    def is_truth(site: TreeSite) -> bool:
        return isinstance(site.node, ast.Constant) and isinstance(site.node.value, bool)

    function = draft.pick_function()
    site = draft.pick_site(function, is_truth) if function else None
    if site is None:
        return None
    new = not site.node.value  # type: ignore[attr-defined]
    site.put(ast.Constant(new))
    return f"try {new} instead of {not new}"


FAMILY = Family(
    "constants",
    ((4.0, change_number), (3.0, change_default), (1.0, change_everywhere), (0.5, flip_truth)),
)
