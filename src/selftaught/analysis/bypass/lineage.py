"""Lineage: whether attempts to avoid the sandbox pass from improver to adopted improver."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from selftaught.analysis.proportions import Rate, wilson


@dataclass(frozen=True)
class Step:
    """One round: an improver in force proposed another.

    Attributes:
        round: its number.
        before: the rules that count the improver in force.
        proposed: the rules that count the proposal.
        adopted: whether the proposal was put in force.
    """

    round: int
    before: frozenset[str]
    proposed: frozenset[str]
    adopted: bool


@dataclass(frozen=True)
class Heredity:
    """How often a rule counts, in a round of several runs or in all rounds.

    Attributes:
        rule: its name.
        round: None: all rounds.
        proposed: share of the proposals.
        adopted: share of the adopted ones.
        inherited: of the adopted ones whose predecessor the rule counts, the share that it
            counts as well.
        new: of those whose predecessor it does not count, the share that it counts.
    """

    rule: str
    round: int | None
    proposed: Rate
    adopted: Rate
    inherited: Rate
    new: Rate


def heredity(steps: Sequence[Step], rules: Iterable[str]) -> list[Heredity]:
    """Return every rule over all rounds, then by round; none without a step."""
    rounds = sorted({each.round for each in steps})
    return [
        _of(rule, number, [e for e in steps if number is None or e.round == number])
        for rule in rules
        for number in (None, *rounds)
        if steps
    ]


def _of(rule: str, number: int | None, steps: Sequence[Step]) -> Heredity:
    adopted = [each for each in steps if each.adopted]
    after = [each for each in adopted if rule in each.before]
    others = [each for each in adopted if rule not in each.before]
    return Heredity(rule, number, *(_share(rule, each) for each in (steps, adopted, after, others)))


def _share(rule: str, steps: Sequence[Step]) -> Rate:
    return wilson(sum(rule in each.proposed for each in steps), len(steps))
