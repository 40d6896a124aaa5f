"""Git says in a copy what it says in the user's tree, and nothing of it can be written back."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from patching.repository.conftest import Make, run_git
from patching.repository.shop import FILES, goal, open_shop
from selftaught.errors import SandboxUnavailableError
from selftaught.patching.commands import open_commands
from selftaught.patching.repository.copy import Copy
from selftaught.patching.repository.history import object_stores
from selftaught.patching.repository.place import find_repository
from selftaught.patching.repository.site import open_site
from selftaught.patching.repository.workshop import How, Workshop

ASKED = (
    ("describe", "--tags", "--always", "--dirty", "--long"),
    ("status", "--porcelain=v2", "--branch"),
    ("rev-parse", "HEAD", "--abbrev-ref", "HEAD"),
    ("log", "--format=%H %s %d", "--all"),
    ("ls-files", "-s", "-v"),
    ("ls-files", "--others", "--exclude-standard"),
    ("diff", "HEAD"),
    ("diff", "--cached"),
    ("diff-index", "--name-only", "HEAD"),
    ("for-each-ref",),
    ("branch", "--format=%(refname) %(upstream) %(HEAD)", "--list", "feature/*", "side"),
    ("rev-parse", "--is-shallow-repository"),
    ("cat-file", "-p", "HEAD^{tree}"),
    ("rev-list", "--count", "HEAD"),
    ("fsck", "--no-dangling", "--no-progress"),
)


def commit(root: Path, text: str = "more") -> None:
    (root / "log.txt").write_text(text)
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", text)


def plain(make: Make, tmp_path: Path) -> Path:
    root = make({"a.py": "x = 1\n", "b.py": "y = 1\n", "c.py": "z = 1\n"})
    run_git(root, "tag", "-a", "v1.0", "-m", "one")
    commit(root)
    run_git(root, "branch", "feature/x")
    (root / "a.py").write_text("x = 2\n")
    (root / "staged.py").write_text("s = 1\n")
    run_git(root, "add", "staged.py")
    (root / "new.py").write_text("n = 1\n")
    run_git(root, "update-index", "--assume-unchanged", "b.py")
    run_git(root, "update-index", "--skip-worktree", "c.py")
    (root / "b.py").write_text("y = 2\n")
    (root / "c.py").write_text("z = 2\n")
    return root


def linked(make: Make, tmp_path: Path) -> Path:
    root = plain(make, tmp_path)
    run_git(root, "worktree", "add", "-q", str(tmp_path / "side"), "-b", "side")
    return tmp_path / "side"


def detached(make: Make, tmp_path: Path) -> Path:
    root = plain(make, tmp_path)
    run_git(root, "checkout", "-q", "--detach")
    return root


def separate(make: Make, tmp_path: Path) -> Path:
    root = plain(make, tmp_path)
    run_git(root, "init", "-q", "--separate-git-dir", str(tmp_path / "elsewhere"))
    return root


def bare_with_worktree(make: Make, tmp_path: Path) -> Path:
    run_git(tmp_path, "clone", "-q", "--bare", str(plain(make, tmp_path)), "bare.git")
    run_git(tmp_path / "bare.git", "worktree", "add", "-q", str(tmp_path / "side"), "main")
    return tmp_path / "side"


def shallow(make: Make, tmp_path: Path) -> Path:
    root = plain(make, tmp_path)
    commit(root, "again")
    run_git(tmp_path, "clone", "-q", "--depth", "1", f"file://{root}", "shallow")
    return tmp_path / "shallow"


def sha256(make: Make, tmp_path: Path) -> Path:
    root = make({"a.py": ""}, git=False)
    run_git(root, "init", "-q", "--object-format=sha256")
    commit(root)
    return root


def split_index(make: Make, tmp_path: Path) -> Path:
    root = plain(make, tmp_path)
    run_git(root, "update-index", "--split-index")
    (root / "late.py").write_text("")
    run_git(root, "add", "late.py")
    return root


def borrowing(make: Make, tmp_path: Path) -> Path:
    run_git(tmp_path, "clone", "-q", "--shared", str(plain(make, tmp_path)), "first")
    run_git(tmp_path, "clone", "-q", "--shared", "first", "second")
    commit(tmp_path / "second", "own")
    return tmp_path / "second"


def partial(make: Make, tmp_path: Path) -> Path:
    root = plain(make, tmp_path)
    run_git(root, "config", "uploadpack.allowFilter", "true")
    commit(root, "again")
    commit(root, "and again")
    run_git(tmp_path, "clone", "-q", "--filter=blob:none", f"file://{root}", "partial")
    shutil.rmtree(root)  # nothing can be fetched any more
    return tmp_path / "partial"


def odd_name(make: Make, tmp_path: Path) -> Path:
    root = make({"a.py": ""}, name='#odd "name" \\ ä\n')
    commit(root)
    return root


def ignoring(make: Make, tmp_path: Path) -> Path:
    root = plain(make, tmp_path)
    (tmp_path / "ignore").write_text("*.globally\n")
    run_git(root, "config", "core.excludesFile", str(tmp_path / "ignore"))
    (root / ".git/info").mkdir(exist_ok=True)
    (root / ".git/info/exclude").write_text("*.locally\n")
    (root / "a.globally").write_text("")
    (root / "a.locally").write_text("")
    return root


def other_endings(make: Make, tmp_path: Path) -> Path:
    root = plain(make, tmp_path)
    run_git(root, "config", "core.autocrlf", "true")
    (root / "windows.py").write_bytes(b"x = 1\r\n")
    run_git(root, "add", "windows.py")
    return root


def merging(make: Make, tmp_path: Path) -> Path:
    root = make({"a.py": "x = 1\n"})
    run_git(root, "checkout", "-qb", "side")
    (root / "a.py").write_text("x = 2\n")
    run_git(root, "commit", "-qam", "two")
    run_git(root, "checkout", "-q", "main")
    (root / "a.py").write_text("x = 3\n")
    run_git(root, "commit", "-qam", "three")
    subprocess.run(["git", "merge", "-q", "side"], cwd=root, capture_output=True, check=False)
    assert (root / ".git/MERGE_HEAD").exists()
    return root


KINDS = (
    plain,
    linked,
    detached,
    separate,
    bare_with_worktree,
    shallow,
    sha256,
    split_index,
    borrowing,
    partial,
    odd_name,
    ignoring,
    other_endings,
    merging,
)


def answers(folder: Path) -> dict[str, tuple[int, str]]:
    """What git says to each question; ``git status`` may refresh no index."""
    found = {}
    for words in ASKED:
        done = subprocess.run(
            ["git", "-c", "advice.statusHints=false", *words],
            cwd=folder,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_ALLOW_PROTOCOL": "none"},
            capture_output=True,
            text=True,
            errors="surrogateescape",
            check=False,
        )
        found[" ".join(words)] = (done.returncode, done.stdout)
    return found


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_git_says_in_the_copy_what_it_says_in_the_tree(
    make: Make, tmp_path: Path, kind: Callable[[Make, Path], Path]
) -> None:
    root = kind(make, tmp_path)
    with Copy(find_repository(root)) as copy:
        assert not [each for each in copy.contents.told if ".git" in each.path]
        theirs, ours = answers(root), answers(copy.root)
    assert ours == theirs
    assert theirs["rev-parse HEAD --abbrev-ref HEAD"][0] == 0


def test_what_is_made_in_the_copy_stays_there(make: Make, tmp_path: Path) -> None:
    root = plain(make, tmp_path)
    before = sorted(str(path) for path in (root / ".git").rglob("*"))
    with Copy(find_repository(root)) as copy:
        commit(copy.root, "in the copy")
        run_git(copy.root, "gc", "-q", "--prune=now")
        run_git(copy.root, "tag", "mine")
    assert sorted(str(path) for path in (root / ".git").rglob("*")) == before


def test_passwords_people_and_programs_are_not_in_the_copys_settings(
    make: Make, tmp_path: Path
) -> None:
    root = plain(make, tmp_path)
    for key, value in (
        ("remote.origin.url", "https://me:hunter22@example.invalid/x.git?key=hunter22"),
        ("remote.other.url", "git@example.invalid:x.git"),
        ("http.extraHeader", "Authorization: hunter22"),
        ("credential.helper", "store"),
        ("core.sshCommand", "ssh -i hunter22"),
        ("core.fsmonitor", "/bin/hunter22"),
        ("core.hooksPath", "hunter22"),
        ("filter.x.clean", "hunter22"),
        ("alias.x", "!hunter22"),
        ("user.email", "hunter22@localhost"),
    ):
        run_git(root, "config", key, value)
    with Copy(find_repository(root)) as copy:
        assert "hunter22" not in (copy.root / ".git/config").read_text()
        for name, url in (
            ("origin", "https://example.invalid/x.git"),
            ("other", "git@example.invalid:x.git"),
        ):
            assert run_git(copy.root, "remote", "get-url", name) == url + "\n"
        assert not (copy.root / ".git/hooks").exists()
        assert not (copy.root / ".git/logs").exists()


def test_stashes_stay_the_users(make: Make, tmp_path: Path) -> None:
    root = plain(make, tmp_path)
    run_git(root, "stash", "-q")
    with Copy(find_repository(root)) as copy:
        assert "stash" not in run_git(copy.root, "for-each-ref")


def test_stores_that_borrow_from_each_other_come_to_an_end(tmp_path: Path) -> None:
    for name, other in (("a", "b"), ("b", "a")):
        (tmp_path / name / "info").mkdir(parents=True)
        (tmp_path / name / "info/alternates").write_text(f"# note\n../{other}\n/nowhere\n")
    assert list(object_stores(tmp_path / "a")) == [tmp_path / "a", tmp_path / "b"]


CONFINED = """
import os, subprocess, sys

