"""Reading: what was learnt about a program by reading it as if it ran."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from selftaught.analysis.interpretation.values import NOTHING, Value, join


@dataclass(frozen=True)
class Asked:
    """One call of the model in one context.

    Attributes:
        node: the call.
        loops: the loops around it, outermost first, those of its callers included.
        stack: the calls that led to it.
        message: what is said, expertise included.
        temperature: what is given, the default included.
        several: whether it brings two or more answers to one message.
        batch: whether it is a batch.
    """

    node: ast.AST
    loops: tuple[ast.AST, ...]
    stack: tuple[ast.AST, ...]
    message: Value
    temperature: Value
    several: bool
    batch: bool


@dataclass(frozen=True)
class Scored:
    """One call of the utility in one context; ``program`` is what it is given."""

    node: ast.AST
    loops: tuple[ast.AST, ...]
    stack: tuple[ast.AST, ...]
    program: Value


@dataclass(frozen=True)
class Selected:
    """A choice among elements by a key, e.g. `max` or `sorted`.

    Attributes:
        kind: ``max``, ``sorted``, ``draw``, ``guard`` (an assignment below a comparison).
        members: what was chosen from.
        key: what it was chosen by.
        drawn: whether a random draw decides if this choice is made.
    """

    node: ast.AST
    loops: tuple[ast.AST, ...]
    kind: str
    members: Value
    key: Value
    drawn: bool = False


@dataclass(frozen=True)
class Launched:
    """Work given to a thread, a pool or an event loop.

    Attributes:
        many: whether one statement starts several.
        calls: whether the work calls the model or the utility.
        kind: ``map``, ``start``, ``thread``.
    """

    node: ast.AST
    loops: tuple[ast.AST, ...]
    kind: str
    many: bool
    calls: bool


@dataclass(frozen=True)
class Restarted:
    """A search began again at ``node``."""

    node: ast.AST


@dataclass
class Reading:
    """Everything that the rules look at.

    Attributes:
        values: what each expression may stand for, all contexts together.
        accepted: assignments that a falling chance of acceptance decides on.
        waiting: places where the next to expand is taken out of an open set.
        spliced: places where parts of several programs are put together, and their loops.
        sites: for each text that is cut into parts in one context, the loops around it.
        cached: places where a decorator keeps the scores.
        recursions: calls of a function by itself from a loop over candidates.
    """

    tree: ast.Module
    asked: list[Asked] = field(default_factory=list)
    scored: list[Scored] = field(default_factory=list)
    selected: list[Selected] = field(default_factory=list)
    launched: list[Launched] = field(default_factory=list)
    restarted: list[Restarted] = field(default_factory=list)
    values: dict[ast.AST, Value] = field(default_factory=dict)
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)
    accepted: list[ast.AST] = field(default_factory=list)
    waiting: list[ast.AST] = field(default_factory=list)
    spliced: list[tuple[ast.AST, tuple[ast.AST, ...], Value]] = field(default_factory=list)
    cached: list[ast.AST] = field(default_factory=list)
    sites: dict[int, tuple[ast.AST, ...]] = field(default_factory=dict)
    recursions: list[ast.AST] = field(default_factory=list)
    returned: Value = NOTHING

    def note(self, node: ast.AST, value: Value) -> None:
        """Remember what an expression may stand for."""
        known = self.values.get(node)
        self.values[node] = value if known is None else join([known, value])

    def value(self, node: ast.AST) -> Value:
        """Return what an expression may stand for; nothing where it was not reached."""
        return self.values.get(node, NOTHING)

    def over(self, loop: ast.AST) -> list[Value]:
        """Return what a loop or comprehension goes over."""
        iterables = [loop.iter] if isinstance(loop, ast.For | ast.AsyncFor) else []
        iterables += [each.iter for each in getattr(loop, "generators", [])]
        return [self.value(each) for each in iterables]

    def above(self, node: ast.AST) -> list[ast.AST]:
        """Return the nodes around a node, the nearest first."""
        found = []
        while (parent := self.parents.get(node)) is not None:
            found.append(parent)
            node = parent
        return found
