"""Summing: the fold over a run's events, its commonest kinds added up by the database.

A run has few rounds and decisions but a hundred thousand answers, calls and evaluations, of
which a state holds only sums: those are not read event by event.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from selftaught.values.facts import SESSIONS
from selftaught.values.records import Spent
from selftaught.values.state import FOLDED, RunState

SUMMED = frozenset({"prompted", "responded", "utility_called", "evaluated", "refused"})
"""Kinds that are added up; an evaluation with attempts is read, for a state lists those."""

READ_KINDS = tuple(sorted(FOLDED - SUMMED))

ATTEMPTED = "kind = 'evaluated' AND json_array_length(data, '$.attempts') > 0"
"""Evaluations that have to be read."""

Query = Callable[[str, tuple[Any, ...]], list[tuple[Any, ...]]]

_RESPONSES = """SELECT count(*), sum(tokens_in), sum(tokens_out),
    CASE WHEN count(cost) = count(*) THEN total(cost) END, max(estimated)
    FROM (SELECT json_extract(data, '$.tokens_in') AS tokens_in,
        json_extract(data, '$.tokens_out') AS tokens_out,
        json_extract(data, '$.cost_usd') AS cost,
        json_extract(data, '$.estimated') AS estimated
        FROM events WHERE run = ? AND kind = 'responded')"""
_EVALUATIONS = """SELECT count(*), total(json_extract(data, '$.seconds')) FROM events
    WHERE run = ? AND kind = 'evaluated' AND invocation <> ?
    AND json_array_length(data, '$.attempts') = 0"""
_LOOKS = """SELECT count(*) FROM events WHERE run = ? AND kind = 'evaluated'
    AND json_extract(data, '$.split') = 'test' AND json_array_length(data, '$.attempts') = 0"""
_BEST = """SELECT json_extract(data, '$.program'), json_extract(data, '$.score') FROM events
    WHERE run = ? AND kind = 'utility_called' AND invocation = 'improve'
    AND json_type(data, '$.score') IN ('real', 'integer')
    ORDER BY json_extract(data, '$.score') DESC, position LIMIT 1"""


def add_sums(state: RunState, counts: dict[str, int], query: Query, number: int) -> None:
    """Add to a state, in place, what the kinds that were not read come to.

    Args:
        state: the fold over all other events.
        counts: number of events by kind.
        query: runs SQL.
        number: the run's.
    """
    responses, tokens_in, tokens_out, cost, estimated = query(_RESPONSES, (number,))[0]
    evaluations, seconds = query(_EVALUATIONS, (number, SESSIONS))[0]
    state.spent += Spent(
        model_calls=counts.get("prompted", 0),
        responses=responses,
        tokens_in=tokens_in or 0,
        tokens_out=tokens_out or 0,
        cost_usd=cost,
        estimated=bool(estimated),
        utility_calls=counts.get("utility_called", 0),
        evaluations=evaluations,
        refused=counts.get("refused", 0),
        seconds=seconds,
    )
    state.test_looks += query(_LOOKS, (number,))[0][0]
    best = query(_BEST, (number,))
    state.best = (best[0][0], float(best[0][1])) if best else None
