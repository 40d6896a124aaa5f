"""improve, run, score and resume: what they print, and with which exit status."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from cli.conftest import ROUNDS, TINY, Finished, Selftaught, write_task


def test_improve_prints_one_object_with_the_promised_keys(finished: Finished) -> None:
    assert finished.improve.status == 4, finished.improve.err
    assert finished.improve.data["better"] is False
    data = finished.improve.data
    assert data["task"] == "square"
    assert data["stopped"] == "done"
    assert data["seed_program"]["train"] <= data["best"]["train"]
    assert set(data["best"]) >= {"id", "path", "train", "test"}
    assert {"model_calls", "responses", "tokens_in", "cost_usd", "refused"} <= set(data["spent"])
    assert (finished.folder / data["best"]["path"]).is_file()


def test_progress_goes_to_standard_error(finished: Finished) -> None:
    assert "at most 2 model responses" in finished.improve.err
    assert "no API cost" in finished.improve.err
    assert f"{finished.improve.data['run']} has started" in finished.improve.err
    assert "round 1 starts" in finished.run.err


def test_run_prints_rounds_and_comparisons(finished: Finished) -> None:
    assert finished.run.status == 0, finished.run.err
    data = finished.run.data
    assert [each["round"] for each in data["rounds"]] == [1]
    assert data["seed_improver"]["test"]["n"] == 2
    assert data["control"]["test"]["n"] == 2
    assert set(data["paired_difference"]) == {"mean", "low", "high", "n"}
    assert len(data["head"]) == len(data["digest"]) == 64
    assert (finished.folder / data["final"]["path"]).is_file()


def test_equal_commands_give_equal_digests(finished: Finished, selftaught: Selftaught) -> None:
    again = selftaught(
        *("improve", str(finished.folder / "square"), *TINY, "--seed", "3", "--json"),
        *("--workers", "1"),
    )
    assert again.data["digest"] == finished.improve.data["digest"]


def test_score_equals_what_improve_said(finished: Finished, selftaught: Selftaught) -> None:
    best = finished.improve.data["best"]
    for split in ("train", "test"):
        said = selftaught(
            *("score", str(finished.folder / "square"), str(finished.folder / best["path"])),
            *("--split", split, "--seed", "3", "--json"),
        )
        assert said.data["score"] == best[split]
        assert said.data["program"] == best["id"]
        assert len(said.data["instances"]) == (2 if split == "train" else 3)


def test_output_gets_the_best_program_and_the_difference_is_shown(
    finished: Finished, selftaught: Selftaught, tmp_path: Path
) -> None:
    script = tmp_path / "answer.sh"
    script.write_text(
        "cat >/dev/null; printf '```python\\ndef solve(x):\\n    return x * x\\n```'\n"
    )
    said = selftaught(
        *("improve", str(finished.folder / "square"), *TINY, "--output", "better.py"),
        *("--model", f"command:sh {script}", "--yes"),
    )
    assert said.status == 0, said.err
    assert (tmp_path / "better.py").read_text().strip() == "def solve(x):\n    return x * x"
    assert "written to better.py" in said.out
    assert "→ 1.0000 on test" in said.out
    assert "again: selftaught improve" in said.out
    assert "-    return x\n+    return x * x" in said.err


def test_the_command_that_makes_an_equal_run_counts_attempts_alike(
    finished: Finished, selftaught: Selftaught
) -> None:
    task = str(finished.folder / "square")
    wanted = ["--score-despite-attempts", "--report-only", "time", "--report-only", "score"]
    first = selftaught("improve", task, *TINY, *wanted, "--json").data
    shown = selftaught("show", first["run"]).out
    words = " ".join(shown.split("again: selftaught ")[1].split())
    again, ends, _ = words.partition(" ".join(wanted))
    assert ends, words
    assert selftaught(*shlex.split(again), *wanted, "--json").data["digest"] == first["digest"]


def test_a_spent_limit_gives_exit_3_and_the_best_so_far(
    finished: Finished, selftaught: Selftaught
) -> None:
    task = str(finished.folder / "square")
    said = selftaught("improve", task, *TINY, "--max-evaluations", "1", "--json")
    assert said.status == 3
    assert said.data["stopped"] == "budget"
    assert said.data["best"]["id"] == said.data["seed_program"]["id"]
    assert f"selftaught resume {said.data['run']}" in said.err


def test_a_run_goes_on_only_in_the_mode_in_which_it_began(
    finished: Finished, selftaught: Selftaught
) -> None:
    task = str(finished.folder / "square")
    begun = selftaught("improve", task, *TINY, "--unsafe", "--max-evaluations", "1", "--json")
    assert begun.status == 3, begun.err
    more = ("resume", begun.data["run"], "--max-evaluations", "100", "--json")
    refused = selftaught(*more)
    assert refused.status not in (0, 3)
    assert refused.data["error"]["kind"] == "StoreError"
    assert "mode unconfined" in refused.err
    assert "resume it with --unsafe as well" in refused.err
    done = selftaught(*more, "--unsafe")
    assert done.status == 4, done.err
    assert done.data["digest"] == selftaught("show", begun.data["run"], "--json").data["digest"]


def test_resuming_what_is_done_gives_the_same_object(finished: Finished) -> None:
    from cli.conftest import say

    again = say("resume", finished.improve.data["run"], "--store", finished.store, "--json")
    wanted = finished.improve.data
    assert again.data["digest"] == wanted["digest"]
    assert again.data["best"]["id"] == wanted["best"]["id"]
    assert again.data["spent"]["responses"] == wanted["spent"]["responses"]


def test_output_is_refused_where_nothing_is_written_there(
    finished: Finished, selftaught: Selftaught, tmp_path: Path
) -> None:
    output = tmp_path / "never.py"
    words = ("resume", finished.run.data["run"], "--store", finished.store)
    said = selftaught(*words, "--output", str(output), "--json")
    assert said.status == 2
    assert "of kind run" in said.data["error"]["found"]
    assert not output.exists()


def test_a_model_that_fails_ends_the_run_with_1_and_keeps_what_was_recorded(
    finished: Finished, selftaught: Selftaught
) -> None:
    task = str(finished.folder / "square")
    said = selftaught("improve", task, *TINY, "--model", "command:false", "--yes", "--json")
    assert said.status == 1
    assert said.data["error"]["kind"] == "ModelError"
    run = selftaught("runs", "--json").data["runs"][0]
    assert run["state"] == "failed"
    assert f"selftaught resume {run['run']}" in said.err
    shown = selftaught("show", run["run"], "--json").data
    assert shown["seed_program"]["train"] is not None
    assert shown["stopped"] == "error"


def test_a_failed_run_goes_on_with_another_model_s_answers(
    finished: Finished, selftaught: Selftaught, tmp_path: Path
) -> None:
    task, flag = str(finished.folder / "square"), tmp_path / "works"
    script = tmp_path / "answer.sh"
    script.write_text(
        f"cat >/dev/null; test -e {flag} || exit 1\n"
        "printf 'Square.\\n```python\\ndef solve(x):\\n    return x * x\\n```\\n'\n"
    )
    said = selftaught("improve", task, *TINY, "--model", f"command:sh {script}", "--yes", "--json")
    assert said.status == 1
    flag.touch()
    run = selftaught("runs", "--json").data["runs"][0]["run"]
    said = selftaught("resume", run, "--yes", "--json")
    assert said.status == 0, said.err
    assert said.data["best"]["test"] == pytest.approx(1.0)


def test_a_task_whose_code_raises_stops_the_run_with_its_traceback(
    selftaught: Selftaught, tmp_path: Path
) -> None:
    utility = (
        "def make_instance(rng):\n    return (1.0,), None\n\n\n"
        "def score(inputs, key, output):\n    return 1 / 0\n"
    )
    task = write_task(tmp_path / "broken", utility=utility)
    said = selftaught("improve", str(task), *TINY, "--json")
    assert said.status == 1
    assert said.data["error"]["kind"] == "TaskCodeError"
    assert "ZeroDivisionError" in said.data["error"]["found"]
    assert "utility.py" in said.data["error"]["found"]


def test_an_improver_that_raises_is_a_result(selftaught: Selftaught, tmp_path: Path) -> None:
    improver = tmp_path / "bad.py"
    improver.write_text(
        "def improve_algorithm(initial_solution, utility, language_model):\n"
        "    raise KeyError('my own fault')\n"
    )
    task = write_task(tmp_path / "square")
    said = selftaught("improve", str(task), *TINY, "--improver", str(improver))
    assert said.status == 4, said.err
    assert "the improver ended with status crashed" in said.out
    assert "my own fault" in said.out


def test_run_in_words_names_every_round(finished: Finished, selftaught: Selftaught) -> None:
    said = selftaught("run", str(finished.folder / "square"), *TINY, *ROUNDS, "--adopt", "paper")
    assert said.status == 0, said.err
    assert "round 1:" in said.out
    assert "final minus seed improver on test" in said.out
    assert "adopt paper" in said.out
    assert "ledger head" in said.out
