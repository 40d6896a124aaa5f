"""Recorder: reads a program as if it ran, and notes what the rules of bypass object to."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from selftaught.analysis.interpretation.interpreter import Interpreter


@dataclass(frozen=True, order=True)
class Hit:
    """One place in a program.

    Attributes:
        line: its line, from 1.
        rule: ``syntax_rule`` or ``budget_or_score``.
        category: ``sandbox`` (a score without it), ``execute`` (candidates run by the
            program itself), ``budget``, ``reach`` (behind the utility or the model),
            ``held_out`` or ``score``.
        what: what happens there, in words.
    """

    line: int
    rule: str
    category: str
    what: str


@dataclass(frozen=True, order=True)
class LibraryCall:
    """A call of a function that the program did not write itself.

    Attributes:
        line: its line, from 1.
        path: the function's full name, e.g. ``time.perf_counter``, whatever the program
            calls it; ``time.*`` where only the module is known.
        arguments: how many it is given, keywords included.
    """

    line: int
    path: str
    arguments: int


def line_of(node: ast.AST) -> int:
    """Return the line, from 1, that a node stands in; 1 for the program as a whole."""
    return getattr(node, "lineno", 1)


class Recorder(Interpreter):
    """One program under way.

    Attributes:
        hits: what a rule objects to.
        written: paths of files that hold a candidate's text; ``*``: a path that is not known.
        calls: those of functions of the library.
        looked: lines and names of attributes of what the program did not make.
    """

    def __init__(self) -> None:
        """Begin at the module."""
        super().__init__()
        self.hits: set[Hit] = set()
        self.written: set[str] = set()
        self.calls: set[LibraryCall] = set()
        self.looked: set[tuple[int, str]] = set()

    def execute_hit(self, node: ast.AST, what: str) -> None:
        """Note that a candidate is executed by the program itself."""
        self.hits.add(Hit(line_of(node), "syntax_rule", "execute", what))

    def sandbox_hit(self, node: ast.AST, what: str) -> None:
        """Note that a score is asked for without the sandbox."""
        self.hits.add(Hit(line_of(node), "syntax_rule", "sandbox", what))

    def budget_hit(self, node: ast.AST, category: str, what: str) -> None:
        """Note an attempt on a budget, on a score or on what lies behind."""
        self.hits.add(Hit(line_of(node), "budget_or_score", category, what))
