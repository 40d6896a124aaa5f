from __future__ import annotations

import pytest

from selftaught.models.locality import stays
from selftaught.models.options import ModelOptions

HERE, ELSEWHERE = "http://localhost:8000/v1", "http://gpu.example:11434/v1"


@pytest.mark.parametrize(
    ("model", "base_url"),
    [
        ("offline", None),
        ("replay:answers.jsonl", None),
        ("ollama/a", None),
        ("ollama/a", "http://127.0.0.1:11434/v1"),
        ("openai/a", HERE),
        ("anthropic/a", "http://[::1]:1"),
    ],
)
def test_nothing_leaves(model: str, base_url: str | None) -> None:
    assert stays(model, ModelOptions(base_url=base_url))


@pytest.mark.parametrize(
    ("model", "base_url"),
    [
        ("openai/a", None),
        ("openai/a", ELSEWHERE),
        ("openai/a", "http://localhost.example/v1"),
        ("ollama/a", ELSEWHERE),
        ("google/a", None),
        ("command:answer", None),
        ("command:answer", HERE),
        ("mailbox:box", None),
    ],
)
def test_it_may_leave(model: str, base_url: str | None) -> None:
    assert not stays(model, ModelOptions(base_url=base_url))
