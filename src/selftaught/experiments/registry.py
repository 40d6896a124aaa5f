"""The one place that knows all experiments: a new one is listed here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from selftaught.errors import UsageError
from selftaught.experiments.arms import ARMS
from selftaught.experiments.bypass.experiment import BYPASS
from selftaught.experiments.compare import COMPARE
from selftaught.experiments.improve import IMPROVE
from selftaught.experiments.minimise import MINIMISE
from selftaught.experiments.paper.experiment import PAPER
from selftaught.experiments.revalidate import REVALIDATE
from selftaught.experiments.run import RUN
from selftaught.experiments.transfer import TRANSFER
from selftaught.patching.experiment import PATCH
from selftaught.runs.experiment import Experiment
from selftaught.values.facts import RunStarted

EXPERIMENTS: tuple[Experiment[Any], ...] = (
    RUN,
    IMPROVE,
    PATCH,
    COMPARE,
    ARMS,
    TRANSFER,
    REVALIDATE,
    MINIMISE,
    BYPASS,
    PAPER,
)


def experiment_of(started: RunStarted) -> Experiment[Any]:
    """Return the experiment that a run began with.

    Raises:
        UsageError: this version knows none of that kind.
    """
    return find(started.command, started.details)


def find(kind: str, details: Mapping[str, Any]) -> Experiment[Any]:
    """Return the experiment of a kind of runs with these details.

    Raises:
        UsageError: there is none of that kind.
    """
    for each in EXPERIMENTS:
        if each.kind == kind and each.owns(details):
            return each
    kinds = ", ".join(dict.fromkeys(each.kind for each in EXPERIMENTS))
    raise UsageError(f"a run of one of the kinds {kinds}", f"one of kind {kind}")
