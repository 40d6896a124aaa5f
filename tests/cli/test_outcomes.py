"""What ``improve`` prints and writes where its answers are no good, on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.conftest import Said, say, write_task
from cli.test_patch import HERE, JUDGED, ONE, Scripted, answer, make, shop
from repository.shop import FAST, TARGET, WRONG

__all__ = ["answer", "make", "shop"]

SCALE = ("--scale", "tiny", "--calls", "2", "--responses", "2", "--utility-calls", "4", "--yes")
PLAIN = "def solve(x):\n    return 0.5\n"
UTILITY = """
def make_instance(rng):
    x = float(rng.random())
    return (x,), x


def score(inputs, key, output):
    return max(0.0, 1.0 - abs(output - key))
"""
GUESSES = "def solve(x):\n    return 0.45 if x < 0.5 else 0.55\n"
BETTER = "def solve(x):\n    return 0.8 * x + 0.1\n"
BEST = "def solve(x):\n    return x\n"


@pytest.fixture
def task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write_task(tmp_path / "echo", seed=PLAIN, utility=UTILITY)


def fitted(task: Path) -> str:
    """A program that knows what train asks and is wrong elsewhere."""
    from selftaught.tasks import registry
    from selftaught.tasks.instances import instance
    from selftaught.values.task import InstanceSet, Split

    found = registry.find(str(task))
    known = [instance(found, InstanceSet(Split.TRAIN, 0), number)[0][0] for number in range(2)]
    return f"def solve(x):\n    return x if x in {known!r} else 7.0\n"


def improve(task: Path, *words: str) -> Said:
    return say("improve", str(task), *SCALE, *words)


def test_an_overfitted_program_is_not_written(task: Path, answer: Scripted) -> None:
    kept = task.parent / "better.py"
    kept.write_text("# mine\n")
    said = improve(task, *answer([fitted(task)]), "--output", str(kept))
    assert said.status == 4
    assert "the seed program stays" in said.out
    assert "gained +" in said.out
    assert "on train but lost" in said.out.replace("\n", " ")
    assert "overfitted" in said.out
    assert "better.py was not written" in said.err.replace("\n", " ")
    assert kept.read_text() == "# mine\n"


def test_the_objects_best_is_then_the_seed(task: Path, answer: Scripted) -> None:
    found = improve(task, *answer([fitted(task)]), "--json").data
    assert found["better"] is False
    assert found["best"]["id"] == found["seed_program"]["id"]
    assert found["leader"]["train"] == 1.0
    scored = say("score", str(task), found["best"]["path"], "--seed", "0", "--json").data
    assert scored["score"] == found["best"]["test"]


def test_a_better_program_is_written(task: Path, answer: Scripted) -> None:
    said = improve(task, *answer([BETTER]), "--output", "better.py", "--json")
    assert said.status == 0, said.err
    assert said.data["better"] is True
    assert Path("better.py").read_text() == BETTER.rstrip("\n")
    scored = say("score", str(task), "better.py", "--seed", "0", "--json").data
    assert scored["score"] == said.data["best"]["test"]


def test_a_seed_that_crashes_is_said_first(tmp_path: Path, answer: Scripted) -> None:
    crashes = "def solve(x):\n    return missing\n"
    broken = write_task(tmp_path / "broken", seed=crashes, utility=UTILITY)
    said = improve(broken, *answer([crashes + "# again\n"]), "--store", str(tmp_path / "runs.db"))
    first = said.out.splitlines()[0]
    assert first.startswith("the seed program fails: crashed on 2 of 2 instances: NameError")
    assert "the seed program fails: crashed" in said.err


def test_answers_without_programs_are_counted_and_said(task: Path, answer: Scripted) -> None:
    said = say(
        "improve", str(task), *SCALE, "--model", "command:echo Use a set.", "--json",
    )  # fmt: skip
    assert said.status == 4
    assert said.data["answers"]["without_program"] == {"no code block": 4}
    assert said.data["answers"]["example"] == "Use a set."
    assert "answers in a row hold no program: no code block" in said.err
    assert "--model" in said.data["next"]
    assert say("resume", said.data["run"], "--yes").status == 4
    shown = say("show", said.data["run"])
    assert shown.status == 0
    assert "answers: 4, of which 4 without a program" in shown.out
    assert "without a program: 4 × no code block" in shown.out
    assert "next: take a --model" in shown.out


def test_the_goal_ends_the_search(task: Path, answer: Scripted) -> None:
    said = improve(task, *answer([BEST]), "--stop-at", "0.99")
    assert said.status == 0, said.err
    assert "stopped: reached --stop-at 0.99, after 2 of 4 answers" in said.out
    assert "--stop-at 0.99" in said.out.rpartition("again:")[2]


def test_refused_versions_are_grouped_by_their_reason(shop: Path, answer: Scripted) -> None:
    others = [f"def total(values):\n    return {n}\n\n\n" * 2 for n in range(3)]
    said = say(
        "improve", TARGET, *JUDGED, *HERE, *answer([*others, WRONG]), "--scale", "tiny",
        "--calls", "1", "--responses", "4", "--utility-calls", "6", "--no-best-of-n", "--json",
    )  # fmt: skip
    assert said.status == 4
    answers = said.data["answers"]
    assert answers["received"] == 4
    assert sum(answers["refused"].values()) == 3
    assert answers["failed"]["wrong_output"]["count"] == 1
    assert said.data["better"] is False
    shown = say("show", said.data["run"]).out
    assert "answers: 4, of which 0 without a program" in shown
    assert "next:" in shown


def test_a_repository_stops_at_a_score(shop: Path, answer: Scripted) -> None:
    said = say(
        "improve", TARGET, *JUDGED, *ONE, *HERE, *answer([FAST]), "--stop-at", "9999999", "--json",
    )  # fmt: skip
    # less is better, so the original is there already: no answer is bought, no patch is made
    assert said.data["answers"]["received"] == 0
    assert said.data["reached"].endswith("after 0 of 2 answers")
    assert not said.data["claim"]


def test_a_dry_run_of_a_task_shows_the_first_prompt_and_scores_nothing(task: Path) -> None:
    said = say("improve", str(task), "--model", "openai/gpt-5", "--dry-run", "--json")
    assert said.status == 0, said.err
    seed = (task / "seed.py").read_text()
    assert seed.strip() in said.data["messages"][-1]["content"]
    assert said.data["responses"] == 24
    words = say("improve", str(task), "--dry-run").out
    assert "nothing was sent, and no program ran" in words
    assert not list(task.parent.rglob("*.db"))
