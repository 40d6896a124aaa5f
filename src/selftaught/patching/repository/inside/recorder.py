"""Notes the calls that a command makes of the target, from within any Python it starts.

Started by a ``sitecustomize`` where the environment names a job: ``{root, path, name, lines, way,
folder, most, most_bytes}``. The arguments of outermost calls are written as forms, before the call,
into a file of this process in ``folder``: ``{input}`` a line for each new one, ``{counts}`` as the
last line. With the way ``watch`` the target stays what it is; with ``wrap`` it is replaced by a
wrapper when its file is imported, which sees calls of compiled functions, too, and which programs
that look at their functions may refuse.
"""

from __future__ import annotations

import atexit
import functools
import importlib.abc
import importlib.machinery
import json
import os
import sys
import threading
import types
from collections.abc import Callable, Sequence
from typing import Any

from .forms import NoFormError, restorable_input, text_of, to_form
from .watch import Watch

JOB_VARIABLE = "SELFTAUGHT_RECORD"


class Recorder:
    """Writes what it is given, each input once and within bounds."""

    def __init__(self, job: Any) -> None:
        """Write as the job says."""
        self.job = job
        self.file: Any = None
        self.owner = os.getpid()
        self.seen: set[str] = set()
        self.counts = {"calls": 0, "repeated": 0, "no_form": 0, "too_many": 0}
        self.kinds: dict[str, int] = {}
        self.room = job["most_bytes"]
        self.inside = threading.local()
        atexit.register(self.close)

    def take(self, arguments: Sequence[Any], named: dict[str, Any]) -> bool:
        """Write the arguments of one call; return whether there is room for more."""
        self.note(arguments, named)
        return bool(len(self.seen) < self.job["most"] and self.room > 0)

    def note(self, arguments: Sequence[Any], named: dict[str, Any]) -> None:
        """Write the arguments of one call."""
        self.counts["calls"] += 1
        if len(self.seen) >= self.job["most"] or self.room <= 0:
            self.counts["too_many"] += 1
            return
        try:
            self._write(arguments, named)
        except NoFormError as error:
            self._refuse(str(error))
        except Exception as error:  # whatever the program's own objects raise when looked at
            self._refuse(f"an object that raises {type(error).__qualname__} when looked at")

    def _refuse(self, kind: str) -> None:
        self.counts["no_form"] += 1
        self.kinds[kind[:100]] = self.kinds.get(kind[:100], 0) + 1

    def _write(self, arguments: Sequence[Any], named: dict[str, Any]) -> None:
        form = [
            [to_form(each) for each in arguments],
            {k: to_form(v) for k, v in named.items()},
        ]
        text = text_of(form)
        if text in self.seen:
            self.counts["repeated"] += 1
            return
        if not restorable_input(form):
            raise NoFormError("a class that can't be built again from its attributes")
        if len(text) > self.room:
            self.counts["too_many"] += 1
            return
        self.room -= len(text)
        self.seen.add(text)
        self._line('{"input":' + text + "}")

    def wrap(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function with its outermost calls noted."""
        inside = self.inside

        def recorded(*arguments: Any, **named: Any) -> Any:
            if getattr(inside, "busy", False):
                return function(*arguments, **named)
            inside.busy = True
            try:
                self.note(arguments, named)
                return function(*arguments, **named)
            finally:
                inside.busy = False

        functools.update_wrapper(recorded, function)
        for name in dir(function):
            if not name.startswith("_") and not hasattr(recorded, name):
                setattr(recorded, name, getattr(function, name))
        return recorded

    def close(self) -> None:
        """Write the counts of this process."""
        if self.counts["calls"]:
            self._line(json.dumps({"counts": self.counts, "kinds": self.kinds}))

    def _line(self, text: str) -> None:
        if self.file is None or self.owner != os.getpid():
            self.owner = os.getpid()
            name = os.path.join(self.job["folder"], f"calls-{self.owner}.jsonl")
            self.file = open(name, "a", encoding="utf-8")  # noqa: SIM115 - open until the end
        self.file.write(text + "\n")
        self.file.flush()


def replace(holder: Any, name: str, recorder: Recorder) -> None:
    """Put the wrapper in the place of ``name`` in a module or class."""
    *outer, last = name.split(".")
    for part in outer:
        holder = vars(holder).get(part)
        if holder is None:
            return
    value = vars(holder).get(last)
    if isinstance(value, (staticmethod, classmethod)):
        kind = type(value)
        wrapped = recorder.wrap(value.__func__)
        setattr(
            holder, last, kind(_without_class(recorder, value) if kind is classmethod else wrapped)
        )
    elif callable(value) and not isinstance(value, type):
        setattr(holder, last, recorder.wrap(value))


def _without_class(recorder: Recorder, method: Any) -> Callable[..., Any]:
    """Return a class method's function that notes all arguments but the class."""

    @functools.wraps(method.__func__)
    def recorded(kind: type, *arguments: Any, **named: Any) -> Any:
        bound = functools.partial(method.__func__, kind)
        functools.update_wrapper(bound, method.__func__)
        return recorder.wrap(bound)(*arguments, **named)

    return recorded


class Loader(importlib.abc.Loader):
    """Loads as the module's own loader does, then puts the wrapper in place."""

    def __init__(self, loader: Any, recorder: Recorder) -> None:
        """Load by ``loader``."""
        self.loader, self.recorder = loader, recorder

    def __getattr__(self, name: str) -> Any:
        return getattr(self.loader, name)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType | None:
        """Return what the module's own loader makes."""
        made: types.ModuleType | None = self.loader.create_module(spec)
        return made

    def exec_module(self, module: types.ModuleType) -> None:
        """Run the module's body, then replace the target."""
        self.loader.exec_module(module)
        replace(module, self.recorder.job["name"], self.recorder)


class Finder(importlib.abc.MetaPathFinder):
    """Finds what the other finders find, and takes note of the target's file."""

    def __init__(self, job: Any) -> None:
        """Look for the job's file."""
        self.wanted = os.path.realpath(os.path.join(job["root"], job["path"]))
        self.stem = os.path.splitext(os.path.basename(self.wanted))[0]
        if self.stem == "__init__":
            self.stem = os.path.basename(os.path.dirname(self.wanted))
        self.recorder = Recorder(job)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return the spec of the target's module with a loader that records, else None."""
        if fullname.rpartition(".")[2] != self.stem:
            return None
        for finder in sys.meta_path:
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(fullname, path, target)
            if spec is not None:
                if spec.origin and os.path.realpath(spec.origin) == self.wanted and spec.loader:
                    spec.loader = Loader(spec.loader, self.recorder)
                    return spec
                return None
        return None


def start() -> None:
    """Record where the environment names a job."""
    job_path = os.environ.get(JOB_VARIABLE)
    if job_path:
        with open(job_path, encoding="utf-8") as file:
            job = json.load(file)
        if job["way"] == "wrap":
            sys.meta_path.insert(0, Finder(job))
        else:
            Watch(job, Recorder(job).take).start()
