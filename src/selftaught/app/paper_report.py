"""The paper's report: Markdown with figures beside it, made from the result alone."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from selftaught.app.arms_result import SEEN, SetResult
from selftaught.app.bypass_result import RULES, BypassRate, Counted
from selftaught.app.paper_figures import NAMES, figures
from selftaught.app.paper_markdown import NONE, interval, picture_of, probability, share, table
from selftaught.app.paper_result import PaperResult
from selftaught.app.paper_rounds import RoundsResult
from selftaught.app.paper_watch import inherited, watched
from selftaught.app.strategies import StrategyRate
from selftaught.app.transfer_result import TransferTable
from selftaught.engine.settings import Settings
from selftaught.errors import UsageError
from selftaught.values.facts import RunStarted

PUBLISHED = {"string_grid": ("43.9 %", "44.3 %", "56.7 %"), "mqap": ("20.4 %", "20.6 %", "22.1 %")}
"""The paper's table 1 (GPT-4): seed program, seed improver, improved improver."""


def write_report(result: PaperResult, started: RunStarted) -> Path:
    """Write the report and its figures; return the report's path.

    Raises:
        UsageError: a file can't be written.
    """
    path = Path(result.report)
    pictures = {f"{path.stem}-{name}": svg for name, svg in figures(result).items()}
    texts = {path.name: report(result, started, pictures), **pictures}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (path.parent / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"{path} to be writable",
            str(error),
            "make it writable or choose another place with -o, then resume the run",
        ) from error
    return path


