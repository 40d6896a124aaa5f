"""Options that take several words."""

from __future__ import annotations

import pytest

from selftaught.cli.multiword import one_each


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("compare a --tasks x y --seed 1", "compare a --tasks x --tasks y --seed 1"),
        ("compare --tasks x --tasks y", "compare --tasks x --tasks y"),
        ("compare --tasks x y z", "compare --tasks x --tasks y --tasks z"),
        ("compare --tasks", "compare --tasks"),
        ("run x y --seed 1", "run x y --seed 1"),
        ("run --tasks x -- --tasks y z", "run --tasks x -- --tasks y z"),
        ("compare --tasks=x a b", "compare --tasks=x a b"),
    ],
)
def test_each_word_gets_its_option(given: str, expected: str) -> None:
    assert one_each(given.split()) == expected.split()
