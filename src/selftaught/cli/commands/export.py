"""``selftaught export`` and ``import``: runs as files."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from selftaught.cli.answer import Answer
from selftaught.cli.arguments import RunName
from selftaught.cli.options import Place, store_options


def export(
    *,
    run: RunName,
    output: Annotated[
        Path | None,
        Option(
            "--output", "-o", metavar="FILE", help="The file to write; with --parquet, the folder."
        ),
    ] = None,
    parquet: Annotated[
        bool,
        Option(
            "--parquet", help="Write Parquet tables; needs pip install 'selftaught\\[parquet]'."
        ),
    ] = False,
    place: Place,
) -> Answer:
    """Export a run's events and texts to a file of JSON lines.

    By default the file is RUN.jsonl in the current folder.

    Example: selftaught export run-2026 --output run.jsonl
    """
    from selftaught.app.exporting import export as write

    written = write(store_options(place), run, output, parquet=parquet)
    return Answer(asdict(written), lambda: [f"wrote {path}" for path in written.files])


def import_(
    *,
    file: Annotated[Path, Argument(metavar="FILE", help="A file written by `selftaught export`.")],
    place: Place,
) -> Answer:
    """Add an exported run to the store.

    Example: selftaught import run.jsonl
    """
    from selftaught.app.exporting import take_in

    run = take_in(store_options(place), file)
    return Answer({"run": run}, lambda: [f"added {run}"])
