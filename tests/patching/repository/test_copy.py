from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from patching.repository.conftest import Make, run_git
from selftaught.errors import UsageError
from selftaught.patching.repository import contents
from selftaught.patching.repository.contents import contents_of
from selftaught.patching.repository.copy import Copy, uncommitted
from selftaught.patching.repository.place import find_repository

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
    for ignored in ("pkg/fast.so", "pkg/_version.py", "build/out.json", ".venv/pyvenv.cfg"):
        (root / ignored).parent.mkdir(exist_ok=True)
        (root / ignored).write_text("built\n")
    (root / ".env").write_text("KEY=secret\n")
    repository = find_repository(root)
    with Copy(repository) as copy:
        built = {"pkg/fast.so", "pkg/_version.py", "build/out.json"}
        assert seen(copy.root) == {*FILES, "new.py", *built}
        assert (copy.root / "pkg/mod.py").read_text() == "x = 2\n"
        assert run_git(copy.root, "diff", "--name-only").split() == ["gone.py", "pkg/mod.py"]
        kept = copy.root
    assert not kept.exists()
    assert not (root / ".git/worktrees").exists()
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
    assert set(contents_of(repository).files) == set(FILES)
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
    make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    root = make(FILES)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "own"))
    (tmp_path / "own").mkdir()
    monkeypatch.setattr("selftaught.patching.repository.copy.MOST_BYTES", 3)
    with pytest.raises(UsageError, match="repository of at most"):
        Copy(find_repository(root))
    assert not list((tmp_path / "own").iterdir())


def left_out(root: Path, *include: str) -> dict[str, str]:
    found = contents_of(find_repository(root), include)
    return {path: each.why for path, each in found.left_out.items()}


def put(root: Path, *paths: str, content: str = "x\n") -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content)


def submodule(root: Path, other: Path, path: str) -> None:
    run_git(root, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other), path)
    run_git(root, "commit", "-qm", "submodule")


def test_submodules_come_with_their_changes_and_those_within_them(make: Make) -> None:
    inner = make({"inner.py": "", "build/x": ""}, name="inner")
    lib = make({"norm.py": "a = 1\n", ".gitignore": "gen/\n"}, name="lib")
    submodule(lib, inner, "deep/inner")
    root = make(FILES)
    submodule(root, lib, "third_party/lib")
    run_git(
        root,
        *("-c", "protocol.file.allow=always"),
        "submodule",
        "update",
        "-q",
        "--init",
        "--recursive",
    )
    put(root, "third_party/lib/norm.py", content="a = 2\n")
    put(root, "third_party/lib/new.py", "third_party/lib/gen/made_pb2.py")
    with Copy(find_repository(root)) as copy:
        base = copy.root / "third_party/lib"
        assert (base / "norm.py").read_text() == "a = 2\n"
        for path in ("new.py", "gen/made_pb2.py", "deep/inner/inner.py"):
            assert (base / path).exists(), path
        for place in ("", "third_party/lib", "third_party/lib/deep/inner"):
            for words in (("status", "--porcelain"), ("rev-parse", "HEAD"), ("ls-files",)):
                assert run_git(copy.root / place, *words) == run_git(root / place, *words)


def test_a_submodule_without_its_files_is_told(make: Make, tmp_path: Path) -> None:
    lib = make({"norm.py": "a = 1\n"}, name="lib")
    root = make(FILES)
    submodule(root, lib, "lib")
    run_git(tmp_path, "clone", "-q", str(root), "clone")
    found = left_out(tmp_path / "clone")
    assert "git submodule update --init" in found["lib/"]
    with Copy(find_repository(tmp_path / "clone")) as copy:
        assert (copy.root / "lib").is_dir()
        assert run_git(copy.root, "status", "--porcelain") == ""


def test_repositories_within_that_are_no_submodules_come_too(make: Make, tmp_path: Path) -> None:
    root = make(FILES)
    shutil.move(make({"a.py": "", "b/c.py": ""}, name="nested"), root / "nested")
    with Copy(find_repository(root)) as copy:
        assert (copy.root / "nested/b/c.py").exists()
        assert run_git(copy.root / "nested", "ls-files").split() == ["a.py", "b/c.py"]
        assert run_git(copy.root, "status", "--porcelain") == "?? nested/\n"


