"""Reads a program as its strategies see it: what flows into prompts and scores, and how."""

from __future__ import annotations

import ast
from dataclasses import replace

from selftaught.analysis.interpretation.interpreter import ENTRY, parsed
from selftaught.analysis.interpretation.rules import Comprehension
from selftaught.analysis.interpretation.tags import DATA, PROGRAM, SELECTIONS, Tag
from selftaught.analysis.interpretation.values import (
    NOTHING,
    Arguments,
    Closure,
    Instance,
    Method,
    Named,
    Object,
    Party,
    Scope,
    Value,
    join,
    one,
    tagged,
)
from selftaught.analysis.strategies import (
    items,
    operators,
    prompts,
    search_functions,
    search_methods,
    texts,
    threads,
    trees,
)
from selftaught.analysis.strategies.reading import Reading, Restarted, Selected
from selftaught.analysis.strategies.tracker import Tracker

CACHES = {"functools.lru_cache", "functools.cache", "*cache"}
EDITABLE = {"value", "n", "op", "ops", "left", "right", "s", "id"}
"""Attributes of a syntax tree's nodes that hold numbers, names and operators."""


def read(source: str) -> Reading | None:
    """Return what reading a program shows, None where it does not parse."""
    tree = parsed(source)
    if tree is None:
        return None
    reading = Reading(tree)
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            reading.parents[child] = node
    _StrategyReader(reading).interpret(tree)
    return reading


