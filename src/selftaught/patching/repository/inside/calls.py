"""Calls the target on given inputs and tells what came of each, or how long they take.

Job: ``{root, path, name, core, groups, sequence, seconds, patience, warm}``. ``groups`` are
lists of inputs (``[arguments, named]`` as forms); ``seconds`` are the CPU seconds of the call on
each input of the first group, ``patience`` those of all calls. With a ``sequence`` of places in
the first group, one line a call: ``{place}`` before it and ``{place, outcome}`` after. Without,
one line a group: ``{times}``, the CPU nanoseconds of two rounds over its inputs in this process,
each on fresh values.
"""

from __future__ import annotations

import asyncio
import gc
import inspect
import resource
import signal
from collections.abc import Callable
from time import process_time_ns
from typing import Any

from .answer import Answer, read_job
from .forms import Form, from_form, to_portrait
from .target import load, pin

MOST_BYTES = 4 * 1024**3
"""Address space while inputs are tried that nobody chose."""


class TooLongError(BaseException):
    """A call takes longer than allowed."""


def _too_long(number: int, frame: object) -> None:
    raise TooLongError


def fresh(given: Form) -> tuple[list[Any], dict[str, Any]]:
    """Return new arguments and named arguments of an input."""
    arguments = [from_form(each) for each in given[0]]
    return arguments, {name: from_form(each) for name, each in given[1].items()}


def value_of(target: Callable[..., Any], arguments: list[Any], named: dict[str, Any]) -> Any:
    """Return what the target gives, a coroutine's result in place of it."""
    value = target(*arguments, **named)
    if inspect.iscoroutine(value):
        return asyncio.run(value)
    if hasattr(value, "__anext__"):
        return asyncio.run(_all_of(value))
    return value


async def _all_of(values: Any) -> list[Any]:
    return [each async for each in values]


def outcome(target: Callable[..., Any], given: Form, seconds: float) -> Form:
    """Return what came of one call: its value or exception, and its arguments afterwards."""
    arguments, named = fresh(given)
    found: dict[str, Form] = {}
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        found["value"] = to_portrait(value_of(target, arguments, named))
    except TooLongError:
        return {"too_long": seconds}
    except (KeyboardInterrupt, MemoryError) as error:
        found["raised"] = type(error).__qualname__
    except BaseException as error:  # whatever the program raises is its outcome
        found["raised"] = type(error).__qualname__
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    found["after"] = [
        [to_portrait(each) for each in arguments],
        {name: to_portrait(each) for name, each in named.items()},
    ]
    return found


def round_of(target: Callable[..., Any], values: list[Any], clock: Callable[[], int]) -> int:
    """Return the CPU nanoseconds of one call on each; iterators are read to their end."""
    total = 0
    for arguments, named in values:
        start = clock()
        try:
            value = value_of(target, arguments, named)
            if hasattr(value, "__next__"):
                to_portrait(value)
        except Exception:  # an input on which the original raises may be among them
            value = None
        total += clock() - start
    return total


def times(target: Callable[..., Any], inputs: list[Form]) -> list[int]:
    """Return how long two rounds over the inputs take, on values made beforehand."""
    clock = process_time_ns
    first, second = [fresh(each) for each in inputs], [fresh(each) for each in inputs]
    gc.collect()
    return [round_of(target, first, clock), round_of(target, second, clock)]


def main() -> None:
    """Do the job."""
    job, answer = read_job(), Answer()
    signal.signal(signal.SIGVTALRM, _too_long)
    pin(job["core"])
    target = load(job["root"], job["path"], job["name"])
    if job["sequence"] is None:
        round_of(target, [fresh(each) for each in job["warm"]], process_time_ns)
        for group in job["groups"]:
            answer.write({"times": times(target, group)})
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    for place in job["sequence"]:
        if process_time_ns() > job["patience"] * 1e9:
            break
        answer.write({"place": place})
        found = outcome(target, job["groups"][0][place], job["seconds"][place])
        answer.write({"place": place, "outcome": found})


if __name__ == "__main__":
    main()
