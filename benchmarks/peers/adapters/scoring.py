"""What every adapter shares: its job, and the server that scores. Standard library alone."""

from __future__ import annotations

import json
import os
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path

ADDRESS = "SELFTAUGHT_SCORE_ADDRESS"
"""Environment variable with the server's address, for processes that a peer starts itself."""


@dataclass(frozen=True)
class Job:
    """One search.

    Attributes:
        text: the task's text, with its scoring code in a fenced block.
        seed_program: the source to start from.
        url: base address of the model server.
        address: of the scoring server.
        model: the model's name.
        responses: how many the search may use.
        seed: of the search.
        folder: for whatever the peer writes.
    """

    text: str
    seed_program: str
    url: str
    address: str
    model: str
    responses: int
    seed: int
    folder: str


def read_job() -> Job:
    """Return the job in the file that the command line names."""
    job = Job(**json.loads(Path(sys.argv[1]).read_text()))
    os.environ[ADDRESS] = job.address
    os.environ["OPENAI_API_KEY"] = "none"
    return job


def ask(url: str, body: dict, seconds: float = 3600) -> dict:
    """Return what a server answers to a JSON object."""
    sent = urllib.request.Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(sent, timeout=seconds) as reply:
        return json.load(reply)


def score(program: str) -> dict:
    """Return ``{score, failed, status, feedback}`` of a program on the train split."""
    return ask(os.environ[ADDRESS] + "/score", {"program": program})


def keep(job: Job, program: str) -> None:
    """Leave the winner where the benchmark looks for it."""
    (Path(job.folder) / "best.py").write_text(program)
