"""Shape: the search that a program carries out."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from selftaught.analysis.interpretation.tags import Tag
from selftaught.analysis.strategies.population import REPEATS, repeated
from selftaught.analysis.strategies.reading import Asked, Reading


def best_of_n(reading: Reading) -> Iterator[ast.AST]:
    """Give the choices between answers, where no prompt ever holds a candidate."""
    if any(_holds(each) for each in reading.asked):
        return
    if not any(_alternatives(reading, each) for each in reading.asked):
        return
    for each in reading.selected:
        if each.kind == "guard" and each.members.has(Tag.VOTED):
            continue
        if each.kind != "draw" and each.key.has(Tag.SCORE) and each.members.has(Tag.ANSWER):
            yield each.node


def _holds(asked: Asked) -> bool:
    return asked.message.has(Tag.CANDIDATE)


def _alternatives(reading: Reading, asked: Asked) -> bool:
    """Return whether a call, alone or repeated, brings several answers for the same thing."""
    if asked.several and not asked.batch:
        return True
    loops = list(asked.loops)
    if asked.message.has(Tag.PART):
        over = [loop for loop in _message_loops(reading, asked) if not _over_parts(reading, loop)]
        return bool(over)
    return asked.batch or bool(loops) or len({each.node for each in reading.asked}) > 1


def _message_loops(reading: Reading, asked: Asked) -> list[ast.AST]:
    found: list[ast.AST] = [each for each in asked.loops]
    for node, value in reading.values.items():
        if not (isinstance(node, ast.ListComp) and asked.batch):
            continue
        inside = value.flat()
        if inside.has(Tag.PART) and inside.has(Tag.HELD):
            found += [generator.iter for generator in node.generators]
    return found


def _over_parts(reading: Reading, loop: ast.AST) -> bool:
    values = reading.over(loop)
    if isinstance(loop, ast.expr) and not values:
        values = [reading.value(loop)]
    return any(
        v.has(Tag.LINES)
        or v.flat().has(Tag.PART, Tag.INITIAL, Tag.RAW)
        or (v.flat().has(Tag.NUMBER) and isinstance(loop, ast.ListComp | ast.For))
        for v in values
    )


def greedy_iterative(reading: Reading) -> Iterator[ast.AST]:
    """Give the prompts that show the one survivor."""
    other = (Tag.POPPED, Tag.ACCEPTED, Tag.TOP, Tag.DRAWN)
    excluded = {
        each.node
        for each in reading.asked
        if each.message.has(*other)
        or (each.message.has(Tag.PAIR) and not each.message.has(Tag.PART))
    }
    for each in reading.asked:
        if each.message.has(Tag.SURVIVOR) and each.node not in excluded:
            yield each.node


def beam_search(reading: Reading) -> Iterator[ast.AST]:
    """Give the prompts that show one of the best few each."""
    other = (Tag.PAIR, Tag.DRAWN, Tag.POPPED, Tag.MANY)
    for each in reading.asked:
        top = each.message.has(Tag.TOP) and each.message.has(Tag.CANDIDATE)
        if top and not each.message.has(*other):
            yield each.node


def tree_search(reading: Reading) -> Iterator[ast.AST]:
    """Give the places where the next to expand is taken out of all that wait."""
    expanded = [each for each in reading.asked if each.message.has(Tag.POPPED)]
    edits = [e for e in reading.scored if e.program.has(Tag.POPPED) and e.program.has(Tag.EDITED)]
    loops = [*(each.loops for each in expanded), *(each.loops for each in edits)]
    if any(repeated(each) for each in loops):
        yield from reading.waiting or [each.node for each in expanded]
    yield from reading.recursions


def simulated_annealing(reading: Reading) -> Iterator[ast.AST]:
    """Give the places where a worse state is accepted by chance, less and less often."""
    yield from reading.accepted


def restarts(reading: Reading) -> Iterator[ast.AST]:
    """Give the places where a search of several steps begins again."""
    for each in reading.restarted:
        if _is_search(reading, each.node):
            yield each.node
    yield from _resets(reading)


def _is_search(reading: Reading, loop: ast.AST) -> bool:
    prompts = [each for each in reading.asked if loop in each.loops]
    if any(each.message.has(Tag.CANDIDATE) for each in prompts):
        return True
    edits = [each for each in reading.scored if loop in each.loops]
    return any(each.program.has(Tag.EDITED, Tag.SPLICED) for each in edits)


def _resets(reading: Reading) -> Iterator[ast.AST]:
    """Give assignments in a branch of a search's loop that take the state back."""
    for node in list(reading.values):
        if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Store):
            continue
        branch, loop = _branch_and_loop(reading, node)
        if branch is None or loop is None or not _is_search(reading, loop):
            continue
        if reading.value(branch.test).has(Tag.ACCEPTS):
            continue
        source = _source_of(reading, node)
        if source is not None and _taken_back(reading, node, source, loop):
            yield node


