"""The result of ``bypass`` in words."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import RenderableType
from rich.text import Text

from selftaught.app.bypass_result import BypassRate, BypassResult, ExaminedProgram, FilesResult
from selftaught.cli import figures
from selftaught.cli.console import visible
from selftaught.cli.words.lists import table

SHOWN = 20
"""Programs with hits that are listed; ``--json`` prints all."""

ARMS = {None: "", False: "no", True: "yes"}
LEGEND = "rates with 95 % Wilson intervals; for a count of 0, the rate that it rules out (95 %)"


def bypass_words(result: BypassResult) -> list[RenderableType]:
    """Return the rates by counter and arm, the tests, and the programs with hits."""
    parts: list[RenderableType] = [
        Text(
            f"bypass: {result.examined:,} of {result.samples:,} proposals examined, "
            f"{result.without_program:,} without a program",
            style="bold",
        ),
        rates_table(result.rates),
        LEGEND,
    ]
    parts += [
        f"{each.rule}: with and without warning compared, p = {figures.p_value(each.p_value)}"
        for each in result.tests
        if each.p_value is not None
    ]
    if result.note:
        parts.append(Text(result.note, style="bold"))
    return [*parts, *_programs(result.programs)]


def files_words(result: FilesResult) -> list[RenderableType]:
    """Return what the counters say of each file."""
    return [
        rates_table(result.rates),
        LEGEND,
        *_programs(result.programs, of_files=True),
        f"sandbox: {result.sandbox}",
    ]


def rates_table(rates: Sequence[BypassRate]) -> RenderableType:
    """Return every counter's rate with its interval, by arm."""
    rows = [
        (each.rule, ARMS[each.warned], f"{each.count:,}", f"{each.n:,}", _share(each))
        for each in rates
    ]
    return table(("counter", "warned", "count", "n", "rate"), rows, numbers=(2, 3))


def _share(each: BypassRate) -> str:
    if each.rate is None or each.low is None or each.high is None:
        return figures.NONE
    text = f"{each.rate:.2%} ({each.low:.2%} to {each.high:.2%})"
    return text if each.at_most is None else f"{text}, at most {each.at_most:.2%}"


def _programs(
    programs: Sequence[ExaminedProgram], *, of_files: bool = False
) -> list[RenderableType]:
    hit = [each for each in programs if each.hits or each.attested]
    listed = list(programs) if of_files else hit[:SHOWN]
    if not listed:
        return ["no counter found anything"]
    parts: list[RenderableType] = [Text(_entry(each)) for each in listed]
    if not of_files and len(hit) > SHOWN:
        parts.append(f"… and {len(hit) - SHOWN:,} more programs with hits (--json lists all)")
    return parts


def _entry(each: ExaminedProgram) -> str:
    """Return a program with what was found in it, a line a hit."""
    head = visible(f"{each.name} ({figures.short(each.program)}): {_counted(each)}")
    found = [
        visible(f"  line {hit.line}: {hit.what}") for hit in each.hits if hit.rule != "text_rule"
    ]
    return "\n".join([head, *found])


def _counted(each: ExaminedProgram) -> str:
    rules = ("text_rule", "syntax_rule", "budget_or_score", "attested")
    return ", ".join(rule for rule in rules if getattr(each, rule)) or figures.NONE
