"""Programs that others wrote, in environments of their own; tests skip where there are none."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

MAKER = Path(__file__).parents[2] / "scripts" / "environment.py"

LITELLM = ("litellm", "litellm==1.110.2")
LITELLM_PROXY = ("litellm-proxy", "litellm[proxy]==1.100.5")
OPENEVOLVE = ("openevolve", "openevolve==0.4.1")
TRANSFORMERS = ("transformers", "torch==2.13.0", "transformers[serving]>=5")


def environment(name: str, *requirements: str) -> Path:
    """Return the environment's interpreter; skips the test where it can't be installed."""
    command = [sys.executable, str(MAKER), name, *requirements]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip((made.stderr.strip().splitlines() or [f"no {name}"])[-1])
    return Path(made.stdout.strip())


def offline() -> dict[str, str]:
    """Return this process's environment, with hubs and price lists left alone."""
    return {
        **os.environ,
        "HF_HUB_OFFLINE": "1",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "OPENAI_API_KEY": "none",
    }


@contextlib.contextmanager
def running(command: list[str | Path], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server meanwhile in its log's folder; it is ended with all that it started."""
    with log.open("wb") as said:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=offline(),
            cwd=log.parent,
        )
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path, seconds: float = 300) -> None:
    """Return once an address answers; fails with what the server said where it does not."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(url, timeout=5).close()
            return
        time.sleep(0.5)
    pytest.fail(f"no answer from {url}: {log.read_text(errors='replace')[-2000:]}")
