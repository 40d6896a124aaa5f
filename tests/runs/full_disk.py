"""A run whose disk fills up, in a file system of its own: ``python -m runs.full_disk FOLDER URL``.

Prints what became of it as JSON: the error, the digest after the resume, and that of a run
which had room all the time.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from runs.conftest import RUN, Place, answer
from selftaught.values.facts import Responded

PIECE = 16_384


def fill(ballast: Path) -> None:
    """Write until nothing more goes in."""
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(PIECE))
        except OSError:
            return


def main() -> None:
    place, options = Place(Path(sys.argv[1]) / "here"), sys.argv[2:]
    command = (*RUN, "--improver", "asks.py", *options)
    whole = place.finish(*command)
    for file in place.folder.glob("store.db*"):
        shutil.rmtree(file) if file.is_dir() else file.unlink()
    ballast = place.folder / "ballast"
    process = place.start(*command)
    place.until(lambda events: sum(isinstance(event.fact, Responded) for event in events) >= 8)
    fill(ballast)
    failed = answer(process, 1)
    ballast.unlink()
    resumed = place.finish("resume", place.newest(), *options[2:])
    place.close()
    print(
        json.dumps(
            {
                "error": failed["error"],
                "whole": whole["digest"],
                "stopped": resumed["stopped"],
                "digest": resumed["digest"],
            }
        )
    )


if __name__ == "__main__":
    main()
