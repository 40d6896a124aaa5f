"""``selftaught paper``: all experiments of the paper, and one report."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from typer import Option

from selftaught.cli.answer import Answer
from selftaught.cli.model_options import ModelChoice
from selftaught.cli.options import Limits, ScaleChoice, Seed, Work, run_settings
from selftaught.cli.options import work_options as options_of


@dataclass(frozen=True)
class Size:
    """How much the experiments are made of, where the scale's numbers don't fit."""

    runs: Annotated[
        int | None,
        Option(
            "--runs",
            metavar="N",
            help="Independent runs of self-improvement, instead of the scale's number.",
        ),
    ] = None
    samples: Annotated[
        int | None,
        Option(
            "--samples",
            metavar="N",
            help="Proposals in the bypass experiment, instead of the scale's number.",
        ),
    ] = None


def paper(
    *,
    scale: Annotated[
        str,
        Option(
            "--scale",
            metavar="tiny|small|full",
            help="Size of every experiment; full: the paper's budgets and 10,000 proposals per "
            "arm.",
        ),
    ] = "small",
    output: Annotated[
        Path,
        Option(
            "--output",
            "-o",
            metavar="FOLDER|FILE.md",
            help="Where to write the report; its figures go next to it.",
        ),
    ] = Path("paper"),
    adopt: Annotated[
        str,
        Option(
            "--adopt",
            metavar="paper|gate",
            help="When a new improver replaces the current one: always, unless it fails (paper), "
            "or "
            "if it is better on fresh gate seeds (gate).",
        ),
    ] = "paper",
    size: Size,
    model: ModelChoice,
    limits: Limits,
    seed: Seed,
    work: Work,
) -> Answer:
    """Repeat the paper's experiments with intervals and controls, and write one report.

    Covers meta-utility against rounds over independent runs (figure 4), with the arms A to D
    at equal spend and imp@k; transfer (table 1), on fresh instances and on the paper's own;
    search strategies by round; and bypass of the sandbox (table 2). The store keeps it as one
    run, which you can resume, show and export; `selftaught resume` rewrites the report.

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
