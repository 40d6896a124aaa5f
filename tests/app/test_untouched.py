"""The user's repository is byte for byte as before, whatever became of a run.

Files with their modes and times, ignored and untracked ones, and all of git's own: index, stash,
worktrees, settings, references, hooks. The time of the index is left out.
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from repository.conftest import NOBODY, Make, make, run_git
from repository.shop import FAST, FILES, TARGET

__all__ = ["make"]

MOMENTS = 10
SECONDS = 300
MOUNT = 'mount -t tmpfs -o size=6m none "$1" && shift && exec "$@"'
FULL = (
    'head -c 100m /dev/zero > "$TMPDIR/ballast" 2>/dev/null; '
    'truncate -s -12K "$TMPDIR/ballast"; exec "$@"'
)  # room for a first file: a folder that takes none is passed over

COPIED = """
import pathlib, sys
from selftaught.repository.copy import Copy
from selftaught.repository.place import find_repository

Copy(find_repository(pathlib.Path(sys.argv[1]))).close()
"""

Snapshot = dict[str, tuple[int, int, str]]


@dataclass(frozen=True)
class Scene:
    """A repository with something of everything, and how selftaught is started in it."""

    root: Path
    repository: Path
    place: Path
    temporary: Path

    def command(self, *more: str) -> list[str]:
        model = f"command:{self.place / 'model.sh'}"
        return [
            *(sys.executable, "-m", "selftaught", "improve", TARGET, "--minimise", "--yes"),
            *("--check", "python check.py", "--score", "python bench.py", "--score-runs", "3"),
            *("--scale", "tiny", "--calls", "1", "--responses", "1", "--utility-calls", "2"),
            *("--no-best-of-n", "--python", sys.executable, "--model", model),
            *("--store", str(self.place / "store/store.db"), *more),
        ]

    def start(self, command: list[str], **variables: str) -> subprocess.Popen[bytes]:
        outside = {name: value for name, value in os.environ.items() if name[:4] != "GIT_"}
        with (self.place / "err").open("wb") as said:
            return subprocess.Popen(
                command,
                cwd=self.root,
                env={**outside, **NOBODY, "TMPDIR": str(self.temporary), **variables},
                stdout=subprocess.DEVNULL,
                stderr=said,
                start_new_session=True,
            )

    def finish(self, command: list[str], **variables: str) -> int:
        return self.start(command, **variables).wait(SECONDS)

    @property
    def said(self) -> str:
        return (self.place / "err").read_text(errors="replace")

    def snapshot(self) -> Snapshot:
        return {**snapshot(self.repository), **snapshot(self.root)}


def snapshot(root: Path) -> Snapshot:
    found = {}
    for folder, names, files in os.walk(root):
        for name in (*names, *files):
            path = Path(folder, name)
            known = path.lstat()
            content, written = "", 0
            if path.is_symlink():
                content = os.readlink(path)
            elif stat.S_ISREG(known.st_mode):
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                written = 0 if name == "index" else known.st_mtime_ns
            found[str(path)] = (known.st_mode, written, content)
    return found


@pytest.fixture(params=["main", "linked"])
def scene(request: pytest.FixtureRequest, make: Make, tmp_path: Path) -> Scene:
    repository = make(FILES)
    root = repository
    if request.param == "linked":
        root = tmp_path / "linked"
        run_git(repository, "worktree", "add", "-q", str(root), "-b", "side")
    (root / "notes.txt").write_text("stashed\n")
    run_git(root, "stash", "-q", "--include-untracked")
    (root / "staged.txt").write_text("staged\n")
    run_git(root, "add", "staged.txt")
    (root / "check.py").write_text(str(FILES["check.py"]) + "# changed\n")
    (root / "untracked.txt").write_text("untracked\n")
    (root / "__pycache__").mkdir()
    (root / "__pycache__/mine.pyc").write_bytes(b"ignored")
    (root / "empty").mkdir()
    (root / "link").symlink_to(root / "src")
    os.utime(root / "bench.py", (1, 1))  # so that git would like to refresh its index
    run_git(root, "config", "remote.origin.url", "https://example.invalid/x.git")
    place = tmp_path / "place"
    (place / "tmp").mkdir(parents=True)
    (place / "model.sh").write_text(
        f"#!/bin/sh\ncat > /dev/null\ncat <<'END'\n```python\n{FAST}```\nEND\n"
    )
    (place / "model.sh").chmod(0o755)
    return Scene(root, repository, place, place / "tmp")


def left(scene: Scene) -> list[str]:
    """The copies that are there once another run has begun and ended."""
    assert scene.finish([sys.executable, "-c", COPIED, str(scene.root)]) == 0, scene.said
    return [path.name for path in scene.temporary.glob("selftaught-repository-*")]


def succeeds(scene: Scene) -> None:
    assert scene.finish(scene.command("--output", str(scene.place / "found.patch"))) == 0, (
        scene.said
    )
    assert (scene.place / "found.patch").exists()


def is_refused(scene: Scene) -> None:
    assert scene.finish(scene.command("--check", "python -c 'raise SystemExit(1)'")) == 2
    assert "a check that passes on unchanged code" in scene.said


def runs_in_a_hook(scene: Scene) -> None:
    """As git starts a hook: in a main worktree with relative paths, in a linked one with others."""
    folder = run_git(scene.root, "rev-parse", "--absolute-git-dir").strip()
    variables = {"GIT_INDEX_FILE": ".git/index", "GIT_PREFIX": ""}
    if scene.root != scene.repository:
        variables |= {"GIT_DIR": folder, "GIT_INDEX_FILE": f"{folder}/index"}
    assert scene.finish(scene.command(), **variables) == 0, scene.said


def is_killed(scene: Scene) -> None:
    process = scene.start(scene.command())
    while "has started" not in scene.said and process.poll() is None:
        time.sleep(0.05)
    assert process.poll() is None, scene.said
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(SECONDS)


def fills_its_disk(scene: Scene) -> None:
    """The folder for temporary files has no room for a copy; then the store has none."""
    mounted = ["unshare", "--mount", "--map-root-user", "sh", "-c", MOUNT, "sh"]
    if scene.finish([*mounted, str(scene.temporary), "true"]):
        pytest.skip(f"no file system of a given size can be mounted here: {scene.said}")
    filled = ["sh", "-c", FULL, "sh", *scene.command()]
    assert scene.finish([*mounted, str(scene.temporary), *filled]) not in (0, None)
    assert "room" in scene.said or "free space" in scene.said, scene.said
    store = scene.place / "store"
    store.mkdir(exist_ok=True)
    filled = ["sh", "-c", FULL.replace("$TMPDIR", str(store)), "sh", *scene.command()]
    assert scene.finish([*mounted, str(store), *filled]) not in (0, None)
    assert "room" in scene.said or "free space" in scene.said, scene.said


@pytest.mark.parametrize("end", [is_refused, runs_in_a_hook, is_killed])
def test_nothing_of_the_repository_is_touched(scene: Scene, end: Callable[[Scene], None]) -> None:
    before = scene.snapshot()
    end(scene)
    assert scene.snapshot() == before
    assert left(scene) == []
    assert scene.snapshot() == before


@pytest.mark.slow
@pytest.mark.parametrize("end", [succeeds, fills_its_disk])
def test_nothing_is_touched_by_longer_runs(scene: Scene, end: Callable[[Scene], None]) -> None:
    test_nothing_of_the_repository_is_touched(scene, end)


@pytest.mark.slow
def test_nothing_is_touched_whenever_a_run_is_interrupted(scene: Scene) -> None:
    before, chance = scene.snapshot(), random.Random(16)
    began = time.monotonic()
    assert scene.finish(scene.command()) == 0, scene.said
    whole = time.monotonic() - began
    for number in range(MOMENTS):
        process = scene.start(scene.command())
        try:
            process.wait(chance.uniform(0, whole))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
        assert process.wait(SECONDS) is not None
        assert scene.snapshot() == before, f"moment {number}: {scene.said}"
    assert left(scene) == []
