"""Sees the calls of the target without touching it: by ``sys.monitoring``, else by a profile.

A function is known by its file, its name and the line where it begins, so that it stays the very
object that compilers, registries, decorators and earlier imports hold. What runs as machine code
(compiled functions, and what they call) makes no frame of Python and isn't seen.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from types import CodeType, FrameType, FunctionType
from typing import Any

MOST_CALLS = 200_000
"""Calls of one process that are looked at."""
_VARIADIC, _NAMED = 0x04, 0x08
_RESUMED = 0x20 | 0x80 | 0x200
"""Flags of code: generators, coroutines and asynchronous generators."""
_MOST_STEPS = 20
"""Objects that are looked through for the function below its decorators."""


class Watch:
    """Notes the arguments of outermost calls of one function."""

    def __init__(self, job: Any, note: Callable[[list[Any], dict[str, Any]], bool]) -> None:
        """Watch the job's ``path``, ``name`` and ``lines``.

        Args:
            job: see `recorder`.
            note: takes positional and named arguments; returns whether to go on.
        """
        self.wanted = os.path.realpath(os.path.join(job["root"], job["path"]))
        self.name = job["name"]
        self.last = self.name.rpartition(".")[2]
        self.lines = job["lines"]
        self.note = note
        self.left = MOST_CALLS
        self.busy = threading.local()
        self.known: dict[int, tuple[CodeType, bool]] = {}

    def start(self) -> None:
        """See calls from now on, in all threads."""
        if hasattr(sys, "monitoring") and self._monitor():
            return
        threading.setprofile(self._profile)
        sys.setprofile(self._profile)

    def _monitor(self) -> bool:
        monitoring = sys.monitoring  # type: ignore[attr-defined,unused-ignore]
        tool = next((each for each in (4, 3) if monitoring.get_tool(each) is None), None)
        if tool is None:
            return False

        def started(code: CodeType, offset: int) -> Any:
            if self.left <= 0 or not self._is_target(code):
                return monitoring.DISABLE
            self._called(sys._getframe(1))
            return None

        monitoring.use_tool_id(tool, "selftaught")
        monitoring.register_callback(tool, monitoring.events.PY_START, started)
        monitoring.set_events(tool, monitoring.events.PY_START)
        return True

    def _profile(self, frame: FrameType, event: str, argument: Any) -> None:
        if self.left <= 0:
            sys.setprofile(None)
        elif event == "call" and self._is_target(frame.f_code):
            code = frame.f_code
            if code.co_flags & _RESUMED and frame.f_lineno not in self.lines:
                return  # a generator that goes on
            self._called(frame)

    def _is_target(self, code: CodeType) -> bool:
        if code.co_name != self.last or code.co_firstlineno not in self.lines:
            return False
        found = self.known.get(id(code))
        if found is None:  # kept with its code, so that no other one gets its id
            found = (code, os.path.realpath(code.co_filename) == self.wanted)
            self.known[id(code)] = found
        return found[1]

    def _called(self, frame: FrameType) -> None:
        if getattr(self.busy, "now", False) or _inside_itself(frame):
            return
        self.busy.now = True
        try:
            self.left -= 1
            if not self.note(*arguments_of(frame, self.name)):
                self.left = 0
        finally:
            self.busy.now = False


def _inside_itself(frame: FrameType) -> bool:
    outer = frame.f_back
    while outer is not None:
        if outer.f_code is frame.f_code:
            return True
        outer = outer.f_back
    return False


def arguments_of(frame: FrameType, name: str) -> tuple[list[Any], dict[str, Any]]:
    """Return what a call was given, as far as it is not a default; a class method's class is not.

    Args:
        frame: of the call, before its first line.
        name: dotted, of the function in its module.
    """
    code, local = frame.f_code, frame.f_locals
    names, count = code.co_varnames, code.co_argcount
    positional = [local[each] for each in names[:count]]
    end = count + code.co_kwonlyargcount
    named = {each: local[each] for each in names[count:end]}
    rest: tuple[Any, ...] = ()
    if code.co_flags & _VARIADIC:
        rest, end = local[names[end]], end + 1
    bound, function = _definition(frame.f_globals, name, code)
    if function is not None:
        usual = function.__kwdefaults__ or {}
        named = {k: v for k, v in named.items() if k not in usual or usual[k] is not v}
        defaults = list(function.__defaults__ or ())
        while not rest and defaults and positional and positional[-1] is defaults.pop():
            positional.pop()
    if code.co_flags & _NAMED:
        named.update(local[names[end]])
    return [*positional[1 if bound else 0 :], *rest], named


def _definition(
    space: dict[str, Any], name: str, code: CodeType
) -> tuple[bool, FunctionType | None]:
    """Return whether the name is a class method, and the function that has the code."""
    *outer, last = name.split(".")
    for part in outer:
        space = getattr(space.get(part), "__dict__", {})
    value = space.get(last)
    found = (each for each in _below(value) if getattr(each, "__code__", None) is code)
    function = next((each for each in found if isinstance(each, FunctionType)), None)
    return isinstance(value, classmethod), function


def _below(value: Any) -> Iterator[Any]:
    """Yield an object and what it holds, breadth first: decorators keep the function so."""
    seen = [value]
    for each in seen:
        yield each
        if len(seen) < _MOST_STEPS:
            if isinstance(each, (staticmethod, classmethod)):
                seen.append(each.__func__)
            elif isinstance(each, property):
                seen.append(each.fget)
            elif isinstance(getattr(each, "__dict__", None), dict):
                seen.extend(list(vars(each).values())[:_MOST_STEPS])
