from __future__ import annotations

from pathlib import Path

import pytest

from repository.conftest import Make, run_git
from selftaught.repository.copy import Copy, copied_paths, uncommitted
from selftaught.repository.place import find_repository

FILES = {
    "pkg/mod.py": "x = 1\n",
    "pkg/data/words.txt": "a\n",
    ".gitignore": "*.so\n_version.py\nbuild/\n.venv/\n",
}


def seen(root: Path) -> set[str]:
    found = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    return {path for path in found if not path.startswith(".git/") and path != ".git"}


def test_a_copy_holds_the_tree_as_it_is_now(make: Make) -> None:
    root = make({**FILES, "gone.py": "y = 1\n"})
    (root / "pkg/mod.py").write_text("x = 2\n")
    (root / "new.py").write_text("new\n")
    (root / "gone.py").unlink()
    for ignored in ("pkg/fast.so", "pkg/_version.py", "build/out.py", ".venv/pyvenv.cfg"):
        (root / ignored).parent.mkdir(exist_ok=True)
        (root / ignored).write_text("built\n")
    (root / ".env").write_text("KEY=secret\n")
    repository = find_repository(root)
    with Copy(repository) as copy:
        assert seen(copy.root) == {*FILES, "new.py", "pkg/fast.so", "pkg/_version.py"}
        assert (copy.root / "pkg/mod.py").read_text() == "x = 2\n"
        assert "detached" in run_git(root, "worktree", "list")
        assert run_git(copy.root, "diff", "--name-only").split() == ["gone.py", "pkg/mod.py"]
        kept = copy.root
    assert not kept.exists()
    assert len(run_git(root, "worktree", "list").splitlines()) == 1
    assert uncommitted(repository).paths == ("gone.py", "pkg/mod.py", ".env", "new.py")


def test_without_git_caches_and_environments_are_left_out(make: Make) -> None:
    files = {
        **FILES,
        "venv/pyvenv.cfg": "",
        "venv/lib/a.py": "",
        "__pycache__/a.pyc": "",
        ".env": "",
    }
    repository = find_repository(make(files, git=False))
    assert set(copied_paths(repository)) == set(FILES)
    with Copy(repository) as copy:
        assert seen(copy.root) == set(FILES)
    assert uncommitted(repository).paths == ()


def test_changes_are_taken_back(make: Make) -> None:
    root = make({"a.py": "1\n", "b.py": "2\n"})
    with Copy(find_repository(root)) as copy:
        copy.change({"a.py": b"3\n"})
        copy.change({"b.py": b"4\n"})
        assert [(copy.root / name).read_text() for name in ("a.py", "b.py")] == ["1\n", "4\n"]
        copy.change({})
        assert (copy.root / "b.py").read_text() == "2\n"
    assert (root / "a.py").read_text() == "1\n"


def test_a_user_in_a_folder_is_in_the_same_folder_of_the_copy(make: Make) -> None:
    root = make(FILES)
    with Copy(find_repository(root / "pkg")) as copy:
        assert (copy.place / "mod.py").exists()


def test_a_file_that_cannot_be_copied_ends_it_without_traces(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make(FILES)
    monkeypatch.setattr("selftaught.repository.copy.MOST_BYTES", 3)
    with pytest.raises(Exception, match="repository of at most"):
        Copy(find_repository(root))
    assert len(run_git(root, "worktree", "list").splitlines()) == 1
