"""Improvers by name and by file."""

from __future__ import annotations

from pathlib import Path

import pytest

from selftaught.errors import UnknownNameError, UsageError
from selftaught.improver import registry

PUBLISHED = {
    *(
        "seed",
        "seed_keep",
        "earlier_seed",
        "chain_of_thought",
        "best_of_n",
        "sequential",
        "greedy",
        "beam",
    ),
    *("genetic", "annealing", "tree", "bandit", "decompose", "islands", "reflect"),
}


def test_the_library_has_the_improvers_that_are_promised() -> None:
    assert {entry.name for entry in registry.names()} == PUBLISHED


def test_each_says_what_it_does_and_where_it_comes_from() -> None:
    for name, summary, source in registry.names():
        assert summary.endswith("."), name
        assert len(summary) <= 100, name
        assert any(year in source for year in map(str, range(1980, 2030))), name


def test_a_name_is_found_and_an_unknown_one_gets_the_nearest() -> None:
    assert "improve_algorithm" in registry.find("seed").source
    with pytest.raises(UnknownNameError, match="did you mean genetic") as caught:
        registry.find("genetics")
    assert "ending in .py" in str(caught.value)


def test_a_file_is_found_by_its_path(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text("improve_algorithm = print  # é\n", "utf-8")
    assert registry.find(str(file)).source == "improve_algorithm = print  # é\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"x = 1", "no function improve_algorithm"),
        (b"def improve_algorithm(:", "does not parse"),
        (b"\xff\xfe", "not UTF-8"),
        (b"#" * (2**20 + 1), "at most 1048576 bytes"),
        ("# é".encode() * 2**19, "at most 1048576 bytes"),
    ],
)
def test_a_file_that_is_no_improver_is_refused(
    tmp_path: Path, content: bytes, message: str
) -> None:
    file = tmp_path / "mine.py"
    file.write_bytes(content)
    with pytest.raises(UsageError, match=message):
        registry.find(str(file))


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        registry.find(str(tmp_path / "nothing.py"))
    with pytest.raises(UsageError, match="directory"):
        registry.find(str(tmp_path))
