from __future__ import annotations

from pathlib import Path

import pytest

from fakes.tasks import outcome_of
from selftaught.errors import UsageError
from selftaught.tasks.folder import load
from selftaught.tasks.folder_template import write_template
from selftaught.values.outcome import Status
from selftaught.values.task import Split, Task


@pytest.fixture
def task(tmp_path: Path) -> Task:
    write_template(tmp_path / "my-bag")
    return load(tmp_path / "my-bag")


def test_it_loads_as_it_comes_and_is_named_after_its_folder(task: Task) -> None:
    assert task.name == "my_bag"
    assert set(task.instances) == {Split.TRAIN, Split.GATE, Split.TEST}


@pytest.mark.parametrize("split", [Split.TRAIN, Split.GATE, Split.TEST])
def test_the_seed_works_and_leaves_room(task: Task, split: Split) -> None:
    outcome = outcome_of(task, task.seed.source, split=split)
    assert outcome.status is Status.OK
    assert outcome.score is not None
    assert 0.65 < outcome.score < 0.85


@pytest.mark.parametrize("constant", ["0.8", "1.0", "1.1"])
def test_a_greater_constant_is_better(task: Task, constant: str) -> None:
    before = outcome_of(task, task.seed.source, split=Split.TEST).score
    after = outcome_of(task, task.seed.source.replace("0.6", constant), split=Split.TEST).score
    assert before is not None
    assert after is not None
    assert before < after


def test_the_best_worth_first_is_near_the_bound(task: Task) -> None:
    order = "sorted(range(len(weights)), key=lambda i: -values[i] / weights[i])"
    drawn = "random.sample(range(len(weights)), len(weights))"
    assert drawn in task.seed.source
    source = task.seed.source.replace(drawn, order)
    outcome = outcome_of(task, source, split=Split.TEST)
    assert outcome.score is not None
    assert 0.98 < outcome.score <= 1.0


@pytest.mark.parametrize(
    "answer",
    ["None", "'ab'", "[0, 0]", "[60]", "[-1]", "[0.5]", "[True]", "list(range(60))", "[[1]]"],
)
def test_answers_that_are_none(task: Task, answer: str) -> None:
    outcome = outcome_of(task, f"def solve(weights, values, capacity):\n    return {answer}\n")
    assert (outcome.status, outcome.score) == (Status.WRONG_OUTPUT, 0.0)


def test_an_empty_load_is_an_answer(task: Task) -> None:
    outcome = outcome_of(task, "def solve(weights, values, capacity):\n    return []\n")
    assert (outcome.status, outcome.score) == (Status.OK, 0.0)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "task"
    write_template(folder)
    before = {path.name: path.read_text() for path in folder.iterdir()}
    with pytest.raises(UsageError, match=r"found seed\.py, task\.toml, utility\.py"):
        write_template(folder)
    assert {path.name: path.read_text() for path in folder.iterdir()} == before


def test_an_empty_folder_is_filled_and_a_name_can_be_given(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    assert sorted(path.name for path in write_template(tmp_path / "x", "tour")) == [
        "seed.py",
        "task.toml",
        "utility.py",
    ]
    assert load(tmp_path / "x").name == "tour"


@pytest.mark.parametrize("name", ["2nd", "class", "a b", "ä"])
def test_a_name_that_is_no_identifier(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="letters, digits"):
        write_template(tmp_path / "x", name)
    assert not (tmp_path / "x").exists()


def test_a_file_or_a_folder_below_a_file_is_no_place(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="found a file"):
        write_template(tmp_path / "file")
    with pytest.raises(UsageError, match="writable folder"):
        write_template(tmp_path / "file" / "x")
