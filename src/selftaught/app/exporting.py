"""Exporting: a run as files that other tools read, and back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from selftaught.app.session import Options, open_store
from selftaught.errors import UsageError
from selftaught.store.export import export_lines, import_lines
from selftaught.store.parquet import write_parquet


@dataclass(frozen=True)
class Exported:
    """A run and the files that hold it."""

    run: str
    files: tuple[str, ...]


def export(options: Options, run: str, output: Path | None, *, parquet: bool = False) -> Exported:
    """Write a run to a file of JSON lines, or to a folder of Parquet files.

    Args:
        options: where the store is.
        run: the run's id or its beginning.
        output: the file or folder; None: named by the run, in the current folder.
        parquet: whether to write Parquet.

    Raises:
        UnknownNameError: there is no such run.
        UsageError: the file can't be written, or pyarrow is missing.
        StoreError: the store can't be read.
    """
    with open_store(options, create=False) as store:
        name = store.run(run).run
        if parquet:
            files = write_parquet(store, name, output or Path(name))
            return Exported(name, tuple(str(path) for path in files))
        path = output or Path(f"{name}.jsonl")
        part = path.with_name(path.name + ".part")
        try:
            with part.open("w", encoding="ascii") as file:
                file.writelines(line + "\n" for line in export_lines(store, name))
            part.replace(path)
        except OSError as error:
            raise UsageError(
                f"{path} to be writable", str(error), "name another file with --output"
            ) from error
        return Exported(name, (str(path),))


def take_in(options: Options, path: Path) -> str:
    """Add an exported run to the store; return its id.

    Raises:
        UsageError: the file can't be read, or is no whole export.
        StoreError: the store has that run already.
    """
    try:
        with path.open(encoding="utf-8") as file, open_store(options) as store:
            return import_lines(store, file).run
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"a readable export in {path}", str(error), "name a file written by `selftaught export`"
        ) from error
