"""Our own git commands work on the user's repository, whatever the caller's environment says."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from patching.repository.conftest import Make, run_git
from selftaught.patching.repository.copy import Copy, uncommitted
from selftaught.patching.repository.place import environment_for_git, find_repository, git, shown


def local_variables() -> list[str]:
    told = subprocess.run(
        ["git", "rev-parse", "--local-env-vars"], capture_output=True, text=True, check=True
    )
    return told.stdout.split()


def test_what_redirects_git_is_left_out_and_the_users_settings_are_kept() -> None:
    redirecting = {
        *local_variables(),
        "GIT_CEILING",
        "GIT_EXTERNAL_DIFF",
        "GIT_NAMESPACE",
        "GIT_PAGER",
        "GIT_QUARANTINE_PATH",
        "GIT_TRACE",
        "GIT_TRACE2_EVENT",
    } - {"GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT"}  # settings; none of them redirects
    kept = {
        "GIT_CONFIG_GLOBAL": "/etc/mine",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*",
        "GIT_AUTHOR_NAME": "a",
        "PATH": "/bin",
    }
    found = environment_for_git({**dict.fromkeys(redirecting, "elsewhere"), **kept})
    assert not redirecting & found.keys()
    assert kept.items() <= found.items()


@pytest.mark.parametrize("linked", [False, True])
def test_the_index_of_a_hook_is_not_touched(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, linked: bool
) -> None:
    root = make({"a.py": "x = 1\n"})
    if linked:
        run_git(root, "worktree", "add", "-q", str(tmp_path / "linked"), "-b", "side")
        root = tmp_path / "linked"
    (root / "staged.txt").write_text("staged\n")
    run_git(root, "add", "staged.txt")
    folder = run_git(root, "rev-parse", "--absolute-git-dir").strip()
    index = Path(folder, "index")
    before = index.read_bytes()
    monkeypatch.setenv("GIT_DIR", folder)
    monkeypatch.setenv("GIT_INDEX_FILE", str(index))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path))
    monkeypatch.setenv("GIT_PREFIX", "elsewhere/")
    repository = find_repository(root)
    assert repository.root == root
    assert uncommitted(repository).paths == ("staged.txt",)
    with Copy(repository) as copy:
        assert (copy.root / "staged.txt").read_text() == "staged\n"
    assert index.read_bytes() == before


def test_looking_does_not_refresh_the_users_index(make: Make) -> None:
    root = make({"a.py": "x = 1\n"})
    os.utime(root / "a.py", (1, 1))  # the index knows another time: `git status` writes it
    index = root / ".git/index"
    before = index.read_bytes(), index.stat().st_mtime_ns
    assert uncommitted(find_repository(root)).paths == ()
    assert (index.read_bytes(), index.stat().st_mtime_ns) == before


def test_programs_that_settings_name_are_not_started(make: Make, tmp_path: Path) -> None:
    root = make({"a.py": "x = 1\n"})
    witness = tmp_path / "witness"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch '{witness}'\nexit 1\n")
    program.chmod(0o755)
    run_git(root, "config", "core.fsmonitor", str(program))
    (tmp_path / "hooks").mkdir()
    for name in ("post-checkout", "post-index-change", "reference-transaction"):
        (tmp_path / "hooks" / name).write_text(program.read_text())
        (tmp_path / "hooks" / name).chmod(0o755)
    run_git(root, "config", "core.hooksPath", str(tmp_path / "hooks"))
    witness.unlink(missing_ok=True)
    repository = find_repository(root)
    assert uncommitted(repository).paths == ()
    with Copy(repository):
        assert not witness.exists()
    git(root, "update-ref", "refs/heads/other", "HEAD")
    assert not witness.exists()


def test_settings_that_change_what_git_prints_change_nothing(make: Make) -> None:
    root = make({"ä b.py": "x = 1\n", "old.py": "y = 1\n" * 20})
    for setting in (
        "core.quotePath=true",
        "color.ui=always",
        "status.short=true",
        "status.branch=true",
        "status.relativePaths=true",
        "status.renames=copies",
        "diff.noprefix=true",
        "diff.mnemonicPrefix=true",
        "status.showUntrackedFiles=no",
    ):
        run_git(root, "config", *setting.split("="))
    (root / "ä b.py").write_text("x = 2\n")
    run_git(root, "mv", "old.py", "new.py")
    (root / "more.py").write_text("")
    found = uncommitted(find_repository(root)).paths
    assert set(found) == {"ä b.py", "new.py", "more.py"}


def test_a_root_whose_name_ends_with_a_line_or_a_blank(make: Make) -> None:
    root = make({"a.py": ""}, name="odd \n")
    assert find_repository(root).root == root


def test_names_of_any_bytes_can_be_told() -> None:
    assert shown(os.fsdecode(b"a\xff\xc3\xa4")) == "a\\xffä"
