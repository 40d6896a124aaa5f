"""``selftaught strategies``: files, runs, and what an approval shows."""

from __future__ import annotations

from pathlib import Path

import pytest

import selftaught.improver
from cli.conftest import Finished, Selftaught, say
from selftaught.analysis.proportions import wilson
from selftaught.analysis.strategies.detect import detect
from selftaught.cli.approval import show_proposal
from selftaught.experiments.strategies import ProgramStrategies, StrategyUse, rates
from selftaught.runs.approval import Proposal
from selftaught.runs.results import Attempts
from selftaught.values.facts import Decided
from selftaught.values.records import Spent

LIBRARY = Path(selftaught.improver.__file__).parent / "library"


def proposal(number: int, strategy: str, *, adopted: bool) -> ProgramStrategies:
    use = StrategyUse(name=strategy, lines=[number])
    return ProgramStrategies(
        program=str(number),
        strategies=[use],
        where=f"round {number}",
        arm="",
        round=number,
        adopted=adopted,
        calls=None,
    )


def test_files_are_told_with_their_lines(selftaught: Selftaught) -> None:
    files = [str(LIBRARY / "beam.py"), str(LIBRARY / "seed.py")]
    said = selftaught("strategies", *files, "--json")
    assert said.status == 0
    beam, seed = said.data["programs"]
    assert [each["name"] for each in beam["strategies"]] == ["beam_search", "feedback"]
    assert [each["name"] for each in seed["strategies"]] == ["best_of_n"]
    assert len(beam["program"]) == 64
    assert seed["strategies"][0]["lines"]
    assert said.data["rates"] == []
    words = selftaught("strategies", *files)
    assert "beam_search (" in words.out


def test_a_run_is_told_by_its_proposals_and_calls(finished: Finished) -> None:
    run = finished.run.data
    said = say("strategies", run["run"], "--store", finished.store, "--json")
    assert said.status == 0
    proposed = {each["proposed"]: each["adopted"] for each in run["rounds"]}
    programs = [each for each in said.data["programs"] if each["program"] in proposed]
    assert {each["program"] for each in programs} == set(proposed)
    assert said.data["runs"] == [run["run"]]
    for each in programs:
        assert each["calls"]["invocations"] >= 1
        assert each["round"] == 1
    assert {each["of"] for each in said.data["rates"]} == {"proposed", "adopted"}
    assert say("strategies", run["run"], "--store", finished.store).status == 0


def test_frequencies_are_of_all_and_of_adopted_ones_by_round() -> None:
    found = rates([proposal(1, "bandit", adopted=False), proposal(2, "bandit", adopted=True)])
    bandit = {(each.of, each.round): each for each in found if each.name == "bandit"}
    every = bandit["proposed", None]
    assert (every.count, every.n) == (2, 2)
    assert (every.low, every.high) == (wilson(2, 2).low, wilson(2, 2).high)
    assert (bandit["adopted", None].count, bandit["adopted", None].n) == (1, 1)
    assert (bandit["adopted", 1].n, bandit["adopted", 1].rate) == (0, None)
    assert (bandit["proposed", 2].count, bandit["proposed", 2].n) == (1, 1)


@pytest.mark.parametrize("name", ["no-such-run", "missing.py"])
def test_what_is_neither_a_run_nor_a_file_is_refused(finished: Finished, name: str) -> None:
    assert say("strategies", name, "--store", finished.store).status == 2


def test_a_run_that_proposes_no_improver_is_refused(finished: Finished) -> None:
    run = finished.improve.data["run"]
    said = say("strategies", run, "--store", finished.store, "--json")
    assert said.status == 2
    assert "one of `improve`" in said.data["error"]["found"]


def test_an_approval_names_the_strategies(capsys: pytest.CaptureFixture[str]) -> None:
    source = (LIBRARY / "beam.py").read_text("utf-8")
    decision = Decided(
        round=1, incumbent="a", proposed="b", adopted=True, reason="better", rule="gate"
    )
    nothing = Attempts(attested=0, advisory=0, outcomes=0, by_category={})
    shown = Proposal("run-1", decision, "", 1, Spent(), nothing, tuple(detect(source)))
    show_proposal(shown)
    assert "its search strategies: beam_search, feedback" in capsys.readouterr().err
