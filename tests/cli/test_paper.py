"""paper: one run, one report, whose figures are the store's."""

from __future__ import annotations

import json
import os
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest

from cli.conftest import Said, Selftaught, say
from selftaught.experiments.paper.markdown import FEWEST
from selftaught.store.sqlite import SqliteStore
from selftaught.values.facts import Evaluated, Examined, MetaEvaluated, RoundFinished

WORDS = ("paper", "--scale", "tiny", "--seed", "1", "--yes", "--json")
NUMBER = r"[+-]?\d+(?:\.\d+)?"
INTERVAL = re.compile(rf"({NUMBER})(?: \[({NUMBER}), ({NUMBER})\])? \(n=(\d+)\)")
SHARE = re.compile(r"(\d+) of (\d+), ([\d.]+)% \[([\d.]+)%, ([\d.]+)%\]")
EXACT = 0.5e-4 + 1e-12
"""The report has four digits."""


@dataclass(frozen=True)
class Made:
    """A finished run of ``paper``: what it printed, what ``show`` says, and its report."""

    folder: Path
    said: Said
    shown: dict[str, Any]
    text: str

    def tables(self, heading: str) -> list[list[list[str]]]:
        """The tables below a heading, each as rows of cells, the head first."""
        part = re.search(rf"^#+ {re.escape(heading)}.*?\n(.*?)(?=^#|\Z)", self.text, re.M | re.S)
        assert part, f"the report has no {heading!r}"
        blocks = re.findall(r"(?:^\|.*\n?)+", part[1], re.M)
        return [
            [
                [cell.strip() for cell in line.strip().strip("|").split("|")]
                for line in block.splitlines()
                if not line.startswith("| ---")
            ]
            for block in blocks
        ]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder, before = tmp_path_factory.mktemp("paper"), Path.cwd()
    os.chdir(folder)
    try:
        said = say(*WORDS)
        assert said.status == 0, said.err
        shown = say("show", said.data["run"], "--json").data
    finally:
        os.chdir(before)
    return Made(folder, said, shown, (folder / "paper/report.md").read_text("utf-8"))


def same(cell: str, interval: dict[str, Any]) -> bool:
    """Whether a cell tells this interval."""
    found = INTERVAL.fullmatch(cell)
    assert found, cell
    few = interval["n"] < FEWEST
    ends = [interval["mean"], *(None if few else interval[each] for each in ("low", "high"))]
    told = [None if each is None else float(each) for each in found.groups()[:3]]
    return int(found[4]) == interval["n"] and all(
        (a is None) == (b is None) and (a is None or abs(a - b) <= EXACT)
        for a, b in zip(told, ends, strict=True)
    )


def same_share(cell: str, rate: dict[str, Any]) -> bool:
    """Whether a cell tells this share with its interval, in tenths of a percent."""
    found = SHARE.fullmatch(cell)
    assert found, cell
    told = [float(each) / 100 for each in found.groups()[2:]]
    ends = [rate["rate"], rate["low"], rate["high"]]
    return (int(found[1]), int(found[2])) == (rate["count"], rate["n"]) and all(
        abs(a - b) <= 0.5e-3 + 1e-12 for a, b in zip(told, ends, strict=True)
    )


def test_the_result_is_what_show_says(made: Made) -> None:
    for key in set(made.said.data) - {"spent"}:
        assert made.shown[key] == made.said.data[key], key
    assert made.shown["kind"] == "paper"
    assert made.shown["extent"] == "tiny"
    assert made.shown["stopped"] == "done"


def test_figure_4_in_the_report_is_the_stores(made: Made) -> None:
    [table, *_] = made.tables("Meta-utility against rounds")
    points = [point for arm in made.shown["rounds"]["arms"] for point in arm["points"]]
    assert len(table) - 1 == len(points) == 2 * 3
    for (_, number, train, error, test, test_error), point in zip(table[1:], points, strict=True):
        assert int(number) == point["round"]
        assert same(train, point["train"])
        assert same(test, point["test"])
        assert float(error) == pytest.approx(point["train_error"], abs=EXACT)
        assert float(test_error) == pytest.approx(point["test_error"], abs=EXACT)
    for arm in made.shown["rounds"]["arms"]:
        gaining = arm["gaining"]
        assert f"{gaining['count']} of {gaining['n']}, " in made.text
        assert gaining["n"] == 2


def test_imp_at_k_in_the_report_is_the_stores(made: Made) -> None:
    [table] = made.tables("imp@k")
    gains = {(each["round"], each["calls"]): each["gain"] for each in made.shown["rounds"]["imp"]}
    assert len(gains) == 3 * 2
    for number, *cells in table[1:]:
        for calls, cell in enumerate(cells, 1):
            assert same(cell, gains[int(number), calls])


def test_the_arms_in_the_report_are_the_stores(made: Made) -> None:
    [table] = made.tables("Arms at equal spend")
    [found] = made.shown["arms"]
    assert [row[0] for row in table[1:]] == ["A", "B", "C", "D best_of_n", "D sequential"]
    for row, arm in zip(table[1:], found["arms"], strict=True):
        assert same(row[1], arm["endpoint"])
        assert arm["difference"] is None or same(row[2], arm["difference"])
        assert int(row[4].replace(",", "")) == arm["spent"]["responses"]
    headline = re.search(r"C minus the best control \((.+)\): (.+?\))\.", made.text)
    assert headline
    assert headline[1] == found["best_control"]
    assert same(headline[2], found["headline"])


