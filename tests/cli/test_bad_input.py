"""Bad input: the right exit status, a message that says what to do, and nothing lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.conftest import MANIFEST, Finished, Selftaught, write_task
from selftaught.cli.answer import Answer

NEARBY = ("--base-url", "http://localhost:9/v1")
"""A server of this machine, to which nothing is sent that could leave it."""

USAGE = [
    (("improve", "maxcu"), "UnknownNameError", "maxcut"),
    (("run", "maxcut", "three_sta"), "UnknownNameError", "three_sat"),
    (("run", "maxcut", "maxcut"), "UsageError", "more than once"),
    (("run",), "UsageError", "missing argument"),
    (("improve", "maxcut", "--improver", "gready"), "UnknownNameError", "greedy"),
    (("improve", "maxcut", "--improver", "none.py"), "UsageError", "none.py"),
    (("improve", "maxcut", "--model", "opnai/x"), "UnknownNameError", "openai/NAME"),
    (("improve", "maxcut", "--scale", "tinny"), "UnknownNameError", "tiny"),
    (("improve", "maxcut", "--calls", "0"), "UsageError", "--calls between"),
    (("improve", "maxcut", "--calls", "99999999"), "UsageError", "--calls between"),
    (("improve", "maxcut", "--seed", "-1"), "UsageError", "--seed between"),
    (("improve", "maxcut", "--seed", "x"), "UsageError", "--seed"),
    (("improve", "maxcut", "--max-cost-usd", "-1"), "UsageError", "--max-cost-usd above 0"),
    (("improve", "maxcut", "--max-seconds", "nan"), "UsageError", "--max-seconds above 0"),
    (("improve", "maxcut", "--workers", "0"), "UsageError", "--workers between"),
    (("improve", "maxcut", "--price-in", "1"), "UsageError", "--price-out"),
    (("improve", "maxcut", "--frobnicate"), "UsageError", "--frobnicate"),
    (("improve", "maxcut", "--rounds", "3"), "UsageError", "--rounds"),
    (("run", "maxcut", "--adopt", "gat"), "UnknownNameError", "gate"),
    (("run", "maxcut", "--control", "--freeze-improver"), "UsageError", "drop"),
    (("improve", "maxcut", "--output", "/proc/none/x.py"), "UsageError", "to be writable"),
    (("improve", "maxcut", "--output", "."), "UsageError", "to be writable"),
    (("improvee", "maxcut"), "UsageError", "improve"),
    (("score", "maxcut", "none.py"), "UsageError", "none.py"),
    (("score", "circle_packing", "seed.py", "--split", "test"), "UsageError", "train"),
    (("new", "."), "UsageError", "another folder"),
    (("import", "none.jsonl"), "UsageError", "selftaught export"),
]


@pytest.mark.parametrize(("arguments", "kind", "words"), USAGE, ids=lambda value: str(value)[:40])
def test_what_can_t_be_meant_gives_exit_2(
    arguments: tuple[str, ...], kind: str, words: str, selftaught: Selftaught, tmp_path: Path
) -> None:
    (tmp_path / "seed.py").write_text("def solve(n):\n    return None\n")
    said = selftaught(*arguments, "--json")
    assert said.status == 2
    error = said.data["error"]
    assert error["kind"] == kind
    assert words in " ".join((error["expected"], error["found"], error["next"]))
    assert "error: " in said.err
    assert selftaught("runs", "--json").data["runs"] == [], "nothing may be started"


def test_without_json_standard_output_stays_empty(selftaught: Selftaught) -> None:
    said = selftaught("improve", "maxcu")
    assert (said.status, said.out) == (2, "")
    assert "did you mean maxcut" in said.err


def test_every_fault_of_a_task_is_named_with_its_place(
    selftaught: Selftaught, tmp_path: Path
) -> None:
    task = write_task(
        tmp_path / "faulty",
        manifest=MANIFEST.replace("train = 2", "train = -2") + "\n[limit]\nseconds = 3\n",
        seed="def sovle(x):\n    return x\n",
    )
    said = selftaught("improve", str(task), "--json")
    assert said.status == 2
    assert said.data["error"]["kind"] == "TaskFormatError"
    found = said.data["error"]["found"]
    assert "task.toml:8: instances.train" in found
    assert "limit: expected a known key" in found
    assert "did you mean limits?" in found


def test_a_seed_without_its_entry_point_is_a_fault_of_the_task(
    selftaught: Selftaught, tmp_path: Path
) -> None:
    task = write_task(tmp_path / "faulty", seed="def sovle(x):\n    return x\n")
    said = selftaught("improve", str(task), "--json")
    assert said.status == 2
    assert "seed.py" in said.data["error"]["found"]
    assert "solve" in said.data["error"]["found"]


def test_a_seed_that_is_no_python_is_a_fault_of_the_task(
    selftaught: Selftaught, tmp_path: Path
) -> None:
    task = write_task(tmp_path / "faulty", seed="def solve(x:\n")
    said = selftaught("score", str(task), str(task / "seed.py"), "--json")
    assert said.status == 2
    assert "seed.py" in said.data["error"]["found"]


STORE = [
    (("runs",), 0),
    (("show", "x"), 1),
    (("resume", "x"), 1),
    (("delete", "x"), 1),
    (("export", "x"), 1),
    (("pause", "x"), 1),
    (("approve", "x"), 1),
]


@pytest.mark.parametrize(("arguments", "status"), STORE, ids=str)
def test_a_store_that_is_missing_is_not_made_by_looking(
    arguments: tuple[str, ...], status: int, selftaught: Selftaught, tmp_path: Path
) -> None:
    said = selftaught(*arguments, "--json")
    assert said.status == status
    assert list(tmp_path.iterdir()) == []
    if status:
        assert said.data["error"]["kind"] == "StoreError"
        assert "start a run first" in said.data["error"]["next"]


@pytest.mark.parametrize("arguments", [("runs",), ("show", "x"), ("improve", "maxcut")])
def test_a_file_that_is_no_database_is_left_alone(
    arguments: tuple[str, ...], selftaught: Selftaught, tmp_path: Path
) -> None:
    store = tmp_path / "notes.txt"
    store.write_text("my notes, and no database at all\n" * 40)
    said = selftaught(*arguments, "--store", str(store), "--json")
    assert said.status == 1
    assert said.data["error"]["kind"] == "StoreError"
    assert store.read_text() == "my notes, and no database at all\n" * 40


def test_a_run_that_does_not_exist_is_answered_with_those_that_do(
    finished: Finished, selftaught: Selftaught
) -> None:
    said = selftaught("show", "improve-2000", "--store", finished.store, "--json")
    assert said.status == 2
    assert said.data["error"]["kind"] == "UnknownNameError"
    assert finished.improve.data["run"] in said.data["error"]["expected"]


def test_the_first_use_of_a_provider_elsewhere_is_asked_about(
    selftaught: Selftaught, tmp_path: Path
) -> None:
    free = ("--model", "openai/x", "--price-in", "0", "--price-out", "0")
    for words in (("improve", "maxcut"), ("run", "maxcut"), ("compare", "--tasks", "maxcut")):
        said = selftaught(*words, *free, "--json")
        assert said.status == 2
        assert "this run sends to openai" in said.err
        assert "scoring code and programs of maxcut" in said.err
        assert "first contact" in said.data["error"]["expected"]
    assert not (tmp_path / ".selftaught").exists()
    agreed = selftaught("improve", "maxcut", *free, "--yes", "--json")
    assert agreed.data["error"]["kind"] == "ModelRefusedError", "the key is missing, not a yes"


def test_a_model_without_a_known_price_needs_a_yes(selftaught: Selftaught, tmp_path: Path) -> None:
    model = ("--model", "openai/nobody-knows-this", *NEARBY)
    said = selftaught("improve", "maxcut", *model, "--json")
    assert said.status == 2
    assert "price is unknown" in said.data["error"]["found"]
    assert "--yes" in said.data["error"]["next"]
    assert not (tmp_path / ".selftaught").exists()


def test_a_run_that_may_cost_more_than_confirmed_needs_a_yes(selftaught: Selftaught) -> None:
    prices = ("--price-in", "1000", "--price-out", "1000", *NEARBY)
    said = selftaught("improve", "maxcut", "--model", "openai/x", *prices, "--json")
    assert said.status == 2
    assert "--confirm-above" in said.data["error"]["next"]
    enough = ("--confirm-above", "1000", "--max-retries", "0", "--json")
    cheap = selftaught("improve", "maxcut", "--model", "openai/x", *prices, *enough)
    assert cheap.data["error"]["kind"] == "ModelError", "the server is missing, not a yes"


def tasks() -> Answer:
    """List tasks."""
    raise ZeroDivisionError("surprise")


def test_an_unexpected_error_is_short_unless_debugging(
    selftaught: Selftaught, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("selftaught.cli.main.COMMANDS", {"x": (tasks, tasks)})
    said = selftaught("tasks", "--json")
    assert said.status == 1
    assert "surprise" in said.data["error"]["expected"]
    assert "SELFTAUGHT_DEBUG" in said.data["error"]["next"]
    assert "Traceback" not in said.err
    monkeypatch.setenv("SELFTAUGHT_DEBUG", "1")
    assert "Traceback" in selftaught("tasks").err
