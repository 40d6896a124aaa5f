"""The Python API: its names, what importing it costs, and what its functions return."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import selftaught as st

SEED = "def solve(x):\n    return x\n"
SMALL: dict[str, Any] = {"scale": "tiny", "calls": 1, "responses": 2, "utility_calls": 2}


def make_instance(rng: Any) -> tuple[tuple[float], float]:
    x = float(rng.random())
    return (x,), x * x


def score(inputs: tuple[float], key: float, output: Any) -> float:
    return max(0.0, 1.0 - abs(output - key))


def square(**changes: Any) -> Any:
    given = {"instances": {"train": 2, "gate": 2, "test": 2}} | changes
    return st.Task(name="square", seed=SEED, make_instance=make_instance, score=score, **given)


def test_the_public_names_are_these() -> None:
    assert st.__all__ == [
        *("ModelOptions", "Program", "SelftaughtError", "Task"),
        *("improve", "score", "self_improve"),
    ]
    assert all(getattr(st, name) for name in st.__all__)
    assert set(st.__all__) <= set(dir(st))
    with pytest.raises(AttributeError, match="no attribute 'imporve'"):
        st.imporve  # noqa: B018


def test_importing_it_imports_nothing_else() -> None:
    code = (
        "import sys; import selftaught;"
        "sys.exit(str([m for m in sys.modules if m.startswith(('selftaught.', 'numpy'))] or ''))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert found.stderr.strip() == b""


def test_improve_finds_a_program_and_says_what_it_cost(tmp_path: Path) -> None:
    found = st.improve(square(), store=tmp_path / "runs.db", **SMALL)
    assert found.seed_program.source == SEED
    assert found.best.score == found.best.test
    assert found.best.train is not None
    assert found.best.train >= (found.seed_program.train or 0.0)
    assert 1 <= found.spent.responses <= 2
    assert found.run == found.result.run
    assert len(repr(found)) < 200
    assert found.run in repr(found)
    assert SEED not in repr(found.best)


def test_improve_of_a_task_without_a_test_split_scores_on_train(tmp_path: Path) -> None:
    task = square(instances={"train": 2})
    found = st.improve(task, store=tmp_path / "runs.db", **SMALL)
    assert found.best.test is None
    assert found.best.score == found.best.train


def test_self_improve_returns_improvers_and_their_meta_utility(tmp_path: Path) -> None:
    run = st.self_improve(
        [square()],
        rounds=1,
        adopt="paper",
        store=tmp_path / "runs.db",
        meta_calls=1,
        repeats=1,
        gate_pairs=2,
        **SMALL,
    )
    assert len(run.adopted) == 1
    assert len(run.improvers) == 1 + sum(run.adopted)
    assert "def improve_algorithm" in run.improvers[0]
    assert [each.n for each in run.meta_utility] == [1, 1]
    assert run.paired_difference.n == 2


def test_score_scores_source_and_programs() -> None:
    good = "def solve(x):\n    return x * x\n"
    assert st.score(square(), good).score == pytest.approx(1.0)
    assert st.score(square(), st.Program(SEED), split="train").status == "ok"


async def test_it_works_where_an_event_loop_runs(tmp_path: Path) -> None:
    await asyncio.sleep(0)
    assert st.score(square(), SEED).status == "ok"
    assert st.improve(square(), store=tmp_path / "runs.db", **SMALL).run


def test_a_task_shows_its_functions_to_the_improver() -> None:
    assert "return max(0.0, 1.0 - abs(output - key))" in square().text
    assert square(text="Square a number.").text == "Square a number."


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: st.improve("maxcu"), "maxcut"),
        (lambda: st.improve("maxcut", bogus=1), "bogus"),
        (lambda: st.improve("maxcut", max_bogus=1), "bogus"),
        (lambda: st.improve("maxcut", scale="tinny"), "tiny"),
        (lambda: st.score("maxcut", SEED, split="tset"), "test"),
        (lambda: square(instances={"trian": 1}), "trian"),
        (
            lambda: st.Task(name="a b", seed=SEED, make_instance=make_instance, score=score),
            "identifier",
        ),
    ],
)
def test_what_can_t_be_meant_raises(call: Any, words: str) -> None:
    with pytest.raises(st.SelftaughtError, match=words):
        call()
