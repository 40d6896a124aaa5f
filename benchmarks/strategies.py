"""How well strategies are recognised: precision and recall a label on labelled programs.

    benchmarks/strategies.py [FOLDER] [--half build|held_out] [--write]

FOLDER holds ``labels.json`` and the programs in ``corpus/``; without it the development set
(tests/analysis/strategies) is measured. Only figures are printed, no names of programs, so that
measuring on a set tells as little as possible that the detector could be fitted to. ``--write``
puts the table into docs/strategy_detector.md: the development set's below its marker, another
set's between the markers of the held-out set.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from analysis.strategies.measured import CORPUS, macro, rates, read_set  # noqa: E402
from selftaught.analysis.proportions import Rate  # noqa: E402

PAGE = ROOT / "docs/strategy_detector.md"
MARKER = "<!-- below: benchmarks/strategies.py --write -->\n"
BEGIN = "<!-- held-out: benchmarks/strategies.py FOLDER --write -->\n"
END = "<!-- end of held-out -->\n"


def table(folder: Path, half: str | None) -> str:
    """Return the figures of a set as a table in Markdown."""
    pairs = read_set(folder, half)
    found = rates(pairs)
    lines = [f"{len(pairs)} programs.", "", "| strategy | precision | recall |", "|---|---|---|"]
    lines += [f"| `{name}` | {cell(p)} | {cell(r)} |" for name, (p, r) in found.items()]
    precision, recall = macro(found)
    return "\n".join([*lines, f"| **macro average** | **{precision:.3f}** | **{recall:.3f}** |"])


def cell(rate: Rate) -> str:
    """Return a rate with its counts and its interval."""
    if rate.rate is None or rate.low is None or rate.high is None:
        return "–"
    return f"{rate.rate:.2f} ({rate.count} of {rate.n}; {rate.low:.2f} to {rate.high:.2f})"


def write(text: str, *, development: bool) -> None:
    """Put a table into the page."""
    page = PAGE.read_text("utf-8")
    if development:
        page = f"{page.split(MARKER)[0]}{MARKER}\n{text}\n"
    else:
        page = f"{page.split(BEGIN)[0]}{BEGIN}\n{text}\n\n{END}{page.split(END)[1]}"
    PAGE.write_text(page, "utf-8")


def main() -> None:
    """Print the table of a set; write it where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=CORPUS)
    parser.add_argument("--half", choices=("build", "held_out"))
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    if given.write and given.half:
        parser.error("--write wants a whole set, found --half; leave one of them out")
    try:
        text = table(given.folder, given.half)
    except ValueError as problem:
        parser.error(str(problem))
    print(text)
    if given.write:
        write(text, development=given.folder.resolve() == CORPUS.resolve())


if __name__ == "__main__":
    main()
