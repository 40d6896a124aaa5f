"""The edge: prints answers and errors, and turns them into exit statuses."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any

import typer

from selftaught.app.signals import Signals, interrupt
from selftaught.cli.answer import Answer
from selftaught.errors import SelftaughtError, UsageError

INTERRUPTED = 130

GIVEN: ContextVar[tuple[str, ...]] = ContextVar("GIVEN", default=())
"""The command line under way, without the program's name."""


def carry_out(application: Callable[..., Any], arguments: Sequence[str]) -> int:
    """Return the exit status of a command line, after printing what it gave.

    Args:
        application: the typer application.
        arguments: the command line without the program's name.
    """
    as_json = _wants_json(arguments)
    GIVEN.set(tuple(arguments))
    with Signals(interrupt) as signals:
        return _carried_out(application, arguments, as_json=as_json, signals=signals)


def _carried_out(
    application: Callable[..., Any], arguments: Sequence[str], *, as_json: bool, signals: Signals
) -> int:
    try:
        found = application(args=list(arguments), prog_name="selftaught", standalone_mode=False)
        if found == INTERRUPTED:  # typer's own answer to KeyboardInterrupt
            return _interrupted(signals.names[0] if signals.names else "", as_json)
        return _printed(found)
    except SelftaughtError as error:
        return _told(error, as_json)
    except typer.TyperException as error:
        return _told(_usage_error(error), as_json)
    except (KeyboardInterrupt, typer.Abort):
        return _interrupted(signals.names[0] if signals.names else "", as_json)
    except BrokenPipeError:
        return _reader_gone()
    except Exception as error:  # noqa: BLE001 - the edge: nothing may reach the user bare
        return _told(_unexpected(error), as_json)


def _printed(found: Any) -> int:
    """Print the answer; a number is the status of a command that typer answered itself."""
    if not isinstance(found, tuple):
        sys.stdout.flush()
        return int(found or 0)
    answer, as_json = found
    assert isinstance(answer, Answer)
    if as_json:
        print(json.dumps(answer.data))
    else:
        from selftaught.cli.console import show

        for part in answer.words():
            show(part)
    sys.stdout.flush()
    return answer.status


def _wants_json(arguments: Sequence[str]) -> bool:
    before = list(arguments)
    return "--json" in before[: before.index("--")] if "--" in before else "--json" in before


def _usage_error(error: typer.TyperException) -> UsageError:
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "selftaught"
    message = error.format_message().rstrip(".")
    return UsageError(message[:1].lower() + message[1:], next_step=f"see `{path} --help`")


def _unexpected(error: Exception) -> SelftaughtError:
    if debugging():
        traceback.print_exc()
    return SelftaughtError(
        f"unexpected error: {type(error).__name__}: {error}",
        next_step=""
        if debugging()
        else "set SELFTAUGHT_DEBUG=1 to see the traceback; recorded runs are kept",
    )


def debugging() -> bool:
    """Return whether tracebacks are wanted."""
    return os.environ.get("SELFTAUGHT_DEBUG", "") not in ("", "0")


def _told(error: SelftaughtError, as_json: bool) -> int:
    _say(f"error: {error}")
    if as_json and error.exit_status in (1, 2):
        parts = {
            "kind": error.kind,
            "expected": error.expected,
            "found": error.found,
            "next": error.next_step,
        }
        print(json.dumps({"error": parts}), flush=True)
    return error.exit_status


def _interrupted(name: str, as_json: bool) -> int:
    """Return the status of a command that ended before it had begun a run, or between two."""
    _say(f"interrupted by {name}" if name else "interrupted")
    if as_json:
        print(json.dumps({"run": None, "stopped": "interrupted", "reason": name}), flush=True)
    return INTERRUPTED


def _say(text: str) -> None:
    from selftaught.cli.console import visible

    try:
        print(visible(text), file=sys.stderr, flush=True)
    except OSError:  # the terminal has gone, or who read it: nobody is left to be told
        _reader_gone()


def _reader_gone() -> int:
    """Return quietly: who read the output has closed it."""
    null = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(null, stream.fileno())
    return 0
