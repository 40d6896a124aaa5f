"""Figures: numbers as words, each with what it needs to be believed."""

from __future__ import annotations

from selftaught.app.paper_markdown import FEWEST
from selftaught.app.results import Attempts
from selftaught.values.records import Interval, Spent

NONE = "–"


def score(value: float | None) -> str:
    """Return a score with four decimals."""
    return NONE if value is None else f"{value:.4f}"


def interval(value: Interval, *, signed: bool = False) -> str:
    """Return a mean with its 95 % interval and n, e.g. ``0.7130 ± 0.0421 (n=6)``.

    Of two values there is none: Student's factor is 12.7, so that it says nothing.
    """
    if value.mean is None:
        return NONE
    form = "+.4f" if signed else ".4f"
    text = f"{value.mean:{form}}"
    if 1 < value.n < FEWEST:
        return f"{text} (n={value.n}, too few for ±)"
    if value.low is not None and value.high is not None:
        above, below = value.high - value.mean, value.mean - value.low
        symmetric = abs(above - below) < 5e-5
        text += f" ± {above:.4f}" if symmetric else f" [{value.low:{form}}, {value.high:{form}}]"
    return f"{text} (n={value.n})"


def short(program: str | None) -> str:
    """Return the first 10 characters of a program's id."""
    return program[:10] if program else NONE


def dollars(usd: float | None) -> str:
    """Return an amount; an unknown one is said to be unknown, never 0."""
    if usd is None:
        return "unknown cost"
    return f"${usd:,.2f}" if usd >= 0.01 or usd == 0 else f"${usd:.4f}"


def spent(value: Spent) -> str:
    """Return what was used up, in one line."""
    estimated = " (estimated)" if value.estimated else ""
    parts = [
        f"{value.model_calls:,} model calls",
        f"{value.responses:,} responses",
        f"{value.tokens_in:,} + {value.tokens_out:,} tokens{estimated}",
        dollars(value.cost_usd),
        f"{value.utility_calls:,} utility calls",
        f"{value.evaluations:,} evaluations",
        f"{value.seconds:,.1f} CPU s",
    ]
    if value.refused:
        parts.append(f"{value.refused:,} calls refused")
    return ", ".join(parts)


def attempts(value: Attempts) -> str:
    """Return what programs tried, in one line."""
    total = value.attested + value.advisory + value.outcomes
    if not total:
        return "none"
    kinds = ", ".join(f"{name} {count:,}" for name, count in value.by_category.items())
    return (
        f"{value.attested:,} attested by the kernel, {value.advisory:,} advisory, "
        f"{value.outcomes:,} ended at a limit or refused ({kinds})"
    )


def duration(seconds: float) -> str:
    """Return a time as ``12 s``, ``3 min 04 s`` or ``2 h 05 min``."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def p_value(value: float | None) -> str:
    """Return a p-value with three decimals; a small one as a bound."""
    if value is None:
        return NONE
    return "<0.001" if value < 0.001 else f"{value:.3f}"
