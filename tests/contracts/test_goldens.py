"""Goldens: what every command finds and writes with the built-in model, kept from one version to
the next.

``REGENERATE_GOLDENS=1 pytest tests/contracts/test_goldens.py -n 0`` writes them anew. What
differs from run to run, or from machine to machine, is left out: times, paths, ids of runs, how
programs were confined. ``before/`` holds exports that an earlier version wrote.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.conftest import MANIFEST, ROUNDS, TINY, UTILITY, say, write_task
from patching.repository.conftest import Make, make
from patching.repository.shop import FILES, TARGET

__all__ = ["make"]

GOLDENS = Path(__file__).parents[1] / "goldens"
BEFORE = GOLDENS / "before"
RUN = re.compile(r"\b[a-z]+-\d{8}-\d{6}-[0-9a-f]{6}\b")
AGAIN = re.compile("again:(.*?)(?:next:|watchfor|$)")
"""The command that makes an equal run; without spaces, since lines end anywhere."""
VOLATILE = frozenset(
    {"seconds", "started", "at", "version", "sandbox", "python", "overhead", "example", "next"}
)
"""Fields that are left out wherever they stand. The example is the first of equals to arrive, and
what to try next is prose."""
OF_COMMANDS = VOLATILE | {"expected", "attempts_list", "digest"}
"""In runs on a repository: what commands try, such as opening files, differs by machine."""
SESSIONS = "sessions"

TASK = "square"
LONG = 1_500
"""Characters from which on a value is kept as a hash."""

Command = tuple[str, ...]
COMMANDS: dict[str, tuple[Command, ...]] = {
    "improve": (("improve", TASK, *TINY, "--seed", "3"),),
    "run": (("run", TASK, *TINY, *ROUNDS, "--control"),),
    "archive": (("run", TASK, *TINY, *ROUNDS, "--adopt", "archive", "--no-best-of-n"),),
    "limit": (("improve", TASK, *TINY, "--calls", "2", "--max-responses", "2"),),
    "compare": (("compare", "greedy", "--tasks", TASK, "--repeats", "2", *TINY),),
    "arms": (
        (
            *("compare", "--arms", "--tasks", TASK, "--unseen", "cube", "--repeats", "1", *TINY),
            *("--meta-calls", "1", "--rounds", "1", "--gate-pairs", "2"),
        ),
    ),
    "transfer": (
        ("run", "cube", *TINY, *ROUNDS),
        ("transfer", "RUN", "--tasks", TASK, "--repeats", "2", *TINY),
        ("transfer", "seed_keep", TASK, "--repeats", "2", *TINY),
    ),
    "winners": (
        ("improve", "cube", *TINY, "--responses", "6", "--utility-calls", "8"),
        ("revalidate", "RUN", "--repeats", "3"),
        ("minimise", "RUN", "--tries", "4", "--output", "small.py"),
    ),
    "improvers": (
        ("run", TASK, *TINY, *ROUNDS, "--adopt", "paper", "--no-best-of-n"),
        ("revalidate", "RUN", "--repeats", "2"),
        ("minimise", "RUN", "--tries", "2"),
        ("strategies", "RUN", "improver.py"),
    ),
    "bypass": (("bypass", "--samples", "8"), ("bypass", "--files", "improver.py")),
    "paper": (("paper", "--scale", "tiny", "--runs", "1", "--samples", "8"),),
    "score": (("score", TASK, f"{TASK}/seed.py", "--split", "train"),),
}
SLOW = ("archive", "arms", "improvers", "paper", "transfer")

IMPROVER = """from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    answers = language_model.prompt("expert", initial_solution, n_responses=2)
    programs = [initial_solution, *extract_code(answers)]
    return max(programs, key=utility)
