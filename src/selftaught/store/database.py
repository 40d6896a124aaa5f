"""The database file: opening it, transactions on it, and what SQLite's errors mean to a user."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from selftaught.errors import StoreError
from selftaught.store.schema import STEPS, Step, check_version, migrate, version_of

OTHER_FILE = "or name another file with --store"

MEANINGS: tuple[tuple[str, str, str], ...] = (
    (
        "SQLITE_BUSY",
        "the store to be free for a moment",
        "end the program that has it open for writing (a database browser?), then go on",
    ),
    (
        "SQLITE_LOCKED",
        "the store to be free for a moment",
        "end the program that has it open for writing (a database browser?), then go on",
    ),
    (
        "SQLITE_FULL",
        "room on the disk for the store",
        "free some space, then `selftaught resume` the run: everything written so far is kept",
    ),
    (
        "SQLITE_READONLY",
        "write access to the store and its folder",
        f"give yourself write permission on both, {OTHER_FILE}",
    ),
    (
        "SQLITE_CANTOPEN",
        "a store that can be opened and a folder that can be written",
        f"check that the path is a file and that its folder may be written, {OTHER_FILE}",
    ),
    (
        "SQLITE_NOTADB",
        "a store of selftaught",
        "name another file with --store; this one is not changed",
    ),
    (
        "SQLITE_CORRUPT",
        "an intact store",
        f"restore a backup, save what is left with `sqlite3 FILE .recover`, {OTHER_FILE}",
    ),
    (
        "SQLITE_IOERR",
        "a disk that can be read and written",
        f"check the disk and its free space, then `selftaught resume` the run, {OTHER_FILE}",
    ),
)
"""Beginning of SQLite's error name; what was expected; the next step."""


RETRY_SECONDS = 0.02


def explained(path: Path, error: sqlite3.Error) -> StoreError:
    """Return the StoreError that says what an error of SQLite on ``path`` means."""
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    for beginning, expected, next_step in MEANINGS:
        if name.startswith(beginning):
            return StoreError(expected, f"{path}: {error} ({name})", next_step)
    return StoreError("the store to work", f"{path}: {error} ({name})", "see the cause above")


@contextmanager
def faults(path: Path) -> Iterator[None]:
    """Raise SQLite's errors inside the block as StoreErrors about ``path``."""
    try:
        yield
    except sqlite3.Error as error:
        raise explained(path, error) from error


