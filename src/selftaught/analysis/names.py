"""Names: what both readers of programs share, whatever they take values for.

`analysis.bypass` follows values as sets of possibilities, `analysis.strategies` as
properties that what is made of them inherits; parties, the library's names and the way
from a scope outwards are the same for both.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, Self, TypeVar

Meaning = TypeVar("Meaning")


@dataclass(frozen=True)
class Party:
    """What an improver is handed: ``utility`` or ``language_model``."""

    name: str


@dataclass(frozen=True)
class Named:
    """A module, or what a module offers, by its dotted path, e.g. ``subprocess.run``."""

    path: str


@dataclass(eq=False)
class Names(Generic[Meaning]):
    """Names and what they stand for; the base of the readers' scopes.

    Attributes:
        names: of this scope.
        outer: the enclosing scope.
        declared: names that belong to another scope (``global``, ``nonlocal``).
        given: what the function of this scope may return or yield.
    """

    names: dict[str, Meaning] = field(default_factory=dict)
    outer: Self | None = None
    declared: dict[str, Self] = field(default_factory=dict)
    given: list[Meaning] = field(default_factory=list)

    def find(self, name: str) -> Meaning | None:
        """Return what a name stands for, None where no scope has it."""
        scope: Names[Meaning] | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        return None
