"""A run as Parquet files, for tools that read tables."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from selftaught.errors import StoreError, UsageError
from selftaught.ports import RunStore
from selftaught.store.rows import fact_data, to_json

ROWS = 10_000
"""Rows of a row group, all that is held in memory at once."""

EVENT_COLUMNS = {
    "run": "string",
    "position": "int64",
    "invocation": "string",
    "sequence": "int64",
    "kind": "string",
    "key": "string",
    "at": "float64",
    "data": "string",
}
TEXT_COLUMNS = {"id": "string", "text": "string"}


def write_parquet(store: RunStore, run: str, folder: Path) -> tuple[Path, Path]:
    r"""Write ``events.parquet`` and ``texts.parquet`` into a folder; return both paths.

    An event's ``data`` is its fact as JSON. Lone surrogates in texts, which Parquet can't
    hold, are written as ``\udXXX`` escapes; JSON lines keep them as they are.

    Args:
        store: where the run is kept.
        run: its id, or an unambiguous beginning of it.
        folder: made where it is missing; files of these names in it are replaced.

    Raises:
        UsageError: pyarrow is not installed.
        UnknownNameError: there is no such run.
        StoreError: the store can't be read, or the files can't be written.
    """
    arrow, parquet = _pyarrow()
    name = store.run(run).run
    events, texts = folder / "events.parquet", folder / "texts.parquet"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, columns, rows in (
            (events, EVENT_COLUMNS, _event_rows(store, name)),
            (texts, TEXT_COLUMNS, _text_rows(store, name)),
        ):
            schema = arrow.schema([(column, kind) for column, kind in columns.items()])
            with closing(parquet.ParquetWriter(str(path), schema)) as writer:
                _write(arrow, writer, schema, rows)
    except OSError as error:
        raise StoreError(
            f"write access and free space at {folder}",
            str(error),
            "name another folder, or free space",
        ) from error
    return events, texts


def _pyarrow() -> tuple[Any, Any]:
    try:
        return importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        raise UsageError(
            "pyarrow, which writes Parquet",
            str(error),
            "pip install 'selftaught[parquet]', or export to JSON lines",
        ) from error


def _event_rows(store: RunStore, run: str) -> Iterator[tuple[Any, ...]]:
    for position, event in store.events(run):
        place = (run, position, event.invocation, event.sequence)
        yield (*place, event.fact.kind, event.key, event.at, to_json(fact_data(event.fact)))


def _text_rows(store: RunStore, run: str) -> Iterator[tuple[Any, ...]]:
    for name in store.texts(run):
        text = store.get(name).encode("utf-8", "backslashreplace").decode("utf-8")
        yield name, text


def _write(arrow: Any, writer: Any, schema: Any, rows: Iterable[tuple[Any, ...]]) -> None:
    remaining = iter(rows)
    while chunk := list(islice(remaining, ROWS)):
        columns = [list(column) for column in zip(*chunk, strict=True)]
        writer.write_table(arrow.table(columns, schema=schema))
