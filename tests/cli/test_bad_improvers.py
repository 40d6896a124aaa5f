"""Improvers that misbehave are results: exit status 0, said why, and nothing bloats."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.conftest import TINY, Selftaught, write_task

BEGIN = (
    "import os, sys, time\n\n\ndef improve_algorithm(initial_solution, utility, language_model):\n"
)
ENDS = {
    "raises": ("raise KeyError('my own fault')", "crashed", "my own fault"),
    "returns nothing": ("return None", "wrong_output", "returned NoneType"),
    "returns a number": ("return 42", "wrong_output", "returned int"),
    "returns too much": ("return '#' * 50_000_000", "wrong_output", "more data"),
    "exits": ("raise SystemExit(0)", "crashed", "SystemExit"),
    "leaves": ("os._exit(0)", "crashed", "ended with status 0"),
    "never ends": ("while True: pass", "timeout", "more than 0.5 s of CPU time"),
    "waits for ever": ("time.sleep(1e6)", "timeout", "of waiting"),
    "calls itself": (
        "return improve_algorithm(initial_solution, utility, language_model)",
        "crashed",
        "RecursionError",
    ),
}
FLOOD = """for number in range(2000):
        print('out' * 1500)
        print('err' * 1500, file=sys.stderr)
    return initial_solution"""


@pytest.fixture
def task(tmp_path: Path) -> str:
    """The path of a small task."""
    return str(write_task(tmp_path / "square"))


def improver(folder: Path, body: str) -> str:
    """The path of an improver with this body."""
    path = folder / "mine.py"
    path.write_text(BEGIN + f"    {body}\n")
    return str(path)


@pytest.mark.parametrize(("body", "status", "words"), ENDS.values(), ids=ENDS)
def test_an_improver_that_fails_is_a_result(
    body: str, status: str, words: str, selftaught: Selftaught, tmp_path: Path, task: str
) -> None:
    seconds = (
        "0.5" if status == "timeout" else "20"
    )  # a busy machine is no reason to end the others
    given = ("--improver", improver(tmp_path, body), "--improver-seconds", seconds)
    said = selftaught("improve", task, *TINY, *given, "--json")
    assert said.status == 4, said.err
    assert (said.data["status"], said.data["stopped"]) == (status, "done")
    assert words in said.data["detail"]
    assert said.data["best"]["id"] == said.data["seed_program"]["id"]
    assert f"the improver ended with status {status}" in said.err
    shown = selftaught("show", said.data["run"])
    assert f"the improver ended with status {status}: " in shown.out
    assert "returned a different program" not in shown.out


def test_a_flood_reaches_neither_the_terminal_nor_the_store(
    selftaught: Selftaught, tmp_path: Path, task: str
) -> None:
    said = selftaught("improve", task, *TINY, "--improver", improver(tmp_path, FLOOD), "--json")
    assert (said.status, said.data["status"]) == (4, "ok"), said.err
    assert len(said.out) + len(said.err) < 10_000
    assert sum(path.stat().st_size for path in tmp_path.glob(".selftaught/store.db*")) < 500_000


def test_an_improver_that_returns_its_input_is_told_so(
    selftaught: Selftaught, tmp_path: Path, task: str
) -> None:
    said = selftaught(
        "improve", task, *TINY, "--improver", improver(tmp_path, "return initial_solution")
    )
    assert said.status == 4, said.err
    assert "no better program was found" in said.out
    assert "returned a different program" not in said.out


FILES = {
    "no entry point": (b"x = 1\n", "improve_algorithm"),
    "no Python": (b"def improve_algorithm(:\n", "does not parse"),
    "no text": (b"\xff\xfe\x00", "not UTF-8"),
}


@pytest.mark.parametrize(("text", "words"), FILES.values(), ids=FILES)
def test_a_file_that_is_no_improver_starts_nothing(
    text: bytes, words: str, selftaught: Selftaught, tmp_path: Path, task: str
) -> None:
    (tmp_path / "mine.py").write_bytes(text)
    said = selftaught("improve", task, *TINY, "--improver", "mine.py", "--json")
    assert said.status == 2
    error = said.data["error"]
    assert words in error["found"]
    assert error["next"]
    assert not (tmp_path / ".selftaught").exists()
