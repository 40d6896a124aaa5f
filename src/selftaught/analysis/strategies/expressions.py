"""Expressions: what each kind of expression may stand for."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from selftaught.analysis.names import Named, Party
from selftaught.analysis.strategies import calls, texts
from selftaught.analysis.strategies.machine import Machine
from selftaught.analysis.strategies.operators import binary, compared, otherwise
from selftaught.analysis.strategies.reading import Selected
from selftaught.analysis.strategies.targets import STORED, assign
from selftaught.analysis.strategies.value import (
    DATA,
    NOTHING,
    OF_COLLECTION,
    PROGRAM,
    SELECTIONS,
    ClassRef,
    Closure,
    Container,
    Instance,
    Method,
    Ref,
    Scope,
    Tag,
    Value,
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


def value_of(machine: Machine, node: ast.expr, scope: Scope) -> Value:
    """Return what an expression may stand for."""
    method = KINDS.get(type(node))
    if method is not None:
        return method(machine, node, scope)
    inner = [each for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr)]
    return join(machine.value(each, scope) for each in inner)


def _constant(machine: Machine, node: ast.Constant, scope: Scope) -> Value:
    return constant(node.value)


def _name(machine: Machine, node: ast.Name, scope: Scope) -> Value:
    found = scope.find(node.id)
    if found is not None:
        return found
    return one(Named(f"builtins.{node.id}")) if hasattr(builtins, node.id) else NOTHING


def _attribute(machine: Machine, node: ast.Attribute, scope: Scope) -> Value:
    return attribute(machine, machine.value(node.value, scope), node.attr)


def attribute(machine: Machine, owner: Value, name: str) -> Value:
    """Return what an attribute of a value may be."""
    if owner.refs:
        return join(_of_ref(machine, ref, owner, name) for ref in owner.refs)
    if name == "body" and owner.has(Tag.TREE):
        body = replace(owner, refs=frozenset({Container(rest=_node(owner))}))
        return body.with_tags(Tag.LINES).without([Tag.TREE])
    kept = replace(owner.without(OF_COLLECTION), constants=frozenset())
    return replace(kept, refs=frozenset({Method(owner, name)}))


def _of_ref(machine: Machine, ref: Ref, owner: Value, name: str) -> Value:
    if isinstance(ref, Instance):
        return _of_instance(machine, ref, owner, name)
    if isinstance(ref, ClassRef):
        return ref.members.get(name, one(Method(owner, name)))
    if isinstance(ref, Named):
        return one(Named(f"{ref.path}.{name}"))
    if isinstance(ref, Party):
        return _of_party(ref, owner, name)
    return one(Method(owner, name))


def _of_instance(machine: Machine, ref: Instance, owner: Value, name: str) -> Value:
    if name in ref.attributes:
        return inherited(owner, ref.attributes[name])
    if name in ref.cls.members:
        return _bound(machine, ref, name)
    started = name == "start" and "run" in ref.cls.members
    visited = name in ("visit", "generic_visit")
    return one(Method(one(ref), name)) if started or visited else NOTHING


def _node(tree: Value) -> Value:
    return tree.without([Tag.TREE, *OF_COLLECTION]).with_tags(Tag.PART)


def _bound(machine: Machine, ref: Instance, name: str) -> Value:
    member = ref.cls.members[name]
    node = next((r.node for r in member.refs if isinstance(r, Closure)), None)
    names = [ast.unparse(d) for d in getattr(node, "decorator_list", [])]
    if node is None or any("staticmethod" in each for each in names):
        return member
    if any("property" in each for each in names):
        return calls.call(machine, member, [one(ref)], {}, node)
    return one(calls.partial(member, (one(ref),)))


def _of_party(ref: Party, owner: Value, name: str) -> Value:
    if name in ("prompt", "batch_prompt", "batch", "feedback"):
        return one(Method(one(ref), name))
    return tagged(Tag.NUMBER) if name in ("budget", "uses", "max_responses_per_call") else NOTHING


def _subscript(machine: Machine, node: ast.Subscript, scope: Scope) -> Value:
    owner, key = machine.value(node.value, scope), machine.value(node.slice, scope)
    if isinstance(node.slice, ast.Slice):
        return sliced(owner, node.slice)
    own = [
        calls.call(machine, ref.cls.members[name], [one(ref), key], {}, node)
        for ref in owner.refs
        if isinstance(ref, Instance)
        for name in ("__getitem__", "__missing__")
        if name in ref.cls.members
    ]
    own += [ref.attributes.get(STORED, NOTHING) for ref in owner.refs if isinstance(ref, Instance)]
    taken = join([item(owner, key), *own])
    if key.has(Tag.CHOSEN) and key.has(Tag.NUMBER) and flat(taken).has(Tag.CANDIDATE):
        place = (tuple(machine.loops), "max", flat(taken), tagged(Tag.SCORE))
        machine.reading.selected.append(Selected(node, *place))
    return taken


def item(owner: Value, key: Value) -> Value:
    """Return what stands under a key, or under each of an array's places."""
    if containers(key) and containers(owner) and elements(key).has(Tag.NUMBER):
        marks = key.tags & {Tag.RANKED, Tag.TOP_LIST, Tag.CHOSEN}
        return replace(owner, tags=owner.tags - {Tag.RANKED, Tag.TOP_LIST} | marks)
    if owner.has(Tag.GENERATOR):
        return tagged(Tag.RANDOM)
    fixed = len(key.constants) == 1 and not key.tags
    found = [_under(ref, key, fixed=fixed) for ref in containers(owner)]
    if not found:
        found.append(replace(elements(owner), constants=owner.constants))
    value = inherited(owner, join(found))
    return replace(value, tags=value.tags | _taken_by(owner, key, value, fixed=fixed))


