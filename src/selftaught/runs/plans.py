"""Plans: what a run is to do, as the user asked or as the log of an older session says."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from selftaught import __version__
from selftaught.engine.engine import Engine
from selftaught.engine.settings import Caps, Settings
from selftaught.errors import StoreError, UsageError
from selftaught.improver import registry as improvers
from selftaught.ports import RunStore
from selftaught.runs.experiment import Experiment, P, Plan
from selftaught.tasks import registry as tasks
from selftaught.values.event import RunInfo
from selftaught.values.facts import SESSIONS, RunStarted, SessionStarted
from selftaught.values.program import Program
from selftaught.values.records import TaskRecord
from selftaught.values.task import Task


def plan(
    experiment: Experiment[P],
    names: Sequence[str | Task],
    *,
    improver: str | Program,
    model: str,
    settings: Settings,
    parameters: P,
) -> Plan[P]:
    """Return the plan of an experiment on tasks.

    Args:
        experiment: what is to be done.
        names: of the tasks, or themselves.
        improver: to start from, or its name.
        model: its name.
        settings: every number.
        parameters: what the experiment needs besides.

    Raises:
        UnknownNameError: a task or improver does not exist.
        TaskFormatError: a task folder has faults.
        UsageError: no task, or the same one twice.
    """
    found = found_tasks(names)
    if not found:
        raise UsageError("at least one task", "none", "`selftaught tasks` lists the bundled tasks")
    repeated = {task.name for task in found if sum(t.name == task.name for t in found) > 1}
    if repeated:
        raise UsageError("each task once", f"{', '.join(sorted(repeated))} more than once")
    start = improver if isinstance(improver, Program) else improvers.find(improver)
    return Plan(experiment, parameters, found, start, model, settings)


def found_tasks(names: Sequence[str | Task]) -> tuple[Task, ...]:
    """Return the tasks of these names or paths; those that are tasks stay.

    Raises:
        UnknownNameError: one does not exist.
        TaskFormatError: a task folder has faults.
    """
    return tuple(name if isinstance(name, Task) else tasks.find(name) for name in names)


def started(plan: Plan[Any], sandbox: str, model: str) -> RunStarted:
    """Return a run's first fact, from which `planned` makes the plan again.

    Args:
        plan: what to do.
        sandbox: the sandbox's mode.
        model: the model's own name: of a recording, that of the model that was recorded.
    """
    return RunStarted(
        command=plan.command,
        version=__version__,
        seed=plan.settings.seed,
        model=model,
        improver=plan.improver.id,
        tasks=tuple(
            TaskRecord(name=task.name, path=task.reference, digest=task.digest)
            for task in plan.tasks
        ),
        settings=plan.settings.as_data(),
        sandbox=sandbox,
        programs={name: program.id for name, program in plan.programs.items()},
        details=plan.parameters.as_details(),
    )


def planned(
    experiment: Experiment[P],
    store: RunStore,
    run: str,
    *,
    rebase: bool = False,
    caps: Caps | None = None,
) -> Plan[P]:
    """Return the plan of a run that is in the store.

    Args:
        experiment: the run's.
        store: where the run is.
        run: the run's full id.
        rebase: go on even where a task's files have changed since.
        caps: limits given anew; those that are None stay as the last session had them.

    Raises:
        StoreError: the run has no first event, or another version of selftaught began it.
        UsageError: a task was made in Python, or its files have changed.
    """
    fact = begun(store, run)
    _check_version(run, fact.version)
    found = experiment.tasks(fact)
    changed = [
        f"{task.name} (digest {record.digest[:12]}, now {task.digest[:12]})"
        for record, task in zip(fact.tasks, found, strict=True)
        if record.digest != task.digest
    ]
    if changed and not rebase:
        raise UsageError(
            "the task files with which the run began",
            f"changes in {', '.join(changed)}",
            "restore them, or continue with --rebase and accept that scores from before and "
            "after the change are mixed",
        )
    improver = Program(store.get(fact.improver))
    session = _last_session(store, run)
    limits = (Caps(**session.limits) if session else Caps()).given_anew(caps or Caps())
    model = opened_by(store, run)
    settings = Settings.from_data(fact.settings, limits)
    programs = {name: Program(store.get(program)) for name, program in fact.programs.items()}
    parameters = experiment.parameters.from_details(fact.details)
    return Plan(experiment, parameters, found, improver, model, settings, programs)  # type: ignore[arg-type]


def opened_by(store: RunStore, run: str) -> str:
    """Return the name under which a run's last session opened its model.

    Raises:
        StoreError: the run has no first event.
    """
    session = _last_session(store, run)
    return (session.model if session else "") or begun(store, run).model


def begun(store: RunStore, run: str) -> RunStarted:
    """Return how a run began; reads one event.

    Raises:
        StoreError: it has no first event.
    """
    event = store.last(run, "run_started")
    if event is None or not isinstance(event.fact, RunStarted):
        raise StoreError(f"run {run} to have started", "no first event", "start a new run")
    return event.fact


def _last_session(store: RunStore, run: str) -> SessionStarted | None:
    event = store.last(run, "session_started")
    return event.fact if event and isinstance(event.fact, SessionStarted) else None


def _check_version(run: str, version: str) -> None:
    """Refuse a run that this version would carry on differently.

    Versions that differ in the last number alone give equal runs; others may ask other
    prompts or draw other seeds, so that the two halves would not be one run.
    """
    if version.split(".")[:2] != __version__.split(".")[:2]:
        raise StoreError(
            f"a run started by selftaught {__version__}",
            f"run {run}, started by version {version}",
            f"finish it with version {version}, or start a new run; `selftaught show` and "
            "`selftaught export` can still read it",
        )


def new_run(store: RunStore, plan: Plan[Any]) -> str:
    """Add a run to the store and return its id."""
    now = time.time()
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(now))
    run = f"{plan.command}-{stamp}-{secrets.token_hex(3)}"
    names = tuple(task.name for task in plan.tasks)
    store.create(RunInfo(run, plan.command, names, plan.model, "running", now))
    return run


def check_sandbox(began: str, now: str) -> None:
    """Refuse to carry a run on in another mode of the sandbox than the one it began in.

    Every result says how its program was confined, and a run says it once for all of them.

    Raises:
        StoreError: the two modes differ; the message says how to go on.
    """
    if began == now:
        return
    step = f"resume it on a machine where `selftaught doctor` shows the mode {began}"
    if began == "unconfined":
        step = "resume it with --unsafe as well"
    elif now == "unconfined":
        step = "resume it without --unsafe"
    raise StoreError(
        f"the sandbox's mode {began}, in which the run began",
        f"the mode {now}",
        f"{step}, or start a new run",
    )


def begin(engine: Engine, plan: Plan[Any], sandbox: str) -> None:
    """Write a run's first fact, unless it is there, and that a session begins.

    Raises:
        StoreError: the run began in another mode of the sandbox.
    """
    journal = engine.journal
    for fact in journal.facts():
        if isinstance(fact, RunStarted):
            check_sandbox(fact.sandbox, sandbox)
            break
    for program in (plan.improver, *plan.programs.values()):
        journal.put(program.source)
    journal.write("", started(plan, sandbox, engine.model), "run")
    earlier = sum(isinstance(fact, SessionStarted) for fact in journal.facts())
    session = SessionStarted(
        version=__version__, limits=asdict(plan.settings.caps), model=plan.model
    )
    journal.write(SESSIONS, session, f"session-start:{earlier}")
