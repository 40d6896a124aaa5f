"""The database's schema, one step a version, and the way from an older version to today's.

Version ``n`` is what the first ``n`` steps make; a new store runs all of them, an older one
the rest, in one transaction. A step that has been released is never edited.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from selftaught.errors import StoreError

APPLICATION_ID = 0x53544F50
"""Marks a SQLite file as a store of selftaught (``PRAGMA application_id``)."""

Step = tuple[str, ...]

STEPS: tuple[Step, ...] = (
    (
        """CREATE TABLE runs (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            tasks TEXT NOT NULL,      -- JSON list of names
            model TEXT NOT NULL,
            state TEXT NOT NULL,
            started REAL NOT NULL     -- seconds since the epoch
        ) STRICT""",
        """CREATE TABLE events (
            position INTEGER PRIMARY KEY AUTOINCREMENT,
            run INTEGER NOT NULL REFERENCES runs (number),
            invocation TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            kind TEXT NOT NULL,
            key TEXT NOT NULL,
            at REAL NOT NULL,
            data TEXT NOT NULL,       -- the fact as JSON
            UNIQUE (run, invocation, sequence)
        ) STRICT""",
        "CREATE UNIQUE INDEX events_key ON events (run, key) WHERE key <> ''",
        # One index answers "in order", "of these kinds", "how many" and "the last" without
        # reading the events themselves.
        "CREATE INDEX events_order ON events (run, position, kind)",
        """CREATE TABLE texts (
            number INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,  -- SHA-256
            packed INTEGER NOT NULL,  -- 1: zlib
            data BLOB NOT NULL        -- UTF-8, lone surrogates as they are
        ) STRICT""",
        """CREATE TABLE uses (
            run INTEGER NOT NULL REFERENCES runs (number),
            text INTEGER NOT NULL REFERENCES texts (number),
            PRIMARY KEY (run, text)
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX uses_text ON uses (text, run)",
        """CREATE TABLE requests (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            run INTEGER NOT NULL REFERENCES runs (number),
            action TEXT NOT NULL,
            detail TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX requests_run ON requests (run)",
    ),
)


_WHOSE = """SELECT
    (SELECT user_version FROM pragma_user_version),
    (SELECT application_id FROM pragma_application_id),
    (SELECT count(*) FROM sqlite_schema)"""
"""One statement, so that a store that is just being made is seen as it was before or after."""


def version_of(db: sqlite3.Connection) -> int:
    """Return the schema version of a database, 0 for an empty one.

    Raises:
        StoreError: it is another program's database.
        sqlite3.DatabaseError: it is no database.
    """
    version, application, objects = db.execute(_WHOSE).fetchone()
    if objects and application != APPLICATION_ID:
        raise StoreError(
            "a store of selftaught",
            "another program's SQLite database",
            "name another file with --store",
        )
    return int(version)


def check_version(version: int, newest: int) -> None:
    """Refuse a store from a newer version of the software.

    Raises:
        StoreError: ``version`` is above ``newest``.
    """
    if version > newest:
        raise StoreError(
            f"a store of version {newest} or older",
            f"version {version}, written by a newer selftaught",
            "update selftaught, or name another file with --store",
        )


def migrate(db: sqlite3.Connection, steps: Sequence[Step] = STEPS) -> int:
    """Bring a database to the newest version, all or nothing; return the version it had.

    Args:
        db: a connection in autocommit mode (``isolation_level=None``).
        steps: the steps from an empty database on.

    Raises:
        StoreError: it is newer than ``steps``, or another program's.
    """
    db.execute("BEGIN IMMEDIATE")
    try:
        version = version_of(db)
        check_version(version, len(steps))
        for step in steps[version:]:
            for statement in step:
                db.execute(statement)
        # A PRAGMA takes no parameters; both are numbers of our own.
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {len(steps)}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    return version
