"""A program while it is being changed, and what an operator needs to know of it."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from random import Random

from selftaught.models.offline.kinds import ValueKind, infer
from selftaught.models.offline.prompt_reading import PromptReading
from selftaught.models.offline.score_function import scorer
from selftaught.models.offline.sites import TreeSite, blocks, expression_sites, functions, names_in


@dataclass
class Draft:
    """A syntax tree that an operator changes in place.

    Attributes:
        tree: the program.
        rng: the only source of chance.
        temperature: size of the change, 0 and up.
        reading: what else the prompt holds.
    """

    tree: ast.Module
    rng: Random
    temperature: float
    reading: PromptReading

    @cached_property
    def live(self) -> list[ast.stmt]:
        """The statements at the top level that may change: not scoring code put in earlier."""
        found = scorer(self.reading.scoring)
        if found is None or not found.names <= self.defined:
            return list(self.tree.body)
        return [node for node in self.tree.body if ast.unparse(node) not in found.body]

    @cached_property
    def defined(self) -> frozenset[str]:
        """The functions and constants that the program defines at the top level."""
        functions = {node.name for node in self.tree.body if isinstance(node, ast.FunctionDef)}
        assigned = [node for node in self.tree.body if isinstance(node, ast.Assign)]
        return frozenset(
            functions
            | {name for node in assigned for each in node.targets for name in names_in(each)}
        )

    @cached_property
    def functions(self) -> list[ast.FunctionDef]:
        """The program's functions that may change, in order of the text."""
        return [function for node in self.live for function in functions(node)]

    @cached_property
    def sites(self) -> list[TreeSite]:
        """Every expression that may change, in order of the text."""
        return [site for node in self.live for site in expression_sites(node)]

    @property
    def blocks(self) -> list[list[ast.stmt]]:
        """Every list of statements that may change, the module's own left out."""
        return [block for node in self.live for block in blocks(node)]

    @cached_property
    def has_numpy(self) -> bool:
        """Whether ``np`` stands for numpy."""
        return any(
            alias.name == "numpy" and alias.asname == "np"
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Import)
            for alias in node.names
        )

    @cached_property
    def entry(self) -> ast.FunctionDef | None:
        """The function that the program is for: the last one that no other function calls."""
        outer = [node for node in self.live if isinstance(node, ast.FunctionDef)]
        read = {
            node.id: owner.name
            for owner in outer
            for node in ast.walk(owner)
            if isinstance(node, ast.Name) and node.id != owner.name
        }
        uncalled = [node for node in outer if node.name not in read]
        candidates = uncalled or outer
        return candidates[-1] if candidates else None

    def names(self, function: ast.FunctionDef) -> dict[str, ValueKind]:
        """Return the kinds of the names of ``function``."""
        return infer(function, self.has_numpy)

    def pick_function(self) -> ast.FunctionDef | None:
        """Return a function, larger ones more often; None where there is none."""
        if not self.functions:
            return None
        sizes = [len(list(expression_sites(function))) + 1 for function in self.functions]
        return self.rng.choices(self.functions, sizes)[0]

    def pick_site(
        self, function: ast.FunctionDef, wanted: Callable[[TreeSite], bool]
    ) -> TreeSite | None:
        """Return an expression of ``function`` that ``wanted`` accepts; None: there is none."""
        sites = [site for site in expression_sites(function) if wanted(site)]
        return self.rng.choice(sites) if sites else None


Operator = Callable[[Draft], "str | None"]
"""Changes the draft and returns the idea as a phrase; None where it does not apply."""


@dataclass(frozen=True)
class Family:
    """Operators of one kind, switched on and off together.

    Attributes:
        name: as in ``families``.
        operators: each with its weight within the family.
    """

    name: str
    operators: tuple[tuple[float, Operator], ...]
