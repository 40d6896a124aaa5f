"""Reruns: the command line that makes an equal run, and the names in it."""

from __future__ import annotations

import shlex
from dataclasses import asdict
from typing import Any

from selftaught.engine.settings import SCALES, Settings
from selftaught.improver import registry as improvers
from selftaught.runs.experiment import Experiment
from selftaught.values.facts import RunStarted


def command_again(experiment: Experiment[Any], started: RunStarted) -> str:
    """Return the command line that makes an equal run, but for limits, which sessions have."""
    settings = Settings.from_data(started.settings)
    words = ["selftaught", *_command_words(experiment, started)]
    seed = ["--seed", str(started.seed)] if experiment.has_seed else []
    if experiment.of_a_run:
        return shlex.join([*words, *seed])
    if started.model != "offline":
        words += ["--model", started.model]
    if experiment.has_scale:
        words += _scale_words(experiment, settings)
    words += seed
    if settings.stop_at is not None:
        words += ["--stop-at", repr(settings.stop_at)]
    for rule in experiment.rules:
        value = getattr(settings, rule)
        if value != getattr(Settings, rule):
            words += [_flag(rule)] if value is True else [_flag(rule), value]
    if "control" in experiment.rules and not started.programs:
        words.append("--no-best-of-n")
    return shlex.join([*words, *_sandbox_words(started, settings)])


def improver_name(improver: str) -> str | None:
    """Return the library's name of an improver by its id, None where it has none."""
    for entry in improvers.names():
        if improvers.find(entry.name).id == improver:
            return entry.name
    return None


def scale_name(experiment: Experiment[Any], settings: Settings) -> str:
    """Return the scale's name, with the numbers that differ from it."""
    name, changes = _nearest_scale(experiment, settings)
    return name + "".join(f", {field} {number}" for field, number in changes.items())


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _command_words(experiment: Experiment[Any], started: RunStarted) -> list[str]:
    """Return the command with what only it takes; `run` and `improve` follow from the rest."""
    if "arguments" in started.details:
        return list(started.details["arguments"])
    tasks = [task.path or task.name for task in started.tasks]
    return [started.command, *tasks, *_improver_words(experiment, started)]


def _improver_words(experiment: Experiment[Any], started: RunStarted) -> list[str]:
    name = improver_name(started.improver)
    if name == experiment.improver:
        return []
    return ["--improver", name or f"FILE_OF_{started.improver[:10]}.py"]


def _scale_words(experiment: Experiment[Any], settings: Settings) -> list[str]:
    name, changes = _nearest_scale(experiment, settings)
    words = ["--scale", name] if name != "small" else []
    for field, number in changes.items():
        words += [_flag(field), str(number)]
    if settings.improver_seconds != Settings.improver_seconds:
        words += ["--improver-seconds", f"{settings.improver_seconds:g}"]
    return words


def _sandbox_words(started: RunStarted, settings: Settings) -> list[str]:
    words = ["--unsafe"] if started.sandbox == "unconfined" else []
    if settings.score_despite_attempts:
        words += [_flag("score_despite_attempts")]
    for category in settings.report_only:
        words += [_flag("report_only"), category]
    return words


def _nearest_scale(experiment: Experiment[Any], settings: Settings) -> tuple[str, dict[str, int]]:
    """Return the scale with the fewest differences, and these.

    The command has no flags for the numbers that it does not use; they are the scale's.
    """
    used = experiment.numbers
    numbers = asdict(settings.scale)
    differences = {
        name: {
            field: number for field, number in numbers.items() if number != getattr(scale, field)
        }
        for name, scale in SCALES.items()
    }
    order = ("small", "tiny", "paper")

    def distance(name: str) -> tuple[int, int, int]:
        differing = differences[name].keys()
        return len(differing - used), len(differing & used), order.index(name)

    best = min(order, key=distance)
    return best, {
        field: differences[best][field]
        for field in numbers
        if field in used & differences[best].keys()
    }
