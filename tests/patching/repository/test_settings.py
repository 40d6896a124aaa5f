from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from selftaught.errors import UnknownNameError, UsageError
from selftaught.patching.repository.settings import Goal, kept_goal, kept_goals, made_goal, words

GOOD: dict[str, Any] = {"target": "m.py::f", "check": "pytest -q", "score": "python bench.py"}


def test_a_goal_is_kept_as_data() -> None:
    goal = Goal(**GOOD, may_change=("n.py",), allow_network=("localhost:5432",))
    assert Goal.from_data(goal.as_data()) == goal
    assert goal.targets == ("m.py::f", "n.py")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"check": " "}, "--check"),
        ({"score": ""}, "neither"),
        ({"faster": "bench.py::g"}, "both"),
        ({"score": "", "faster": "x", "minimise": True}, "--minimise"),
        ({"score": "", "faster": "x", "score_pattern": "(.)"}, "--score-pattern"),
        ({"score_key": "a", "score_pattern": "(.)"}, "both"),
        ({"score_pattern": "("}, "regular expression"),
        ({"score_pattern": "score: .*"}, "one group"),
        ({"score_pattern": "(a)(b)"}, "one group"),
        ({"score_runs": 1}, "--score-runs"),
        ({"command_seconds": 0.0}, "--command-seconds"),
        ({"context_characters": -1}, "--context-characters"),
        ({"allow_network": ("localhost",)}, "HOST:PORT"),
        ({"allow_network": ("localhost:0",)}, "HOST:PORT"),
        ({"check": "pytest 'a"}, "--check"),
        ({"check": "cd a && pytest"}, "sh -c"),
        ({"check": "PYTHONWARNINGS=error pytest -q"}, "'env PYTHONWARNINGS=error pytest -q'"),
        ({"score": "python bench.py > out"}, "--score"),
    ],
)
def test_what_cannot_be_meant_is_refused(change: dict[str, Any], why: str) -> None:
    with pytest.raises(UsageError, match=why):
        Goal(**{**GOOD, **change})


def test_words_are_split_as_a_shell_does() -> None:
    assert words("pytest -k 'a b'", "--check") == ("pytest", "-k", "a b")


def test_goals_are_kept_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "selftaught.toml"
    assert kept_goals(file) == {}
    file.write_text(
        'model = "offline"\n[improve.parse]\ntarget = "m.py::f"\ncheck = "pytest -q"\n'
        'score = "python bench.py"\nmay-change = ["n.py"]\nscore_runs = 5\n'
    )
    goal = kept_goal(file, "parse", {"minimise": True})
    assert goal == Goal(**GOOD, may_change=("n.py",), score_runs=5, minimise=True)
    with pytest.raises(UnknownNameError, match="did you mean parse"):
        kept_goal(file, "parze", {})


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("[improve.a]\ncheck = 3\n", "check: expected str, found 3.*target is missing"),
        ('[improve.a]\ntarget = "m.py"\ncheck = "x"\nscoer = "y"\n', "did you mean score"),
        ('[improve.a]\ntarget = "m.py"\ncheck = "x"\nmay_change = "y"\n', "a list of strings"),
        ("improve = 3\n", "tables"),
        ("[improve\n", "readable TOML"),
    ],
)
def test_a_file_with_faults_is_refused(tmp_path: Path, content: str, why: str) -> None:
    file = tmp_path / "selftaught.toml"
    file.write_text(content)
    with pytest.raises(UsageError, match=why):
        kept_goal(file, "a", {})


def test_every_setting_of_the_wrong_kind_is_named() -> None:
    with pytest.raises(UsageError, match=r"minimise: expected bool.*score_runs: expected int"):
        made_goal({**GOOD, "minimise": "yes", "score_runs": "five"}, "here")
