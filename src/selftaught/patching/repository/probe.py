"""Probes: our own scripts run by the user's Python in a workshop, and what they answer."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from selftaught.patching.repository.inside.answer import MARK
from selftaught.patching.repository.inside.recorder import JOB_VARIABLE
from selftaught.patching.repository.scripts import PACKAGE
from selftaught.patching.repository.workshop import How, Ran, Workshop

_OUTPUT_BYTES = 64 * 1024**2


@dataclass(frozen=True)
class Told:
    """What a script answered, in order, and how its process ended."""

    answers: tuple[Any, ...]
    ran: Ran


@dataclass(frozen=True)
class Taken:
    """The calls of the target that a command made.

    Attributes:
        inputs: as forms, each once.
        kinds: why others were not noted, and how many.
        calls: that were seen; 0 where the command makes none, or none that can be seen.
        ran: how the command ended.
    """

    inputs: tuple[Any, ...]
    kinds: Mapping[str, int]
    calls: int
    ran: Ran


class Probes:
    """Our scripts, which every workshop has, run with jobs in a folder of their own.

    Use `close` to remove the folder.
    """

    def __init__(self) -> None:
        """Make the folder."""
        self._folder = Path(tempfile.mkdtemp(prefix="selftaught-probes-")).resolve()

    def ask(
        self, workshop: Workshop, script: str, job: Mapping[str, Any], how: How | None = None
    ) -> Told:
        """Run one of the scripts on the version that is in place; return its answers.

        Args:
            workshop: with the version.
            script: a module of `repository.inside`.
            job: what it is asked, besides the copy's ``root``.
            how: limits; None: the usual ones.
        """
        how = how or How()
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            file = Path(folder, "job.json")
            whole = {**job, "root": str(workshop.copy.root)}
            file.write_text(json.dumps(whole), encoding="utf-8")
            words = ("python", "-m", f"{PACKAGE}.{script}", str(file))
            ran = workshop.run(words, _seeing(how, Path(folder)))
        return Told(tuple(_answers(ran.result.stdout)), ran)

    def record(
        self, workshop: Workshop, words: tuple[str, ...], job: Mapping[str, Any], how: How
    ) -> Taken:
        """Run a command and return the calls of the target that it makes.

        Args:
            workshop: with the version.
            words: of the command.
            job: ``path`` and ``name`` of the target, ``lines`` in which it may begin, the
                ``way`` to see its calls (see `inside.recorder`), ``most`` inputs of
                ``most_bytes``.
            how: limits.
        """
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            calls = Path(folder, "calls")
            calls.mkdir()
            file = Path(folder, "job.json")
            whole = {**job, "root": str(workshop.copy.root), "folder": str(calls)}
            file.write_text(json.dumps(whole), encoding="utf-8")
            seeing = _seeing(how, Path(folder), {JOB_VARIABLE: str(file)})
            ran = workshop.run(words, seeing)
            inputs, kinds, count = _noted(calls)
        return Taken(tuple(inputs[: job["most"]]), kinds, max(count, len(inputs)), ran)

    def record_script(
        self,
        workshop: Workshop,
        script: tuple[str, Mapping[str, Any]],
        noted: Mapping[str, Any],
        how: How,
    ) -> Taken:
        """Run one of the scripts with its job; return the calls of the target that it makes."""
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            file = Path(folder, "job.json")
            whole = {**script[1], "root": str(workshop.copy.root)}
            file.write_text(json.dumps(whole), encoding="utf-8")
            words = ("python", "-m", f"{PACKAGE}.{script[0]}", str(file))
            readable = (*how.readable, Path(folder))
            return self.record(workshop, words, noted, replace(how, readable=readable))

    def close(self) -> None:
        """Remove the scripts. May be called twice."""
        shutil.rmtree(self._folder, ignore_errors=True)


def _seeing(how: How, folder: Path, environment: Mapping[str, str] | None = None) -> How:
    return How(
        seed=how.seed,
        seconds=how.seconds,
        expected=how.expected,
        environment={**how.environment, **(environment or {})},
        affinity=how.affinity,
        readable=(*how.readable, folder),
        writable=(*how.writable, folder) if environment else how.writable,
        output_bytes=_OUTPUT_BYTES,
    )


def _answers(text: str) -> list[Any]:
    found = []
    for line in text.splitlines():
        if line.startswith(MARK):
            try:
                found.append(json.loads(line.removeprefix(MARK)))
            except ValueError:
                continue  # cut off where the process was ended
    return found


def _noted(folder: Path) -> tuple[list[Any], dict[str, int], int]:
    """Return the inputs of all processes, each once; why others were not noted; all calls."""
    found: dict[str, Any] = {}
    kinds: dict[str, int] = {}
    calls = 0
    for name in sorted(os.listdir(folder)):
        for line in (folder / name).read_text(encoding="utf-8").splitlines():
            try:
                each = json.loads(line)
            except ValueError:
                continue  # cut off where the process was ended
            if "input" in each:
                found.setdefault(json.dumps(each["input"], sort_keys=True), each["input"])
            calls += each.get("counts", {}).get("calls", 0)
            for kind, count in each.get("kinds", {}).items():
                kinds[kind] = kinds.get(kind, 0) + count
    return list(found.values()), kinds, calls
