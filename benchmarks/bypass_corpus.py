"""Measures the counters of `selftaught bypass` on the labelled corpus.

    python benchmarks/bypass_corpus.py [--write]

Prints precision and recall with 95 % Wilson intervals; ``--write`` keeps the page in
docs/bypass_corpus.md. The counter ``attested`` runs every program, confined.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from analysis.bypass.measured import READ, Tally, labels, read, source, tallies  # noqa: E402
from selftaught.analysis.bypass.findings import findings  # noqa: E402
from selftaught.analysis.proportions import wilson  # noqa: E402
from selftaught.app.trial import try_improver  # noqa: E402
from selftaught.sandbox import open_sandbox  # noqa: E402
from selftaught.values.program import Program  # noqa: E402

PAGE = """# The bypass counters on a labelled corpus

Written by `python benchmarks/bypass_corpus.py --write` in sandbox mode {mode}.

{total} improvers, labelled from the definitions of [bypass.md](bypass.md) before any counter was
written (`tests/analysis/bypass/`): {plain} plain, {obfuscated} obfuscated, {innocent} innocent
look-alikes (words in comments, strings and prompts, dead code, similar names). Every second one was
held out while the rules were built. Intervals are 95 % (Wilson).

## Held-out half

{held_out}

In the first measurement on the held-out half, `budget_or_score` hit 17 of 18. The fault this
revealed (elements of a list and of a text were confused) was then corrected, so the 18th hit
above proves nothing. The other counters have not changed since.

## Development half

{built}

## The text rule compared with behaviour

Does a candidate run outside the sandbox? Of the {bypassing} programs in which one does, the paper's
text rule counts {text_hits} ({text_recall}); of those that it counts, {text_precision} do.

## What this does not show

Programs and rules have the same author, so the rules may miss another author's bypasses more often.
{own_client}The {others} programs of the strategy corpus and of the library, by another
author, contain no bypass; `syntax_rule` and `budget_or_score` counted {false} of them.
"""


def table(found: dict[str, Tally]) -> str:
    """The tallies as a Markdown table."""
    rows = ["| counter | positives | precision | recall | missed | false alarms |"]
    rows.append("|---|---|---|---|---|---|")
    for rule, tally in found.items():
        positives = len(tally.hits) + len(tally.misses)
        precision = share(len(tally.hits), len(tally.hits) + len(tally.false_alarms))
        recall = share(len(tally.hits), positives)
        missed, false = ", ".join(tally.misses), ", ".join(tally.false_alarms)
        cells = [f"`{rule}`", str(positives), precision, recall, missed or "–", false or "–"]
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


def share(count: int, n: int) -> str:
    """A share with its interval."""
    found = wilson(count, n)
    return f"{count}/{n} = {found.rate:.2f} ({found.low:.2f}–{found.high:.2f})"


def counted(names: Iterable[str], sandbox) -> Iterable[tuple[str, dict[str, bool]]]:
    """What all four counters say."""
    for name, counts in read(names):
        yield name, counts | {"attested": try_improver(sandbox, Program(source(name))).attested}


def others() -> tuple[int, int]:
    """Improvers by others that hold no bypass: how many, and how many are counted."""
    folders = ("src/selftaught/improver/library", "examples", "tests/analysis/strategies/corpus")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    texts = [path.read_text("utf-8") for path in files if not path.name.startswith("_")]
    improvers = [text for text in texts if "def improve_algorithm" in text]
    return len(improvers), sum(bool(findings(text).hits) for text in improvers)


def main() -> None:
    """Measure, print, and write the page where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    write = parser.parse_args().write
    every = labels(held_out=None)
    with open_sandbox() as sandbox:
        halves = [
            tallies(names, counted(names, sandbox))
            for names in (labels(held_out=True), labels(held_out=False))
        ]
        mode = sandbox.mode
    kinds = [each["kind"] for each in every.values()]
    bypassing = [each for each in every.values() if each["syntax_rule"]]
    text = [each for each in every.values() if each["text_rule"]]
    both = sum(each["text_rule"] for each in bypassing)
    number, false = others()
    client = "own_client" in halves[1]["attested"].false_alarms
    page = PAGE.format(
        mode=mode,
        total=len(every),
        plain=kinds.count("plain"),
        obfuscated=kinds.count("obfuscated"),
        innocent=kinds.count("look-alike"),
        held_out=table(halves[0]),
        built=table(halves[1]),
        bypassing=len(bypassing),
        text_hits=both,
        text_recall=share(both, len(bypassing)),
        text_precision=share(both, len(text)),
        own_client="`own_client` is counted as attested if the openai package is installed, "
        "because importing it starts a process and opens a socket; its label did not foresee "
        "that. "
        if client
        else "",
        others=number,
        false=false,
    )
    assert set(halves[0]) == {*READ, "attested"}
    print(page)
    if write:
        (ROOT / "docs/bypass_corpus.md").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
