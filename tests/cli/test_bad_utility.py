"""A task whose own code raises: its traceback, exit status 1, and never a program's failure."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.conftest import ROUNDS, TINY, UTILITY, Selftaught, write_task

DRIVE = "\n\ndef drive(inputs, call):\n    return call(*inputs)\n"
FAULTS = {
    "make_instance": UTILITY.replace("    return (x,), x * x", "    return (x,), x * undefined"),
    "score": UTILITY.replace("    return max", "    open('missing')\n    return max"),
    "drive": UTILITY + DRIVE.replace("    return call", "    inputs[7]\n    return call"),
}
RAISED = {"make_instance": "NameError", "score": "FileNotFoundError", "drive": "IndexError"}


@pytest.mark.parametrize("function", FAULTS)
def test_the_traceback_is_shown_and_the_run_stops(
    function: str, selftaught: Selftaught, tmp_path: Path
) -> None:
    task = str(write_task(tmp_path / "broken", utility=FAULTS[function]))
    for command in (("improve", task, *TINY), ("run", task, *TINY, *ROUNDS)):
        said = selftaught(*command, "--json")
        assert said.status == 1
        error = said.data["error"]
        assert error["kind"] == "TaskCodeError"
        assert error["expected"].startswith(function)
        assert RAISED[function] in error["found"]
        assert 'utility.py", line' in error["found"]
        assert "src/selftaught" not in error["found"], "frames of the user's file alone"
        assert "--rebase" in error["next"]
    run = selftaught("runs", "--json").data["runs"][0]
    assert run["state"] == "failed"
    programs = selftaught("show", run["run"], "--programs", "--json").data["programs"]
    assert programs == [], "no program is to blame"
    assert selftaught("score", task, f"{task}/seed.py", "--json").status == 1


def test_a_mended_task_goes_on_where_the_user_says_so(
    selftaught: Selftaught, tmp_path: Path
) -> None:
    task = write_task(tmp_path / "broken", utility=FAULTS["score"])
    assert selftaught("improve", str(task), *TINY).status == 1
    run = selftaught("runs", "--json").data["runs"][0]["run"]
    (task / "utility.py").write_text(UTILITY)
    said = selftaught("resume", run, "--json")
    assert said.status == 2
    assert "--rebase" in said.data["error"]["next"]
    said = selftaught("resume", run, "--rebase", "--json")
    assert said.status == 4, said.err
    assert said.data["run"] == run
    assert said.data["seed_program"]["test"] is not None
