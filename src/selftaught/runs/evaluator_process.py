"""An evaluator process: task code, instances and scores; started by `runs.evaluators`.

Its arguments are those of the sandbox, as JSON, and the core to stay on (empty: any).
Reads requests from standard input and writes outcomes to standard output, each a JSON
object behind its length. What the task's own code prints goes to standard error.
"""

from __future__ import annotations

import contextlib
import json
import os
import struct
import sys
from typing import Any, BinaryIO

from pydantic import TypeAdapter

from selftaught.errors import SelftaughtError, TaskCodeError
from selftaught.ports import Sandbox
from selftaught.sandbox import open_sandbox
from selftaught.tasks.evaluation import evaluate
from selftaught.tasks.registry import find
from selftaught.values.outcome import Outcome
from selftaught.values.program import Program
from selftaught.values.task import InstanceSet, Split, Task

LENGTH = struct.Struct(">I")
OUTCOME = TypeAdapter(Outcome)


def main() -> None:
    """Serve requests until standard input ends."""
    options, core = json.loads(sys.argv[1]), sys.argv[2]
    if core:
        with contextlib.suppress(OSError):  # it was taken from us meanwhile: any other will do
            os.sched_setaffinity(0, {int(core)})
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sandbox = open_sandbox(**options)
    try:
        serve(sys.stdin.buffer, replies, sandbox)
    finally:
        sandbox.close()


def serve(requests: BinaryIO, replies: BinaryIO, sandbox: Sandbox) -> None:
    """Answer every request in turn."""
    tasks: dict[str, Task] = {}
    while header := requests.read(LENGTH.size):
        request = json.loads(requests.read(LENGTH.unpack(header)[0]))
        reply = json.dumps(_answer(request, tasks, sandbox)).encode("ascii")
        replies.write(LENGTH.pack(len(reply)) + reply)
        replies.flush()


def _answer(request: dict[str, Any], tasks: dict[str, Task], sandbox: Sandbox) -> dict[str, Any]:
    reference = request["task"]
    try:
        if reference not in tasks:
            tasks[reference] = find(reference)
        instances = InstanceSet(
            Split(request["split"]),
            request["seed"],
            tuple(request["draw"]),
            backwards=request["backwards"],
        )
        outcome = evaluate(tasks[reference], Program(request["source"]), instances, sandbox)
    except TaskCodeError as error:
        parts = {"task": error.task, "function": error.function, "traceback": error.traceback}
        return {"task_code_error": parts}
    except SelftaughtError as error:
        parts = {"expected": error.expected, "found": error.found, "next": error.next_step}
        return {"error": parts}
    return {"outcome": OUTCOME.dump_python(outcome, mode="json")}


if __name__ == "__main__":
    main()
