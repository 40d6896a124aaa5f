"""The README and the pages of docs/ are true: every block of code in them is run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.M | re.S)
LINK = re.compile(r"\]\(([^)#]+)\)")


def blocks(language: str) -> list[tuple[str, str]]:
    """Every block of that language that is to be run, with its page's name."""
    return [
        (page.name, text)
        for page in PAGES
        for kind, words, text in BLOCK.findall(page.read_text("utf-8"))
        if kind == language and "no-run" not in words
    ]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment in which ``selftaught`` is this checkout's, without anybody's keys."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "selftaught"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m selftaught "$@"\n')
    program.chmod(0o755)
    path = f"{folder}:{os.environ['PATH']}"
    kept = {"PYTHONPATH": os.environ.get("PYTHONPATH", "")}
    return kept | {"PATH": path, "HOME": str(tmp_path), "LANG": "C.UTF-8"}


def carry_out(command: list[str], environment: dict[str, str], folder: Path) -> str:
    found = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr
    return found.stdout


def test_the_commands_of_the_readme_work_one_after_the_other(
    environment: dict[str, str], tmp_path: Path
) -> None:
    script = "\n".join(text for page, text in blocks("console") if page == "README.md")
    assert "selftaught improve ./my_task" in script
    printed = carry_out(["sh", "-e", "-c", script], environment, tmp_path)
    assert "again: selftaught improve" in printed
    assert "final minus seed improver on test" in printed
    assert (tmp_path / "better.py").is_file()


@pytest.mark.parametrize(
    ("page", "code"), blocks("python"), ids=lambda value: value[:30].replace("\n", " ")
)
def test_a_block_of_python_works(
    page: str, code: str, environment: dict[str, str], tmp_path: Path
) -> None:
    carry_out([sys.executable, "-W", "error", "-c", code], environment, tmp_path)


def test_the_toml_of_the_pages_holds_known_options() -> None:
    import tomllib

    from selftaught.cli.command import option_types
    from selftaught.cli.configuration import OTHER_TABLES

    texts = [text for _, text in blocks("toml")]
    assert texts
    for text in texts:
        assert set(tomllib.loads(text)) <= set(option_types()) | OTHER_TABLES


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target
