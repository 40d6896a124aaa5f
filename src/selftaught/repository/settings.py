"""Settings: what to improve in a repository and how it is judged, also kept as a file."""

from __future__ import annotations

import difflib
import math
import re
import shlex
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from selftaught.errors import UnknownNameError, UsageError
from selftaught.repository.context import MOST_CHARACTERS
from selftaught.repository.gain import MinimumGain, minimum_gain
from selftaught.values.decoding import text_of

TABLE = "improve"
"""The table of ``selftaught.toml`` that holds a table for each NAME."""

_LATER = frozenset({"include", "pass_env", "results_may_differ", "minimum_gain", "format"})
"""Settings that earlier versions did not have: left out of a goal's data where nothing is set, so
that an old goal keeps its digest."""

_VARIABLE = re.compile(r"[A-Za-z_]\w*", re.ASCII)

_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=", re.ASCII)

_OPERATORS = ("&&", "||", ";", "|", ">", "<", "&", "2>&1")


@dataclass(frozen=True)
class Goal:
    """What to improve in a repository, and how it is judged.

    Attributes:
        target: ``path/mod.py::name``, a path for a whole file.
        check: the command that has to pass, as one line.
        score: the command whose last printed number is the score; empty with ``faster``.
        score_key: the key, dotted, of the number in the JSON that ``score`` prints.
        score_pattern: a regular expression whose one group is the number in what ``score``
            prints; the last match counts. Empty: the last line that holds a number.
        minimise: whether less is better.
        faster: a command or ``path.py::function`` that is to take less time; empty: none.
        record_inputs: whether calls that the check makes are recorded as inputs on which
            outputs have to be equal.
        results_may_differ: whether a version with ``score`` may give other results than the
            original; otherwise they are compared where they can be.
        minimum_gain: the least gain that is offered: a percentage such as ``2%``, of the
            original's score or speed, or with ``score`` a number in its unit; empty: 1% of a
            score, 2% of a speed.
        format: the command that formats a file, which is put behind it; ``none``: no formatter
            and no linter runs. Empty: those that the repository's settings name.
        may_change: further targets.
        python: the user's interpreter; empty: the one that is found.
        context: files to show to the model whole.
        context_characters: what is shown beside the targets, at most.
        read: files and folders beside the repository that commands may read, from the folder
            that the user is in; ``~`` is the user's home.
        include: files and folders of the repository that the copy holds whatever they are,
            from the folder that the user is in.
        allow_network: addresses ``HOST:PORT`` that commands may connect to.
        pass_env: names of the user's variables that commands are given.
        tolerance: relative and absolute difference between floats that counts as equal.
        score_runs: fresh runs of the score that the winner is judged by, 2 or more.
        command_seconds: wall seconds of one command, > 0; None: ten times what it took on
            the unchanged copy, at least 60.
    """

    target: str
    check: str
    score: str = ""
    score_key: str = ""
    score_pattern: str = ""
    minimise: bool = False
    faster: str = ""
    record_inputs: bool = False
    results_may_differ: bool = False
    minimum_gain: str = ""
    format: str = ""
    may_change: tuple[str, ...] = ()
    python: str = ""
    context: tuple[str, ...] = ()
    context_characters: int = MOST_CHARACTERS
    read: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    allow_network: tuple[str, ...] = ()
    pass_env: tuple[str, ...] = ()
    tolerance: float = 0.0
    score_runs: int = 10
    command_seconds: float | None = None

    def __post_init__(self) -> None:
        """Refuse what can't be meant.

        Raises:
            UsageError: a part is missing, contradicts another or is out of range.
        """
        if not self.check.strip():
            raise UsageError(
                "--check, the command that every version must pass",
                "none",
                'e.g. --check "pytest -q tests/test_mod.py"',
            )
        if bool(self.score.strip()) == bool(self.faster.strip()):
            raise UsageError(
                "either --score or --faster",
                "both" if self.score else "neither",
                'e.g. --score "python bench.py", which prints a number',
            )
        if self.faster and (self.score_key or self.score_pattern or self.minimise):
            raise UsageError(
                "--score-key, --score-pattern and --minimise with --score only", "--faster"
            )
        if self.record_inputs and not self.faster:
            raise UsageError(
                "--record-inputs with --faster only",
                "--score, which always records the inputs of both commands",
                "omit it",
            )
        if self.results_may_differ and self.faster:
            raise UsageError(
                "--results-may-differ with --score only",
                "--faster, which requires the original's results",
                "omit it, or measure with --score",
            )
        self._refuse_numbers()
        self._refuse_pattern()
        commands = {"--check": self.check, "--score": self.score, "--format": self.format}
        if "::" not in self.faster:
            commands["--faster"] = self.faster
        for option, command in commands.items():
            words(command, option)

    def _refuse_numbers(self) -> None:
        """Refuse numbers and addresses that are out of range."""
        if not 2 <= self.score_runs <= 10_000:
            raise UsageError("--score-runs between 2 and 10,000", str(self.score_runs))
        if not 0 <= self.context_characters <= 10_000_000:
            raise UsageError("--context-characters of 0 or more", str(self.context_characters))
        seconds = self.command_seconds
        if seconds is not None and not (seconds > 0 and math.isfinite(seconds)):
            raise UsageError("--command-seconds above 0", str(seconds))
        if not 0 <= self.tolerance < 1:
            raise UsageError("--tolerance of at least 0 and below 1", str(self.tolerance))
        minimum_gain(self.minimum_gain, faster=bool(self.faster))
        for name in self.pass_env:
            if not _VARIABLE.fullmatch(name):
                raise UsageError(
                    "--pass-env NAME, the name of a variable",
                    repr(name),
                    "give only the name, e.g. --pass-env DATABASE_URL; the value comes from your "
                    "environment",
                )
        for address in self.allow_network:
            host, _, port = address.rpartition(":")
            if not host or not port.isdecimal() or not 0 < int(port) < 65_536:
                raise UsageError("--allow-network HOST:PORT", repr(address), "e.g. localhost:5432")

    def _refuse_pattern(self) -> None:
        """Refuse a pattern that can't name one number."""
        if not self.score_pattern:
            return
        if self.score_key:
            raise UsageError("--score-key or --score-pattern", "both", "omit one of them")
        try:
            groups = re.compile(self.score_pattern).groups
        except re.error as error:
            raise UsageError(
                "a Python regular expression for --score-pattern",
                f"{self.score_pattern!r} ({error})",
            ) from None
        if groups != 1:
            raise UsageError(
                "exactly one group in --score-pattern, for the number",
                f"{groups} in {self.score_pattern!r}",
                r"e.g. --score-pattern 'score: (\S+)'; write other groups as (?:...)",
            )

    @property
    def least_gain(self) -> MinimumGain:
        """What a version has to gain to be offered."""
        return minimum_gain(self.minimum_gain, faster=bool(self.faster))

    @property
    def targets(self) -> tuple[str, ...]:
        """Every target, the first one that which the user named first."""
        return (self.target, *self.may_change)

    def as_data(self) -> dict[str, Any]:
        """Return the goal as plain data, for the log."""
        data = asdict(self)
        if not self.score_pattern:
            del data["score_pattern"]  # runs without one have the digests that they had
        return {
            name: list(each) if isinstance(each, tuple) else each
            for name, each in data.items()
            if each or name not in _LATER
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Goal:
        """Return the goal that `as_data` wrote."""
        return cls(**{name: _tupled(each) for name, each in data.items()})


def words(command: str, option: str) -> tuple[str, ...]:
    """Return a command's words, split as a shell splits them; no shell runs it.

    Raises:
        UsageError: an open quote, or what only a shell could do.
    """
    try:
        split = tuple(shlex.split(command))
    except ValueError as error:
        raise UsageError(f"a command for {option}", f"{command!r} ({error})") from None
    if split and _ASSIGNMENT.match(split[0]):
        raise UsageError(
            f"a command for {option} without a shell",
            f"{split[0]!r} in front of it, which sets a variable",
            f"set it with env: {option} {shlex.quote('env ' + command)}",
        )
    for word in split:
        if word in _OPERATORS:
            raise UsageError(
                f"a command for {option} without a shell",
                f"{word!r} in it",
                f"run it in a shell: {option} {shlex.quote('sh -c ' + shlex.quote(command))}",
            )
    return split


def kept_goals(file: Path) -> dict[str, Mapping[str, Any]]:
    """Return the tables ``[improve.NAME]`` of a ``selftaught.toml``; none where it is missing.

    Raises:
        UsageError: it can't be read.
    """
    try:
        table = tomllib.loads(text_of(file.read_bytes())).get(TABLE, {})
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise UsageError(f"a readable TOML file {file}", str(error), "correct it") from error
    if not isinstance(table, dict) or not all(isinstance(each, dict) for each in table.values()):
        raise UsageError(
            f"tables [{TABLE}.NAME] in {file}",
            f"{TABLE} = {table!r}"[:200],
            f"write e.g. [{TABLE}.parse] above its settings",
        )
    return table


def kept_goal(file: Path, name: str, given: Mapping[str, Any]) -> Goal:
    """Return the goal that a file keeps under a name, with what was given on top.

    Raises:
        UnknownNameError: the file has no such name.
        UsageError: a setting is unknown or of the wrong kind.
    """
    known = kept_goals(file)
    if name not in known:
        raise UnknownNameError(f"table [{TABLE}.NAME] in {file}", name, known)
    data = {key.replace("-", "_"): value for key, value in known[name].items()}
    return made_goal({**data, **given}, f"[{TABLE}.{name}] in {file}")


def made_goal(data: Mapping[str, Any], place: str) -> Goal:
    """Return the goal of settings that a user wrote.

    Raises:
        UsageError: one is unknown, of the wrong kind, or missing.
    """
    kinds = {each.name: str(each.type) for each in fields(Goal)}
    faults = [_fault(key, value, kinds) for key, value in data.items()]
    faults += [f"{key} is missing" for key in ("target", "check") if key not in data]
    listed = [fault for fault in faults if fault]
    if listed:
        raise UsageError(f"settings with valid values, {place}", "; ".join(listed), "correct them")
    return Goal.from_data(data)


def _fault(key: str, value: Any, kinds: Mapping[str, str]) -> str:
    if key not in kinds:
        near = difflib.get_close_matches(key, kinds, n=1, cutoff=0.5)
        return f"{key} is unknown" + (f" (did you mean {near[0]}?)" if near else "")
    wanted = kinds[key]
    fits = {
        "str": isinstance(value, str),
        "bool": isinstance(value, bool),
        "int": isinstance(value, int) and not isinstance(value, bool),
        "float": isinstance(value, int | float) and not isinstance(value, bool),
        "float | None": isinstance(value, int | float | None) and not isinstance(value, bool),
        "tuple[str, ...]": isinstance(value, Sequence)
        and not isinstance(value, str)
        and all(isinstance(each, str) for each in value),
    }
    told = {"tuple[str, ...]": "a list of strings", "float | None": "a number", "float": "a number"}
    return "" if fits[wanted] else f"{key}: expected {told.get(wanted, wanted)}, found {value!r}"


def _tupled(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
