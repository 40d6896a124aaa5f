"""compare, transfer, revalidate and minimise: what they print, resume and refuse."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cli.conftest import ROUNDS, TINY, Finished, Selftaught, say, write_task
from selftaught.store.sqlite import SqliteStore
from selftaught.values.facts import Evaluated

NUMBERS = [each for each in ROUNDS if each != "--repeats"]
FEW = (*TINY, "--json")
INTERVAL = {"mean", "low", "high", "n"}


@pytest.fixture(scope="module")
def square(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_task(tmp_path_factory.mktemp("task") / "square"))


def test_compare_adds_the_controls_and_compares_with_each(
    square: str, selftaught: Selftaught
) -> None:
    said = selftaught("compare", "greedy", "--tasks", square, "--repeats", "2", *FEW)
    assert said.status == 0, said.err
    data = said.data
    names = ["greedy", "best_of_n", "sequential", "chain_of_thought"]
    assert [row["improver"] for row in data["rows"]] == names
    assert all(row["task"] == "square" and row["test"]["n"] == 2 for row in data["rows"])
    assert data["rows"][0]["spent"]["responses"] <= 4
    assert data["left_out"] == {"square": "no known best"}
    assert data["repeats"] == 2
    shown = selftaught("show", data["run"], "--json").data
    assert shown["rows"] == data["rows"]
    assert shown["digest"] == data["digest"]


def test_compare_with_a_known_best_has_an_endpoint_and_curves(
    tmp_path: Path, selftaught: Selftaught
) -> None:
    text = Path(write_task(tmp_path / "plain") / "task.toml").read_text()
    task = write_task(
        tmp_path / "known",
        manifest=text.replace('name = "square"', 'name = "known"') + "[score]\nknown_best = 1.0\n",
        seed="def solve(x):\n    return -1.0\n",
    )
    said = selftaught("compare", "greedy", "--tasks", str(task), "--repeats", "2", *FEW)
    assert said.status == 0, said.err
    pairs = [(row["improver"], row["against"]) for row in said.data["overall"]]
    assert pairs == [
        ("greedy", "best_of_n"),
        ("sequential", "best_of_n"),
        ("greedy", "sequential"),
        ("best_of_n", "sequential"),
    ]
    for row in said.data["overall"]:
        assert set(row["normalised"]) == set(row["difference"]) == INTERVAL
        assert 0 <= row["p_value"] <= 1
    assert [len(curve["points"]) for curve in said.data["curves"]] == [1] * 4
    again = selftaught("show", said.data["run"])
    assert "greedy" in again.out
    assert "again: selftaught compare greedy --tasks" in again.out


def test_the_number_of_workers_changes_no_comparison(square: str, selftaught: Selftaught) -> None:
    digests = {
        selftaught("compare", "beam", "--tasks", square, "--repeats", "1", *FEW, *workers).data[
            "digest"
        ]
        for workers in ((), ("--workers", "1"))
    }
    assert len(digests) == 1


def test_a_comparison_that_a_limit_ended_goes_on(square: str, selftaught: Selftaught) -> None:
    words = ("compare", "greedy", "--tasks", square, "--repeats", "2", *FEW)
    whole = selftaught(*words)
    ended = selftaught(*words, "--max-responses", "9")
    assert ended.status == 3, ended.err
    resumed = selftaught("resume", ended.data["run"], "--max-responses", "1000", "--json")
    assert resumed.status == 0, resumed.err
    assert [row["test"] for row in resumed.data["rows"]] == [
        row["test"] for row in whole.data["rows"]
    ]
    assert resumed.data["digest"] == whole.data["digest"]


def test_compare_needs_tasks(selftaught: Selftaught) -> None:
    said = selftaught("compare", "greedy", "--json")
    assert said.status == 2
    assert said.data["error"]["kind"] == "UsageError"


def test_arms_compare_self_improvement_at_equal_spend(square: str, selftaught: Selftaught) -> None:
    numbers = ("--meta-calls", "1", "--rounds", "1", "--gate-pairs", "2", "--repeats", "2")
    said = selftaught("compare", "--arms", "--tasks", square, *numbers, *FEW)
    assert said.status == 0, said.err
    [found] = said.data["sets"]
    assert found["tasks"] == ["square"]
    assert found["replicates"] == 2
    assert found["left_out"] == {"square": "no known best"}
    arms = {row["improver"]: row["spent"]["responses"] for row in said.data["rows"]}
    assert set(arms) == {"untouched", "A", "B", "C", "D best_of_n", "D sequential"}
    assert arms["D best_of_n"] > arms["C"]
    assert "no task with headroom" in selftaught("show", said.data["run"]).out


@pytest.mark.slow
def test_arms_that_were_broken_off_end_like_others(tmp_path: Path, selftaught: Selftaught) -> None:
    text = Path(write_task(tmp_path / "plain") / "task.toml").read_text()
    task = write_task(
        tmp_path / "known",
        manifest=text + "[score]\nknown_best = 1.0\n",
        seed="def solve(x):\n    return -1.0\n",
    )
    numbers = ("--meta-calls", "1", "--rounds", "1", "--gate-pairs", "2", "--repeats", "1")
    words = ("compare", "greedy", "--arms", "--tasks", str(task), *numbers, *FEW)
    whole = selftaught(*words)
    assert whole.status == 0, whole.err
    [found] = whole.data["sets"]
    assert [arm["arm"] for arm in found["arms"]] == ["A", "B", "C", "D best_of_n", "D sequential"]
    assert found["best_control"] in ("A", "B", "D best_of_n", "D sequential")
    assert set(found["headline"]) == INTERVAL
    assert found["break_even"]["rounds"] > 0
    most = whole.data["spent"]["responses"] * 2 // 3
    ended = selftaught(*words, "--max-responses", str(most))
    assert ended.status == 3, ended.err
    resumed = selftaught("resume", ended.data["run"], "--max-responses", "100000", "--json")
    assert resumed.data["digest"] == whole.data["digest"]
    assert "break-even" in selftaught("show", whole.data["run"]).out


def test_arms_take_one_improver(selftaught: Selftaught) -> None:
    said = selftaught("compare", "greedy", "beam", "--arms", "--tasks", "maxcut", "--json")
    assert said.status == 2


def test_transfer_has_every_column_of_the_table(square: str, selftaught: Selftaught) -> None:
    said = selftaught("transfer", "greedy", square, "--repeats", "2", *FEW)
    assert said.status == 0, said.err
    [row] = said.data["rows"]
    for column in ("seed_program", "seed_improver", "improver", "best_of_n", "paired_difference"):
        assert set(row[column]) == INTERVAL
        assert row[column]["n"] == 2
    assert 0 <= row["p_value"] <= 1
    assert row["task"] == "square"
    shown = selftaught("show", said.data["run"]).out
    assert "greedy spent" in shown
    assert f"greedy ({said.data['improver'][:10]}) on unseen tasks" in shown
    assert "(n=2, too few for ±)" in shown
    assert "improved" not in shown


def test_transfer_takes_its_tasks_as_compare_does(square: str, selftaught: Selftaught) -> None:
    said = selftaught("transfer", "greedy", "--tasks", square, "--repeats", "1", *FEW)
    assert [row["task"] for row in said.data["rows"]] == ["square"]
    none = selftaught("transfer", "greedy")
    assert none.status == 2
    assert "selftaught transfer greedy TASK..." in none.err


def test_transfer_on_the_paper_split_has_the_published_first_column(
    selftaught: Selftaught,
) -> None:
    few = ("--repeats", "2", "--split", "paper", *FEW)
    said = selftaught("transfer", "greedy", "string_grid", *few)
    assert said.status == 0, said.err
    [row] = said.data["rows"]
    assert said.data["split"] == "paper"
    assert row["seed_program"]["mean"] == pytest.approx(0.438874651, abs=1e-9)
    assert row["seed_program"]["low"] == row["seed_program"]["high"] == row["seed_program"]["mean"]
    store = Path(".selftaught/store.db")
    with SqliteStore(store, create=False) as opened:
        facts = [event.fact for _, event in opened.events(said.data["run"], kinds=["evaluated"])]
    assert {fact.split for fact in facts if isinstance(fact, Evaluated)} == {"paper", "paper_train"}
    shown = selftaught("show", said.data["run"])
    assert "scores on paper" in shown.out
    assert "--split paper" in shown.out


def test_transfer_refuses_splits_that_there_are_not(square: str, selftaught: Selftaught) -> None:
    said = selftaught("transfer", "greedy", square, "string_grid", "--split", "paper", *FEW)
    assert said.status == 2
    assert said.data["error"]["found"].startswith("square")
    assert selftaught("transfer", "greedy", square, "--split", "gate", *FEW).status == 2


def test_transfer_takes_over_the_model_of_the_run(tmp_path: Path, selftaught: Selftaught) -> None:
    task = write_task(tmp_path / "square")
    text = (task / "task.toml").read_text().replace('name = "square"', 'name = "other"')
    other = write_task(tmp_path / "other", manifest=text)
    script = tmp_path / "model.py"
    script.write_text('print("```python\\ndef solve(x):\\n    return x * x\\n```")\n')
    model = f"command:{sys.executable} {script}"
    ran = selftaught("run", str(task), *TINY, *ROUNDS, "--model", model, "--yes", "--json")
    assert ran.status == 0, ran.err
    words = ("transfer", ran.data["run"], str(other), "--repeats", "1", "--yes", *FEW)
    assert selftaught(*words).data["model"] == model
    given = selftaught(*words, "--model", "offline")
    assert given.data["model"] == "offline"
    assert "--model offline" in selftaught("show", given.data["run"]).out


def test_transfer_refuses_the_tasks_of_the_run(finished: Finished) -> None:
    run = finished.run.data["run"]
    task = str(finished.folder / "square")
    said = say("transfer", run, task, "--store", finished.store, *FEW)
    assert said.status == 2
    assert "had no part" in said.data["error"]["expected"]


def test_transfer_takes_the_improver_that_a_run_ended_with(
    finished: Finished, tmp_path: Path
) -> None:
    text = (finished.folder / "square/task.toml").read_text().replace('"square"', '"other"')
    task = str(write_task(tmp_path / "other", manifest=text))
    run = finished.run.data["run"]
    said = say("transfer", run, task, "--repeats", "1", "--store", finished.store, *FEW)
    assert said.status == 0, said.err
    assert said.data["improver"] == finished.run.data["final"]["id"]


@pytest.mark.parametrize("command", ["transfer", "revalidate", "minimise"])
def test_what_is_neither_an_improver_nor_a_run_is_named(command: str, finished: Finished) -> None:
    tasks = ("maxcut",) if command == "transfer" else ()
    said = say(command, "nothing-like-it", *tasks, "--store", finished.store, "--json")
    assert said.status == 2
    assert said.data["error"]["kind"] == "UnknownNameError"


def test_revalidate_scores_winner_and_seed_on_fresh_draws(finished: Finished) -> None:
    improved = finished.improve.data
    words = ("revalidate", improved["run"], "--repeats", "3", "--store", finished.store)
    said = say(*words, "--json")
    assert said.status == 0, said.err
    data = said.data
    assert data["of"] == improved["run"]
    assert data["winner"]["id"] == improved["best"]["id"]
    assert data["winner"]["chosen"] == improved["best"]["train"]
    assert data["winner"]["fresh"]["n"] == data["seed_program"]["fresh"]["n"] == 3
    bias = data["winner"]["chosen"] - data["winner"]["fresh"]["mean"]
    assert data["selection_bias"]["mean"] == pytest.approx(bias)
    assert data["spent"]["responses"] == 0
    assert (
        say("revalidate", *words[1:], "--seed", "5", "--json").data["winner"]["fresh"]
        != (data["winner"]["fresh"])
    )


def test_revalidate_puts_an_improver_to_work_again(finished: Finished) -> None:
    ran = finished.run.data
    said = say(*("revalidate", ran["run"], "--repeats", "2", "--store", finished.store, "--json"))
    assert said.status == 0, said.err
    assert said.data["winner"]["chosen"] == ran["final"]["train"]["mean"]
    assert said.data["difference"]["n"] == 2
    assert said.data["spent"]["responses"] > 0


WORDY = "UNUSED = 7\n\n\ndef solve(x):\n    return x * x\n"
RETURNS_WORDY = f"""
def improve_algorithm(initial_solution, utility, language_model):
    utility({WORDY!r})
    return {WORDY!r}