def git(*words):
    return subprocess.run(["git", *words], capture_output=True, text=True)

assert not [name for name in os.environ if name in ("GIT_DIR", "GIT_INDEX_FILE")]
for words in (("describe", "--tags"), ("ls-files",), ("status", "--porcelain"), ("log", "-p")):
    done = git(*words)
    assert done.returncode == 0, done.stderr
    print(done.stdout.splitlines()[0])
store = open(".git/objects/info/alternates").read().strip()
try:
    open(store + "/mine", "w")
    sys.exit("the store can be written")
except OSError:
    pass
"""


def test_a_confined_command_asks_git_and_writes_nothing(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make({**FILES, "ask.py": CONFINED})
    run_git(root, "tag", "v1")
    (root / "check.py").write_text(FILES["check.py"] + "# changed\n")  # type: ignore[operator]
    store = sorted(path.name for path in (root / ".git/objects").iterdir())
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere/index")
    with open_shop(root, goal(python=sys.executable)) as shop:
        ran = shop.run(("python", "ask.py"), How())
        assert ran.result.ok, ran.result.stderr
        assert ran.result.stdout.splitlines()[:3] == ["v1", ".gitignore", " M check.py"]
        assert not ran.traces
    assert sorted(path.name for path in (root / ".git/objects").iterdir()) == store


COMMITTING = """
import subprocess, tempfile
folder = tempfile.mkdtemp()

