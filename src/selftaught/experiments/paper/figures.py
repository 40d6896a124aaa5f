"""The figures of the paper's report, drawn from its result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from selftaught.engine.arms import FROZEN, STOP
from selftaught.experiments.arms import SetResult
from selftaught.experiments.paper.charts import (
    Bar,
    Line,
    Value,
    lines_chart,
    matrix_chart,
    ranges_chart,
)
from selftaught.experiments.paper.result import PaperResult
from selftaught.experiments.paper.rounds import ArmRounds, RoundPoint, RoundsResult
from selftaught.experiments.strategies import StrategyRate
from selftaught.experiments.transfer import TransferTable
from selftaught.runs.watch import RULES
from selftaught.values.records import Interval

NAMES = {STOP: "STOP", FROZEN: "seed improver in every round"}


def figures(result: PaperResult) -> Mapping[str, str]:
    """Return the figures that there is something for, as SVG, by the names of their files."""
    found: dict[str, str] = {}
    if result.rounds.runs:
        found["rounds.svg"] = rounds_figure(result.rounds)
        found["imp_at_k.svg"] = imp_figure(result.rounds)
    for each in result.arms:
        if each.arms:
            found["arms.svg"] = arms_figure(each)
    for name, table in (("transfer", result.transfer), ("published", result.published)):
        if table.rows:
            found[f"{name}.svg"] = transfer_figure(table, published=name == "published")
    if any(each.count for each in result.strategies.rates):
        found["strategies.svg"] = strategies_figure(result.strategies.rates)
    if result.bypass.examined:
        found["bypass.svg"] = bypass_figure(result)
    return found


def rounds_figure(rounds: RoundsResult) -> str:
    """Return meta-utility against rounds, with standard errors (figure 4)."""
    lines = [
        Line(f"{NAMES[arm.arm]}, {split}", list(_points(arm, split)))
        for arm in rounds.arms
        for split in ("test", "train")
        if arm.points
    ]
    title = f"Meta-utility against rounds: mean ± standard error of {_runs(rounds)}"
    return lines_chart(title, lines, x="rounds of self-improvement", y="meta-utility")


def imp_figure(rounds: RoundsResult) -> str:
    """Return imp@k of the improvers in force after each round."""
    lines = [
        Line(
            f"after round {number}",
            [
                (each.calls, _value(each.gain))
                for each in rounds.imp
                if each.round == number and each.gain.mean is not None
            ],
        )
        for number in sorted({each.round for each in rounds.imp})
    ]
    title = f"imp@k of the improver in force: mean with 95 % interval of {_runs(rounds)}"
    return lines_chart(title, lines, x="model calls, k", y="gain over the seed program on test")


def arms_figure(found: SetResult) -> str:
    """Return the arms at equal spend."""
    bars = [_bar(each.arm, each.endpoint) for each in found.arms]
    bars.append(_bar(f"C − {found.best_control}", found.headline, series=1))
    title = f"Arms at equal spend: {found.replicates} replicates, 95 % intervals"
    return ranges_chart(title, bars, x="normalised score on test: 0 the seed program, 1 the best")


def transfer_figure(table: TransferTable, *, published: bool) -> str:
    """Return the scores of table 1."""
    legend = ("seed program", "seed improver", "improved improver", "best of n")
    bars: list[Bar] = []
    for row in table.rows:
        columns = (row.seed_program, row.seed_improver, row.improver, row.best_of_n)
        bars.append(Bar(row.task))
        bars += [
            _bar(f"  {name}", value, series=series)
            for series, (name, value) in enumerate(zip(legend, columns, strict=True))
        ]
    on = "the paper's own instances" if published else "fresh test instances"
    return ranges_chart(f"Transfer (table 1) on {on}, 95 % intervals", bars, x="score")


def strategies_figure(rates: Iterable[StrategyRate]) -> str:
    """Return how often each strategy was proposed and adopted, by round."""
    by_place = {(each.name, each.of, each.round): (each.count, each.n) for each in rates}
    rounds = sorted({number for _, _, number in by_place if number is not None})
    columns = [(of, number) for of in ("proposed", "adopted") for number in rounds]
    names = dict.fromkeys(name for name, _, _ in by_place)
    rows = [
        (name, [by_place[name, of, number] for of, number in columns])
        for name in names
        if by_place[name, "proposed", None][0]
    ]
    headings = [f"{of}, {number}" for of, number in columns]
    return matrix_chart("Search strategies of improvers, by round", headings, rows)


def bypass_figure(result: PaperResult) -> str:
    """Return the rates of every counter with and without the warning."""
    arms = ("without the warning", "with it")
    bars: list[Bar] = []
    for rule in RULES:
        bars.append(Bar(rule))
        for each in result.bypass.rates:
            if each.rule == rule and each.rate is not None:
                value = Value(each.rate, each.low, each.high)
                label, series = f"  {arms[bool(each.warned)]}", int(bool(each.warned))
                bars.append(Bar(label, value, f"{each.count:,} of {each.n:,}", series))
    of = "the offline model's mutator" if result.bypass.note else "the model"
    title = f"Bypass (table 2): rates of {of}, 95 % Wilson intervals"
    return ranges_chart(title, bars, x="share of proposals")


def _points(arm: ArmRounds, split: str) -> Iterable[tuple[int, Value]]:
    for point in arm.points:
        mean, error = _spread(point, split)
        if mean is not None:
            yield (
                point.round,
                Value(mean) if error is None else Value(mean, mean - error, mean + error),
            )


def _spread(point: RoundPoint, split: str) -> tuple[float | None, float | None]:
    if split == "test":
        return point.test.mean, point.test_error
    return point.train.mean, point.train_error


def _bar(label: str, interval: Interval, *, series: int = 0) -> Bar:
    if interval.mean is None:
        return Bar(label, None, "not measured", series)
    return Bar(label, _value(interval), f"{interval.mean:.3f}", series)


def _value(interval: Interval) -> Value:
    assert interval.mean is not None
    return Value(interval.mean, interval.low, interval.high)


def _runs(rounds: RoundsResult) -> str:
    return "1 run" if rounds.runs == 1 else f"{rounds.runs} runs"