def _under(found: Container, key: Value, *, fixed: bool) -> Value:
    """Return what a collection holds under a key, or anywhere where that is not known."""
    known = [found.items[each] for each in key.constants if each in found.items]
    if fixed and known:
        return known[0]
    if fixed and -1 in key.constants and found.items and found.rest is None:
        return list(found.items.values())[-1]
    return contents(found)


def _taken_by(owner: Value, key: Value, value: Value, *, fixed: bool) -> set[Tag]:
    """Return the properties that an element has from how it was taken out."""
    tags = set(key.tags & SELECTIONS)
    program = containers(owner) and not owner.has(Tag.LINES) and flat(value).has(*PROGRAM)
    if program and key.has(Tag.RANDOM):
        tags.add(Tag.DRAWN)
    if program and key.has(Tag.COMPARED):
        tags.add(Tag.CHOSEN)
    if owner.has(Tag.LINES) and not (fixed and owner.has(Tag.RAW)):
        tags.add(Tag.PART)
    if owner.has(Tag.RANKED, Tag.TOP_LIST) and fixed:
        tags.add(Tag.CHOSEN)
    elif owner.has(Tag.TOP_LIST):
        tags.add(Tag.TOP)
    return tags


def sliced(owner: Value, part: ast.Slice) -> Value:
    """Return what a slice of a value may be."""
    bounds = [ast.unparse(bound) if bound else "" for bound in (part.lower, part.upper)]
    if owner.has(Tag.LINES) and any(bounds):
        return owner.with_tags(Tag.CUT_OUT)
    if owner.has(Tag.RANKED) and any(bounds):
        if bounds in (["", "1"], ["-1", ""], ["0", "1"]):
            return owner.without([Tag.RANKED]).with_tags(Tag.CHOSEN)
        if part.step is None:
            return owner.without([Tag.RANKED]).with_tags(Tag.TOP_LIST)
    return owner


