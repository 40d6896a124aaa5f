"""runs, show, export, import, delete and control: what was recorded, and reaching it."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from cli.conftest import TINY, Finished, Selftaught
from selftaught.cli.commands.doctor import told
from selftaught.cli.doctor import Confinement, Diagnosis
from selftaught.sandbox.probe import Layer
from selftaught.store.sqlite import SqliteStore
from selftaught.values.event import RunInfo


@pytest.fixture
def copied(finished: Finished, tmp_path: Path) -> str:
    """A copy of the store, to be changed."""
    with SqliteStore(finished.store):
        pass  # what its log holds is in the file then
    for path in Path(finished.store).parent.glob("store.db*"):
        if path.is_file():
            shutil.copy(path, tmp_path / path.name)
    return str(tmp_path / "store.db")


def test_runs_lists_the_newest_first(finished: Finished, selftaught: Selftaught) -> None:
    runs = selftaught("runs", "--store", finished.store, "--json").data["runs"]
    started = [each["started"] for each in runs]
    assert started == sorted(started, reverse=True)
    assert [each["kind"] for each in runs][-2:] == ["run", "improve"], "others come later"
    assert set(runs[0]) >= {"run", "kind", "tasks", "model", "state", "started"}
    assert {each["state"] for each in runs} == {"done"}


def test_no_runs_are_said_to_be_none(selftaught: Selftaught) -> None:
    assert "No runs yet" in selftaught("runs").out
    assert selftaught("runs", "--json").data == {"runs": []}


@pytest.mark.parametrize("kind", ["improve", "run"])
def test_show_prints_the_object_that_the_command_printed(
    finished: Finished, selftaught: Selftaught, kind: str
) -> None:
    printed = getattr(finished, kind).data
    shown = selftaught("show", printed["run"][:-2], "--store", finished.store, "--json").data
    for part in ("best", "final"):
        if part in printed:  # the same file, named from another folder
            assert Path(shown[part].pop("path")).name == Path(printed[part].pop("path")).name
    assert {key: shown[key] for key in printed} == printed
    assert shown["kind"] == kind
    assert shown["state"] == "done"
    assert shown["events"]["run_started"] == 1


def test_show_best_prints_the_source_and_nothing_else(
    finished: Finished, selftaught: Selftaught
) -> None:
    printed = finished.improve.data
    said = selftaught("show", printed["run"], "--best", "--store", finished.store)
    best = (finished.folder / printed["best"]["path"]).read_text()
    assert said.out.rstrip("\n") == best.rstrip("\n")


def test_show_programs_and_attempts(finished: Finished, selftaught: Selftaught) -> None:
    run = finished.improve.data["run"]
    said = selftaught("show", run, "--programs", "--attempts", "--store", finished.store, "--json")
    seed = finished.improve.data["seed_program"]
    scored = {(each["id"], each["split"]): each["score"] for each in said.data["programs"]}
    assert scored[seed["id"], "test"] == seed["test"]
    assert said.data["attempts_list"] == []
    words = selftaught("show", run, "--programs", "--store", finished.store).out
    assert seed["id"][:10] in words


def test_the_ledger_is_verified_against_its_head(
    finished: Finished, selftaught: Selftaught
) -> None:
    run, head = finished.run.data["run"], finished.run.data["head"]
    said = selftaught("show", run, "--verify", head, "--store", finished.store, "--json")
    assert said.status == 0
    assert said.data["verified"] == {"head": head, "decisions": 1, "later": 0}
    other = head[:-1] + ("0" if head[-1] != "0" else "1")
    said = selftaught("show", run, "--verify", other, "--store", finished.store, "--json")
    assert said.status == 1
    assert said.data["error"]["kind"] == "LedgerError"
    assert selftaught("show", run, "--verify", "x", "--store", finished.store).status == 2


@pytest.mark.parametrize("field", ["adopted", "reason", "proposed_scores"])
def test_a_decision_that_was_changed_is_found(
    finished: Finished, selftaught: Selftaught, copied: str, field: str
) -> None:
    run, head = finished.run.data["run"], finished.run.data["head"]
    database = sqlite3.connect(copied)
    number, data = database.execute(
        "SELECT rowid, data FROM events WHERE kind = 'decided' ORDER BY rowid LIMIT 1"
    ).fetchone()
    fact = json.loads(data)
    fact[field] = {"adopted": True, "reason": "bribed", "proposed_scores": [1.0]}[field]
    database.execute("UPDATE events SET data = ? WHERE rowid = ?", (json.dumps(fact), number))
    database.commit()
    database.close()
    said = selftaught("show", run, "--verify", head, "--store", copied, "--json")
    assert said.status == 1
    assert said.data["error"]["kind"] == "LedgerError"


def test_what_is_exported_can_be_imported(
    finished: Finished, selftaught: Selftaught, tmp_path: Path
) -> None:
    run = finished.run.data["run"]
    said = selftaught("export", run, "--store", finished.store, "--json")
    assert said.data["files"] == [f"{run}.jsonl"]
    assert list(tmp_path.glob("*.part")) == []
    said = selftaught("import", f"{run}.jsonl", "--json")
    assert said.data == {"run": run}
    digest = selftaught("show", run, "--json").data["digest"]
    assert digest == finished.run.data["digest"]
    assert selftaught("import", f"{run}.jsonl").status == 1, "it is there already"


def test_delete_wants_the_whole_id_and_removes_one_run(
    finished: Finished, selftaught: Selftaught, copied: str
) -> None:
    run = finished.improve.data["run"]
    assert selftaught("delete", run[:-1], "--store", copied).status == 2
    before = selftaught("runs", "--store", copied, "--json").data["runs"]
    said = selftaught("delete", run, "--store", copied, "--json")
    assert said.data["deleted"]
    left = selftaught("runs", "--store", copied, "--json").data["runs"]
    assert left == [each for each in before if each["run"] != run]
    assert len(left) == len(before) - 1


def test_requests_reach_a_run_that_goes_on(selftaught: Selftaught, tmp_path: Path) -> None:
    with SqliteStore(tmp_path / "store.db") as store:
        store.create(RunInfo("run-1", "run", ("t",), "offline", "running", 0.0))
        for action in ("pause", "stop"):
            said = selftaught(action, "run-1", "--store", str(store.path), "--json")
            assert said.data["request"] == action
        assert [request.action for request in store.control("run-1")] == ["pause", "stop"]
        assert selftaught("approve", "run-1", "--store", str(store.path)).status == 2


def test_a_run_whose_process_died_is_shown_as_stopped(
    selftaught: Selftaught, tmp_path: Path
) -> None:
    with SqliteStore(tmp_path / "store.db") as store:
        store.create(RunInfo("run-1", "run", ("t",), "offline", "running", 0.0))
    runs = selftaught("runs", "--store", str(tmp_path / "store.db"), "--json").data["runs"]
    assert runs[0]["state"] == "stopped"
    said = selftaught("stop", "run-1", "--store", str(tmp_path / "store.db"))
    assert said.status == 2
    assert "selftaught resume run-1" in said.err


def test_lists_name_what_there_is(selftaught: Selftaught) -> None:
    tasks = [each["name"] for each in selftaught("tasks", "--json").data["tasks"]]
    assert {"maxcut", "bin_packing", "three_sat"} <= set(tasks)
    improvers = selftaught("improvers", "--json").data["improvers"]
    assert {"seed", "greedy"} <= {each["name"] for each in improvers}
    assert "openai/NAME" in selftaught("models").out
    for name in ("tasks", "improvers"):
        assert all(each["name"] in selftaught(name).out for each in improvers) or name == "tasks"


def test_doctor_tries_every_layer(selftaught: Selftaught) -> None:
    said = selftaught("doctor", "--json")
    assert said.status == 0
    assert {"name", "active", "witnessed", "reason"} <= set(said.data["layers"][0])
    assert isinstance(said.data["ok"], bool)
    assert said.data["layers"][0].keys() == said.data["commands"]["layers"][0].keys()
    told = selftaught("doctor").out
    assert f"mode {said.data['mode']}: programs run confined" in told
    assert f"mode {said.data['commands']['mode']}: commands run confined" in told


def test_a_new_task_works_as_it_comes(selftaught: Selftaught) -> None:
    assert selftaught("new", "my_task").status == 0
    said = selftaught("score", "./my_task", "my_task/seed.py", "--split", "train", "--json")
    assert said.data["status"] == "ok"
    assert selftaught("new", "my_task").status == 2, "nothing is overwritten"
    assert selftaught("improve", "./my_task", *TINY, "--json").status in (0, 4)


@pytest.mark.parametrize("commands", ["refused", "namespaces"])
def test_doctor_fails_where_programs_would_be_refused(commands: str) -> None:
    layer = Layer("seccomp", False, False, "no such system call")
    beside = Confinement(commands, (layer,) * (commands == "refused"), commands != "refused")
    answer = told(Diagnosis("refused", (layer,), ok=False, commands=beside))
    assert answer.status == 2
    assert answer.data["error"]["found"] == "seccomp: no such system call"
    assert answer.data["mode"] == "refused"
