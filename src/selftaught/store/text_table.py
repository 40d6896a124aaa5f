"""Texts in the database: by their SHA-256, each kept once, with the runs that use it."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable

from selftaught.errors import StoreError
from selftaught.store.database import Database
from selftaught.store.rows import pack, unpack
from selftaught.values.program import text_id

KEEP = "INSERT OR IGNORE INTO texts (id, packed, data) VALUES (?, ?, ?)"
USE = "INSERT OR IGNORE INTO uses (run, text) SELECT ?, number FROM texts WHERE id = ?"
DROP_UNUSED = """DELETE FROM texts
    WHERE number = ?1 AND NOT EXISTS (SELECT 1 FROM uses WHERE text = ?1)"""


class TextTable:
    """The texts of a store. A text is written with the events after it, in one transaction.

    So a text that another process deletes with its last run can't vanish between ``put`` and
    the event that mentions it: whoever put it still has it, and writes it again. Not safe
    for several threads; the store's lock guards it.
    """

    def __init__(self, database: Database) -> None:
        """Keep the texts in ``database``."""
        self._database = database
        self._pending: dict[str, str] = {}
        # Texts that a run of ours uses by now: nobody can delete them, so that putting them
        # again needs no write. Forgotten as soon as a run is let go of.
        self._safe: set[str] = set()

    def put(self, text: str) -> str:
        """Return the text's id, and keep it in memory until it is written."""
        name = text_id(text)
        self._pending[name] = text
        return name

    def get(self, name: str) -> str:
        """Return a text.

        Raises:
            StoreError: it is not kept, or is damaged.
        """
        if name in self._pending:
            return self._pending[name]
        where = f"text {name} in {self._database.path}"
        found = self._database.query(
            "SELECT packed, data FROM texts WHERE id = ?", (_column(name),)
        )
        if not found:
            raise StoreError(where, "none", "was the run that used it deleted?")
        try:
            return unpack(*found[0])
        except (ValueError, zlib.error) as error:
            raise StoreError(f"{where} intact", str(error), "restore a backup") from error

    def write(self, db: sqlite3.Connection) -> None:
        """Write what was put, inside the caller's transaction."""
        for name in self._pending.keys() - self._safe:
            db.execute(KEEP, (bytes.fromhex(name), *pack(self._pending[name])))

    def use(self, db: sqlite3.Connection, run: int, names: Iterable[str]) -> None:
        """Note that a run uses what was put and ``names``, inside the caller's transaction."""
        used = sorted(set(self._pending).union(names))
        db.executemany(USE, ((run, bytes.fromhex(name)) for name in used))

    def written(self) -> None:
        """Forget what was put, once the transaction that wrote it has ended well."""
        self._safe.update(self._pending)
        self._pending.clear()

    def let_go(self) -> None:
        """Reckon with others who delete runs of ours from now on."""
        self._safe.clear()

    def flush(self) -> None:
        """Write what was put and not followed by an event.

        Raises:
            StoreError: the store can't be written.
        """
        if self._pending:
            with self._database.transaction() as db:
                self.write(db)
            self._pending.clear()

    def used_by(self, run: int) -> list[str]:
        """Return the ids of the texts that a run uses, sorted."""
        found = self._database.query(
            "SELECT texts.id FROM uses JOIN texts ON texts.number = uses.text"
            " WHERE uses.run = ? ORDER BY texts.id",
            (run,),
        )
        return [name.hex() for (name,) in found]


def drop_uses(db: sqlite3.Connection, run: int) -> None:
    """Delete the texts that only this run uses, inside the caller's transaction."""
    mine = db.execute("SELECT text FROM uses WHERE run = ?", (run,)).fetchall()
    db.execute("DELETE FROM uses WHERE run = ?", (run,))
    db.executemany(DROP_UNUSED, mine)


def _column(name: str) -> bytes:
    """Return the column's value for a text's id; what is no id is found nowhere."""
    try:
        return bytes.fromhex(name)
    except ValueError:
        return b""
