"""A model behind OpenAI's protocol on loopback that remembers what it was asked."""

from __future__ import annotations

import hashlib
import json
import random
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

TOKEN = re.compile(r"# answer ([0-9a-f]{16})")


class CountingServer:
    """Answers a request by its content alone; ``asked`` holds the mark of every answer."""

    def __init__(self, seconds: float = 0.05, *, storm: tuple[float, float] = (0, 0)) -> None:
        """Wait ``seconds`` before each answer, so that some are in flight at a kill.

        Of a ``storm``'s requests the one share is told to wait, the other cut off in
        mid-answer.
        """
        self.asked: list[str] = []
        self.seconds = seconds
        self.told_to_wait = self.cut_off = self.answered = 0
        """Requests by their end; only answered ones have a mark in ``asked``."""
        self._chance, self._storm = random.Random(0), storm
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever)

    @property
    def options(self) -> tuple[str, ...]:
        """The options that make a command ask here."""
        url = f"http://127.0.0.1:{self._server.server_port}/v1"
        prices = ("--price-in", "1000", "--price-out", "1000")
        return ("--model", "openai/counting", "--base-url", url, *prices, "--yes")

    def answers(self, body: dict[str, Any]) -> list[str]:
        """The texts of a request's choices, each with a mark of its own."""
        content = json.dumps(body, sort_keys=True)
        marks = [
            hashlib.sha256(f"{content}{number}".encode()).hexdigest()[:16]
            for number in range(body.get("n") or 1)
        ]
        with self._lock:
            self.asked += marks
            self.answered += 1
        improver = "improve_algorithm" in body["messages"][-1]["content"].split("```")[1]
        return [_improver(mark) if improver else _program(mark) for mark in marks]

    def fate(self) -> str:
        """What becomes of the next request: ``wait``, ``cut`` or ``answer``."""
        with self._lock:
            drawn = self._chance.random()
            wait, cut = drawn < self._storm[0], self._storm[0] <= drawn < sum(self._storm)
            self.told_to_wait += wait
            self.cut_off += cut
        return "wait" if wait else "cut" if cut else "answer"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                body = json.loads(self.rfile.read(length))
                fate = server.fate()
                if fate == "answer":
                    texts = server.answers(body)
                    time.sleep(server.seconds)
                    self.say(200, _completion(texts))
                elif fate == "wait":
                    self.say(429, {"error": {"message": "slow down", "type": "requests"}})
                else:
                    self.say(200, _completion(["never whole"]), missing=40)
                    self.close_connection = True

            def say(self, status: int, content: dict[str, Any], missing: int = 0) -> None:
                reply = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply[: len(reply) - missing])

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except ConnectionError:
                    self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        return Handler

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _completion(texts: list[str]) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": "counting",
        "choices": [
            {
                "index": number,
                "message": {"role": "assistant", "content": text},
                "finish_reason": "stop",
            }
            for number, text in enumerate(texts)
        ],
        "usage": {"prompt_tokens": 10, "completion_tokens": 20 * len(texts), "total_tokens": 0},
    }


def _program(mark: str) -> str:
    power = 1 + int(mark, 16) % 100 / 100
    return f"```python\n# answer {mark}\ndef solve(x):\n    return x**{power}\n```"


def _improver(mark: str) -> str:
    return f"""```python
# answer {mark}
from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    message = f"```python\\n{{initial_solution}}\\n```\\n{mark[:1]}"
    answers = language_model.prompt("expert", message, n_responses=2)
    return max(extract_code(answers), key=utility)
```"""
