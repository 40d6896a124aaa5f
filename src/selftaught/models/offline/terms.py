"""New expressions of a wanted kind, from what is in scope and from a small grammar."""

from __future__ import annotations

import ast
from random import Random

from selftaught.models.offline.kinds import NUMERIC, TRUTHS, Names, ValueKind, kind_of
from selftaught.models.offline.sites import expression_sites, parameters
from selftaught.values import syntax

LONGEST_REUSED = 60
NUMBERS = (0, 1, 2, 3, 0.5, 0.1, 0.01, 1.5, 5, 10, 100)
COMPARISONS = ("<", "<=", ">", ">=")
BIG_OPERATORS = ("+", "-", "*", "/")


class Terms:
    """Draws expressions for one function.

    Reused expressions come from the function's own text, since what a program already
    computes is more often useful than what a grammar makes up.
    """

    def __init__(self, function: ast.FunctionDef, names: Names, rng: Random) -> None:
        """Collect the function's names and expressions by kind."""
        self.names, self.rng = names, rng
        self.pool: dict[ValueKind, list[str]] = {}
        self.fresh = _unused(function)
        for site in expression_sites(function):
            kind = kind_of(site.node, names)
            text = ast.unparse(site.node)
            plain = isinstance(site.node, ast.Constant) or text.startswith("_")
            if not plain and len(text) <= LONGEST_REUSED:
                self.pool.setdefault(kind, []).append(text)

    def of_kind(self, kind: ValueKind, depth: int = 2) -> ast.expr | None:
        """Return an expression of that kind, None where none can be made."""
        text = self._text(kind, depth)
        return syntax.parse_expression(text) if text else None

    def _text(self, kind: ValueKind, depth: int) -> str:
        if kind is ValueKind.INT:
            return self.whole(depth)
        if kind is ValueKind.NUMBER:
            return self.number(depth)
        if kind is ValueKind.ARRAY:
            return self.array(depth)
        if kind in TRUTHS:
            return self.truth(kind, depth)
        return self._reused(kind)

    def number(self, depth: int) -> str:
        """Return a number: a variable, a constant, a reduction or an operation on two."""
        rng = self.rng
        if depth > 0 and rng.random() < 0.35:
            return (
                f"({self.number(depth - 1)} {rng.choice(BIG_OPERATORS)} {self.number(depth - 1)})"
            )
        choices = [
            self._named(NUMERIC),
            self._reused(ValueKind.NUMBER),
            self._reused(ValueKind.INT),
        ]
        arrays = self._named({ValueKind.ARRAY})
        if arrays:
            choices.append(f"np.{rng.choice(('max', 'min', 'mean', 'sum', 'std'))}({arrays})")
        lists = self._named({ValueKind.LIST})
        if lists:
            choices.append(f"len({lists})")
        choices = [choice for choice in choices if choice]
        if not choices or rng.random() < 0.3:
            return repr(rng.choice(NUMBERS))
        return rng.choice(choices)

    def whole(self, depth: int) -> str:
        """Return a whole number: a variable, a length, a constant or an operation on two."""
        rng = self.rng
        if depth > 0 and rng.random() < 0.35:
            symbol = rng.choice(("+", "-", "*", "//"))
            return f"({self.whole(depth - 1)} {symbol} {self.whole(depth - 1)})"
        lists = self._named({ValueKind.LIST, ValueKind.ARRAY})
        choices = [
            self._named({ValueKind.INT}),
            self._reused(ValueKind.INT),
            lists and f"len({lists})",
        ]
        choices = [choice for choice in choices if choice]
        if not choices or rng.random() < 0.3:
            return repr(rng.choice((1, 2, 3, 5, 10)))
        return rng.choice(choices)

    def array(self, depth: int) -> str:
        """Return an array: a variable, an operation, a function of one, or a choice of two."""
        rng = self.rng
        leaf = (
            self._named({ValueKind.ARRAY}) if rng.random() < 0.6 else self._reused(ValueKind.ARRAY)
        )
        leaf = leaf or self._named({ValueKind.ARRAY}) or self._reused(ValueKind.ARRAY)
        if not leaf or depth <= 0 or rng.random() < 0.25:
            return leaf
        form = rng.random()
        if form < 0.55:
            other = self.number(1) if rng.random() < 0.5 else self.array(depth - 1)
            return f"({leaf} {rng.choice(BIG_OPERATORS)} {other})"
        if form < 0.75:
            return f"-{self.array(depth - 1)}"
        if form < 0.9:
            return rng.choice(UNARY).format(self.array(depth - 1))
        sides = (self.array(depth - 1), self.array(depth - 1))
        return (
            f"np.where({leaf} {rng.choice(COMPARISONS)} {self.number(1)}, {sides[0]}, {sides[1]})"
        )

    def truth(self, kind: ValueKind, depth: int) -> str:
        """Return a comparison of two numbers, or of an array and a number for a mask."""
        left = self.array(depth - 1) if kind is ValueKind.MASK else self.number(depth - 1)
        if not left:
            return ""
        return f"({left} {self.rng.choice(COMPARISONS)} {self.number(depth - 1)})"

    def _named(self, kinds: frozenset[ValueKind] | set[ValueKind]) -> str:
        fitting = sorted(
            name for name, kind in self.names.items() if kind in kinds and name[0] != "_"
        )
        fresh = [name for name in fitting if name in self.fresh]
        if fresh and self.rng.random() < 0.6:
            return self.rng.choice(fresh)
        return self.rng.choice(fitting) if fitting else ""

    def _reused(self, kind: ValueKind) -> str:
        fitting = self.pool.get(kind, [])
        return f"({self.rng.choice(fitting)})" if fitting else ""


UNARY = (
    "np.abs({})",
    "np.sqrt(np.abs({}))",
    "np.square({})",
    "np.log1p(np.abs({}))",
    "(1 / (np.abs({}) + 1))",
    "np.exp(-np.abs({}))",
    "np.sign({})",
)
UNARY_NUMBER = ("abs({})", "({}) ** 0.5", "({}) ** 2", "1 / (abs({}) + 1)")


def operation(left: ast.expr, symbol: str, right: ast.expr) -> ast.expr:
    """Return ``left symbol right``."""
    text = f"({ast.unparse(left)}) {symbol} ({ast.unparse(right)})"
    return syntax.parse_expression(text)


def applied(form: str, argument: ast.expr) -> ast.expr:
    """Return ``form`` with the argument in place of its braces."""
    return syntax.parse_expression(form.format(ast.unparse(argument)))


def same(left: ast.expr, right: ast.expr) -> bool:
    """Return whether two expressions are written alike."""
    return ast.unparse(left) == ast.unparse(right)


def _unused(function: ast.FunctionDef) -> set[str]:
    """Return the parameters whose values a function ignores, or of which it takes the size."""
    read = {
        site.node.id
        for site in expression_sites(function)
        if isinstance(site.node, ast.Name) and not site.exact
    }
    return set(parameters(function)) - read