"""


def test_minimise_keeps_the_score_and_names_what_changes_are_worth(
    finished: Finished, tmp_path: Path
) -> None:
    improver, store = tmp_path / "improver.py", str(tmp_path / "runs.db")
    improver.write_text(RETURNS_WORDY)
    task = str(finished.folder / "square")
    improved = say("improve", task, *TINY, "--improver", str(improver), "--store", store, "--json")
    assert improved.data["better"], improved.err
    small = tmp_path / "small.py"
    words = ("minimise", improved.data["run"], "--store", store)
    said = say(*words, "--output", str(small), "--json")
    assert said.status == 0, said.err
    before, after = said.data["before"], said.data["after"]
    assert after["train"] >= before["train"]
    assert after["fresh"] >= before["fresh"]
    assert after["changed_lines"] < before["changed_lines"]
    assert "UNUSED" not in small.read_text()
    assert after["path"] == str(small)
    assert small.is_file()
    assert all(change["added"] or change["removed"] for change in said.data["changes"])
    assert say(*words, "--json").data["digest"] == said.data["digest"]
    assert "versions tried" in say(*words).out


def test_there_is_nothing_to_minimise_in_a_seed(finished: Finished) -> None:
    ran = finished.run.data
    assert ran["final"]["id"] == ran["seed_improver"]["id"]
    said = say("minimise", ran["run"], "--store", finished.store, "--json")
    assert said.status == 2
    assert "nothing to minimise" in said.data["error"]["next"]
