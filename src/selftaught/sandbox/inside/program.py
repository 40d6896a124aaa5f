"""A child's life: load one program, then call its function as often as the host asks."""

from __future__ import annotations

import errno
import functools
import importlib.abc
import importlib.machinery
import importlib.util
import linecache
import os
import random
import resource
import signal
import socket
import sys
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .audit import Audit
from .talk import Frame, HostGoneError, Talk
from .wire import FrameError, NotPlainError, pack

FILE_NAME = "<program>"
MODULE_NAME = "solution"
MAX_MESSAGE = 500
"""Characters of an exception's message that reach the host."""

UNREADABLE = 71
"""Exit status of a child that can't read what the host sent, e.g. arrays without numpy."""

MEBIBYTE = 2**20

_READY = pack({"kind": "ready"})

_REHEARSED = {
    "kind": "load",
    "source": "import math\n\ndef solve(x):\n    return [x, {'x': (x, 'y')}]\n",
    "entry_point": "solve",
    "memory_mb": 0,
    "seed": 0,
    "prelude": "",
    "modules": {},
    "token": "load",
}
"""A program such as the host sends."""


class InvalidProgramError(Exception):
    """The text is no program with that entry point."""


class SourceFinder(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Imports modules from source text that came with the program."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        """Serve these modules by name."""
        self.sources = dict(sources)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return the spec of a module that is among the sources, else None."""
        if fullname not in self.sources:
            return None
        return importlib.util.spec_from_loader(fullname, self, origin=f"<{fullname}>")

    def get_source(self, fullname: str) -> str:
        """Return a module's text."""
        return self.sources[fullname]

    def is_package(self, fullname: str) -> bool:
        """Return whether other modules' names start with this one's."""
        return any(name.startswith(fullname + ".") for name in self.sources)


def limit_memory(base_bytes: int, memory_mb: int) -> None:
    """Bound the address space to the interpreter's own and ``memory_mb`` more."""
    limit = base_bytes + memory_mb * MEBIBYTE
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def set_seed(seed: int) -> None:
    """Seed ``random`` and, where it is loaded, numpy's global generator."""
    random.seed(seed)
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(seed % 2**32)


def compile_program(source: str) -> types.CodeType:
    """Return the program's code.

    Raises:
        InvalidProgramError: the text does not compile.
    """
    try:
        return compile(source, FILE_NAME, "exec", dont_inherit=True)
    except SyntaxError as error:
        raise InvalidProgramError(
            f"{type(error).__name__}: {error.msg} (line {error.lineno})"
        ) from None
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        raise InvalidProgramError(f"{type(error).__name__}: {str(error)[:MAX_MESSAGE]}") from None


def load(settings: Frame, talk: Talk, listen: Callable[[], None]) -> Callable[..., Any]:
    """Run the program's module body and return what calls go to.

    Args:
        settings: the program, and what else the host says about it.
        talk: the channel to the host.
        listen: called before any of the program's code runs.

    Raises:
        InvalidProgramError: it does not compile or has no such function.
        BaseException: whatever the module body raises.
    """
    if settings["modules"]:
        sys.meta_path.insert(0, SourceFinder(settings["modules"]))
    code = compile_program(settings["source"])
    lines = settings["source"].splitlines(keepends=True)
    linecache.cache[FILE_NAME] = (len(settings["source"]), None, lines, FILE_NAME)
    wrap = None
    if settings["prelude"]:
        talk.start_threads()
        prelude: dict[str, Any] = {"__name__": "prelude"}
        exec(compile(settings["prelude"], "<prelude>", "exec", dont_inherit=True), prelude)
        wrap = prelude["wrap"]
    listen()
    module = types.ModuleType(MODULE_NAME)
    sys.modules[MODULE_NAME] = module
    set_seed(settings["seed"])
    exec(code, module.__dict__)
    function = module.__dict__.get(settings["entry_point"])
    if not callable(function):
        raise InvalidProgramError(f"no function {settings['entry_point']} is defined")
    result: Callable[..., Any] = wrap(function, talk.request) if wrap else function
    return result


def describe(error: BaseException) -> tuple[str, str]:
    """Return the status and the description of what a program raised."""
    if isinstance(error, InvalidProgramError):
        return "invalid_program", str(error)
    try:
        message = str(error)[:MAX_MESSAGE]
    except Exception:  # noqa: BLE001 - a candidate's own __str__ runs here
        message = "(no message)"
    text = type(error).__name__ + (f": {message}" if message else "")
    line = _line_in_program(error)
    if line is not None:
        text += f" (line {line})"
    full = isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM
    return ("out_of_memory" if full else "crashed"), text


def _line_in_program(error: BaseException) -> int | None:
    """Return the innermost line of the program's text that the error passed."""
    line, step = None, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == FILE_NAME:
            line = step.tb_lineno
        step = step.tb_next
    return line


class Life:
    """One child from its program to its end."""

    def __init__(self, talk: Talk, base_bytes: int) -> None:
        """Serve the host at the other end of ``talk``."""
        self.talk, self.base_bytes = talk, base_bytes
        self.function: Callable[..., Any] | None = None

    def live(self, listener: int) -> None:
        """Serve the host until it closes the channel.

        Args:
            listener: where the kernel asks about system calls; -1: nowhere.
        """
        try:
            self._run(listener)
        except (HostGoneError, ConnectionError):
            return
        except FrameError:
            os._exit(UNREADABLE)

    def _run(self, listener: int) -> None:
        """Load the program, then answer calls.

        The first frame shows that the host has its copy of ``listener``; ours must be gone
        before the program runs, which could answer itself there.
        """
        settings = self.talk.next_call()
        if listener >= 0:
            os.close(listener)
        limit_memory(self.base_bytes, settings["memory_mb"])
        self.talk.send_packed(_READY)
        self._answer(settings["token"], lambda: self._load(settings, Audit(self.talk).start))
        while True:
            call = self.talk.next_call()
            self._answer(call["token"], functools.partial(self._call, call))

    def rehearse(self) -> None:
        """Take a small program and a call of it as a child does, and forget both.

        The interpreter adapts itself to what it does often. What it has adapted here is not
        adapted, and so not copied, in each child.
        """
        ours, theirs = socket.socketpair()
        self.talk, talk = Talk(theirs.detach()), self.talk
        with ours:
            ours.sendall(pack(_REHEARSED) + pack({"kind": "call", "args": (1.5,), "seed": 0}))
            settings = self.talk.next_call()
            self.talk.send_packed(_READY)
            self._answer("load", lambda: self._load(settings, lambda: None))
            call = self.talk.next_call()
            self._answer("call", functools.partial(self._call, call))
        self.talk.close()
        self.talk, self.function = talk, None
        del sys.modules[MODULE_NAME], linecache.cache[FILE_NAME]

    def _load(self, settings: Frame, listen: Callable[[], None]) -> None:
        self.function = load(settings, self.talk, listen)

    def _call(self, call: Frame) -> Any:
        if self.function is None:
            raise InvalidProgramError("the program was not loaded")
        if call["seed"] is not None:
            set_seed(call["seed"])
        return self.function(*call["args"])

    def _answer(self, token: str, work: Callable[[], Any]) -> None:
        """Do the work and send its value, or what it raised."""
        try:
            value = work()
            signal.setitimer(signal.ITIMER_REAL, 0)
            self._send(token, "ok", "", value)
        except HostGoneError:
            raise
        except NotPlainError as error:
            self._send(token, "wrong_output", str(error))
        except BaseException as error:  # noqa: BLE001 - a candidate may raise anything
            signal.setitimer(signal.ITIMER_REAL, 0)
            status, detail = describe(error)
            del error
            self._send(token, status, detail)

    def _send(self, token: str, status: str, detail: str, value: Any = None) -> None:
        frame = {"kind": "result", "token": token, "status": status, "detail": detail}
        self.talk.send({**frame, "value": value})
