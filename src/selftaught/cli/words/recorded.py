"""The results of commands that judge improvers and programs, in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.console import RenderableType

from selftaught.cli import figures
from selftaught.cli.words.answers import answer_words
from selftaught.cli.words.arms import arms_words
from selftaught.cli.words.bypass import bypass_words
from selftaught.cli.words.compare import compare_words
from selftaught.cli.words.minimise import minimise_words
from selftaught.cli.words.paper import paper_words
from selftaught.cli.words.patch import patch_words
from selftaught.cli.words.revalidate import revalidate_words
from selftaught.cli.words.transfer import transfer_words
from selftaught.experiments.arms_result import ArmsResult
from selftaught.experiments.bypass.result import BypassResult
from selftaught.experiments.compare_result import CompareResult
from selftaught.experiments.minimise_result import MinimiseResult
from selftaught.experiments.paper.result import PaperResult
from selftaught.experiments.revalidate_result import RevalidateResult
from selftaught.experiments.transfer_result import TransferResult
from selftaught.patching.result import PatchResult
from selftaught.runs.log import Recorded
from selftaught.runs.rerun import command_again
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


def recorded_words(result: Recorded, started: RunStarted) -> list[RenderableType]:
    """Return what was found, what was spent, and the command that makes it again."""
    return [
        *_WORDS[type(result)](result),
        *answer_words(result.answers, getattr(result, "next", "")),
        f"spent: {figures.spent(result.spent)}",
        f"attempts: {figures.attempts(result.attempts)}; sandbox: {result.sandbox}",
        f"model {result.model}, seed {result.seed}, selftaught {started.version}, run {result.run}",
        f"again: {command_again(started)}",
    ]