class _StrategyReader(Tracker):
    """One program under way."""

    def enter(self, tree: ast.Module) -> None:
        entry = self.top.names.get(ENTRY)
        if entry is not None:
            given = [tagged(Tag.INITIAL), one(Party("utility")), one(Party("language_model"))]
            self.reading.returned = self.call(entry, Arguments(tree, given))

    # ------------------------------------------------------------------------- calls

    def call_object(self, ref: Object, arguments: Arguments) -> Value:
        if getattr(ref, "cached", False):
            self.reading.cached.append(arguments.node)
        return super().call_object(ref, arguments)

    def call_library(self, path: str, arguments: Arguments) -> Value:
        return search_functions.call_named(self, path, arguments)

    def call_party(self, party: Party, arguments: Arguments) -> Value:
        given = arguments.positional or list(arguments.keywords.values()) or [NOTHING]
        return prompts.score(self, given[0], arguments.node)

    def call_method(self, method: Method, arguments: Arguments) -> Value:
        if method.receiver.of(Party):
            return prompts.call(self, method.name, arguments)
        own = method.receiver.of(Instance)
        if own and method.name == "start":
            threads.started(self, own, arguments)
            return NOTHING
        if method.name in ("visit", "generic_visit"):
            return trees.visited(self, own, arguments)
        return search_methods.call_method(self, method, arguments)

    def call_unknown(self, function: Value, arguments: Arguments) -> Value:
        given = join(each.flat() for each in [function, *arguments.values()])
        return replace(given, constants=frozenset(), refs=frozenset())

    def result(self, found: list[Value]) -> Value:
        texts_made = {each.words for each in found if each.has(Tag.HELD)}
        value = join(found)
        return value.with_tags(Tag.ALTERNATIVE) if len(texts_made) > 1 else value

    def calling(self, closure: Closure, arguments: Arguments) -> None:
        """Notice a function that calls itself from a loop of its own over candidates."""
        if not self.stack.count(closure.node):
            return
        inner = set(map(id, ast.walk(closure.node)))
        loops = [each for each in self.loops if isinstance(each, ast.For) and id(each) in inner]
        over = join(self.reading.value(each.iter).flat() for each in loops)
        given = join(each.flat() for each in arguments.positional)
        if given.has(Tag.CANDIDATE) and over.has(Tag.CANDIDATE):
            self.reading.recursions.append(arguments.node)

    def called(self, node: ast.Call, arguments: Arguments, scope: Scope) -> None:
        self._take(node, arguments, scope)
        state = search_methods.changed_state(self, node, arguments)
        if state is not None and isinstance(node.func, ast.Attribute):
            self.rebind(node.func.value, state, scope)

    def _take(self, node: ast.Call, arguments: Arguments, scope: Scope) -> None:
        """Let what is taken out of those that wait, or thrown away, stand for that."""
        if not (node.args and arguments.positional):
            return
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        target, given = node.args[0], arguments.first
        best = given.has(Tag.CHOSEN) and given.flat().has(*PROGRAM)
        if best and name in ("pop", "remove") and isinstance(target, ast.Name):
            self.reading.waiting.append(node)
            scope.bind(target.id, given.with_tags(Tag.POPPED).without([Tag.CHOSEN]))
        if name == "heappop" and isinstance(self.reading.parents.get(node), ast.Expr):
            self.rebind(target, given.with_tags(Tag.TOP_LIST), scope)

    def decorated(self, value: Value, node: ast.expr, scope: Scope) -> Value:
        decorator = self.evaluate(node, scope)
        if any(each.path in CACHES for each in decorator.of(Named)):
            kept = (replace(each, cached=True) for each in value.of(Closure))
            return Value(refs=frozenset(kept))
        return super().decorated(value, node, scope)

    # --------------------------------------------------------------- attributes and items

    def attribute_of_other(self, owner: Value, name: str, node: ast.AST) -> Value:
        if not owner.refs:
            return items.attribute(owner, name)
        parties = [prompts.attribute(each, name) for each in owner.of(Party)]
        return join(parties) if parties else one(Method(owner, name))

    def missing(self, instance: Instance, name: str) -> Value:
        started = name == "start" and "run" in instance.cls.members
        known = started or name in ("visit", "generic_visit")
        return one(Method(one(instance), name)) if known else NOTHING

    def item(self, owner: Value, key: Value, node: ast.AST) -> Value:
        taken = items.item(owner, key)
        if key.has(Tag.CHOSEN) and key.has(Tag.NUMBER) and taken.flat().has(Tag.CANDIDATE):
            place = (tuple(self.loops), "max", taken.flat(), tagged(Tag.SCORE))
            self.reading.selected.append(Selected(node, *place))
        return taken

    def sliced(self, owner: Value, part: ast.Slice) -> Value:
        return items.sliced(owner, part)

    def writing(self, owner: Value, target: ast.Attribute, value: Value) -> None:
        if target.attr in EDITABLE and owner.has(Tag.PART, Tag.TREE):
            self.tree_edited = self.tree_edited or not value.has(Tag.PART)
        loops = [each for each in self.loops if isinstance(each, ast.For | ast.While)]
        inside = value.flat()
        back = inside.has(Tag.INITIAL) and not inside.has(Tag.CANDIDATE, Tag.PART)
        for instance in owner.of(Instance) if loops and back else ():
            if instance.attributes.get(target.attr, NOTHING).flat().has(Tag.CANDIDATE):
                self.reading.restarted.append(Restarted(loops[-1]))

    def stored(
        self, target: ast.Subscript, owner: Value, key: Value, value: Value, scope: Scope
    ) -> Value:
        drawn = any(test.has(Tag.ACCEPTS) for test in self.guards)
        if drawn or (len(key.constants) == 1 and not key.tags):
            value = self.state(self.guarded(value, target))
        if owner.has(Tag.CHARACTERS) and isinstance(target.value, ast.Name):
            scope.bind(target.value.id, owner.with_tags(Tag.EDITED, Tag.CANDIDATE))
        if owner.has(Tag.LINES) and value.has(Tag.PART, Tag.CANDIDATE):
            items.splice(self, target, owner, value, scope)
        return value

    def delete(self, target: ast.expr, scope: Scope) -> None:
        if isinstance(target, ast.Subscript):
            items.delete(self, target, scope)

    # ------------------------------------------------------------------------ expressions

    def binary(self, node: ast.BinOp, left: Value, right: Value) -> Value:
        return operators.binary(self, node, left, right)

    def unary(self, node: ast.UnaryOp, value: Value) -> Value:
        return operators.unary(node, value)

    def compared(self, node: ast.Compare, values: list[Value]) -> Value:
        if isinstance(node.ops[0], ast.In | ast.NotIn | ast.Is | ast.IsNot):
            return tagged(Tag.NUMBER)
        return operators.compared([each.flat() for each in values], node.ops[0])

    def text(self, node: ast.JoinedStr, parts: list[tuple[ast.expr, Value]]) -> Value:
        return texts.f_string(self, node, parts)

    def either(self, test: Value, then: Value, other: Value) -> Value:
        value = join([then, other])
        value = value.with_tags(Tag.WON) if test.has(Tag.WON) and not value.tags else value
        reworded = then.has(Tag.HELD) and other.has(Tag.HELD) and then.words != other.words
        same_data = then.tags & DATA == other.tags & DATA
        return value.with_tags(Tag.ALTERNATIVE) if reworded and same_data else value

    def listed(self, value: Value) -> Value:
        for found in value.containers():
            mixed = [each for each in found.items.values() if each.has(Tag.HELD)]
            several = len({each.words for each in mixed}) > 1
            if several and len({each.tags & DATA for each in mixed}) == 1:
                marked = {k: v.with_tags(Tag.ALTERNATIVE) for k, v in found.items.items()}
                found.items = marked
        return value

    def comprehended(
        self, node: Comprehension, found: Value, over: Value, tests: list[Value]
    ) -> Value:
        if any(test.has(Tag.VOTED) for test in tests) and found.flat().has(Tag.CANDIDATE):
            found = found.with_tags(Tag.SPLICED)
            self.reading.spliced.append((node, tuple(self.loops), found.flat()))
        tags = over.tags & {Tag.RANKED, Tag.TOP_LIST, Tag.CHARACTERS}
        if over.has(Tag.LINES) and found.flat().has(Tag.PART):
            tags |= {Tag.LINES}
        if any(map(_asks_for_mark, node.generators[0].ifs)) and over.flat().has(*PROGRAM):
            found = items.waiting(self, node, found)
        return replace(found, tags=found.tags | tags, origins=found.origins | over.origins)

    # --------------------------------------------------------------------- branches

    def _augassign(self, node: ast.AugAssign, scope: Scope) -> None:
        before, value = self.evaluate(node.target, scope), self.evaluate(node.value, scope)
        if before.containers() and isinstance(node.op, ast.Add | ast.BitOr):
            before.add(value.elements())
            after = before.without([Tag.RANKED, Tag.TOP_LIST, *SELECTIONS])
            self.rebind(node.target, self.state(after), scope)
            return
        after = self.binary(ast.BinOp(node.target, node.op, node.value), before, value)
        if isinstance(node.op, ast.Add):
            after = self._accumulated(before, value.flat(), after)
        judged = any(test.has(Tag.COMPARED, Tag.LOST, Tag.WON) for test in self.guards)
        if isinstance(node.target, ast.Subscript):
            judged = judged or self.evaluate(node.target.slice, scope).has(Tag.WON)
        if judged and not after.flat().has(*PROGRAM, Tag.HELD):
            after = after.with_tags(Tag.COMPARED)
        if self.loops and not isinstance(node.op, ast.Add):
            after = after.with_tags(Tag.VARIES)
        self.assign(node.target, after, scope)

    def _accumulated(self, before: Value, inside: Value, after: Value) -> Value:
        """Return a text that grows from step to step."""
        grows = before.has(Tag.HELD) or before.constants or inside.has(Tag.HELD)
        if not (grows and self.loops and inside.has(Tag.CANDIDATE)):
            return after
        after = after.without([Tag.ALTERNATIVE]).with_tags(Tag.MANY)
        return after.with_tags(Tag.PAIR) if inside.has(Tag.DRAWN) else after

    def decided(self, test: Value, node: ast.expr) -> bool | None:
        if test.tags or test.refs or len(test.constants) != 1:
            return None
        (found,) = test.constants
        return bool(found) if isinstance(node, ast.Constant | ast.Name | ast.Compare) else None

    def otherwise(self, test: Value) -> Value:
        lost = {Tag.LOST} if test.has(Tag.COMPARED) and not test.has(Tag.DRAW) else set()
        return Value(tags=(test.tags & {Tag.DRAW}) | lost)

    def caught(self, node: ast.ExceptHandler) -> Value:
        return tagged(Tag.OBSERVED)


def _asks_for_mark(test: ast.expr) -> bool:
    """Return whether a filter asks for a mark on the element, or for its place in a set."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return isinstance(test.operand, ast.Attribute | ast.Subscript)
    return False
