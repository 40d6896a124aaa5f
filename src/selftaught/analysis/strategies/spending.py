"""Spending: bandits, calls at the same time, and kept scores."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from selftaught.analysis.interpretation.tags import Tag
from selftaught.analysis.strategies.population import repeated
from selftaught.analysis.strategies.reading import Reading, Selected

GATHERS = {"gather", "create_task", "TaskGroup", "ensure_future", "as_completed", "wait"}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.Module)


def bandit(reading: Reading) -> Iterator[ast.AST]:
    """Give the choices of an arm by a statistic of its rewards, with exploration."""
    for each in reading.selected:
        if repeated(each.loops) and _explores(each):
            yield each.node


def _explores(each: Selected) -> bool:
    rewarded = each.key.has(Tag.SCORE, Tag.COMPARED)
    programs = each.members.has(Tag.CANDIDATE)
    if each.kind == "guard" or not rewarded:
        return False
    if each.kind == "draw":
        return not programs
    if each.key.has(Tag.ROOT) or each.key.has(Tag.RANDOM):
        return True
    return not programs and (each.drawn or (each.key.has(Tag.SCORE) and each.key.varies()))


# ------------------------------------------------------------------------ parallel calls


def parallel_calls(reading: Reading) -> Iterator[ast.AST]:
    """Give the places that start calls of which two or more are in flight at once."""
    working = [each for each in reading.launched if each.calls]
    gathered = _gathers(reading)
    sites = {each.node for each in working if each.kind in ("start", "thread")}
    for each in working:
        if each.kind == "map":
            yield each.node
        elif each.kind == "to_thread":
            if gathered:
                yield each.node
        elif not _waited_for(reading, each.node) and (each.loops or len(sites) > 1):
            yield each.node


def _gathers(reading: Reading) -> bool:
    """Return whether several coroutines are started before one is waited for."""
    found = 0
    for node in reading.values:
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rsplit(".", 1)[-1]
            if name in ("gather", "wait", "as_completed"):
                several = len(node.args) > 1 or any(isinstance(a, ast.Starred) for a in node.args)
                found += 2 if several or name != "gather" else 0
            elif name in GATHERS and not isinstance(reading.parents.get(node), ast.Await):
                found += 2 if _in_loop(reading, node) else 1
    return found > 1


def _in_loop(reading: Reading, node: ast.AST) -> bool:
    loops = (ast.For, ast.AsyncFor, ast.While, ast.ListComp, ast.SetComp, ast.GeneratorExp)
    for each in reading.above(node):
        if isinstance(each, FUNCTIONS):
            return False
        if isinstance(each, (*loops, ast.DictComp)):
            return True
    return False


def _waited_for(reading: Reading, node: ast.AST) -> bool:
    """Return whether what is started is waited for before the next can start."""
    parent = reading.parents.get(node)
    if isinstance(parent, ast.Attribute) and parent.attr in ("result", "get"):
        return True
    if isinstance(parent, ast.Expr) and isinstance(node, ast.Call):
        owner = getattr(node.func, "value", None)
        return isinstance(owner, ast.Name) and _joined_in_block(reading, parent, owner.id)
    if isinstance(parent, ast.Await):
        return not _gathers(reading)
    if isinstance(parent, ast.Assign) and isinstance(parent.targets[0], ast.Name):
        return _joined_in_block(reading, parent, parent.targets[0].id)
    return False


def _joined_in_block(reading: Reading, statement: ast.stmt, name: str) -> bool:
    block = reading.parents.get(statement)
    if not isinstance(block, ast.For | ast.While):
        return False
    return any(
        isinstance(each, ast.Attribute)
        and each.attr in ("result", "join")
        and isinstance(each.value, ast.Name)
        and each.value.id == name
        for each in ast.walk(block)
    )


# ------------------------------------------------------------------------------- caching


def caching(reading: Reading) -> Iterator[ast.AST]:
    """Give the calls of the utility before which a store of scores is asked."""
    scored = {each.node for each in reading.scored}
    inside = {each.node: each.stack for each in reading.scored}
    for node in reading.cached:
        if any(node in stack for stack in inside.values()) or node in scored:
            yield node
    for node in scored:
        if _asked_first(reading, node):
            yield node


def _asked_first(reading: Reading, node: ast.AST) -> bool:
    function = next((each for each in reading.above(node) if isinstance(each, FUNCTIONS)), None)
    if function is None:
        return False
    return any(
        _read_back(reading, function, node, store, test)
        for store, test in _lookups(reading, function)
        if _stores_score(reading, function, store)
    )


def _lookups(reading: Reading, function: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Give the stores that a function looks something up in, and the place."""
    for node in ast.walk(function):
        if isinstance(node, ast.FunctionDef) and node.name == "__missing__":
            yield node.args.args[0].arg if node.args.args else "", ast.Try([], [], [], [])
        elif isinstance(node, ast.Try) or (isinstance(node, ast.With) and _suppresses(node)):
            for store in _subscripted(node.body):
                yield store, node
        elif node in reading.values:
            asked = _store_asked(node)
            if asked:
                yield asked, node


