"""Operators on what a whole function does with its candidate: iterate, keep the best, restart.

They apply to any function that takes a candidate, calls its other parameters and returns
a candidate, whatever the candidate is.
"""

from __future__ import annotations

import ast
from copy import deepcopy

from selftaught.models.offline.draft import Draft, Family
from selftaught.models.offline.parameter_roles import Shape, shapes
from selftaught.models.offline.sites import fresh_name, parameters
from selftaught.models.offline.terms import operation
from selftaught.values import syntax

MOST_LAYERS = 3
"""Functions with the same parameters that may stand on one another."""


def _pick(draft: Draft) -> Shape | None:
    """Return a function to work on: the entry point twice as often as any other."""
    found = shapes(draft.tree)
    if not found:
        return None
    weights = [2 if shape.function is draft.entry else 1 for shape in found]
    return draft.rng.choices(found, weights)[0]


def _layers(shape: Shape, draft: Draft) -> int:
    own = parameters(shape.function)
    return sum(parameters(other)[: len(own)] == own for other in draft.functions)


def _wrap(shape: Shape, draft: Draft, body: str) -> None:
    """Put a new function in front: ``{once}`` in ``body`` calls the old one.

    ``body`` may name ``{once}``, ``{candidate}``, ``{scorer}`` and the local names
    ``{best}`` and ``{found}``; the call takes ``{best}`` as its candidate.
    """
    function = shape.function
    name, inner = function.name, fresh_name(f"{function.name}_once", draft.tree)
    best, found = (fresh_name(wish, draft.tree) for wish in ("best", "found"))
    handed_on = ", ".join(
        best if name == shape.candidate else name for name in parameters(function)
    )
    text = body.format(
        once=f"{inner}({handed_on})",
        candidate=shape.candidate,
        scorer=shape.scorer,
        best=best,
        found=found,
    )
    outer = syntax.parse(f"def {name}():\n{_indented(text)}").body[0]
    if not isinstance(outer, ast.FunctionDef):
        return
    outer.args = deepcopy(function.args)
    function.name = inner
    draft.tree.body.insert(draft.tree.body.index(function) + 1, outer)


def _indented(text: str) -> str:
    return "\n".join("    " + line for line in text.strip("\n").split("\n"))


ITERATE = """
{best} = {candidate}
for _ in range(ROUNDS):
    try:
        {best} = {once}
    except Exception:
        break
return {best}
"""

CLIMB = """
{best} = {candidate}
for _ in range(ROUNDS):
    try:
        {best} = max({best}, {once}, key={scorer})
    except Exception:
        break
return {best}
"""

RESTART = """
{best} = {candidate}
{found} = []
for _ in range(ROUNDS):
    try:
        {found}.append({once})
    except Exception:
        break
return max({found}, key={scorer})
"""

POPULATION = """
{found} = [{candidate}]
for _ in range(ROUNDS):
    for {best} in list({found}):
        try:
            {found}.append({once})
        except Exception:
            break
    {found} = sorted({found}, key={scorer}, reverse=True)[:KEPT]
return {found}[0]
"""

GUARD = """
{best} = {candidate}
try:
    return {once}
except Exception:
    return {best}
"""


def _wrapped(draft: Draft, body: str, needs_scorer: bool) -> bool:
    shape = _pick(draft)
    if shape is None or _layers(shape, draft) > MOST_LAYERS - 1:
        return False
    if needs_scorer and shape.scorer is None:
        return False
    rounds = str(draft.rng.choice((3, 4, 5, 6, 8)))
    _wrap(shape, draft, body.replace("ROUNDS", rounds).replace("KEPT", draft.rng.choice("23")))
    return True


def iterate(draft: Draft) -> str | None:
    """Feed the result back in, and stop at the first exception."""
    done = _wrapped(draft, ITERATE, needs_scorer=False)
    return "feed the result back in for several rounds" if done else None


