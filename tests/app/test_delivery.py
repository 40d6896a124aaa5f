"""Patches that are applied, committed, or refused: nothing of the user's is touched beside."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

import pytest

from repository.conftest import Make, make, run_git
from repository.shop import FAST, FILES, MODULE, changed, goal
from selftaught.app.patch.aim import Aim
from selftaught.app.patch.delivery import Delivery, apply_command, deliver, refuse_branch
from selftaught.errors import UsageError
from selftaught.repository.baseline import Baseline
from selftaught.repository.patch import patch
from selftaught.repository.site import Site, open_site
from selftaught.repository.splice import Spliced, splice
from selftaught.values.program import Program

__all__ = ["make"]

PATH = "src/pkg/mod.py"


def delivered(
    root: Path, *, apply: bool = False, branch: str | None = None, digest: str = ""
) -> list[str]:
    site = open_site(root, goal())
    aim = Aim(root, goal(), Baseline(0.0, 1.0, score=0.0))
    wanted = Delivery(apply=apply, branch=branch, message="Improve it\n", patch="a b.patch")
    return deliver(aim, digest or site.digest, Program(FAST), wanted)


def better(site: Site) -> dict[str, bytes]:
    spliced = splice(site.parts, FAST)
    assert isinstance(spliced, Spliced)
    return dict(spliced.files)


def state(root: Path) -> tuple[bytes, str, str]:
    index = (root / ".git/index").read_bytes()
    return index, run_git(root, "rev-parse", "HEAD"), (root / ".git/HEAD").read_text()


def test_a_branch_in_a_hooks_environment_touches_neither_index_nor_head(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make(FILES)
    (root / "staged.txt").write_text("staged\n")
    run_git(root, "add", "staged.txt")
    before = state(root)
    monkeypatch.setenv("GIT_INDEX_FILE", str(root / ".git/index"))
    monkeypatch.setenv("GIT_DIR", str(root / ".git"))
    said = delivered(root, branch="faster")
    monkeypatch.delenv("GIT_INDEX_FILE")
    monkeypatch.delenv("GIT_DIR")
    assert "committed to the branch faster" in said[0]
    assert state(root) == before
    assert run_git(root, "diff", "--stat", "main", "faster", "--name-only") == f"{PATH}\n"
    assert (root / PATH).read_text() == MODULE


def test_applying_keeps_mode_and_leaves_nothing_beside(make: Make) -> None:
    root = make(FILES)
    (root / PATH).chmod(0o751)
    expected = better(open_site(root, goal()))[PATH]
    around = {path.name for path in (root / "src/pkg").iterdir()}
    assert delivered(root, apply=True) == [f"applied to {PATH}"]
    assert (root / PATH).read_bytes() == expected
    assert (root / PATH).stat().st_mode & 0o777 == 0o751
    assert {path.name for path in (root / "src/pkg").iterdir()} == around


def test_files_that_were_changed_meanwhile_are_left_alone(make: Make) -> None:
    root = make(FILES)
    digest = open_site(root, goal()).digest
    changed(root, PATH, "LIMIT = 3", "LIMIT = 4")
    mine = (root / PATH).read_bytes()
    for wanted in ({"apply": True}, {"branch": "faster"}):
        with pytest.raises(UsageError, match=r"nothing was applied[\s\S]*apply --3way '"):
            delivered(root, digest=digest, **wanted)  # type: ignore[arg-type]
    assert (root / PATH).read_bytes() == mine
    assert "faster" not in run_git(root, "branch")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("main", "exists"),
        ("main/faster", "conflicts with the branch main"),
        ("feature", "conflicts with the branch feature/x"),
        ("-x", "name of a new branch"),
        ("HEAD", "name of a new branch"),
        ("@{-1}", "check-ref-format"),
        ("a..b", "check-ref-format"),
    ],
)
def test_a_name_that_no_branch_can_have_is_refused_beforehand(
    make: Make, name: str, why: str
) -> None:
    root = make(FILES)
    run_git(root, "branch", "feature/x")
    with pytest.raises(UsageError, match=why):
        refuse_branch(root, name, open_site(root, goal()).contents)


def test_a_branch_needs_the_file_as_the_last_commit_has_it(make: Make) -> None:
    root = make(FILES)
    run_git(root, "update-index", "--assume-unchanged", PATH)
    changed(root, PATH, "LIMIT = 3", "LIMIT = 4")  # git status does not show it
    with pytest.raises(UsageError, match=PATH):
        refuse_branch(root, "new", open_site(root, goal()).contents)


def test_a_branch_needs_an_author(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make(FILES)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    run_git(root, "config", "user.useConfigOnly", "true")
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.delenv(f"GIT_{role}_EMAIL", raising=False)
    with pytest.raises(UsageError, match="git var"):
        refuse_branch(root, "new", open_site(root, goal()).contents)


def test_a_branch_of_a_file_in_a_submodule_is_refused(make: Make) -> None:
    lib = make(FILES, name="lib")
    root = make({"a.py": ""})
    run_git(root, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(lib), "lib")
    run_git(root, "commit", "-qm", "lib")
    inner = goal(target=f"lib/{PATH}::total")
    with pytest.raises(UsageError, match="submodule"):
        refuse_branch(root, "new", open_site(root, inner).contents)
    refuse_branch(root / "lib", "new", open_site(root / "lib", goal()).contents)


@pytest.mark.parametrize("git", [True, False])
def test_the_command_that_is_printed_applies_the_patch_from_anywhere(
    make: Make, tmp_path: Path, *, git: bool
) -> None:
    root = make(FILES, git=git, name='it\'s a "place"')
    site = open_site(root, goal())
    file = root / "src" / "my patch.patch"
    file.write_bytes(patch(site.contents, better(site)))
    command = apply_command(root / "src" if git else root, str(file))
    assert shlex.split(command)[:2] == ["git", "-C"]
    for place in (tmp_path, root, root / "src"):
        subprocess.run(["sh", "-c", command], cwd=place, check=True)
        assert (root / PATH).read_bytes() == better(site)[PATH]
        (root / PATH).write_text(MODULE)


def test_a_file_that_may_not_be_written_stays_whole(make: Make, tmp_path: Path) -> None:
    root = make(FILES)
    (root / "src/pkg").rename(tmp_path / "pkg")
    (root / "src/pkg").symlink_to(tmp_path / "pkg")  # a target that leads out is refused
    with pytest.raises(UsageError):
        delivered(root, apply=True)
    assert (tmp_path / "pkg/mod.py").read_text() == MODULE
    assert os.listdir(root / "src") == ["pkg"]
