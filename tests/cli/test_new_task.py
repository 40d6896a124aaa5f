"""A task that `selftaught new` wrote: works as it comes, and one command improves it."""

from __future__ import annotations

from pathlib import Path

from cli.conftest import Selftaught

SEEDS = 2


def test_a_new_task_works_and_is_improved_by_one_command(
    selftaught: Selftaught, tmp_path: Path
) -> None:
    said = selftaught("new", "my_task")
    assert (said.status, "Improve it: selftaught improve ./my_task" in said.out) == (0, True)
    before = selftaught("score", "./my_task", "my_task/seed.py", "--json").data
    assert (before["status"], before["attempts"]["attested"]) == ("ok", 0)
    gains = []
    for seed in range(SEEDS):
        more = ("--seed", str(seed), "--output", "better.py")
        said = selftaught("improve", "./my_task", *more, "--json")
        assert said.status == 0, said.err
        assert "--- seed program\n+++ best program\n" in said.err
        given = ("--split", "test", "--seed", str(seed), "--json")
        scored = selftaught("score", "./my_task", "better.py", *given).data
        assert scored["program"] == said.data["best"]["id"]
        assert scored["score"] == said.data["best"]["test"]
        gains.append(scored["score"] - said.data["seed_program"]["test"])
    assert gains[0] > 0.02, "what the README shows"
    assert sum(gain > 0.02 for gain in gains) >= SEEDS - 1, gains
