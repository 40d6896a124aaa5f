from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from patching.repository.conftest import Make, make
from patching.repository.shop import FAST, FILES, MODULE, goal, open_shop
from selftaught.patching.repository.formatting import FORMATTERS, LINTERS, Formatting

__all__ = ["make"]

RUFF = {"pyproject.toml": "[tool.ruff]\nline-length = 60\n[tool.ruff.lint]\nselect = ['F']\n"}
ODD = '''def total(values: list[int]) -> int:
    """Return the sum of squares."""
    return sum( a*a for a in values   )
'''
MARK = """import pathlib, sys
file = pathlib.Path(sys.argv[1])
file.write_text(file.read_text().replace("a*a", "a ** 2"))
"""


def formatted(
    make: Make, program: str, files: Mapping[str, str | bytes], **change: Any
) -> tuple[str, str, list[str]]:
    root = make({**FILES, **files})
    with open_shop(root, goal(**change)) as shop:
        found = Formatting(shop)
        text, note = found.formatted(program)
        said = found.remarks(text)
        assert (shop.copy.root / "check.py").read_text() == FILES["check.py"]
    assert (root / "src/pkg/mod.py").read_text() == files.get("src/pkg/mod.py", MODULE)
    return text, note, said


def test_the_formatter_and_linter_of_the_settings_run(make: Make) -> None:
    text, note, said = formatted(make, ODD, RUFF)
    assert (text.strip(), note) == (FAST.strip(), "")
    assert said == [
        "`ruff format` changes nothing.",
        "`ruff check` has nothing new to say of it.",
    ]


def test_other_parts_of_the_file_may_be_in_another_format(make: Make) -> None:
    module = MODULE.replace("LIMIT = 3", "LIMIT  =  3")
    text, note, _ = formatted(make, ODD, {**RUFF, "src/pkg/mod.py": module})
    assert (text.strip(), note) == (FAST.strip(), "")


def test_a_target_in_another_format_keeps_it_and_that_is_said(make: Make) -> None:
    module = MODULE.replace("found = 0\n", "found=0\n")
    text, note, said = formatted(make, ODD, {**RUFF, "src/pkg/mod.py": module})
    assert text == ODD
    assert "`ruff format` is left out: it would change more than the patch does in" in note
    assert said[0] == note


def test_new_complaints_of_the_linter_are_told(make: Make) -> None:
    module = MODULE.replace('"""Sums."""', '"""Sums."""\n\nimport os')
    odd = FAST.replace("    return", "    unused = print\n    return")
    _, _, said = formatted(make, odd, {**RUFF, "src/pkg/mod.py": module})
    assert said[1].startswith("New for `ruff check`: F841")
    assert "F401" not in said[1]  # was there before


def test_a_formatter_can_be_named_and_left_out(make: Make) -> None:
    text, note, said = formatted(make, ODD, {"mark.py": MARK}, format="python mark.py")
    assert ("a ** 2" in text, note) == (True, "")
    assert said == ["`python mark.py` changes nothing."]


def test_none_runs_nothing(make: Make) -> None:
    assert formatted(make, ODD, RUFF, format="none") == (ODD, "", [])


def test_one_that_fails_is_told(make: Make) -> None:
    text, note, _ = formatted(
        make, ODD, {"mark.py": "raise OSError('no')"}, format="python mark.py"
    )
    assert text == ODD
    assert note == "`python mark.py` does not run on the original: OSError: no"


def test_one_that_is_missing_is_told(
    make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    git = shutil.which("git")
    assert git is not None
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/git").symlink_to(git)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    text, note, said = formatted(make, ODD, {"pyproject.toml": "[tool.black]\n"})
    assert text == ODD
    assert note.startswith("black, which the repository's settings name, is not beside")
    assert "--format CMD, or --format none" in note
    assert said == [note]


def test_several_targets_are_formatted_together(make: Make) -> None:
    names = [f"src/pkg/mod.py::{name}" for name in ("total", "twice")]
    twice = "def twice(values):\n    return total( values )*2\n"
    program = f"# ==== {names[0]} ====\n{ODD}\n\n# ==== {names[1]} ====\n{twice}"
    text, note, _ = formatted(make, program, RUFF, may_change=(names[1],))
    assert note == ""
    assert FAST in text
    assert "return total(values) * 2\n" in text


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("pyproject.toml", "[tool.black]\n", ["black"]),
        ("pyproject.toml", "[tool.ruff.lint]\n", ["ruff", "ruff"]),
        (".ruff.toml", "", ["ruff", "ruff"]),
        (".flake8", "[flake8]\n", ["flake8"]),
        ("setup.cfg", "[metadata]\nname = %x\n[flake8]\n", ["flake8"]),
        ("tox.ini", "[tox]\n", []),
        ("setup.cfg", "no section", []),
        ("pyproject.toml", "[tool", []),
    ],
)
def test_settings_tell_which_tools_are_used(
    tmp_path: Path, name: str, content: str, words: list[str]
) -> None:
    (tmp_path / name).write_text(content)
    used = [tool.words[0] for tool in (*FORMATTERS, *LINTERS) if tool.used(tmp_path)]
    assert used == words
