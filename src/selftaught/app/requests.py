"""Requests: what a person asks of a run from another process, and its removal."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from selftaught.app.approval import REJECT, answer
from selftaught.app.reading import FILES, known_state
from selftaught.app.session import Options, open_store
from selftaught.errors import StoreError, UsageError
from selftaught.values.facts import Decided


@dataclass(frozen=True)
class Asked:
    """A request that was put to a run, and the run's state when it was put."""

    run: str
    request: str
    state: str


def ask(options: Options, run: str, action: str) -> Asked:
    """Ask a run that goes on to ``pause``, ``resume`` or ``stop``; return what was asked.

    Raises:
        UnknownNameError: there is no such run.
        UsageError: no process works on it.
    """
    with open_store(options, create=False) as store:
        info = store.run(run)
        if store.owner(info.run) is None:
            raise UsageError(
                f"an active run to {action}",
                f"{info.run}, which is not active (state {known_state(store, info)})",
                f"if it is not done, continue it with `selftaught resume {info.run}`",
            )
        store.request(info.run, action)
        return Asked(info.run, action, info.state)


def approve(options: Options, run: str, *, reject: bool = False) -> Asked:
    """Give a person's word on the improver that a run waits with; return what was asked.

    Raises:
        UnknownNameError: there is no such run.
        UsageError: the run does not wait.
    """
    with open_store(options, create=False) as store:
        info = store.run(run)
        if info.state != "waiting":
            raise UsageError(
                "a run that waits for approval",
                f"{info.run}, which is {known_state(store, info)}",
                "`selftaught runs` shows which runs are waiting",
            )
        decision = store.last(info.run, "decided")
        assert decision is not None
        assert isinstance(decision.fact, Decided)
        proposed = decision.fact.proposed or ""
        store.request(info.run, "approve", answer(proposed, reject=reject))
        return Asked(info.run, REJECT if reject else "approve", info.state)


def delete(options: Options, run: str) -> list[str]:
    """Remove a run from the store, and the files that it wrote; return those files.

    Args:
        options: where the store is.
        run: the run's whole id; a beginning is not enough for what can't be undone.

    Raises:
        UnknownNameError: there is no such run.
        UsageError: the id is not whole.
        StoreError: the run goes on, or a file can't be removed.
    """
    with open_store(options, create=False) as store:
        info = store.run(run)
        if info.run != run:
            raise UsageError(
                "the complete id of a run", f"{run!r}, a prefix of {info.run}", "give it in full"
            )
        store.delete(run)
    return _remove_files(options, run)


def _remove_files(options: Options, run: str) -> list[str]:
    folder, removed = options.folder / run, []
    try:
        for name in sorted(set(FILES.values())):
            if (folder / name).exists():
                (folder / name).unlink()
                removed.append(str(folder / name))
    except OSError as error:
        raise StoreError(f"{folder} to be removable", str(error), "delete it manually") from error
    with suppress(OSError):  # what else is in it is the user's
        folder.rmdir()
    return removed