def _branch_and_loop(reading: Reading, node: ast.AST) -> tuple[ast.If | None, ast.AST | None]:
    branch = None
    for each in reading.above(node):
        if isinstance(each, ast.If) and branch is None:
            branch = each
        if isinstance(each, REPEATS):
            return branch, each
    return branch, None


def _source_of(reading: Reading, node: ast.Name) -> ast.expr | None:
    """Return the expression that an assignment gives this very name."""
    for each in reading.above(node):
        if isinstance(each, ast.Assign):
            target = each.targets[0]
            if isinstance(target, ast.Tuple) and isinstance(each.value, ast.Tuple):
                pairs = zip(target.elts, each.value.elts, strict=False)
                return next((value for name, value in pairs if name is node), None)
            return each.value
    return None


def _taken_back(reading: Reading, node: ast.Name, source: ast.expr, loop: ast.AST) -> bool:
    names = {n.id for n in ast.walk(source) if isinstance(n, ast.Name)}
    if node.id in names:
        return False
    assigned = [
        each
        for each in ast.walk(loop)
        if isinstance(each, ast.Name) and each.id == node.id and isinstance(each.ctx, ast.Store)
    ]
    others = [each for each in assigned if each is not node]
    if not any(reading.value(each).flat().has(Tag.CANDIDATE) for each in others):
        return False
    for each in ast.walk(source):
        if isinstance(each, ast.Name):
            value = reading.value(each).flat()
            if value.has(Tag.INITIAL) and not value.has(Tag.CANDIDATE):
                return True
    stored = reading.value(source).flat()
    drawn = stored.has(Tag.DRAWN) and isinstance(source, ast.Call)
    named = isinstance(source, ast.Name | ast.Subscript | ast.Attribute) and stored.has(Tag.CHOSEN)
    kept = (named or drawn) and id(loop) in stored.loops
    before = drawn or names & _bound_before(reading, loop)
    return kept and bool(before) and _shown(reading, node.id, loop)


def _bound_before(reading: Reading, loop: ast.AST) -> set[str]:
    """Return the names that a loop's function assigns outside of the loop."""
    function = next((e for e in reading.above(loop) if isinstance(e, ast.FunctionDef)), None)
    inner = set(ast.walk(loop))
    return {
        each.id
        for each in (ast.walk(function) if function else ())
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store) and each not in inner
    }


def _shown(reading: Reading, name: str, loop: ast.AST) -> bool:
    """Return whether a name's text goes into a prompt or an edit within a loop."""
    for each in ast.walk(loop):
        if isinstance(each, ast.Name) and each.id == name and isinstance(each.ctx, ast.Load):
            for outer in reading.above(each):
                if isinstance(outer, ast.JoinedStr | ast.BinOp):
                    return True
                if isinstance(outer, ast.Call) and _composes(reading, outer):
                    return True
                if isinstance(outer, ast.stmt):
                    break
    return False


def _composes(reading: Reading, call: ast.Call) -> bool:
    """Return whether a call makes a text of what it is given."""
    return reading.value(call).has(Tag.HELD, Tag.EDITED)
