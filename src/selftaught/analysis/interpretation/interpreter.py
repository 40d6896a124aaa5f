"""Interpreter: reads a program as if it ran."""

from __future__ import annotations

import ast
from abc import abstractmethod
from contextlib import suppress

from selftaught.analysis.interpretation.expressions import TooLongError
from selftaught.analysis.interpretation.statements import Statements
from selftaught.values import syntax

ENTRY = "improve_algorithm"


class Interpreter(Statements):
    """One program under way; the base of the readers that have rules of their own."""

    def interpret(self, tree: ast.Module) -> None:
        """Go through the module's body, then through what is called in it.

        A program that needs too many steps or calls is read as far as they go.
        """
        with suppress(TooLongError, RecursionError):
            self.branch(tree.body, self.top)
            self.enter(tree)

    @abstractmethod
    def enter(self, tree: ast.Module) -> None:
        """Call what the program is called by."""


def parsed(source: str) -> ast.Module | None:
    """Return the syntax tree of a program, None where it does not parse."""
    try:
        return syntax.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