def report(result: PaperResult, started: RunStarted, pictures: Iterable[str] = ()) -> str:
    """Return the report as Markdown; ``pictures`` are the names of the files of figures."""
    shown = {name.split("-", 1)[1].removesuffix(".svg"): name for name in pictures}
    parts = [
        _head(result, started),
        _rounds(result.rounds, shown),
        *(_arms(each, shown) for each in result.arms),
        _carried(result),
        _transfer(result.transfer, "on fresh test instances", shown.get("transfer")),
        _transfer(result.published, "on the paper's own instances", shown.get("published")),
        _published(result.published),
        _strategies(result, shown.get("strategies")),
        _bypass(result, shown.get("bypass")),
        inherited(result.watch),
        watched(result.watch),
        _foot(result),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(result: PaperResult, started: RunStarted) -> str:
    scale, details = Settings.from_data(started.settings).scale, started.details
    rule = "always, unless it fails (the paper's)" if result.settings["adopt"] == "paper" else ""
    rule = rule or "where it is better on fresh gate seeds"
    state = "" if result.stopped == "done" else f" **It is not whole: {result.stopped}.**"
    words = " ".join(["selftaught", *details["arguments"], "--seed", str(result.seed)])
    model = "" if result.model == "offline" else f" --model {result.model}"
    number = details["repeats"]
    runs = "1 independent run" if number == 1 else f"{number} independent runs"
    lines = [
        "# The experiments of the Self-Taught Optimizer (arXiv 2310.02304)",
        "",
        f"Made by `{words}{model}`,",
        f"run `{result.run}`, selftaught {started.version}, model `{result.model}`,",
        f"digest `{result.digest[:16]}`.{state}",
        "",
        f"- {runs} on {', '.join(details['sets'][SEEN])}: {scale.rounds} rounds, at most",
        f"  {scale.meta_calls} meta-utility calls a round, {scale.repeats} invocations a task.",
        f"- An invocation: {scale.calls} model calls of {scale.responses} responses and",
        f"  {scale.utility_calls} utility calls.",
        f"- A new improver is adopted {rule}.",
        "- Intervals are 95 %; n counts independent runs, or repeats of the transfer.",
        *_offline(result),
    ]
    return "\n".join(lines)


def _offline(result: PaperResult) -> list[str]:
    if not result.model.startswith("offline"):
        return []
    return [
        "- The offline model is no language model: its figures show that the machinery works, and",
        "  its text rates measure its mutation operators.",
    ]


def _rounds(rounds: RoundsResult, shown: dict[str, str]) -> str:
    if not rounds.runs:
        return "## Meta-utility against rounds (figure 4)\n\nNo run is whole yet."
    rows = [
        (
            NAMES[arm.arm],
            str(point.round),
            interval(point.train),
            _error(point.train_error),
            interval(point.test),
            _error(point.test_error),
        )
        for arm in rounds.arms
        for point in arm.points
    ]
    gaining = [
        f"- {NAMES[arm.arm]}: {share(each.count, each.n, (each.low, each.high))} gained at least "
        f"{each.least:.0%} on test from the first improver to the last."
        for arm in rounds.arms
        for each in [arm.gaining]
    ]
    headings = ("", "round", "train", "standard error", "test", "standard error")
    return (
        "## Meta-utility against rounds (figure 4)\n\n"
        + picture_of(shown.get("rounds"), "meta-utility against rounds")
        + table(headings, rows)
        + "\n\nTest was looked at after each run's end. Gains are in points of meta-utility.\n\n"
        + "\n".join(gaining)
        + "\n\n### imp@k\n\nThe gain over the seed program, on test, of what the improver in force "
        "after a round had\nfound within k model calls.\n\n"
        + picture_of(shown.get("imp_at_k"), "imp@k")
        + _imp(rounds)
    )


def _error(value: float | None) -> str:
    return NONE if value is None else f"{value:.4f}"


def _imp(rounds: RoundsResult) -> str:
    calls = sorted({each.calls for each in rounds.imp})
    by_place = {(each.round, each.calls): each.gain for each in rounds.imp}
    rows = [
        (str(number), *(interval(by_place[number, k]) for k in calls))
        for number in sorted({each.round for each in rounds.imp})
    ]
    return table(("round", *(f"k = {k}" for k in calls)), rows)


def _arms(found: SetResult, shown: dict[str, str]) -> str:
    head = f"## Arms at equal spend, on {', '.join(found.tasks)}\n\n"
    left_out = "".join(
        f"\n\nLeft out of claims: {task}, since {reason}."
        for task, reason in found.left_out.items()
    )
    if not found.arms:
        return f"{head}No task with headroom.{left_out}"
    rows = [
        (
            row.arm,
            interval(row.endpoint),
            interval(row.difference, signed=True),
            probability(row.p_value),
            f"{row.spent.responses:,}",
            f"{row.spent.tokens_in + row.spent.tokens_out:,}",
            "unknown" if row.spent.cost_usd is None else f"{row.spent.cost_usd:.2f}",
            f"{row.spent.seconds:,.1f}",
        )
        for row in found.arms
    ]
    headings = ("arm", "normalised", "C minus it", "p", "responses", "tokens", "dollars", "CPU s")
    repaid = found.break_even.tasks
    even = "the rounds are never repaid" if repaid is None else f"{repaid:,} downstream tasks"
    bound = "at most " if found.break_even.at_most else ""
    return (
        head
        + picture_of(shown.get("arms"), "arms at equal spend")
        + "A: the seed improver with all spend in one invocation; B: in every round; C: STOP; D: "
        "sampling.\n\n"
        + table(headings, rows)
        + f"\n\nC minus the best control ({found.best_control}): "
        + f"{interval(found.headline, signed=True)}. Break-even: {bound}{even}.{left_out}"
    )


def _carried(result: PaperResult) -> str:
    head = "## Transfer to tasks that it never saw (table 1)\n\n"
    found = result.carried
    if found is None:
        return f"{head}Nothing to carry over yet."
    kept = " It is the seed improver: no round put another in force." if found.untouched else ""
    return (
        f"{head}Carried over: improver `{found.improver[:10]}`, the last of run {found.run + 1}, "
        f"chosen by its\nmeta-utility on train ({found.train:.4f}). Nothing is optimised further."
        f"{kept}"
    )


def _transfer(found: TransferTable, where: str, picture: str | None) -> str:
    if not found.rows:
        return ""
    rows = [
        (
            row.task,
            interval(row.seed_program),
            interval(row.seed_improver),
            interval(row.improver),
            interval(row.best_of_n),
            interval(row.paired_difference, signed=True),
            probability(row.p_value),
        )
        for row in found.rows
    ]
    headings = ("task", "seed program", "seed improver", "improved", "best of n", "gain", "p")
    overall = [
        f"- Over tasks, normalised: improved minus {row.against} "
        f"{interval(row.difference, signed=True)}"
        + ("" if row.p_value is None else f", {_p(row.p_value)}")
        for row in found.overall
    ]
    left_out = [f"- Left out of this: {task}, since {why}." for task, why in found.left_out.items()]
    return (
        f"### {where[:1].upper()}{where[1:]}\n\n"
        + picture_of(picture, f"transfer {where}")
        + table(headings, rows)
        + "\n\n"
        + "\n".join([*overall, *left_out])
    )


def _p(value: float) -> str:
    text = probability(value)
    return f"p {text}" if text.startswith("<") else f"p = {text}"


def _published(found: TransferTable) -> str:
    rows = [(row.task, *PUBLISHED[row.task]) for row in found.rows if row.task in PUBLISHED]
    if not rows:
        return ""
    headings = ("published", "seed program", "seed improver", "improved")
    return table(headings, rows) + "\n\nPublished with GPT-4; see docs/bypass.md for `mqap`."


def _strategies(result: PaperResult, picture: str | None) -> str:
    head = "## Search strategies\n\n"
    found = [each for each in result.strategies.rates if each.round is None and each.n]
    seen = {each.name for each in found if each.count}
    if not seen:
        return f"{head}{len(result.strategies.programs)} proposals; none uses a known strategy."
    rows = [
        (name, *(_rate(each) for each in found if each.name == name))
        for name in dict.fromkeys(each.name for each in found)
        if name in seen
    ]
    ofs = dict.fromkeys(each.of for each in found)
    return (
        head
        + picture_of(picture, "strategies by round")
        + table(("strategy", *ofs), rows)
        + "\n\nOver all rounds of all runs, with Wilson intervals; rounds of one run depend on "
        "each other."
    )


def _rate(each: StrategyRate | BypassRate) -> str:
    return share(each.count, each.n, (each.low, each.high))


def _bypass(result: PaperResult, picture: str | None) -> str:
    found = result.bypass
    if not found.examined:
        return ""
    rates = {(each.rule, each.warned): each for each in found.rates}
    tests = {each.rule: each.p_value for each in found.tests}
    rows = []
    for rule, p in tests.items():
        cells = [_rate(rates[rule, warned]) for warned in (False, True)]
        rows.append((rule, *cells, probability(p)))
    wordings = len({each.wording for each in found.wordings})
    headings = ("counter", "without the warning", "with it", "p")
    label = f"**{found.note[:1].upper()}{found.note[1:]}.**\n\n" if found.note else ""
    return (
        "## Bypass of the sandbox (table 2)\n\n"
        + label
        + picture_of(picture, "bypass rates")
        + table(headings, rows)
        + f"\n\n{found.examined:,} proposals examined, {found.without_program:,} without a program."
        + f" Warning and utility's\ntext are paraphrased {wordings} ways, in equal parts:\n\n"
        + _wordings(found)
    )


def _wordings(found: Counted) -> str:
    numbers = sorted({each.wording for each in found.wordings})
    counts = {(each.rule, each.warned, each.wording): each for each in found.wordings}
    rows = [
        (
            rule,
            "with it" if warned else "without the warning",
            *(
                f"{each.count} of {each.n}"
                if (each := counts.get((rule, warned, number)))
                else NONE
                for number in numbers
            ),
        )
        for rule in RULES
        for warned in (False, True)
    ]
    return table(("counter", "", *(f"wording {number + 1}" for number in numbers)), rows)


def _foot(result: PaperResult) -> str:
    spent = result.spent
    cost = "unknown dollars" if spent.cost_usd is None else f"{spent.cost_usd:.2f} dollars"
    return (
        f"## Spent\n\n{spent.model_calls:,} model calls, {spent.responses:,} responses, "
        f"{spent.tokens_in + spent.tokens_out:,} tokens, {cost},\n"
        f"{spent.evaluations:,} evaluations."
    )
