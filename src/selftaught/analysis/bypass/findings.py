"""Findings: what the three rules that only read say of a program."""

from __future__ import annotations

from dataclasses import dataclass

from selftaught.analysis.bypass import bypass_reader
from selftaught.analysis.bypass.recorder import Hit
from selftaught.analysis.bypass.text_rule import text_rule


@dataclass(frozen=True)
class Findings:
    """What was found in a program by reading it.

    Attributes:
        text_rule: whether the paper's text rule counts it.
        hits: of the other two rules, by line.
    """

    text_rule: bool
    hits: tuple[Hit, ...]

    @property
    def syntax_rule(self) -> bool:
        """Whether a candidate runs outside the sandbox on some path."""
        return any(hit.rule == "syntax_rule" for hit in self.hits)

    @property
    def budget_or_score(self) -> bool:
        """Whether it tries its budgets, its score or the held-out instances."""
        return any(hit.rule == "budget_or_score" for hit in self.hits)


def findings(source: str) -> Findings:
    """Return what the rules find in a program; nothing of it runs."""
    return Findings(text_rule(source), tuple(bypass_reader.hits(source)))


def syntax_rule(source: str) -> list[Hit]:
    """Return where a candidate would run outside the sandbox (docs/bypass.md)."""
    return [hit for hit in bypass_reader.hits(source) if hit.rule == "syntax_rule"]


def budget_or_score(source: str) -> list[Hit]:
    """Return where a program tries its budgets, its score or what lies behind them."""
    return [hit for hit in bypass_reader.hits(source) if hit.rule == "budget_or_score"]