def climb(draft: Draft) -> str | None:
    """Feed the best so far back in, and stop at the first exception."""
    done = _wrapped(draft, CLIMB, needs_scorer=True)
    return "go on from the best so far for several rounds" if done else None


def restart(draft: Draft) -> str | None:
    """Start from the candidate several times and keep the best result."""
    done = _wrapped(draft, RESTART, needs_scorer=True)
    return "start several times and keep the best" if done else None


def population(draft: Draft) -> str | None:
    """Keep several candidates and go on from each."""
    done = _wrapped(draft, POPULATION, needs_scorer=True)
    return "keep the best few and go on from each" if done else None


def guard(draft: Draft) -> str | None:
    """Return the candidate itself where something raises."""
    done = _wrapped(draft, GUARD, needs_scorer=False)
    return "return what was given where something raises" if done else None


def keep_input(draft: Draft) -> str | None:
    """Let what was given compete with what would be returned."""
    shape = _pick(draft)
    if shape is None or shape.scorer is None:
        return None
    found = [node for node in ast.walk(shape.function) if isinstance(node, ast.Return)]
    node = draft.rng.choice(found)
    if node.value is None or f"max({shape.candidate}, " in ast.unparse(node.value):
        return None
    text = f"max({shape.candidate}, {ast.unparse(node.value)}, key={shape.scorer})"
    node.value = syntax.parse_expression(text)
    return "keep what was given unless the result is better"


def share_budget(draft: Draft) -> str | None:
    """Divide a number that is a smaller one of several, as a budget is, by two or three."""
    found = [
        site
        for site in draft.sites
        if isinstance(site.node, ast.Call)
        and ast.unparse(site.node.func) == "min"
        and len(site.node.args) > 1
        and not isinstance(site.owner, ast.BinOp)
    ]
    if not found:
        return None
    site = draft.rng.choice(found)
    part = operation(site.node, "//", ast.Constant(draft.rng.choice((2, 3))))
    site.put(syntax.parse_expression(f"max(1, {ast.unparse(part)})"))
    return "spend less at a time, so that more rounds are left"


def vary_by_round(draft: Draft) -> str | None:
    """Let a named number depend on the round: it becomes a parameter of the inner function."""
    found = [
        (call, loop, inner, keyword)
        for loop in ast.walk(draft.tree)
        if isinstance(loop, ast.For) and isinstance(loop.target, ast.Name)
        for call in ast.walk(loop)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        for inner in draft.functions
        if inner.name == call.func.id
        for keyword in ast.walk(inner)
        if isinstance(keyword, ast.keyword) and _is_free(keyword, inner)
    ]
    if not found:
        return None
    call, loop, inner, keyword = draft.rng.choice(found)
    name, counter = str(keyword.arg), fresh_name("turn", draft.tree)
    loop.target = ast.Name(counter, ast.Store())
    inner.args.args.append(ast.arg(name))
    inner.args.defaults.append(keyword.value)
    start, factor = ast.unparse(keyword.value), draft.rng.choice((0.5, 0.7, 1.3, 1.5))
    keyword.value = ast.Name(name, ast.Load())
    value = syntax.parse_expression(f"{start} * {factor} ** {counter}")
    call.keywords.append(ast.keyword(name, value))
    return f"let {name} change from round to round"


def _is_free(keyword: ast.keyword, inner: ast.FunctionDef) -> bool:
    """Return whether a keyword argument's number can become a parameter of that name."""
    is_number = isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, float)
    taken = inner.args.vararg or inner.args.kwarg or inner.args.kwonlyargs
    return is_number and not taken and keyword.arg not in parameters(inner)


FAMILY = Family(
    "structure",
    (
        (2.5, climb),
        (2.0, iterate),
        (2.0, keep_input),
        (1.5, restart),
        (1.0, population),
        (0.6, guard),
        (0.6, share_budget),
        (0.8, vary_by_round),
    ),
)
