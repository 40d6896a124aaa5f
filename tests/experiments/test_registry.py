"""The registry: every run belongs to one experiment, whose parameters are kept as they were."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from selftaught.errors import UsageError
from selftaught.experiments.registry import EXPERIMENTS, find
from selftaught.runs.rerun import command_again
from selftaught.values.facts import RunStarted

GOLDENS = Path(__file__).parents[1] / "goldens"
OF_COMMANDS = "patch"
"""Its details are not whole in a golden: some differ by machine."""


def begun() -> list[Any]:
    """How the runs of the goldens began."""
    found = []
    for path in sorted(GOLDENS.glob("*.json")):
        for name, each in json.loads(path.read_text(encoding="utf-8")).items():
            if path.stem != OF_COMMANDS and "started" in each:
                found.append(pytest.param(each["started"], id=f"{path.stem}: {name}"))
    return found


@pytest.mark.parametrize("started", begun())
def test_parameters_are_recorded_as_they_were(started: dict[str, Any]) -> None:
    experiment = find(started["command"], started["details"])
    again = experiment.parameters.from_details(started["details"]).as_details()
    assert json.dumps(again) == json.dumps(started["details"])


@pytest.mark.parametrize("started", begun())
def test_the_command_that_makes_a_run_again_names_it(started: dict[str, Any]) -> None:
    fact = RunStarted(**started, version="0", sandbox="namespaces")
    experiment = find(fact.command, fact.details)
    assert command_again(experiment, fact).startswith(f"selftaught {experiment.kind} ")


def test_each_run_is_of_one_experiment_only() -> None:
    for kind in {each.kind for each in EXPERIMENTS}:
        for details in ({}, {"arms": True}):
            owners = [each for each in EXPERIMENTS if each.kind == kind and each.owns(details)]
            assert owners == [find(kind, details)]


def test_a_run_of_another_version_is_refused_by_its_kind() -> None:
    with pytest.raises(UsageError, match="of kind dream"):
        find("dream", {})
