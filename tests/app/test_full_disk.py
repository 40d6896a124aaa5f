"""A disk that is full in mid-run, then freed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from app.counting_server import CountingServer

MOUNT = 'mount -t tmpfs -o size=12m none "$1" && shift && exec "$@"'
TESTS = Path(__file__).parent.parent


@pytest.mark.slow
def test_a_run_goes_on_once_there_is_room_again(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    before = ("unshare", "--mount", "--map-root-user", "sh", "-c", MOUNT, "sh", str(small))
    try:
        subprocess.run([*before, "true"], check=True, capture_output=True, timeout=60)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no file system of a given size can be mounted here: {error}")
    with CountingServer(seconds=0.2) as server:
        done = subprocess.run(
            [*before, sys.executable, "-m", "app.full_disk", str(small), *server.options],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path])},
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
        asked = Counter(server.asked)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["error"]["kind"] == "StoreError"
    assert "room on the disk" in found["error"]["expected"]
    assert "free some space" in found["error"]["next"]
    assert found["stopped"] == "done"
    assert found["digest"] == found["whole"]
    # each answer once for the whole run and once for the other, but for what was under way
    # when the disk was full: it could not be recorded
    assert all(times in (2, 3) for times in asked.values())
    assert sum(times == 3 for times in asked.values()) <= 4
