"""Execution: the ways in which a program can run a candidate's source itself."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from selftaught.analysis.bypass.recorder import Recorder
from selftaught.analysis.bypass.sources import (
    UNKNOWN,
    Built,
    Resource,
    deep,
    has_source,
    made_of,
)
from selftaught.analysis.interpretation.values import Arguments, Named, Value, one

RUN_TEXT = frozenset({"builtins.exec", "builtins.eval", "timeit.timeit", "timeit.repeat"})
RUN_TEXT |= {"timeit.Timer", "cProfile.run", "cProfile.runctx", "profile.run"}
RUN_TEXT |= {"profile.runctx", "pdb.run", "bdb.run", "trace.Trace", "code.interact"}
RUN_TEXT |= {"builtins.*"}
"""Functions that run the text that they are given."""

RUN_FILE = frozenset({"importlib.import_module", "builtins.__import__", "runpy.run_path"})
RUN_FILE |= {"runpy.run_module", "importlib.reload"}
RUN_FILE |= {"importlib.machinery.SourceFileLoader"}
"""Functions that run the file that they are given."""

PROCESS = re.compile(
    r"(subprocess\.(run|call|check_call|check_output|Popen|getoutput|getstatusoutput)"
    r"|os\.(system|popen|exec\w*|spawn\w*|posix_spawnp?)|pty\.spawn"
    r"|asyncio\.create_subprocess_(exec|shell))$"
)
INTERPRETER = re.compile(r"python|pypy|sh\b|env\b")


def run_text(machine: Recorder, path: str, given: Arguments) -> Value:
    """Take note where the text that is run is a candidate's."""
    if has_source([given.positional or list(given.keywords.values())][0][:1]):
        what = f"{path.removeprefix('builtins.')} runs a candidate's source"
        machine.execute_hit(given.node, what)
    return UNKNOWN


def run_file(machine: Recorder, path: str, given: Arguments) -> Value:
    """Take note where the file that is run may hold a candidate's source."""
    asked = given.get(0, "name")
    names = [str(name) for name in asked.constants]
    stems = {PurePosixPath(each).stem for each in machine.written}
    unknown = bool(asked.tags or asked.refs)
    if machine.written and (unknown or any(PurePosixPath(name).stem in stems for name in names)):
        what = f"{path.removeprefix('builtins.')} runs a candidate's file"
        machine.execute_hit(given.node, what)
    return one(Named(names[0])) if len(names) == 1 and not unknown else UNKNOWN


def start(machine: Recorder, given: Arguments) -> Value:
    """Take note where a child process is given a candidate's source or file."""
    command = deep(given.get(0, "args"))
    words = [str(text) for text in command.constants]
    runs = Named("sys.executable") in command.refs or not words
    runs = runs or any(INTERPRETER.search(word) for word in words)
    files = any(path == "*" or path in word for path in machine.written for word in words or [""])
    if runs and (files or has_source(given.values())):
        machine.execute_hit(given.node, "a child process runs a candidate's source")
    return one(Resource("process", "python" if runs else ""))


def feed(machine: Recorder, process: Resource, given: Arguments) -> Value:
    """Take note where an interpreter that was started is sent a candidate's source."""
    if process.path and has_source(given.values()):
        machine.execute_hit(given.node, "a child process is sent a candidate's source")
    return UNKNOWN


def build(machine: Recorder, path: str, given: Arguments) -> Value:
    """Return a function object; one made from a candidate's code runs it when called."""
    return one(Built()) if has_source([given.get(0, "code")]) else UNKNOWN


def compiled(machine: Recorder, path: str, given: Arguments) -> Value:
    """Return what compiling gives: nothing has run yet."""
    return made_of(given.get(0, "source"))