def test_what_git_ignores_comes_but_caches_environments_keys_and_heaps(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make({**FILES, ".gitignore": "*\n!*.py\n!.gitignore\n", "pkg/tokens.py": ""})
    put(root, "build/libeq.so", "gen/api/token_pb2.py", "locale/de.mo", "data/small.txt")
    put(root, "node_modules/a/b.js", ".tox/x", "__pycache__/a.pyc", ".pytest_cache/v", "a.pyc")
    put(root, "env/pyvenv.cfg", "env/lib/x.py", "server.pem", ".ssh/config", "secrets/a.json")
    put(root, ".env", "conf/credentials.json", "conf/plain.json", "data/.env.local")
    put(root, *(f"many/{number}.txt" for number in range(30)))
    monkeypatch.setattr(contents, "MOST_IGNORED_FILES", 20)
    found = contents_of(find_repository(root))
    assert {path for path in found.files if path not in FILES} == {
        "build/libeq.so",
        "conf/plain.json",
        "data/small.txt",
        "gen/api/token_pb2.py",
        "locale/de.mo",
        "pkg/tokens.py",
    }
    assert {each.path for each in found.told} == {
        "conf/credentials.json",
        "many/",
        "node_modules/",
        "secrets/",
        "server.pem",
    }
    assert {"env/", ".env", "data/.env.local", ".tox/"} <= found.left_out.keys()
    assert "20 files" in found.left_out["many/"].why


def test_smaller_folders_come_first_and_together_stay_below_the_limit(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make({**FILES, ".gitignore": "big/\nmiddle/\nsmall/\n"})
    for name, size in (("big", 700), ("middle", 500), ("small", 400)):
        put(root, f"{name}/a", content="x" * size)
    monkeypatch.setattr(contents, "MOST_IGNORED_BYTES", 1000)
    found = contents_of(find_repository(root))
    assert {"small/a", "middle/a"} <= found.files.keys()
    assert [each.path for each in found.told] == ["big/"]


def test_what_is_named_comes_whatever_it_is(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make({**FILES, ".gitignore": "data/\n.env\nnode_modules/\n"})
    put(root, "data/a", "data/b/c", "data/.env", "node_modules/m/i.js", ".env")
    monkeypatch.setattr(contents, "MOST_IGNORED_FILES", 1)
    assert {"data/", "node_modules/", ".env"} <= left_out(root).keys()
    with Copy(find_repository(root), ("data", "node_modules", ".env")) as copy:
        for path in ("data/a", "data/b/c", "node_modules/m/i.js", ".env"):
            assert (copy.root / path).exists(), path
        assert not (copy.root / "data/.env").exists()
        assert copy.contents.left_out.keys() == {"data/.env"}


def test_a_tracked_file_for_keys_stays_out_and_is_no_change(make: Make) -> None:
    root = make({**FILES, ".env": "KEY=1\n", "node_modules/a.js": "", ".envrc": "x"})
    with Copy(find_repository(root)) as copy:
        assert not (copy.root / ".env").exists()
        assert (copy.root / "node_modules/a.js").exists()
        assert run_git(copy.root, "status", "--porcelain") == ""
    with Copy(find_repository(root), (".env",)) as copy:
        assert (copy.root / ".env").read_text() == "KEY=1\n"


def test_links_lead_where_they_led_and_absolute_ones_into_the_copy(
    make: Make, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    put(outside, "a.txt")
    root = make({**FILES, "real/a.txt": "a\n"})
    (root / "near").symlink_to("pkg")
    (root / "absolute").symlink_to(root / "pkg/mod.py")
    (root / "away").symlink_to(outside)
    (root / "broken").symlink_to("nowhere")
    (root / "new").mkdir()
    (root / "new/folder").symlink_to(root / "pkg")
    run_git(root, "add", "near", "absolute", "away", "broken")
    run_git(root, "commit", "-qm", "links")
    shutil.rmtree(root / "real")
    (root / "real").symlink_to(outside)  # git tracks real/a.txt, which now leads outside
    with Copy(find_repository(root)) as copy:
        assert os.readlink(copy.root / "near") == "pkg"
        assert os.readlink(copy.root / "absolute") == str(copy.root / "pkg/mod.py")
        assert os.readlink(copy.root / "new/folder") == str(copy.root / "pkg")
        assert os.readlink(copy.root / "away") == str(outside)
        assert os.readlink(copy.root / "broken") == "nowhere"
        assert os.readlink(copy.root / "real") == str(outside)
        for words in (("status", "--porcelain"), ("diff", "--name-only")):
            assert run_git(copy.root, *words) == run_git(root, *words)
    assert (outside / "a.txt").read_text() == "x\n"


def test_links_to_folders_come_without_git_too(make: Make) -> None:
    root = make(FILES, git=False)
    (root / "near").symlink_to("pkg")
    with Copy(find_repository(root)) as copy:
        assert (copy.root / "near/mod.py").exists()


def test_modes_times_odd_names_and_empty_folders(make: Make) -> None:
    names = [
        b"caf\xe9.txt",
        "ünï.txt".encode(),
        b"a b.txt",
        b"-x.txt",
        b"line\nbreak.txt",
        b"[a]*.txt",
    ]
    root = make(FILES)
    for name in names:
        Path(os.fsdecode(os.fsencode(root) + b"/" + name)).write_text("x\n")
    (root / "run.sh").write_text("#!/bin/sh\n")
    (root / "run.sh").chmod(0o755)
    (root / "fixed.txt").write_text("x\n")
    (root / "fixed.txt").chmod(0o444)
    (root / "empty/inner").mkdir(parents=True)
    (root / "build/empty").mkdir(parents=True)
    os.mkfifo(root / "pipe")
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(root / "s"))
    server.close()
    with Copy(find_repository(root)) as copy:
        found = set(os.listdir(os.fsencode(copy.root)))
        assert set(names) <= found
        assert not found & {b"pipe", b"s"}
        for name in ("run.sh", "fixed.txt"):
            ours, theirs = (copy.root / name).stat(), (root / name).stat()
            assert (ours.st_mode, ours.st_mtime_ns) == (theirs.st_mode, theirs.st_mtime_ns)
        assert (copy.root / "empty/inner").is_dir()
        assert (copy.root / "build/empty").is_dir()
        copy.change({"fixed.txt": b"other\n"})
        assert (copy.root / "fixed.txt").read_text() == "other\n"
        assert (copy.root / "fixed.txt").stat().st_mode & 0o777 == 0o444


def test_a_pointer_in_place_of_a_large_file_is_told(make: Make) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 9\n"
    root = make({**FILES, "model.bin": pointer})
    with Copy(find_repository(root)) as copy:
        assert "git lfs pull" in copy.contents.left_out["model.bin"].why


def test_a_sparse_checkout_stays_sparse(make: Make) -> None:
    root = make({**FILES, "far/a.py": "", "near/b.py": ""})
    run_git(root, "sparse-checkout", "set", "--cone", "--sparse-index", "near")
    with Copy(find_repository(root)) as copy:
        assert not (copy.root / "far").exists()
        assert (copy.root / "near/b.py").exists()
        for words in (("status", "--porcelain"), ("ls-files", "-t"), ("sparse-checkout", "list")):
            assert run_git(copy.root, *words) == run_git(root, *words)


def test_a_folder_for_temporary_files_in_the_repository_holds_no_copy(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make(FILES)
    (root / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(root / "tmp"))
    with Copy(find_repository(root)) as copy:
        assert not copy.root.is_relative_to(root)
        assert run_git(root, "status", "--porcelain") == ""


KILLED = """
import os, signal, sys
from pathlib import Path
from selftaught.patching.repository.copy import Copy
from selftaught.patching.repository.place import find_repository

copy = Copy(find_repository(Path(sys.argv[1])))
(copy.root / "closed").mkdir()
(copy.root / "closed/a").write_text("")
(copy.root / "closed").chmod(0o500)
print(copy.root, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_copy_of_a_killed_process_is_removed_by_the_next_one_and_no_other(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make(FILES)
    place = tmp_path / "place"
    place.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(root)],
        env={**os.environ, "TMPDIR": str(place)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    stale = Path(done.stdout.strip())
    assert stale.is_dir()
    (place / "selftaught-repository-old/repo").mkdir(parents=True)  # has no lock
    (place / "selftaught-repository-link").symlink_to(root)
    monkeypatch.setattr("tempfile.tempdir", str(place))
    with Copy(find_repository(root)) as first, Copy(find_repository(root)) as second:
        assert not stale.exists()
        assert first.root.is_dir()
        assert second.root.is_dir()
        assert run_git(root, "status", "--porcelain") == ""
    assert {path.name for path in place.iterdir()} == {
        "selftaught-repository-old",
        "selftaught-repository-link",
    }
    assert (root / "pkg/mod.py").exists()
