"""Calls: of the parties, of the program's own functions and classes, and of all others."""

from __future__ import annotations

import ast
from dataclasses import replace

from selftaught.analysis.names import Named, Party
from selftaught.analysis.strategies import library, methods, texts, threads
from selftaught.analysis.strategies.called import Called
from selftaught.analysis.strategies.machine import Machine
from selftaught.analysis.strategies.operators import binary
from selftaught.analysis.strategies.reading import Asked, Scored
from selftaught.analysis.strategies.targets import add, assign, rebind
from selftaught.analysis.strategies.value import (
    NOTHING,
    SELECTIONS,
    ClassRef,
    Closure,
    Container,
    Instance,
    Method,
    Partial,
    Ref,
    Scope,
    Tag,
    Value,
    collection,
    constant,
    containers,
    contents,
    elements,
    flat,
    inherited,
    join,
    one,
    tagged,
)

AGAIN = 2
MAX_DEPTH = 22
DEFAULT_TEMPERATURE = 0.7
CACHES = {"functools.lru_cache", "functools.cache"}


def partial(function: Value, positional: tuple[Value, ...]) -> Partial:
    """Return a function with its first arguments."""
    return Partial(function, positional)


def call_node(machine: Machine, node: ast.Call, scope: Scope) -> Value:
    """Return what a call in the program gives."""
    function = machine.value(node.func, scope)
    positional: list[Value] = []
    for each in node.args:
        if isinstance(each, ast.Starred):
            given = machine.value(each.value, scope)
            positional += unpacked(given)
        else:
            positional.append(machine.value(each, scope))
    keywords = _keywords(machine, node, scope)
    found = call(machine, function, positional, keywords, node)
    _take(machine, node, positional, scope)
    state = methods.changed_state(machine, node, keywords, call)
    if state is not None and isinstance(node.func, ast.Attribute):
        rebind(machine, node.func.value, state, scope)
    return found


def _keywords(machine: Machine, node: ast.Call, scope: Scope) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for each in node.keywords:
        value = machine.value(each.value, scope)
        if each.arg is not None:
            found[each.arg] = value
            continue
        for ref in containers(value):
            for name, inside in ref.items.items():
                found[str(name)] = join([found.get(str(name), NOTHING), inside])
    return found


def unpacked(given: Value) -> list[Value]:
    """Return what ``*given`` gives, place by place where its length is known."""
    known = containers(given)
    fixed = [ref for ref in known if ref.rest is None and ref.keys is None]
    lengths = {len(ref.items) for ref in fixed}
    if not known or len(fixed) != len(known) or len(lengths) != 1:
        return [elements(given)] * 2
    places = zip(*(list(ref.items.values()) for ref in fixed), strict=True)
    return [inherited(given, join(values)) for values in places]


def _take(machine: Machine, node: ast.Call, positional: list[Value], scope: Scope) -> None:
    """Let what is taken out of those that wait, or thrown away, stand for that."""
    if not node.args or not positional or not isinstance(node.func, ast.Attribute | ast.Name):
        return
    target, given = node.args[0], positional[0]
    name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
    best = given.has(Tag.CHOSEN) and flat(given).has(Tag.CANDIDATE, Tag.INITIAL)
    if best and name in ("pop", "remove") and isinstance(target, ast.Name):
        machine.reading.waiting.append(node)
        scope.bind(target.id, given.with_tags(Tag.POPPED).without([Tag.CHOSEN]))
    discarded = isinstance(machine.reading.parents.get(node), ast.Expr)
    if name == "heappop" and discarded:
        rebind(machine, target, given.with_tags(Tag.TOP_LIST), scope)


def call(
    machine: Machine,
    function: Value,
    positional: list[Value],
    keywords: dict[str, Value],
    node: ast.AST,
) -> Value:
    """Return what calling a value gives."""
    machine.step()
    found = [_call_ref(machine, ref, positional, keywords, node) for ref in function.refs]
    if not found:
        given = [flat(each) for each in [function, *positional, *keywords.values()]]
        return replace(join(given), constants=frozenset(), refs=frozenset())
    texts_made = {each.words for each in found if each.has(Tag.HELD)}
    value = join(found)
    return value.with_tags(Tag.ALTERNATIVE) if len(texts_made) > 1 else value


def _call_ref(
    machine: Machine,
    ref: Ref,
    positional: list[Value],
    keywords: dict[str, Value],
    node: ast.AST,
) -> Value:
    if isinstance(ref, Closure):
        if ref.cached:
            machine.reading.cached.append(node)
        return call_closure(machine, ref, positional, keywords, node)
    if isinstance(ref, ClassRef):
        return instantiate(machine, ref, positional, keywords, node)
    if isinstance(ref, Instance):
        member = ref.cls.members.get("__call__", NOTHING)
        return call(machine, member, [one(ref), *positional], keywords, node)
    if isinstance(ref, Partial):
        given = {**dict(ref.keywords), **keywords}
        if ref.cached:
            machine.reading.cached.append(node)
        return call(machine, ref.function, [*ref.positional, *positional], given, node)
    if isinstance(ref, Party):
        return _score(machine, positional or list(keywords.values()), node)
    if isinstance(ref, Method):
        return _call_method(machine, ref, positional, keywords, node)
    if isinstance(ref, Named):
        return library.call_named(machine, ref.path, Called(positional, keywords, node, call))
    return NOTHING


