"""``selftaught paper``: all experiments of the paper, and one report."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from typer import Option

from selftaught.cli.answer import Answer
from selftaught.cli.options import Limits, ModelChoice, ScaleChoice, Seed, Work, run_settings
from selftaught.cli.options import work_options as options_of


@dataclass(frozen=True)
class Size:
    """How much the experiments are made of, where the scale's numbers don't fit."""

    runs: Annotated[
        int | None,
        Option("--runs", metavar="N", help="Independent runs of self-improvement."),
    ] = None
    samples: Annotated[
        int | None,
        Option("--samples", metavar="N", help="Proposals of the bypass experiment."),
    ] = None


def paper(
    *,
    scale: Annotated[
        str,
        Option(
            "--scale",
            metavar="tiny|small|full",
            help="How much of everything; full: the paper's budgets, 10,000 proposals an arm.",
        ),
    ] = "small",
    output: Annotated[
        Path,
        Option(
            "--output",
            "-o",
            metavar="FOLDER|FILE.md",
            help="Where the report is written, its figures beside it.",
        ),
    ] = Path("paper"),
    adopt: Annotated[
        str,
        Option(
            "--adopt",
            metavar="paper|gate",
            help="When a new improver replaces the old one: always, unless it fails (paper), or "
            "where it is better on fresh gate seeds (gate).",
        ),
    ] = "paper",
    size: Size,
    model: ModelChoice,
    limits: Limits,
    seed: Seed,
    work: Work,
) -> Answer:
    """Make the paper's experiments again, with intervals and controls, and write one report.

    Meta-utility against rounds over independent runs (figure 4), with the arms A to D at equal
    spend and imp@k; transfer (table 1), on fresh instances and on the paper's own; search
    strategies by round; bypass of the sandbox (table 2). One run in the store: it can be
    resumed, shown and exported, and its report is written again by `selftaught resume`.

    Example: selftaught paper --scale tiny -o my_report
    """
    from dataclasses import replace

    from selftaught.cli.execution import start_run
    from selftaught.experiments.paper.experiment import paper_plan
    from selftaught.experiments.paper.extents import extent_named

    settings = replace(run_settings(seed, ScaleChoice(), limits), adopt=adopt)  # type: ignore[arg-type]
    extent = extent_named(scale, runs=size.runs, samples=size.samples)
    planned = paper_plan(scale, extent, model=model.model, settings=settings, output=output)
    return start_run(planned, options_of(work, model.access), work.consent)
