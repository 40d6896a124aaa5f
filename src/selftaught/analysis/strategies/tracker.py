"""Tracker: reads a program as if it ran, and keeps what the rules of strategies look at."""

from __future__ import annotations

import ast
from dataclasses import replace

from selftaught.analysis.interpretation.interpreter import Interpreter
from selftaught.analysis.interpretation.tags import Tag
from selftaught.analysis.interpretation.values import NOTHING, Scope, Value, tagged
from selftaught.analysis.strategies.reading import Reading, Restarted, Selected

DATA_SHOWN = frozenset({Tag.CANDIDATE, Tag.SCORE, Tag.OBSERVED, Tag.MANY, Tag.RAW})


class Tracker(Interpreter):
    """One program under way.

    Attributes:
        reading: what was learnt so far.
        tree_edited: whether a number or operator in a syntax tree was changed.
    """

    def __init__(self, reading: Reading) -> None:
        """Begin at the module."""
        super().__init__()
        self.reading = reading
        self.tree_edited = False
        self._entered: dict[ast.AST, set[tuple[int, ...]]] = {}

    def note(self, node: ast.expr, value: Value) -> None:
        """Remember what an expression may stand for."""
        self.reading.note(node, value)

    # -------------------------------------------------------------------- names and loops

    def guarded(self, value: Value, node: ast.AST) -> Value:
        """Return a value as a branch that is under way lets it become the state."""
        inside = value.flat()
        compared = [test for test in self.guards if test.has(Tag.COMPARED)]
        if any(test.has(Tag.EXPLORES) for test in self.guards):
            self._judged(node, "max", inside, tagged(Tag.SCORE, Tag.ROOT))
        if not inside.has(Tag.CANDIDATE):
            if compared and inside.constants & {True, False}:
                return value.with_tags(Tag.WON)
            return value.with_tags(Tag.CHOSEN) if compared and inside.has(Tag.NUMBER) else value
        if any(test.has(Tag.ACCEPTS) for test in self.guards):
            self.reading.accepted.append(node)
            return value.with_tags(Tag.ACCEPTED)
        if any(test.has(Tag.DRAW) for test in compared):
            return value.with_tags(Tag.ACCEPTED)
        if not compared:
            return value
        self._judged(node, "guard", inside, tagged(Tag.SCORE))
        return value.without([Tag.POPPED]).with_tags(Tag.CHOSEN)

    def _judged(self, node: ast.AST, kind: str, members: Value, key: Value) -> None:
        self.reading.selected.append(Selected(node, tuple(self.loops), kind, members, key))

    def state(self, value: Value) -> Value:
        """Return a value as it is after an assignment in the loops under way."""
        return replace(value, loops=value.loops | {id(loop) for loop in self.loops})

    def entering(self, node: ast.For | ast.AsyncFor | ast.While, scope: Scope) -> None:
        """Notice where a loop begins again with a state that it did not leave behind."""
        places = self._entered.setdefault(node, set())
        again = bool(places)
        places.add((*map(id, self.stack), 0, *map(id, self.loops)))
        for name in _assigned_names(node) if again else ():
            state = scope.names.get(name, NOTHING).flat()
            whole = state.has(Tag.INITIAL, Tag.CANDIDATE) and not state.has(Tag.PART)
            if whole and id(node) not in state.loops:
                self.reading.restarted.append(Restarted(node))

    def parted(self, scope: Scope, before: dict[str, Value], after: list[dict[str, Value]]) -> None:
        """Mark names that both branches gave a text of the same data in another wording."""
        then, other = after
        for name in then.keys() & other.keys():
            one_way, another = then[name], other[name]
            if before.get(name) in (one_way, another) or not one_way.has(Tag.HELD):
                continue
            same_data = one_way.tags & DATA_SHOWN == another.tags & DATA_SHOWN
            if same_data and another.has(Tag.HELD) and one_way.words != another.words:
                scope.names[name] = scope.names[name].with_tags(Tag.ALTERNATIVE)


def _assigned_names(node: ast.AST) -> set[str]:
    """Return the names that a loop's body assigns, its own target left out."""
    found = {
        each.id
        for each in ast.walk(node)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }
    if isinstance(node, ast.For | ast.AsyncFor):
        found -= {each.id for each in ast.walk(node.target) if isinstance(each, ast.Name)}
    return found