# ------------------------------------------------------------------------ the parties


def _score(machine: Machine, positional: list[Value], node: ast.AST) -> Value:
    program = flat(positional[0]) if positional else NOTHING
    place = (tuple(machine.loops), tuple(machine.stack))
    machine.reading.scored.append(Scored(node, *place, program))
    return tagged(Tag.SCORE)


def _call_method(
    machine: Machine,
    ref: Method,
    positional: list[Value],
    keywords: dict[str, Value],
    node: ast.AST,
) -> Value:
    party = any(isinstance(each, Party) for each in ref.receiver.refs)
    if party and ref.name in ("prompt", "batch_prompt"):
        return _ask(machine, ref.name, positional, keywords, node)
    if party and ref.name == "batch":
        inside = elements(positional[0]) if positional else NOTHING
        return collection(_score(machine, [inside], node))
    if party:
        return tagged(Tag.OBSERVED)
    own = [each for each in ref.receiver.refs if isinstance(each, Instance)]
    if own and ref.name == "start":
        threads.started(machine, [each.cls.members["run"] for each in own], own, node, call)
        return NOTHING
    if ref.name in ("visit", "generic_visit"):
        return _visit(machine, ref, positional, node)
    return methods.call_method(machine, ref, Called(positional, keywords, node, call))


LEAVES = {"visit_Constant", "visit_Num", "visit_Name", "visit_BinOp", "visit_Compare"}


def _visit(machine: Machine, ref: Method, positional: list[Value], node: ast.AST) -> Value:
    """Return what a visitor or transformer of syntax trees makes of a tree."""
    tree = flat(positional[0]) if positional else NOTHING
    part = tree.without([Tag.TREE]).with_tags(Tag.PART)
    for own in ref.receiver.refs:
        if not isinstance(own, Instance):
            continue
        for name, member in own.cls.members.items():
            if name.startswith("visit_") and machine.stack.count(node) == 0:
                call(machine, member, [one(own), part], {}, node)
        if LEAVES & own.cls.members.keys() and tree.has(Tag.TREE):
            return texts.edited(tree).with_tags(Tag.TREE)
    return tree


def _ask(
    machine: Machine,
    name: str,
    positional: list[Value],
    keywords: dict[str, Value],
    node: ast.AST,
) -> Value:
    names = ["expertise", "message", "n_responses", "temperature"]
    if name == "batch_prompt":
        names = ["expertise", "message_batch", "temperature"]
    given = {**dict(zip(names, positional, strict=False)), **keywords}
    message = given.get("message") or given.get("message_batch") or NOTHING
    batch = name == "batch_prompt"
    whole = message if batch else flat(message)
    shown = flat(elements(whole)) if batch else whole
    expertise = flat(given.get("expertise", NOTHING))
    said = texts.composed(machine, node, [(ast.Constant(0), expertise), (ast.Constant(1), shown)])
    if not (shown.tags or shown.refs or expertise.tags):
        said = replace(said, tags=said.tags | {Tag.HELD})
    several = given.get("n_responses", constant(1)).constants != frozenset({1})
    loops, stack = tuple(machine.loops), tuple(machine.stack)
    temperature = given.get("temperature", constant(DEFAULT_TEMPERATURE))
    kept = Asked(node, loops, stack, _with_selection(said, shown), temperature, several, batch)
    machine.reading.asked.append(kept)
    answer = replace(tagged(Tag.RAW, Tag.ANSWER), words=said.words)
    if said.has(Tag.CANDIDATE):
        answer = answer.with_tags(Tag.SURVIVOR)
    return collection(answer, population=False)


def _with_selection(said: Value, shown: Value) -> Value:
    """Return a message; where it is a candidate and nothing else, its selection counts."""
    marks = shown.tags & SELECTIONS if not shown.has(Tag.HELD) else frozenset()
    return replace(said, tags=said.tags | marks)


# -------------------------------------------------------------------------- functions


def call_closure(
    machine: Machine,
    found: Closure,
    positional: list[Value],
    keywords: dict[str, Value],
    node: ast.AST,
) -> Value:
    """Return what a function of the program gives, read with these arguments."""
    body = found.node
    if machine.stack.count(body) and _over_siblings(machine, body, positional):
        machine.reading.recursions.append(node)
    if machine.stack.count(body) >= AGAIN or len(machine.stack) >= MAX_DEPTH:
        return NOTHING
    scope = Scope(outer=found.scope)
    _bind(machine, found, scope, positional, keywords)
    machine.stack += [node, body]
    guards, machine.guards = machine.guards, []
    try:
        if isinstance(body, ast.Lambda):
            return machine.value(body.body, scope)
        machine.function_body(body.body, scope)
    finally:
        del machine.stack[-2:]
        machine.guards = guards
    given = join(scope.given)
    if scope.yielded:
        return join([collection(join(scope.yielded), population=False), given])
    return given