class Database:
    """A SQLite file in WAL mode with today's schema; safe to use from several threads.

    What was committed survives the end of the process, however it ends. A power loss may take
    back transactions that did not ask to be synced, but only those after the last that did:
    the log is written in order. A file that may only be read is opened for reading.
    """

    def __init__(
        self,
        path: Path,
        *,
        create: bool = True,
        lock_seconds: float = 30.0,
        steps: Sequence[Step] = STEPS,
    ) -> None:
        """Open ``path``, make it where it is missing, and bring it to the newest version.

        Args:
            path: the file; its folder is made, too.
            create: whether to make it; otherwise a missing file is an error.
            lock_seconds: how long to wait for another writer.
            steps: the schema's steps.

        Raises:
            StoreError: it can't be opened, or is no store that this version can read.
        """
        self.path = path
        self._lock = threading.RLock()
        self._lock_seconds = lock_seconds
        self._taken: StoreError | None = None
        self._synced = True
        self._prepare_folder(create)
        self.writable = _may_write(path)
        with faults(path):
            self._db = self._connect()
            try:
                self._set_up(steps)
            except BaseException:
                self._db.close()
                raise
        self._identity = _identity(path)

    def _prepare_folder(self, create: bool) -> None:
        if self.path.exists():
            return
        if not create:
            raise StoreError(
                f"a store at {self.path}",
                "no such file",
                "start a run first, or name the store with --store",
            )
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"a folder for the store at {self.path.parent}",
                error.strerror or str(error),
                "use --store to name a file in a writable folder",
            ) from error

    def _connect(self) -> sqlite3.Connection:
        mode = "rwc" if self.writable else "ro"
        uri = f"file:{quote(str(self.path.absolute()))}?mode={mode}"
        if not self.writable and not _beside(self.path, "-wal").exists():
            # Without a write-ahead log nobody is writing, and without write permission
            # SQLite can't make the shared memory that a WAL database otherwise needs.
            uri += "&immutable=1"
        return sqlite3.connect(
            uri,
            uri=True,
            timeout=self._lock_seconds,
            isolation_level=None,
            check_same_thread=False,
        )

    def _set_up(self, steps: Sequence[Step]) -> None:
        version = version_of(self._db)
        check_version(version, len(steps))
        if not self.writable:
            if version < len(steps):
                raise StoreError(
                    f"write access to upgrade {self.path} from version {version} to {len(steps)}",
                    "a read-only file or folder",
                    "copy it to a writable folder, and name the copy with --store",
                )
            return
        if version == 0:
            self._db.execute("PRAGMA auto_vacuum = INCREMENTAL")
        self._enter_wal()
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA foreign_keys = ON")
        if version < len(steps):
            migrate(self._db, steps)

    def _enter_wal(self) -> None:
        """Switch to WAL; SQLite doesn't wait here when several processes do so at once."""
        deadline = time.monotonic() + self._lock_seconds
        while True:
            try:
                self._db.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(RETRY_SECONDS)

    def query(self, sql: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query.

        Raises:
            StoreError: the store can't be read.
        """
        with self._lock, faults(self.path):
            return self._db.execute(sql, tuple(values)).fetchall()

    @contextmanager
    def transaction(self, *, synced: bool = True) -> Iterator[sqlite3.Connection]:
        """Write in one transaction: all of the block or nothing.

        Args:
            synced: whether to wait until the disk has it, with all that was written before.

        Raises:
            StoreError: the store can't be written, or its file has been taken away.
            sqlite3.IntegrityError: the block broke a constraint.
        """
        with self._lock:
            if self._taken:
                raise self._taken
            try:
                self._sync(synced)
                self._db.execute("BEGIN IMMEDIATE")
                try:
                    yield self._db
                    self._db.execute("COMMIT")
                except BaseException:
                    if self._db.in_transaction:
                        self._db.execute("ROLLBACK")
                    raise
            except sqlite3.IntegrityError:
                raise
            except sqlite3.Error as error:
                raise explained(self.path, error) from error
            self._check_taken()

    def _sync(self, synced: bool) -> None:
        if synced != self._synced:
            self._db.execute(f"PRAGMA synchronous = {'FULL' if synced else 'NORMAL'}")
            self._synced = synced

    def _check_taken(self) -> None:
        """Raise where the file at the path is no longer the one that is written to.

        SQLite itself goes on writing to a file that was removed. What it held is saved
        beside it first, the last transaction included.
        """
        if _identity(self.path) == self._identity:
            return
        self._taken = StoreError(
            f"the store at {self.path} to stay in place during a run",
            "it was removed or replaced",
            self._rescue(),
        )
        raise self._taken

    def _rescue(self) -> str:
        """Save what the connection still reads; return the next step for the user."""
        target = _beside(self.path, f".rescued-{os.getpid()}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            self._db.execute("VACUUM INTO ?", (str(target),))
        except (OSError, sqlite3.Error) as error:
            return f"restore a backup: its contents could not be saved ({error})"
        return f"nothing is lost: move {target} to {self.path}, then `selftaught resume` the run"

    def shrink(self) -> None:
        """Give the space of deleted rows back to the system.

        Raises:
            StoreError: the store can't be written.
        """
        with self._lock, faults(self.path):
            # `execute` would step this statement once, which frees a single page.
            self._db.executescript("PRAGMA incremental_vacuum")

    def close(self) -> None:
        """Close the connection. May be called twice."""
        with self._lock, faults(self.path):
            self._db.close()


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _may_write(path: Path) -> bool:
    folder = os.access(path.parent, os.W_OK)
    return folder and (not path.exists() or os.access(path, os.W_OK))


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
