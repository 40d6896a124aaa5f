"""Whole runs on models that fail, are recorded, answer late, or echo a key."""

from __future__ import annotations

import json
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from runs.conftest import IMPROVE, Here, Place, kill
from runs.counting_server import CountingServer
from selftaught.errors import ModelRefusedError
from selftaught.experiments.stored import resume
from selftaught.models.options import ModelOptions
from selftaught.runs.executor import execute
from selftaught.runs.resources import Options
from selftaught.values.digest import digest
from selftaught.values.event import Event
from selftaught.values.facts import Responded, RunStarted

SECRET = "an-unusual-key-4711"
ANSWER = "```python\ndef solve(x):\n    return x * x\n```"


def recorded(options: Options, file: Path) -> Options:
    """The options, with a recording."""
    return replace(options, model=replace(options.model, record=file))


def lines(file: Path, kind: str) -> list[dict[str, object]]:
    """A recording's lines of a kind."""
    read = [json.loads(line) for line in file.read_text().splitlines()]
    return [line for line in read if line["kind"] == kind]


def counted(events: list[Event]) -> int:
    """How many responses a log holds."""
    return sum(isinstance(event.fact, Responded) for event in events)


def test_a_storm_changes_no_result_and_no_answer_is_lost(here: Here) -> None:
    plan = here.run(model="openai/counting", rounds=1)
    with CountingServer(0.0) as calm:
        expected = execute(plan, replace(here.other(), model=here.priced(calm).model))
    file = here.place.folder / "calls.jsonl"
    with CountingServer(0.0, storm=(0.3, 0.05)) as stormy:
        found = execute(plan, recorded(here.priced(stormy), file))
    assert found.digest == expected.digest
    assert stormy.told_to_wait > 0
    assert stormy.cut_off > 0
    answers = lines(file, "response")
    # one request of the server's may answer several samples: the last of them has no more
    assert sum(not line["more"] for line in answers) == stormy.answered == calm.answered
    assert len(answers) == len(stormy.asked) == counted(here.place.events())
    assert sorted(stormy.asked) == sorted(calm.asked)


def test_a_replayed_run_has_equal_events(here: Here, server: CountingServer) -> None:
    file = here.place.folder / "calls.jsonl"
    first = execute(here.run(model="openai/counting"), recorded(here.priced(server), file))
    events, asked = here.place.events(), len(server.asked)
    replayed = execute(here.run(model=f"replay:{file}"), here.other())
    assert len(server.asked) == asked
    assert replayed.digest == first.digest
    assert replayed.model == first.model == "openai/counting"
    again = here.place.events(path=here.other().store)
    assert digest(again) == digest(events)
    assert counted(again) == counted(events) > 0
    # the replay is resumed from the recording, not from the model that was recorded
    assert resume(replayed.run, here.other()).digest == first.digest
    started = next(e.fact for e in again if isinstance(e.fact, RunStarted))
    assert started.model == "openai/counting"


class Postman(threading.Thread):
    """Answers a mailbox, some requests late, until it is stopped."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder, self.seen, self.ended = folder, Counter[str](), threading.Event()
        self.held = threading.Event()
        """Set: what comes is left unanswered."""

    def run(self) -> None:
        while not self.ended.wait(0.01):
            for path in sorted((self.folder / "requests").glob("[!.]*.json")):
                identity = (path.name, path.stat().st_mtime_ns)
                self.seen[str(identity)] += self.seen[str(identity)] == 0
                answer = self.folder / "responses" / path.name
                if self.held.is_set() or answer.exists():
                    continue
                draft = answer.with_suffix(".draft")
                draft.write_text(json.dumps({"text": ANSWER, "cost_usd": 0.01}))
                draft.replace(answer)


@contextmanager
def answering(folder: Path) -> Iterator[Postman]:
    for part in ("requests", "responses"):
        (folder / part).mkdir(parents=True)
    postman = Postman(folder)
    postman.start()
    try:
        yield postman
    finally:
        postman.ended.set()
        postman.join()


@pytest.mark.parametrize("harsh", [False, True], ids=["SIGINT", "SIGKILL"])
def test_a_mailbox_is_asked_nothing_twice_by_a_run_that_was_interrupted(
    place: Place, harsh: bool
) -> None:
    box = place.folder / "box"
    command = (*IMPROVE, "--improver", "asks.py", "--model", "mailbox:box", "--yes")
    with answering(box) as postman:
        process = place.start(*command)
        place.until(lambda events: counted(events) >= 2)
        postman.held.set()
        before = counted(place.events())
        if harsh:
            kill(process)
        else:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
            assert process.returncode == 130
        postman.held.clear()
        found = place.finish("resume", place.newest(), "--yes")
    assert found["stopped"] == "done"
    assert before < counted(place.events()) == found["spent"]["responses"]
    requests = [json.loads(path.read_text()) for path in (box / "requests").glob("*.json")]
    asked = Counter(
        json.dumps([one[name] for name in ("invocation", "messages", "parameters", "sample")])
        for one in requests
    )
    assert set(asked.values()) == {1}
    assert len(requests) == found["spent"]["responses"]
    # and no file was written anew
    assert len(postman.seen) == len(requests)
    assert {one["run"] for one in requests} == {found["run"]}


@contextmanager
def refusing(status: int) -> Iterator[str]:
    """The address of a server that repeats the key which it was given."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            told = f"Incorrect key provided: {self.headers['Authorization']} {SECRET}"
            body = json.dumps({"error": {"message": told, "code": "invalid_api_key"}}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("X-Echo", SECRET)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def everything(folder: Path, *printed: str) -> bytes:
    """Every byte below a folder, names of files too, and what was printed."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    names = "".join(str(path) for path in files)
    return b"".join(path.read_bytes() for path in files) + (names + "".join(printed)).encode()


def test_no_byte_that_a_run_wrote_holds_the_key(
    place: Place, server: CountingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    command = (*IMPROVE, "--improver", "asks.py", "--record", "calls.jsonl")
    printed: list[str] = []
    with refusing(401) as url:
        refused = place.start(*command, *server.options[:2], "--base-url", url, "--yes")
        printed += refused.communicate(timeout=120)
    assert refused.returncode == 1
    assert "key hidden" in "".join(printed)
    for words in (
        ("resume", place.newest(), *server.options[2:], "--record", "calls.jsonl"),
        ("show", place.newest()),
        ("export", place.newest()),
    ):
        done = place.start(*words)
        printed += done.communicate(timeout=120)
        assert done.returncode == 0, printed[-2:]
    assert lines(place.folder / "calls.jsonl", "response")
    assert lines(place.folder / "calls.jsonl", "error")
    assert SECRET.encode() not in everything(place.folder, *printed)


def test_a_refused_key_ends_a_run_at_once_and_keeps_what_it_had(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    with refusing(401) as url:
        options = replace(here.options, model=ModelOptions(base_url=url))
        with pytest.raises(ModelRefusedError, match="key hidden") as caught:
            execute(here.improve(model="openai/counting"), options)
    assert SECRET not in str(caught.value)
    assert here.place.state() == "failed"
    assert any(isinstance(event.fact, RunStarted) for event in here.place.events())
