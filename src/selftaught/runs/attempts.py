"""Attempts: counts of what programs tried, for reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from selftaught.runs.results import Attempts
from selftaught.values.records import AttemptRecord


def counted(attempts: Iterable[tuple[str, AttemptRecord]]) -> Attempts:
    """Return the counts by who saw them and by category; benign ones are left out."""
    by_counter: Counter[str] = Counter()
    by_category: Counter[str] = Counter()
    for _, attempt in attempts:
        if not attempt.benign:
            by_counter[attempt.counter] += attempt.count
            by_category[attempt.category] += attempt.count
    return Attempts(
        attested=by_counter["attested"],
        advisory=by_counter["advisory"],
        outcomes=by_counter["outcome"],
        by_category=dict(sorted(by_category.items())),
    )