def _joined_str(machine: Machine, node: ast.JoinedStr, scope: Scope) -> Value:
    holes = []
    for each in node.values:
        inner = each.value if isinstance(each, ast.FormattedValue) else each
        value = machine.value(inner, scope)
        if isinstance(each, ast.FormattedValue) and _numeric(each):
            value = flat(value).without([*PROGRAM, Tag.RAW, Tag.PART])
        holes.append((inner, value))
    if texts.slices_edit([(n, v) for n, v in holes if isinstance(n, ast.expr)]) == "edit":
        starts = [n for n, _ in holes if isinstance(n, ast.Subscript)]
        if len(starts) > 1:
            return texts.edited(*(v for _, v in holes))
    return texts.composed(machine, node, holes)


def _numeric(hole: ast.FormattedValue) -> bool:
    """Return whether a hole shows a number."""
    spec = ast.unparse(hole.format_spec) if hole.format_spec else ""
    return spec.rstrip("'\"")[-1:] in tuple("fgedF%G")


def _bin_op(machine: Machine, node: ast.BinOp, scope: Scope) -> Value:
    left, right = machine.value(node.left, scope), machine.value(node.right, scope)
    return binary(machine, node, left, right)


def _compare(machine: Machine, node: ast.Compare, scope: Scope) -> Value:
    sides = [node.left, *node.comparators]
    values = [flat(machine.value(each, scope)) for each in sides]
    if isinstance(node.ops[0], ast.In | ast.NotIn | ast.Is | ast.IsNot):
        return tagged(Tag.NUMBER)
    return compared(values, node.ops[0])


def _bool_op(machine: Machine, node: ast.BoolOp, scope: Scope) -> Value:
    return join(machine.value(each, scope) for each in node.values)


def _if_exp(machine: Machine, node: ast.IfExp, scope: Scope) -> Value:
    test = machine.value(node.test, scope)
    machine.guards.append(test)
    then = machine.guarded(machine.value(node.body, scope), node.body)
    machine.guards.pop()
    machine.guards.append(otherwise(test))
    other = machine.value(node.orelse, scope)
    machine.guards.pop()
    value = join([then, other])
    value = value.with_tags(Tag.WON) if test.has(Tag.WON) and not value.tags else value
    reworded = then.has(Tag.HELD) and other.has(Tag.HELD) and then.words != other.words
    same_data = then.tags & DATA == other.tags & DATA
    return value.with_tags(Tag.ALTERNATIVE) if reworded and same_data else value


def _collection(machine: Machine, node: ast.List | ast.Tuple | ast.Set, scope: Scope) -> Value:
    found = Container()
    for each in node.elts:
        if isinstance(each, ast.Starred):
            inside = elements(machine.value(each.value, scope))
            found.rest = join([found.rest or NOTHING, inside])
        else:
            found.items[len(found.items)] = machine.value(each, scope)
    if found.rest is not None:
        found.rest, found.items = contents(found), {}
    mixed = [value for value in found.items.values() if value.has(Tag.HELD)]
    if len({value.words for value in mixed}) > 1 and len({v.tags & DATA for v in mixed}) == 1:
        found.items = {k: v.with_tags(Tag.ALTERNATIVE) for k, v in found.items.items()}
    return one(found)


def _dict(machine: Machine, node: ast.Dict, scope: Scope) -> Value:
    found = Container(keys=NOTHING)
    for key, value in zip(node.keys, node.values, strict=True):
        inside = machine.value(value, scope)
        if key is None:
            found.rest = join([found.rest or NOTHING, elements(inside), contents_of(inside)])
            continue
        name = machine.value(key, scope)
        found.keys = join([found.keys or NOTHING, name])
        if len(name.constants) == 1 and not name.tags:
            found.items[next(iter(name.constants))] = inside
        else:
            found.rest = join([found.rest or NOTHING, inside])
    return one(found)


def contents_of(value: Value) -> Value:
    """Return the values of every collection that a value may be."""
    return inherited(value, join(contents(ref) for ref in containers(value)))