@pytest.mark.parametrize(
    ("heading", "key"),
    [("On fresh test instances", "transfer"), ("On the paper's own instances", "published")],
)
def test_table_1_in_the_report_is_the_stores(made: Made, heading: str, key: str) -> None:
    table = made.tables(heading)[0]
    rows = made.shown[key]["rows"]
    assert len(table) - 1 == len(rows) > 0
    columns = ("seed_program", "seed_improver", "improver", "best_of_n", "paired_difference")
    for (task, *cells, p), row in zip(table[1:], rows, strict=True):
        assert task == row["task"]
        assert all(same(cell, row[name]) for cell, name in zip(cells, columns, strict=True))
        assert float(p.removeprefix("< ")) == pytest.approx(row["p_value"], abs=1e-3)


def test_the_papers_own_instances_give_its_first_column(made: Made) -> None:
    [row] = made.shown["published"]["rows"]
    assert row["task"] == "string_grid"
    assert row["seed_program"]["mean"] == pytest.approx(0.4389, abs=5e-5)


def test_strategies_in_the_report_are_the_stores(made: Made) -> None:
    rates = {
        (each["name"], each["of"]): each
        for each in made.shown["strategies"]["rates"]
        if each["round"] is None
    }
    [table] = made.tables("Search strategies")
    for name, *cells in table[1:]:
        for of, cell in zip(table[0][1:], cells, strict=True):
            assert same_share(cell, rates[name, of])
    told = {row[0] for row in table[1:]}
    assert told == {name for (name, _), each in rates.items() if each["count"]}


def test_table_2_in_the_report_is_the_stores(made: Made) -> None:
    table, wordings = made.tables("Bypass of the sandbox")[:2]
    found = made.shown["bypass"]
    rates = {(each["rule"], each["warned"]): each for each in found["rates"]}
    assert len(table) - 1 == 4
    for rule, plain, warned, _ in table[1:]:
        assert same_share(plain, rates[rule, False])
        assert same_share(warned, rates[rule, True])
    by_wording = sum(
        int(cell.split(" of ")[1]) for row in wordings[1:] for cell in row[2:] if row[0] == rule
    )
    assert by_wording == found["examined"] == 16
    assert "The offline model: the rates measure its mutation operators" in made.text


def test_the_watch_in_the_report_is_the_stores(made: Made) -> None:
    watch = made.shown["watch"]
    gaps, *flags = made.tables("Watch for reward hacking")
    assert len(gaps) - 1 == len(watch["gaps"]) == 2 + 2
    for (of, over, gap), told in zip(gaps[1:], watch["gaps"], strict=True):
        assert (of, over) == (told["of"], told["over"])
        assert gap == "–" if told["gap"]["mean"] is None else same(gap, told["gap"])
    told = [(row[0], row[3]) for table in flags for row in table[1:]]
    assert told == [(each["kind"], each["what"]) for each in watch["flags"]]
    extra = sum(each["evaluations"] for each in watch["order"])
    assert f"({extra} evaluations beside the run's budget)" in made.text


def test_inheritance_in_the_report_is_the_stores(made: Made) -> None:
    counted = [each for each in made.shown["watch"]["bypass"] if each["proposed"]["count"]]
    tables = made.tables("Inherited by adopted improvers, by round")
    rows = [row for table in tables for row in table[1:]]
    assert [row[0] for row in rows] == [each["rule"] for each in counted]
    rules = {each["rule"] for each in made.shown["watch"]["bypass"]}
    assert rules == {"text_rule", "syntax_rule", "budget_or_score", "attested"}
    assert all(each["proposed"]["n"] for each in made.shown["watch"]["bypass"])


def test_the_results_figures_follow_from_the_events(made: Made) -> None:
    """What show says is reckoned again, straight from the log."""
    with SqliteStore(made.folder / ".selftaught/store.db", create=False) as store:
        events = [event for _, event in store.events(made.said.data["run"])]
    start = made.shown["rounds"]["each"][0]["improvers"][0]
    tests: dict[tuple[str, str], list[float]] = {}
    for event in events:
        fact = event.fact
        if isinstance(fact, MetaEvaluated) and event.invocation.startswith("rounds/"):
            number = event.invocation.split("/")[1]
            tests.setdefault((number, fact.improver), []).extend(e.score for e in fact.returned)
    for run in made.shown["rounds"]["each"]:
        finished = [
            event.fact.improver
            for event in events
            if isinstance(event.fact, RoundFinished)
            and event.invocation == f"arms/{run['number']}/{run['arm']}/"
        ]
        assert run["improvers"] == [start, *finished]
        for improver, score in zip(run["improvers"], run["test"], strict=True):
            assert score == pytest.approx(fmean(tests[str(run["number"]), improver]))
    seed = made.shown["settings"]["scales"]["string_grid"]["seed"]
    scores = {
        event.fact.draw: event.fact.score
        for event in events
        if isinstance(event.fact, Evaluated)
        and event.fact.split == "paper"
        and event.fact.program == seed
    }
    [row] = made.shown["published"]["rows"]
    assert row["seed_program"]["mean"] == pytest.approx(
        fmean(score for score in scores.values() if score is not None)
    )
    examined = [event.fact for event in events if isinstance(event.fact, Examined)]
    for rate in made.shown["bypass"]["rates"]:
        own = [fact for fact in examined if fact.warned is rate["warned"]]
        assert rate["n"] == len(own)
        assert rate["count"] == sum(getattr(fact, rate["rule"]) for fact in own)


