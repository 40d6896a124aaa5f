"""The result of a run in words, whatever its experiment is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.console import RenderableType

from selftaught.cli import figures
from selftaught.cli.text.answers import answer_words
from selftaught.cli.text.arms import arms_words
from selftaught.cli.text.bypass import bypass_words
from selftaught.cli.text.compare import compare_words
from selftaught.cli.text.improve import improve_words
from selftaught.cli.text.minimise import minimise_words
from selftaught.cli.text.paper import paper_words
from selftaught.cli.text.patch import patch_words
from selftaught.cli.text.revalidate import revalidate_words
from selftaught.cli.text.run import run_words
from selftaught.cli.text.transfer import transfer_words
from selftaught.experiments.arms import ArmsResult
from selftaught.experiments.bypass.result import BypassResult
from selftaught.experiments.compare import CompareResult
from selftaught.experiments.improve import test_difference
from selftaught.experiments.minimise import MinimiseResult
from selftaught.experiments.paper.result import PaperResult
from selftaught.experiments.registry import experiment_of
from selftaught.experiments.revalidate import RevalidateResult
from selftaught.experiments.transfer import TransferResult
from selftaught.patching.result import PatchResult
from selftaught.ports import RunStore
from selftaught.runs.log import Finding, Recorded
from selftaught.runs.rerun import command_again
from selftaught.runs.results import ImproveResult, RunResult
from selftaught.values.facts import RunStarted

_WORDS: dict[type[Recorded], Callable[[Any], list[RenderableType]]] = {
    ArmsResult: arms_words,
    BypassResult: bypass_words,
    CompareResult: compare_words,
    MinimiseResult: minimise_words,
    PaperResult: paper_words,
    PatchResult: patch_words,
    RevalidateResult: revalidate_words,
    TransferResult: transfer_words,
}


def result_words(result: Finding, started: RunStarted, store: RunStore) -> list[RenderableType]:
    """Return what was found, what was spent, and the command that makes it again.

    Args:
        result: of the run.
        started: how the run began.
        store: where it is.
    """
    experiment = experiment_of(started)
    if isinstance(result, ImproveResult):
        return improve_words(result, (experiment, started), test_difference(store, result))
    if isinstance(result, RunResult):
        return run_words(result, (experiment, started))
    return [
        *_WORDS[type(result)](result),
        *answer_words(result.answers, getattr(result, "next", "")),
        f"spent: {figures.spent(result.spent)}",
        f"attempts: {figures.attempts(result.attempts)}; sandbox: {result.sandbox}",
        f"model {result.model}, seed {result.seed}, selftaught {started.version}, run {result.run}",
        f"again: {command_again(experiment, started)}",
    ]
