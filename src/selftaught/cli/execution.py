"""Carrying out: a run from its plan to its answer, watched on the way."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import RenderableType
from rich.syntax import Syntax

from selftaught.cli.answer import Answer
from selftaught.cli.approval import Approver
from selftaught.cli.background import in_background
from selftaught.cli.consent import settle
from selftaught.cli.console import progress, visible
from selftaught.cli.disclosure import disclose
from selftaught.cli.display import Watcher, watching
from selftaught.cli.options import Consent
from selftaught.cli.text.results import result_words
from selftaught.cli.text.watch import watch_words
from selftaught.engine.settings import Caps, Products
from selftaught.errors import LimitReached, SelftaughtError, UsageError
from selftaught.experiments.registry import EXPERIMENTS, experiment_of
from selftaught.experiments.stored import planned, resume
from selftaught.ports import RunStore
from selftaught.runs.cost import cost
from selftaught.runs.executor import Audience, execute
from selftaught.runs.experiment import Experiment, Plan
from selftaught.runs.files import refuse_unwritable
from selftaught.runs.log import Finding
from selftaught.runs.plans import begun
from selftaught.runs.resources import DEFAULT_STORE, Options, open_store
from selftaught.runs.watch import watch
from selftaught.values.event import RunInfo

STATUS = {"done": 0, "budget": 3, "interrupted": 130, "error": 1}
NOTHING_BETTER = 4
"""Exit status of an `improve` that came to its end and found nothing better."""
BUILT_IN = "offline"


def start_run(
    plan: Plan[Any],
    options: Options,
    consent: Consent | None,
    *,
    output: Path | None = None,
    detach: bool = False,
    began: float | None = None,
) -> Answer:
    """Return the answer of a new run.

    Args:
        plan: what to do.
        options: how to work.
        consent: what is done without asking; None: all was asked and answered.
        output: where the best program, or the patch, is written as well.
        detach: let a process in the background carry it out.
        began: when its wall time began, by `time.monotonic`; None: it begins now.

    Raises:
        SelftaughtError: the run failed, or may not start.
    """
    if output:
        refuse_unwritable(output)
    most = cost(plan, options.model)
    if consent:
        if most.products.responses:
            disclose(plan, options, consent)
        settle(most, consent)
    if detach:
        return in_background(options)
    result = _watched(
        most.products,
        lambda watcher: execute(plan, options, _audience(watcher), began=began),
        lambda run: _again(run, options, output),
    )
    return _concluded(result, options, output)


def resume_run(
    run: str,
    options: Options,
    consent: Consent,
    *,
    rebase: bool,
    caps: Caps,
    output: Path | None = None,
    detach: bool = False,
) -> Answer:
    """Return the answer of a run that goes on where it stopped.

    Raises:
        SelftaughtError: the run failed, or may not go on.
        UsageError: there is an output, and nothing of the run that could be written there.
    """
    with open_store(options, create=False) as store:
        run = store.run(run).run
        if output:
            _refuse_output(store.run(run))
            refuse_unwritable(output)
        if store.owner(run) is not None and store.run(run).state == "paused":
            _refuse_output_elsewhere(run, store.owner(run), output)
            store.request(run, "resume")
            asked = {"run": run, "request": "resume", "state": "paused"}
            return Answer(asked, lambda: [f"asked {run} to continue"])
        plan = planned(store, run, rebase=rebase, caps=caps)
        ended = store.run(run).state == "done"
    most = cost(plan, options.model)
    if not ended:
        settle(most, consent)
    if detach:
        return in_background(options)
    result = _watched(
        most.products,
        lambda watcher: resume(
            run,
            options,
            rebase=rebase,
            caps=caps,
            audience=_audience(watcher),
        ),
        lambda run: _again(run, options, output),
    )
    return _concluded(result, options, output)


def _audience(watcher: Watcher) -> Audience:
    return Audience(watcher.listener, Approver(watcher.view), watcher.tell)


def _refuse_output(run: RunInfo) -> None:
    kinds = [each.kind for each in EXPERIMENTS if each.writes_output]
    if run.kind not in kinds:
        raise UsageError(
            f"a run of one of the kinds {', '.join(kinds)}, since you gave --output",
            f"{run.run}, of kind {run.kind}",
            f"omit --output; selftaught show {run.run} prints the run's result",
        )


def _refuse_output_elsewhere(run: str, process: int | None, output: Path | None) -> None:
    if output:
        raise UsageError(
            f"a run to continue here, since you gave --output; {run} is active in process "
            f"{process}",
            f"--output {output}",
            f"resume it without --output; selftaught show {run} --best prints its program",
        )


def _watched(
    most: Products, work: Callable[[Watcher], Finding], again: Callable[[str], str]
) -> Finding:
    with watching(most) as watcher:
        try:
            return work(watcher)
        except SelftaughtError:
            if watcher.run:
                progress().print(
                    f"the recorded part of the run is kept; continue with: {again(watcher.run)}"
                )
            raise


def _again(run: str, options: Options, output: Path | None) -> str:
    """Return the command that goes on with a run and writes what was to be written."""
    words = ["selftaught", "resume", run]
    if options.store != DEFAULT_STORE:
        words += ["--store", str(options.store)]
    if output:
        words += ["--output", str(output)]
    return shlex.join(words)


def _concluded(result: Finding, options: Options, output: Path | None) -> Answer:
    with open_store(options, create=False) as store:
        started = begun(store, result.run)
        experiment = experiment_of(started)
        noticed = _noticed(store, result.run)
        _show(experiment.difference(result, store.get))
        if output:
            result, unwritten = experiment.deliver(result, output, store.get)
            if unwritten:
                progress().print(unwritten)
        words = result_words(result, started, store)
    _tell_end(result, [_again(result.run, options, output), *_more(experiment, result)])
    rehearsal = experiment.rehearses and started.model == BUILT_IN
    status = _status(result, better=None if rehearsal else experiment.is_better(result))
    return Answer(result.model_dump(mode="json"), lambda: [*words, *noticed], status)


def _status(result: Finding, *, better: bool | None) -> int:
    if result.stopped == "done" and better is False:
        return NOTHING_BETTER
    return STATUS[result.stopped or "error"]


def _noticed(store: RunStore, run: str) -> list[RenderableType]:
    """Return what the watch for reward hacking flags; `show` tells the rest of it."""
    found = watch(store.state(run), store.get)
    return watch_words(found) if found.flags else []


def _tell_end(result: Finding, again: Sequence[str]) -> None:
    if result.stopped == "done":
        return
    progress().print(f"ended early ({result.stopped}): {visible(result.reason)}")
    progress().print(f"continue with: {' '.join(again)}", soft_wrap=True)


def _more(experiment: Experiment[Any], result: Finding) -> list[str]:
    """Return the option that lets a run go on whose limit is spent: twice as much."""
    spent = LimitReached.read(result.reason) if result.stopped == "budget" else None
    if spent is None:
        return []
    most = 2 * spent.limit
    if spent.resource == "seconds":
        most = max(most, experiment.seconds_needed(result))
    return [f"--max-{spent.resource.replace('_', '-')}", f"{most:g}"]


def _show(difference: str) -> None:
    diff = visible(difference)
    console = progress()
    if diff and console.is_terminal:
        console.print(Syntax(diff, "diff", theme="ansi_dark", word_wrap=True))
    elif diff:
        console.file.write(diff + "\n")
