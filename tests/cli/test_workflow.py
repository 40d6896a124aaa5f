"""The example for GitHub Actions: two steps of it are carried out here, without GitHub."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.test_patch import ONE, Scripted, answer, make, shop
from repository.conftest import run_git
from repository.shop import FAST, MODULE, TARGET

__all__ = ["answer", "make", "shop"]

WORKFLOW = Path(__file__).parents[2] / "examples/github/improve.yml"
PUBLIC = re.compile(r"actions/[a-z-]+@v\d+")
GOAL = f"""[improve.total]
target = "{TARGET}"
check = "python check.py"
score = "python bench.py"
minimise = true
score-runs = 3
python = "{sys.executable}"
"""
BRANCH = "selftaught/total-7"
FILE = TARGET.partition("::")[0]


def loaded() -> dict[Any, Any]:
    found = yaml.safe_load(WORKFLOW.read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def step(name: str) -> Mapping[str, Any]:
    (found,) = (each for each in loaded()["jobs"]["improve"]["steps"] if each.get("name") == name)
    assert isinstance(found, dict)
    return found


def carry_out(name: str, folder: Path, programs: Path) -> subprocess.CompletedProcess[str]:
    """Run a step's script as the runner does, with the values that GitHub would put in."""
    given = {"GOAL": "total", "LIMIT": "5", "BRANCH": BRANCH, "RUNNER_TEMP": str(programs)}
    assert set(step(name)["env"]) <= {*given, "OPENAI_API_KEY", "GH_TOKEN"}
    path = f"{programs}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-e", "-c", step(name)["run"]],
        cwd=folder,
        env={**os.environ, **given, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def program(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(0o755)


needs_jq = pytest.mark.skipif(
    shutil.which("jq") is None, reason="jq, which a step of the workflow calls, is not installed"
)


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder with ``gh``, which notes what it is told."""
    folder = tmp_path / "runner"
    program(folder / "gh", f'for each in "$@"; do echo "$each" >> {folder}/told; done')
    return folder


@pytest.fixture
def published(shop: Path, tmp_path: Path) -> Path:
    """The shop with a goal, and a repository that its branches can be pushed to."""
    (shop / "selftaught.toml").write_text(GOAL, "utf-8")
    run_git(shop, "add", "--all")
    run_git(shop, "commit", "-q", "-m", "Keep a goal")
    run_git(shop, "init", "-q", "--bare", str(tmp_path / "origin"))
    run_git(shop, "remote", "add", "origin", str(tmp_path / "origin"))
    return shop


def with_model(programs: Path, model: tuple[str, str]) -> None:
    """Put the command there that the workflow installs; what it is told last wins: our model."""
    words = shlex.join([sys.executable, "-m", "selftaught"])
    ours = shlex.join([*ONE, *model, "--price-in", "1", "--price-out", "1"])
    program(programs / "selftaught/bin/selftaught", f'exec {words} "$@" {ours}')


def test_its_permissions_and_actions_are_few_and_public() -> None:
    workflow = loaded()
    assert workflow["permissions"] == {"contents": "write", "pull-requests": "write"}
    used = [each["uses"] for each in workflow["jobs"]["improve"]["steps"] if "uses" in each]
    assert used
    assert all(PUBLIC.fullmatch(each) for each in used), used


@needs_jq
def test_a_better_version_becomes_a_pull_request_with_figures_and_cost(
    published: Path, programs: Path, answer: Scripted
) -> None:
    with_model(programs, answer([FAST]))
    improved = carry_out("Improve", published, programs)
    assert improved.returncode == 0, improved.stderr
    found = json.loads((programs / "result.json").read_text("utf-8"))
    assert found["claim"], improved.stderr
    assert "uncommitted changes" not in improved.stderr
    opened = carry_out("Open a pull request", published, programs)
    assert opened.returncode == 0, opened.stderr
    told = (programs / "told").read_text("utf-8").splitlines()
    assert told[:4] == ["pr", "create", "--head", BRANCH]
    assert told[told.index("--title") + 1] == found["message"].splitlines()[0]
    body = Path(told[told.index("--body-file") + 1]).read_text("utf-8")
    gain = found["comparison"]["gain"]
    assert "95 % intervals" in body
    assert f"{-gain['low']:+.6g}" in body
    assert "Cost: " in body
    assert "sum(a * a for a in values)" in run_git(published, "show", f"origin/{BRANCH}:{FILE}")
    assert (published / FILE).read_text("utf-8") == MODULE


@pytest.mark.slow
@needs_jq
def test_where_nothing_is_better_no_pull_request_is_opened(
    published: Path, programs: Path, answer: Scripted
) -> None:
    same = MODULE[MODULE.index("def total") : MODULE.index("def twice")].rstrip() + "\n"
    with_model(programs, answer([same]))
    improved = carry_out("Improve", published, programs)
    assert improved.returncode == 0, improved.stderr
    opened = carry_out("Open a pull request", published, programs)
    assert opened.returncode == 0, opened.stderr
    assert "nothing better was found" in opened.stdout
    assert not (programs / "told").exists()