def _over_siblings(machine: Machine, body: ast.AST, positional: list[Value]) -> bool:
    """Return whether a function calls itself from a loop of its own over candidates."""
    inner = set(map(id, ast.walk(body)))
    loops = [loop for loop in machine.loops if id(loop) in inner]
    given = join(flat(each) for each in positional)
    over = [flat(machine.reading.value(loop.iter)) for loop in loops if isinstance(loop, ast.For)]
    return given.has(Tag.CANDIDATE) and any(each.has(Tag.CANDIDATE) for each in over)


def _bind(
    machine: Machine,
    found: Closure,
    scope: Scope,
    positional: list[Value],
    keywords: dict[str, Value],
) -> None:
    given = found.node.args
    names = [each.arg for each in [*given.posonlyargs, *given.args]]
    defaults = dict(zip(reversed(names), reversed(given.defaults), strict=False))
    more = zip(given.kwonlyargs, given.kw_defaults, strict=True)
    defaults |= {each.arg: default for each, default in more if default is not None}
    values = dict(zip(names, positional, strict=False)) | keywords
    for name in [*names, *(each.arg for each in given.kwonlyargs)]:
        if name in values:
            scope.names[name] = values[name]
        elif name in defaults:
            scope.names[name] = machine.value(defaults[name], found.scope)
    if given.vararg:
        scope.names[given.vararg.arg] = collection(join(positional[len(names) :]))
    if given.kwarg:
        extra = {k: v for k, v in keywords.items() if k not in names}
        scope.names[given.kwarg.arg] = one(Container(items=dict(extra)))


def instantiate(
    machine: Machine,
    found: ClassRef,
    positional: list[Value],
    keywords: dict[str, Value],
    node: ast.AST,
) -> Value:
    """Return a new object of a class."""
    made = Instance(found)
    fields = [
        each.target.id
        for each in found.node.body
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    ]
    if "__init__" in found.members:
        call(machine, found.members["__init__"], [one(made), *positional], keywords, node)
    else:
        made.attributes.update(dict(zip(fields, positional, strict=False)) | keywords)
    return one(made)


def decorate(machine: Machine, node: ast.expr, value: Value, scope: Scope) -> Value:
    """Return a function with a decorator on it."""
    decorator = machine.value(node, scope)
    if any(
        isinstance(r, Named) and (r.path in CACHES or r.path == "*cache") for r in decorator.refs
    ):
        closures = [Closure(r.node, r.scope, True) for r in value.refs if isinstance(r, Closure)]
        return Value(refs=frozenset(closures))
    own = any(isinstance(ref, Closure) for ref in decorator.refs)
    return call(machine, decorator, [value], {}, node) if own else value


def augment(machine: Machine, node: ast.AugAssign, scope: Scope) -> None:
    """Let ``x += y`` change what x stands for."""
    load = _loaded(node.target)
    before, value = machine.value(load, scope), machine.value(node.value, scope)
    if containers(before) and isinstance(node.op, ast.Add | ast.BitOr):
        add(before, elements(value))
        after = before.without([Tag.RANKED, Tag.TOP_LIST, *SELECTIONS])
        rebind(machine, node.target, machine.state(after), scope)
        return
    binop = ast.BinOp(load, node.op, node.value)
    after = binary(machine, binop, before, value)
    inside = flat(value)
    grows = before.has(Tag.HELD) or before.constants or inside.has(Tag.HELD)
    if grows and machine.loops and isinstance(node.op, ast.Add) and inside.has(Tag.CANDIDATE):
        after = after.without([Tag.ALTERNATIVE])
        after = after.with_tags(*_accumulated(inside))
    judged = any(test.has(Tag.COMPARED, Tag.LOST, Tag.WON) for test in machine.guards)
    if isinstance(node.target, ast.Subscript):
        judged = judged or machine.value(node.target.slice, scope).has(Tag.WON)
    if judged and not flat(after).has(Tag.CANDIDATE, Tag.INITIAL, Tag.HELD):
        after = after.with_tags(Tag.COMPARED)
    if machine.loops and not isinstance(node.op, ast.Add):
        after = after.with_tags(Tag.VARIES)
    assign(machine, node.target, after, scope)


def _accumulated(inside: Value) -> list[Tag]:
    return [Tag.MANY, Tag.PAIR] if inside.has(Tag.DRAWN) else [Tag.MANY]


def _loaded(target: ast.expr) -> ast.expr:
    """Return the target as an expression that is read."""
    return target


__all__ = ["augment", "call", "call_node", "constant", "contents", "decorate", "partial"]
