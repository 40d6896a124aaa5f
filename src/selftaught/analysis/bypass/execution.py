"""Execution: the ways in which a program can run a candidate's source itself."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from selftaught.analysis.bypass.machine import Machine
from selftaught.analysis.bypass.value import (
    UNKNOWN,
    Arguments,
    Built,
    Container,
    Resource,
    Value,
    constants,
    deep,
    elements,
    made_of,
    one,
    sources,
)
from selftaught.analysis.names import Named

RUN_TEXT = frozenset(
    [
        "builtins.exec",
        "builtins.eval",
        "timeit.timeit",
        "timeit.repeat",
        "timeit.Timer",
        "cProfile.run",
        "cProfile.runctx",
        "profile.run",
        "profile.runctx",
        "pdb.run",
        "bdb.run",
        "trace.Trace",
        "code.interact",
        "builtins.*",
    ]
)
"""Functions that run the text that they are given."""

RUN_FILE = frozenset(
    [
        "importlib.import_module",
        "builtins.__import__",
        "runpy.run_path",
        "runpy.run_module",
        "importlib.reload",
        "importlib.machinery.SourceFileLoader",
    ]
)
"""Functions that run the file that they are given."""

PROCESS = re.compile(
    r"(subprocess\.(run|call|check_call|check_output|Popen|getoutput|getstatusoutput)"
    r"|os\.(system|popen|exec\w*|spawn\w*|posix_spawnp?)|pty\.spawn"
    r"|asyncio\.create_subprocess_(exec|shell))$"
)
INTERPRETER = re.compile(r"python|pypy|sh\b|env\b")


def run_text(machine: Machine, path: str, given: Arguments, line: int) -> Value:
    """Take note where the text that is run is a candidate's."""
    first = given.positional[:1] or list(given.keywords.values())[:1]
    if any(sources(value) for value in first):
        machine.execute_hit(line, f"{path.removeprefix('builtins.')} runs a candidate's source")
    return UNKNOWN


def run_file(machine: Machine, path: str, given: Arguments, line: int) -> Value:
    """Take note where the file that is run may hold a candidate's source."""
    asked = given.get(0, "name")
    names = [str(name) for name in constants(asked)]
    if not names and not isinstance(asked, frozenset):
        return UNKNOWN
    stems = {PurePosixPath(each).stem for each in machine.written}
    unknown = len(names) < len(asked)
    if machine.written and (unknown or any(PurePosixPath(name).stem in stems for name in names)):
        machine.execute_hit(line, f"{path.removeprefix('builtins.')} runs a candidate's file")
    return one(Named(names[0])) if len(names) == 1 and not unknown else UNKNOWN


def start(machine: Machine, given: Arguments, line: int) -> Value:
    """Take note where a child process is given a candidate's source or file."""
    command = deep(given.get(0, "args"))
    texts = [str(text) for text in constants(command)]
    runs = any(isinstance(a, Named) and a.path == "sys.executable" for a in command)
    runs = runs or any(INTERPRETER.search(text) for text in texts) or not texts
    fed = bool(sources(given.all()))
    files = any(_mentioned(path, texts) for path in machine.written)
    if runs and (fed or files):
        machine.execute_hit(line, "a child process runs a candidate's source")
    return one(Resource("process", "python" if runs else ""))


def _mentioned(path: str, texts: list[str]) -> bool:
    return path == "*" or any(path in text for text in texts)


def feed(machine: Machine, process: Resource, given: Arguments, line: int) -> Value:
    """Take note where an interpreter that was started is sent a candidate's source."""
    if process.path and sources(given.all()):
        machine.execute_hit(line, "a child process is sent a candidate's source")
    return UNKNOWN


def build(given: Arguments) -> Value:
    """Return a function object; one made from a candidate's code runs it when called."""
    return one(Built()) if sources(given.get(0, "code")) else UNKNOWN


def compiled(given: Arguments) -> Value:
    """Return what compiling gives: nothing has run yet."""
    return made_of(given.get(0, "source"))


def unpacked(arguments: Value, keywords: Value) -> Arguments:
    """Return the arguments that a tuple and a dict hold, as threads get them."""
    found = Arguments()
    for atom in arguments:
        if isinstance(atom, Container) and not atom.rest and not atom.keys:
            found.positional += atom.items.values()
        else:
            found.star = elements(one(atom))
    for atom in keywords:
        if isinstance(atom, Container):
            found.keywords.update({str(key): part for key, part in atom.items.items()})
    return found
