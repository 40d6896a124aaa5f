"""Options that commands share.

One definition gives the flag, the environment variable ``SELFTAUGHT_<NAME>`` and the key of
``selftaught.toml``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Option

from selftaught.cli.model_options import ModelAccess, model_options

if TYPE_CHECKING:
    from selftaught.engine.settings import Caps, Settings
    from selftaught.runs.resources import Options

SCALE, LIMITS, WORK = "Scale", "Limits", "Execution"


@dataclass(frozen=True)
class ScaleChoice:
    """How much a run may do: a named scale, and its numbers one by one."""

    scale: Annotated[
        str,
        Option(
            metavar="tiny|small|paper",
            help="Preset for the numbers in this group.",
            rich_help_panel=SCALE,
        ),
    ] = "small"
    calls: Annotated[
        int | None,
        Option(
            metavar="N", help="Model calls per invocation of an improver.", rich_help_panel=SCALE
        ),
    ] = None
    responses: Annotated[
        int | None,
        Option(metavar="N", help="Responses per model call.", rich_help_panel=SCALE),
    ] = None
    utility_calls: Annotated[
        int | None,
        Option(
            metavar="N", help="Utility calls per invocation of an improver.", rich_help_panel=SCALE
        ),
    ] = None
    improver_seconds: Annotated[
        float,
        Option(
            metavar="S",
            help="CPU time per invocation of an improver, not counting the model and scoring.",
            rich_help_panel=SCALE,
        ),
    ] = 60.0


@dataclass(frozen=True)
class SearchChoice:
    """How much one search may do, and when it has reached its goal."""

    scale: ScaleChoice = field(default_factory=ScaleChoice)
    stop_at: Annotated[
        float | None,
        Option(
            metavar="SCORE",
            help="End the search, and pay for no more answers, as soon as a version reaches this "
            "score (with --minimise: this or less). Replaces the task's known best.",
            rich_help_panel=LIMITS,
        ),
    ] = None


@dataclass(frozen=True)
class RoundNumbers:
    """The numbers of a scale that rounds of self-improvement need, and how they adopt."""

    meta_calls: Annotated[
        int | None,
        Option(metavar="N", help="Meta-utility calls per round.", rich_help_panel=SCALE),
    ] = None
    rounds: Annotated[
        int | None,
        Option(metavar="N", help="Rounds of self-improvement.", rich_help_panel=SCALE),
    ] = None
    gate_pairs: Annotated[
        int | None,
        Option(
            metavar="N",
            help="Maximum number of pairs in an adoption decision.",
            rich_help_panel=SCALE,
        ),
    ] = None
    adopt: Annotated[
        str,
        Option(
            metavar="gate|paper|archive",
            help="When a new improver replaces the current one: if it wins paired comparisons on "
            "fresh gate seeds (gate); always, unless it fails (paper); only at the end, if the "
            "best of a population passes the gate (archive).",
        ),
    ] = "gate"


@dataclass(frozen=True)
class RoundChoice:
    """What rounds of self-improvement are like."""

    numbers: RoundNumbers = field(default_factory=RoundNumbers)
    repeats: Annotated[
        int | None,
        Option(
            metavar="N", help="Invocations per meta-utility call and task.", rich_help_panel=SCALE
        ),
    ] = None
    freeze_improver: Annotated[
        bool,
        Option(
            "--freeze-improver/--no-freeze-improver",
            help="Use the starting improver in every round, that is, run without recursion.",
        ),
    ] = False
    control: Annotated[
        bool,
        Option(
            "--control/--no-control",
            help="Also run with --freeze-improver, and compare the two at the end.",
        ),
    ] = False
    best_of_n: Annotated[
        bool,
        Option(
            "--best-of-n/--no-best-of-n",
            help="At the end, measure the controls with the budget of one invocation: best-of-N, "
            "the unchanged program and, for a run that starts from seed, seed_keep.",
        ),
    ] = True
    approve: Annotated[
        bool,
        Option(
            "--approve/--no-approve",
            help="Wait for `selftaught approve RUN` before using a new improver.",
        ),
    ] = False


@dataclass(frozen=True)
class Limits:
    """Limits of the whole run; one that is spent ends it in good order, with exit status 3."""

    max_responses: Annotated[
        float | None,
        Option(metavar="N", help="Model responses in the whole run.", rich_help_panel=LIMITS),
    ] = None
    max_tokens: Annotated[
        float | None, Option(metavar="N", help="Prompt and answer tokens.", rich_help_panel=LIMITS)
    ] = None
    max_cost_usd: Annotated[
        float | None, Option(metavar="USD", help="Cost in dollars.", rich_help_panel=LIMITS)
    ] = None
    max_evaluations: Annotated[
        float | None, Option(metavar="N", help="Evaluations of programs.", rich_help_panel=LIMITS)
    ] = None
    max_cpu_seconds: Annotated[
        float | None, Option(metavar="S", help="CPU time of programs.", rich_help_panel=LIMITS)
    ] = None
    max_seconds: Annotated[
        float | None, Option(metavar="S", help="Wall time of the command.", rich_help_panel=LIMITS)
    ] = None


@dataclass(frozen=True)
class Place:
    """Where runs are kept."""

    store: Annotated[
        Path,
        Option(metavar="FILE", help="Database that holds all runs.", rich_help_panel=WORK),
    ] = Path(".selftaught/store.db")


@dataclass(frozen=True)
class ImproverChoice:
    """Which improver to start from."""

    improver: Annotated[
        str | None,
        Option(
            metavar="NAME|FILE",
            help="The improver to start from, by name (see `selftaught improvers`) or file.",
            show_default="seed for run, greedy for a task, reflect for a function of a repository",
        ),
    ] = None


@dataclass(frozen=True)
class Seed:
    """The seed that every random part of a command follows from."""

    seed: Annotated[
        int,
        Option(
            metavar="N", help="Random seed; equal seeds give equal results.", rich_help_panel=WORK
        ),
    ] = 0


@dataclass(frozen=True)
class Background:
    """Whether a run is carried out here or in the background."""

    detach: Annotated[
        bool,
        Option("--detach", help="Run in the background; prompts appear first."),
    ] = False


@dataclass(frozen=True)
class AttemptRules:
    """What attempts to leave the sandbox lead to."""

    score_despite_attempts: Annotated[
        bool,
        Option(
            "--score-despite-attempts",
            help="Score programs even if they tried to leave the sandbox.",
            rich_help_panel=WORK,
        ),
    ] = False
    report_only: Annotated[
        list[str] | None,
        Option(
            metavar="CATEGORY",
            help="Count attempts of this category but do not act on them; may be repeated.",
            rich_help_panel=WORK,
        ),
    ] = None


@dataclass(frozen=True)
class Start:
    """How a run begins."""

    seed: Seed = field(default_factory=Seed)
    background: Background = field(default_factory=Background)
    attempts: AttemptRules = field(default_factory=AttemptRules)


@dataclass(frozen=True)
class Confinement:
    """How programs are kept apart from the machine."""

    unsafe: Annotated[
        bool,
        Option(
            "--unsafe/--no-unsafe",
            help="Run programs unconfined if the machine cannot confine them.",
            rich_help_panel=WORK,
        ),
    ] = False


@dataclass(frozen=True)
class Consent:
    """What is done without asking."""

    yes: Annotated[
        bool,
        Option("--yes/--no-yes", "-y", help="Answer yes to every question.", rich_help_panel=WORK),
    ] = False
    confirm_above: Annotated[
        float,
        Option(
            metavar="USD",
            help="Ask before a run that may cost more than this, or whose price is unknown.",
            rich_help_panel=WORK,
        ),
    ] = 1.0


@dataclass(frozen=True)
class Work:
    """How a run is carried out; nothing here changes its results."""

    place: Place = field(default_factory=Place)
    confinement: Confinement = field(default_factory=Confinement)
    consent: Consent = field(default_factory=Consent)
    workers: Annotated[
        int | None,
        Option(
            metavar="N",
            help="Number of evaluator processes.",
            show_default="one per core",
            rich_help_panel=WORK,
        ),
    ] = None


def store_options(place: Place) -> Options:
    """Return the options of a command that only looks at the store."""
    from selftaught.runs.resources import Options

    return Options(store=place.store)


def work_options(work: Work, access: ModelAccess) -> Options:
    """Return the options that the application takes.

    Raises:
        UsageError: a number is outside its range, or only one price is given.
    """
    from selftaught.runs.resources import Options

    return Options(
        store=work.place.store,
        workers=len(os.sched_getaffinity(0)) if work.workers is None else work.workers,
        unsafe=work.confinement.unsafe,
        yes=work.consent.yes,
        model=model_options(access),
    )


def given_caps(limits: Limits) -> Caps:
    """Return the limits of a whole run.

    Raises:
        UsageError: a limit is not above 0.
    """
    from selftaught.engine.settings import Caps

    return Caps(
        responses=limits.max_responses,
        tokens=limits.max_tokens,
        cost_usd=limits.max_cost_usd,
        evaluations=limits.max_evaluations,
        cpu_seconds=limits.max_cpu_seconds,
        seconds=limits.max_seconds,
    )


def run_settings(
    seed: Seed,
    scale: ScaleChoice,
    limits: Limits,
    rounds: RoundChoice | None = None,
    attempts: AttemptRules | None = None,
) -> Settings:
    """Return the settings that decide what a run does.

    Raises:
        UnknownNameError: the scale or the adoption rule does not exist.
        UsageError: a number is outside its range.
    """
    from selftaught.engine.settings import Settings, scale_named

    rounds, attempts = rounds or RoundChoice(), attempts or AttemptRules()
    return Settings(
        seed=seed.seed,
        scale=scale_named(
            scale.scale,
            calls=scale.calls,
            responses=scale.responses,
            utility_calls=scale.utility_calls,
            meta_calls=rounds.numbers.meta_calls,
            repeats=rounds.repeats,
            rounds=rounds.numbers.rounds,
            gate_pairs=rounds.numbers.gate_pairs,
        ),
        caps=given_caps(limits),
        adopt=rounds.numbers.adopt,  # type: ignore[arg-type]
        freeze_improver=rounds.freeze_improver,
        control=rounds.control,
        approve=rounds.approve,
        improver_seconds=scale.improver_seconds,
        score_despite_attempts=attempts.score_despite_attempts,
        report_only=tuple(attempts.report_only or ()),
    )
