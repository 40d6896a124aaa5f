"""Carrying out: a run from its plan to its answer, watched on the way."""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import RenderableType
from rich.syntax import Syntax

from selftaught.app.files import refuse_unwritable, write_bytes, write_program
from selftaught.app.found import test_difference
from selftaught.app.minimise_result import MinimiseResult
from selftaught.app.patch.names import COMMAND as PATCH
from selftaught.app.patch.result import UNCONFIRMED, PatchResult
from selftaught.app.plans import Plan, begun, planned
from selftaught.app.products import cost
from selftaught.app.record import Finding
from selftaught.app.results import ImproveResult, RunResult
from selftaught.app.session import DEFAULT_STORE, Options, open_store
from selftaught.app.watch import watch
from selftaught.app.working import Audience, execute, resume
from selftaught.cli.answer import Answer
from selftaught.cli.asking import Approver
from selftaught.cli.consent import settle
from selftaught.cli.console import progress, visible
from selftaught.cli.detaching import in_background
from selftaught.cli.leaving import tell_leaving
from selftaught.cli.options import Consent
from selftaught.cli.watching import Watcher, watching
from selftaught.cli.words.improve import improve_words
from selftaught.cli.words.recorded import recorded_words
from selftaught.cli.words.run import run_words
from selftaught.cli.words.watch import watch_words
from selftaught.engine.settings import Caps, Products
from selftaught.errors import LimitReached, SelftaughtError, UsageError
from selftaught.ports import RunStore
from selftaught.values.event import RunInfo

_WRITING = ("improve", PATCH, "minimise")
"""Kinds of runs whose result `--output` can write."""

STATUS = {"done": 0, "budget": 3, "interrupted": 130, "error": 1}
NOTHING_BETTER = 4
"""Exit status of an `improve` that came to its end and found nothing better."""
BUILT_IN = "offline"


def carry_out(
    plan: Plan,
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
            tell_leaving(plan, options, consent)
        settle(most, consent)
    if detach:
        return in_background(options)
    result = _watched(
        most.products,
        lambda watcher: execute(plan, options, _audience(watcher), began=began),
        lambda run: _again(run, options, output),
    )
    return _concluded(result, options, output)


def go_on(
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
    if run.kind not in _WRITING:
        kinds = ", ".join(_WRITING)
        raise UsageError(
            f"a run of one of the kinds {kinds}, since you gave --output",
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
        noticed = _noticed(store, result.run)
        if isinstance(result, ImproveResult):
            before = store.get(result.seed_program.id)
            after = store.get(result.best.id)
            difference = test_difference(store, result)
            _show_diff(before, after)
            if output and not result.better:
                progress().print(_unwritten(result, output))
            elif output:
                write_program(output, after)
                result = result.model_copy(
                    update={"best": result.best.model_copy(update={"path": str(output)})}
                )
            improved = result
            words = lambda: [*improve_words(improved, started, difference), *noticed]  # noqa: E731
        elif isinstance(result, RunResult):
            ran = result
            words = lambda: [*run_words(ran, started), *noticed]  # noqa: E731
        else:
            if output and isinstance(result, MinimiseResult) and result.after:
                write_program(output, store.get(result.after.id))
                written = result.after.model_copy(update={"path": str(output)})
                result = result.model_copy(update={"after": written})
            if output and isinstance(result, PatchResult) and result.claim and result.patch:
                path = write_bytes(output, Path(result.patch).read_bytes())
                best = result.best.model_copy(update={"path": path})
                result = result.model_copy(update={"patch": path, "best": best})
            recorded = result
            words = lambda: [*recorded_words(recorded, started), *noticed]  # noqa: E731
        if isinstance(result, PatchResult):
            _show(result.diff)
    _tell_end(result, [_again(result.run, options, output), *_more(result)])
    return Answer(result.model_dump(mode="json"), words, _status(result, started.model))


def _status(result: Finding, model: str) -> int:
    """Return the exit status that a run's result asks for.

    In a repository the built-in model serves to try the check and the score: a run that
    comes to its end shows that they work, whether or not it finds anything.
    """
    better = result.better if isinstance(result, ImproveResult | PatchResult) else None
    rehearsal = isinstance(result, PatchResult) and model == BUILT_IN
    if result.stopped == "done" and better is False and not rehearsal:
        return NOTHING_BETTER
    return STATUS[result.stopped or "error"]


def _unwritten(result: ImproveResult, output: Path) -> str:
    why = "no program is better than the seed program"
    if result.better is None:
        why = "nothing is decided until the run has finished"
    return f"{output} was not written: {why}"


def _noticed(store: RunStore, run: str) -> list[RenderableType]:
    """Return what the watch for reward hacking flags; `show` tells the rest of it."""
    found = watch(store.state(run), store.get)
    return watch_words(found) if found.flags else []


def _tell_end(result: Finding, again: Sequence[str]) -> None:
    if result.stopped == "done":
        return
    progress().print(f"ended early ({result.stopped}): {visible(result.reason)}")
    progress().print(f"continue with: {' '.join(again)}", soft_wrap=True)


def _more(result: Finding) -> list[str]:
    """Return the option that lets a run go on whose limit is spent: twice as much."""
    spent = LimitReached.read(result.reason) if result.stopped == "budget" else None
    if spent is None:
        return []
    most = 2 * spent.limit
    compared = result.comparison if isinstance(result, PatchResult) else None
    if compared and compared.status == UNCONFIRMED and spent.resource == "seconds":
        most = max(most, compared.figures["seconds"])
    return [f"--max-{spent.resource.replace('_', '-')}", f"{most:g}"]


def _show_diff(before: str, after: str) -> None:
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), "seed program", "best program", lineterm=""
    )
    _show("\n".join(lines))


def _show(difference: str) -> None:
    diff = visible(difference)
    console = progress()
    if diff and console.is_terminal:
        console.print(Syntax(diff, "diff", theme="ansi_dark", word_wrap=True))
    elif diff:
        console.file.write(diff + "\n")