def pictures(folder: Path) -> Iterator[tuple[str, ET.Element]]:
    for path in sorted(folder.glob("paper/*.svg")):
        yield path.name, ET.parse(path).getroot()


def texts(picture: ET.Element) -> Sequence[str]:
    return [each.text or "" for each in picture.iter("{http://www.w3.org/2000/svg}text")]


def test_the_report_shows_every_figure_that_there_is(made: Made) -> None:
    shown = re.findall(r"!\[[^]]+\]\(([^)]+)\)", made.text)
    assert sorted(shown) == [name for name, _ in pictures(made.folder)]
    assert len(shown) == 7


def test_figures_tell_the_stores_numbers(made: Made) -> None:
    found = dict(pictures(made.folder))
    rows = made.shown["transfer"]["rows"]
    columns = ("seed_program", "seed_improver", "improver", "best_of_n")
    told = [
        text for text in texts(found["report-transfer.svg"]) if re.fullmatch(r"-?0\.\d{3}", text)
    ]
    assert told == [f"{row[column]['mean']:.3f}" for row in rows for column in columns]
    counts = [
        text for text in texts(found["report-bypass.svg"]) if " of " in text and text[0].isdigit()
    ]
    assert counts == [f"{each['count']} of {each['n']}" for each in made.shown["bypass"]["rates"]]


def test_nothing_in_a_figure_leaves_its_frame(made: Made) -> None:
    """Marks and lines lie within the picture; texts too, by the width that letters have."""
    for name, picture in pictures(made.folder):
        width, height = (float(picture.attrib[side]) for side in ("width", "height"))
        for element in picture.iter():
            for side, end in (("x", width), ("y", height)):
                for key in (side, f"{side}1", f"{side}2", f"c{side}"):
                    place = float(element.attrib.get(key, 0))
                    assert 0 <= place <= end, f"{name}: {element.tag} at {key}={place}"
        for element in picture.iter("{http://www.w3.org/2000/svg}text"):
            if element.attrib["class"] == "title" or element.attrib["text-anchor"] != "start":
                continue
            room = float(element.attrib["x"]) + 6.6 * len(element.text or "")
            assert room <= width, f"{name}: {element.text!r} ends at {room}"


def test_the_command_is_told_again(made: Made) -> None:
    again = re.search(r"Made by `selftaught (.+?)`", made.text)
    assert again
    assert again[1].split()[:3] == ["paper", "--scale", "tiny"]
    assert again[1].endswith("--seed 1")


@pytest.mark.slow
def test_a_run_that_a_limit_ended_goes_on_and_its_report_is_whole(
    made: Made, selftaught: Selftaught
) -> None:
    most = made.said.data["spent"]["responses"] * 2 // 3
    ended = selftaught(*WORDS, "--max-responses", str(most))
    assert ended.status == 3, ended.err
    part = Path("paper/report.md").read_text("utf-8")
    assert "It is not whole: budget" in part
    resumed = selftaught("resume", ended.data["run"], "--max-responses", "100000", "--json")
    assert resumed.status == 0, resumed.err
    assert resumed.data["digest"] == made.said.data["digest"]
    whole = Path("paper/report.md").read_text("utf-8")
    left_out = re.compile(r"run `[^`]+`|\d+\.\d \|$", re.M)
    assert left_out.sub("", whole) == left_out.sub("", made.text)


@pytest.mark.parametrize(
    "words",
    [
        ("--scale", "huge"),
        ("--scale", "tiny", "--runs", "0"),
        ("--scale", "tiny", "--samples", "0"),
        ("--scale", "tiny", "--adopt", "archive"),
    ],
)
def test_what_it_can_not_do_is_refused(words: tuple[str, ...], selftaught: Selftaught) -> None:
    said = selftaught("paper", *words, "--json")
    assert said.status == 2
    error = json.loads(said.out)["error"]
    assert error["expected"]
    assert error["found"]


def test_a_report_that_can_not_be_written_loses_nothing(
    tmp_path: Path, selftaught: Selftaught
) -> None:
    (tmp_path / "file").write_text("")
    words = (*WORDS[:-1], "--runs", "1", "--samples", "4", "-o", "file/report.md", "--json")
    said = selftaught(*words)
    assert said.status == 2
    assert "to be writable" in said.data["error"]["expected"]
    [run] = selftaught("runs", "--json").data["runs"]
    assert selftaught("show", run["run"], "--json").data["rounds"]["runs"] == 1
