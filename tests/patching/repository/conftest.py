from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

NOBODY = {
    name: value
    for role in ("AUTHOR", "COMMITTER")
    for name, value in ((f"GIT_{role}_NAME", "tests"), (f"GIT_{role}_EMAIL", "tests@localhost"))
}

Make = Callable[..., Path]


def run_git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=os.environ | NOBODY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Makes a folder of files; with ``git=True`` they are committed."""

    def made(files: Mapping[str, str | bytes], *, git: bool = True, name: str = "repo") -> Path:
        root = tmp_path / name
        root.mkdir()
        for path, content in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            data = content.encode() if isinstance(content, str) else content
            (root / path).write_bytes(data)
        if git:
            run_git(root, "init", "-q", "-b", "main")
            run_git(root, "add", "-A")
            run_git(root, "commit", "-q", "-m", "first")
        return root

    return made