def _store_asked(node: ast.AST) -> str:
    """Return what an expression looks something up in; empty where it does not."""
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
        where = node.comparators[0]
        if isinstance(where, ast.Call) and isinstance(where.func, ast.Attribute):
            where = where.func.value
        return ast.unparse(where)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return ast.unparse(node.func.value) if node.func.attr == "get" and node.args else ""
    return ""


def _subscripted(body: list[ast.stmt]) -> Iterator[str]:
    """Give what statements read by key."""
    for each in ast.walk(ast.Module(body, [])):
        if isinstance(each, ast.Subscript) and isinstance(each.ctx, ast.Load):
            yield ast.unparse(each.value)


def _suppresses(node: ast.With) -> bool:
    return any("suppress" in ast.unparse(item.context_expr) for item in node.items)


def _stores_score(reading: Reading, function: ast.AST, store: str) -> bool:
    for node in ast.walk(function):
        match node:
            case ast.Subscript(value=owner, ctx=ast.Store()) if ast.unparse(owner) == store:
                return reading.value(owner).flat().has(Tag.SCORE)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            named = ast.unparse(node.func.value) == store
            if named and node.func.attr in ("setdefault", "update", "__setitem__"):
                return reading.value(node.func.value).flat().has(Tag.SCORE)
    return False


def _read_back(
    reading: Reading, function: ast.AST, call: ast.AST, store: str, test: ast.AST
) -> bool:
    """Return whether a known score takes the place of the call."""
    if isinstance(test, ast.Try | ast.With | ast.Call):
        return True
    branch = next(
        (e for e in reading.above(test) if isinstance(e, ast.If | ast.IfExp | ast.stmt)), None
    )
    comprehension = any(isinstance(each, ast.comprehension) for each in reading.above(test)[:3])
    own = set(ast.walk(branch)) if branch is not None else set()
    reads = [
        each
        for each in ast.walk(function)
        if isinstance(each, ast.Subscript | ast.Call) and _reads(each, store)
    ]
    if comprehension:
        return any(each not in own for each in reads)
    if not isinstance(branch, ast.If | ast.IfExp):
        return False
    body = branch.body if isinstance(branch.body, list) else [branch.body]
    inner = {each for part in body for each in ast.walk(part)}
    if call in inner:
        block = reading.parents.get(branch)
        near = set(ast.walk(block)) if block is not None else set()
        return any(each not in inner and each in near for each in reads)
    return any(each in inner for each in reads)


def _reads(node: ast.Subscript | ast.Call, store: str) -> bool:
    if isinstance(node, ast.Subscript):
        return isinstance(node.ctx, ast.Load) and ast.unparse(node.value) == store
    called = node.func
    return (
        isinstance(called, ast.Attribute)
        and called.attr in ("get", "setdefault")
        and ast.unparse(called.value) == store
    )
