"""What an improver may read of how a program fared."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.conftest import MakeSmall, answers, make_task
from selftaught.budget import Budget
from selftaught.engine import request_handler
from selftaught.engine.meta_utility import PlannedMeasurement, TaskDraw, measure
from selftaught.engine.utility import feedback_text
from selftaught.values.facts import Evaluated, InvocationFinished
from selftaught.values.program import Program
from selftaught.values.records import InstanceRecord
from selftaught.values.task import Split, Task


def evaluated(*instances: InstanceRecord, score: float = 0.5, status: str = "ok") -> Evaluated:
    return Evaluated(
        program="p",
        task="t",
        split="train",
        draw=(),
        status=status,
        score=score,
        instances=instances,
        attempts=(),
        sandbox="unconfined",
    )


def instance(status: str, detail: str = "", feedback: str = "") -> InstanceRecord:
    return InstanceRecord(
        index=0, status=status, score=0.0, seconds=0.0, detail=detail, feedback=feedback
    )


def test_feedback_names_status_error_line_and_the_words_of_the_task() -> None:
    text = feedback_text(
        evaluated(
            instance("crashed", "ZeroDivisionError: division by 12345 (line 7)"),
            instance("ok", feedback="two cities are visited twice"),
            status="crashed",
        ),
        step=0.05,
    )
    assert text.splitlines() == [
        "status: crashed",
        "score: about 0.5",
        "failed on 1 of 2 instances",
        "- crashed: ZeroDivisionError (line 7)",
        "- two cities are visited twice",
    ]


@pytest.mark.parametrize(
    ("status", "detail"),
    [
        ("crashed", "ValueError: the key is SECRET (line 3)"),
        ("crashed", "SECRET: by the name of its class (line 3)"),
        ("crashed", "SECRET"),
        ("wrong_output", "could not convert 'SECRET' to a number"),
        ("wrong_output", "no number: SECRET"),
        ("timeout", "SECRET\nSECRET"),
    ],
)
def test_feedback_holds_nothing_that_a_program_could_have_said(status: str, detail: str) -> None:
    assert "SECRET" not in feedback_text(evaluated(instance(status, detail)), step=0.05)


def test_words_of_the_task_about_a_wrong_output_are_shown_without_numbers() -> None:
    text = feedback_text(evaluated(instance("wrong_output", "expected 37 sides")), step=0.05)
    assert "- wrong_output: expected # sides" in text


@pytest.mark.parametrize(("score", "step", "said"), [(0.512, 0.05, "0.5"), (37.0, 5.0, "35")])
def test_scores_are_coarse_in_the_range_of_the_task(score: float, step: float, said: str) -> None:
    assert f"score: about {said}" in feedback_text(evaluated(score=score), step)


FEEDBACK = """
def improve_algorithm(initial_solution, utility, language_model):
    texts = [utility.feedback(initial_solution) for _ in range({times})]
    return "def solve(x):\\n    return " + str({returned})
"""


async def _finished(small: MakeSmall, source: str, task: Task | None = None) -> InvocationFinished:
    world = small(answers(0.5), tasks=(task or make_task(),))
    place = TaskDraw(world.engine.tasks[0], ("meta", 0), Split.TRAIN, 0)
    work = [PlannedMeasurement("m", Program(source), place)]
    await measure(world.engine, work, Budget())
    found = world.engine.journal.find("finished:m")
    assert isinstance(found, InvocationFinished)
    return found


async def test_feedback_is_charged_once_a_program_and_its_bytes_are_metered(
    small: MakeSmall,
) -> None:
    source = FEEDBACK.format(times=3, returned="len(texts[0]) + len(set(texts))")
    finished = await _finished(small, source)
    assert finished.status == "ok", finished.detail
    assert finished.spent.utility_calls == 1
    assert finished.spent.reused == 2
    assert finished.spent.feedback_bytes == 3 * len("status: ok\nscore: about 0")


async def test_feedback_ends_where_the_invocation_has_read_enough(
    small: MakeSmall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_handler, "FEEDBACK_BYTES_IN_ALL", 40)
    source = FEEDBACK.format(times=3, returned="[len(text) for text in texts]")
    finished = await _finished(small, source)
    assert finished.spent.feedback_bytes == 40
    assert finished.program == Program("def solve(x):\n    return [25, 15, 0]").id


async def test_the_words_of_a_score_reach_the_improver(small: MakeSmall) -> None:
    source = FEEDBACK.format(times=1, returned="'near the goal' in texts[0]")
    task = replace(make_task(), score=lambda inputs, key, output: (0.5, "near the goal"))
    finished = await _finished(small, source, task)
    assert finished.program == Program("def solve(x):\n    return True").id