"""


@dataclass
class Blank:
    """Puts names in the place of what differs from run to run."""

    folder: Path
    beside: frozenset[str] = VOLATILE

    def __call__(self, value: Any) -> Any:
        if isinstance(value, dict):
            kept = {name: part for name, part in value.items() if name not in self.beside}
            return {self(name): self(part) for name, part in kept.items()}
        if isinstance(value, list | tuple):
            return [self(each) for each in value]
        if isinstance(value, str):
            return RUN.sub("RUN", value.replace(str(self.folder), "FOLDER"))
        return value


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    patient = MANIFEST.replace("0.5", "5.0")
    write_task(tmp_path / TASK, manifest=patient)
    manifest, utility = patient.replace(TASK, "cube"), UTILITY.replace("x * x", "x * x * x")
    write_task(tmp_path / "cube", utility=utility, manifest=manifest)
    (tmp_path / "improver.py").write_text(IMPROVER)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def recorded(commands: tuple[Command, ...]) -> dict[str, Any]:
    """What each command prints, what `show` prints of its run, and what its log holds."""
    found: dict[str, Any] = {}
    first = ""
    for number, words in enumerate(commands):
        given = [first if word == "RUN" else word for word in words]
        said = say(
            *(str(Path(w).absolute()) if w in (TASK, "cube") else w for w in given), "--json"
        )
        assert said.status in (0, 3, 4), said.err
        name = f"{number} {' '.join(words[:2])}"
        found[name] = {"status": said.status, "printed": said.data}
        run = said.data.get("run")
        if run:
            first = first or run
            found[name] |= of_run(run)
    return found


def of_run(run: str) -> dict[str, Any]:
    shown = say("show", run, "--programs", "--attempts", "--json")
    assert shown.status == 0, shown.err
    exported = say("export", run, "--output", f"{run}.jsonl")
    assert exported.status == 0, exported.err
    lines = Path(f"{run}.jsonl").read_text().splitlines()
    return {
        "shown": shown.data,
        "again": AGAIN.findall("".join(RUN.sub("RUN", say("show", run).out).split())),
        "log": [json.loads(line) for line in lines],
    }


def summary(found: dict[str, Any], blank: Blank) -> dict[str, Any]:
    """The same, small enough to be kept: of facts but the first, their places and hashes."""
    kept: dict[str, Any] = {}
    for name, each in found.items():
        parts = blank({key: part for key, part in each.items() if key != "log"})
        if "log" in each:
            text = json.dumps(each["log"][1:]).replace('"path": "', "")
            named = RUN.search(text) or f'"{blank.folder}' in text
            shown, printed = parts["shown"], parts["printed"]
            parts["shown"] = {key: shown[key] for key in shown if printed.get(key) != shown[key]}
            parts["shown"].pop("programs")  # those of equal scores stand in the order of writing
            for part in (parts["printed"], parts["shown"]) if named else ():
                part.pop("digest", None)
            parts |= facts(each["log"], blank)
        kept[name] = {key: _short(part) for key, part in parts.items()}
    return kept


def _short(value: Any) -> Any:
    """A value whose long parts are hashes."""
    if isinstance(value, dict) and len(json.dumps(value)) > LONG:
        return {key: _short(part) for key, part in value.items()}
    text = json.dumps(value, sort_keys=True)
    if len(text) <= LONG:
        return value
    return f"{len(text)} characters, {hashlib.sha256(text.encode()).hexdigest()[:12]}"


def facts(lines: list[dict[str, Any]], blank: Blank) -> dict[str, Any]:
    """The first fact, and a hash of the others by invocation, in order of their places."""
    events = [blank(each) for each in lines if each["type"] == "event"]
    events = [each for each in events if each["invocation"] != SESSIONS]
    events.sort(key=lambda each: (each["invocation"], each["sequence"]))
    started = next(e["fact"] for e in events if e["fact"]["kind"] == "run_started")
    found: dict[str, list[Any]] = {}
    for event in events:
        if event["fact"] is started:
            continue
        place = f"{event['invocation']} {event['fact']['kind']}"
        found.setdefault(place, []).append([event["sequence"], event["key"], event["fact"]])
    return {"started": started, "facts": {place: _hash(each) for place, each in found.items()}}


def _hash(facts: list[Any]) -> str:
    return f"{len(facts)}: {hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:10]}"


def compared(name: str, found: dict[str, Any]) -> None:
    """Equal to the golden; or the golden is written, where that is asked for."""
    path = GOLDENS / f"{name}.json"
    text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("REGENERATE_GOLDENS"):
        path.write_text(text, encoding="utf-8")
    assert json.loads(text) == json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[pytest.mark.slow] if n in SLOW else []) for n in COMMANDS]
)
def test_a_command_finds_and_records_what_it_did_before(name: str, folder: Path) -> None:
    compared(name, summary(recorded(COMMANDS[name]), Blank(folder)))


@pytest.mark.slow  # one of the offline model's versions runs until its time is up
def test_a_run_on_a_repository_finds_and_records_what_it_did_before(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make(FILES)
    monkeypatch.chdir(root)
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    words = (
        *("improve", TARGET, "--check", "python check.py", "--score", "python bench.py"),
        *("--minimise", "--score-runs", "3", "--scale", "tiny", "--calls", "1", "--responses", "2"),
        *("--utility-calls", "3", "--python", sys.executable, "--yes"),
    )
    found = summary(recorded((words,)), Blank(root, OF_COMMANDS))
    (each,) = found.values()
    text = json.dumps(each).replace(sys.executable, "PYTHON")
    compared("patch", {"improve": json.loads(text)})


@pytest.mark.parametrize("path", sorted(BEFORE.glob("*.jsonl")), ids=lambda path: path.stem)
def test_an_export_of_an_earlier_version_shows_and_resumes(path: Path, folder: Path) -> None:
    run = say("import", str(path), "--json").data["run"]
    shown = say("show", run, "--json").data
    assert say("export", run, "--output", "again.jsonl").status == 0
    assert Path("again.jsonl").read_text() == path.read_text()
    resumed = say("resume", run, "--max-responses", "100", "--json")
    assert resumed.status in (0, 4), resumed.err
    blank = Blank(folder)
    found = {"shown": blank(shown), "resumed": blank(resumed.data)}
    compared(f"before_{path.stem}", {key: _short(part) for key, part in found.items()})
