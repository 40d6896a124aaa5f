"""Syntax trees, made by one thread at a time.

CPython 3.11 counts the depth of a tree under construction for all threads together, and ends
with a ``SystemError`` where two of them construct at once (python/cpython#106905).
"""

from __future__ import annotations

import ast
import threading
import warnings

ONE_AT_A_TIME = threading.RLock()
"""Held by whoever constructs a tree; the filters of warnings are all threads' own, too."""


def parse(source: str) -> ast.Module:
    """Return the syntax tree of a program, without the warnings that compiling it shows.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: it has none; too deeply nested.
    """
    with ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source)


def parse_expression(source: str) -> ast.expr:
    """Return the syntax tree of an expression.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: as for `parse`.
    """
    with ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source, mode="eval").body