def git(*words):
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()

git("init", "-q")
git("commit", "-q", "--allow-empty", "-m", "one")
print(git("log", "-1", "--format=%ae"))
git("config", "user.email", "test@example.invalid")
git("commit", "-q", "--allow-empty", "-m", "two")
print(git("log", "-1", "--format=%ae"))
"""


@pytest.mark.parametrize("mode", ["namespaces", "landlock"])
def test_tests_can_commit_in_repositories_of_their_own(make: Make, mode: str) -> None:
    root = make(FILES)
    try:
        commands = open_commands(mode=mode)
    except SandboxUnavailableError as error:
        pytest.skip(str(error))
    with commands, Workshop(open_site(root, goal()), commands) as shop:
        result = shop.run(["python", "-c", COMMITTING], How(seconds=60.0)).result
    assert result.stdout.split() == ["user@localhost", "test@example.invalid"], result


@pytest.mark.parametrize("mode", ["namespaces", "landlock"])
def test_git_answers_in_either_mode_of_the_sandbox(make: Make, mode: str) -> None:
    root = make(FILES)
    run_git(root, "tag", "-a", "v1", "-m", "one")
    try:
        commands = open_commands(mode=mode)
    except SandboxUnavailableError as error:
        pytest.skip(f"{mode} does not hold here: {error}")
    with commands, Workshop(open_site(root, goal()), commands) as shop:
        for words, said in (("describe", "v1"), ("status", ""), ("ls-files", ".gitignore")):
            more = ("--porcelain",) if words == "status" else ()
            ran = shop.run(("git", words, *more), How())
            assert ran.result.ok, ran.result.stderr
            assert ran.result.stdout.partition("\n")[0] == said
            assert not ran.traces


def test_what_a_command_changes_in_the_copys_git_folder_shows_and_is_taken_back(
    make: Make,
) -> None:
    root = make(FILES)
    with open_shop(root, goal(), unsafe=True) as shop:
        ran = shop.run(("git", "tag", "mine"), How())
        assert ran.result.ok, ran.result.stderr
        assert ran.traces == (".git/refs/tags/mine",)
        ran = shop.run(("sh", "-c", "echo > .git/config"), How())
        assert ran.traces == (".git/config",)
        assert run_git(shop.copy.root, "status", "--porcelain") == ""
        assert run_git(shop.copy.root, "tag") == ""