def _comprehension(
    machine: Machine,
    node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp,
    scope: Scope,
) -> Value:
    inner = Scope(outer=scope)
    machine.loops.append(node)
    guards, voted = len(machine.guards), False
    try:
        for _ in range(2):
            kept = NOTHING
            for each in node.generators:
                over = machine.value(each.iter, scope if each is node.generators[0] else inner)
                kept = join([kept, over])
                assign(machine, each.target, elements(over), inner)
                tests = [machine.value(test, inner) for test in each.ifs]
                machine.guards += tests
                voted = voted or any(test.has(Tag.VOTED) for test in tests)
            found = _made(machine, node, inner)
    finally:
        machine.loops.pop()
        del machine.guards[guards:]
    if voted and flat(found).has(Tag.CANDIDATE):
        found = found.with_tags(Tag.SPLICED)
        machine.reading.spliced.append((node, tuple(machine.loops), flat(found)))
    tags = kept.tags & {Tag.RANKED, Tag.TOP_LIST, Tag.CHARACTERS}
    first = node.generators[0]
    if kept.has(Tag.LINES) and flat(found).has(Tag.PART):
        tags |= {Tag.LINES}
    if any(_flag(test) for test in first.ifs) and flat(kept).has(*PROGRAM):
        found = _waiting(machine, node, found)
    return replace(found, tags=found.tags | tags, origins=found.origins | kept.origins)


def _waiting(machine: Machine, node: ast.AST, found: Value) -> Value:
    """Mark the elements of a collection that are left because nobody took them yet."""
    machine.reading.waiting.append(node)
    for ref in containers(found):
        if ref.rest is not None:
            ref.rest = ref.rest.with_tags(Tag.POPPED)
    return found.with_tags(Tag.OPEN)


def _flag(test: ast.expr) -> bool:
    """Return whether a filter asks for a mark on the element, or for its place in a set."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = test.operand
        return isinstance(inner, (ast.Attribute, ast.Subscript))
    return False


def _made(
    machine: Machine,
    node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp,
    inner: Scope,
) -> Value:
    if isinstance(node, ast.DictComp):
        key, value = machine.value(node.key, inner), machine.value(node.value, inner)
        return one(Container(rest=value, keys=key))
    return one(Container(rest=machine.value(node.elt, inner)))


def _lambda(machine: Machine, node: ast.Lambda, scope: Scope) -> Value:
    return one(Closure(node, scope))


def _call(machine: Machine, node: ast.Call, scope: Scope) -> Value:
    return calls.call_node(machine, node, scope)


def _await(machine: Machine, node: ast.Await, scope: Scope) -> Value:
    return machine.value(node.value, scope)


def _named_expr(machine: Machine, node: ast.NamedExpr, scope: Scope) -> Value:
    value = machine.value(node.value, scope)
    assign(machine, node.target, value, scope)
    return value


def _yield(machine: Machine, node: ast.Yield | ast.YieldFrom, scope: Scope) -> Value:
    value = machine.value(node.value, scope)
    scope.yielded.append(elements(value) if isinstance(node, ast.YieldFrom) else value)
    return NOTHING


def _unary(machine: Machine, node: ast.UnaryOp, scope: Scope) -> Value:
    value = machine.value(node.operand, scope)
    if isinstance(node.op, ast.USub):
        numbers = {-e for e in value.constants if isinstance(e, int | float)}
        return replace(value, constants=frozenset(numbers))
    if isinstance(node.op, ast.Not):
        known = value.constants if not (value.tags or value.refs) else frozenset()
        return replace(value, constants=frozenset({not each for each in known}))
    return value


KINDS: dict[type[ast.expr], Callable[[Machine, Any, Scope], Value]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.JoinedStr: _joined_str,
    ast.BinOp: _bin_op,
    ast.Compare: _compare,
    ast.BoolOp: _bool_op,
    ast.IfExp: _if_exp,
    ast.List: _collection,
    ast.Tuple: _collection,
    ast.Set: _collection,
    ast.Dict: _dict,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _comprehension,
    ast.Lambda: _lambda,
    ast.Call: _call,
    ast.Await: _await,
    ast.NamedExpr: _named_expr,
    ast.Yield: _yield,
    ast.YieldFrom: _yield,
    ast.UnaryOp: _unary,
}
