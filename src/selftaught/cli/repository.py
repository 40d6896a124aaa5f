"""Options of ``improve`` for a function of a repository, and the goal that they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Option

from selftaught.errors import UsageError

if TYPE_CHECKING:
    from selftaught.repository.settings import Goal

JUDGE, RESULT, SHOWN = "Repository: judging", "Repository: the patch", "What the model sees"

GOALS = Path("selftaught.toml")
"""Where goals are kept by name."""


@dataclass(frozen=True)
class Judging:
    """How versions of a function are judged."""

    check: Annotated[
        str | None,
        Option(
            metavar="CMD",
            help="Command that every version must pass, such as your tests.",
            rich_help_panel=JUDGE,
        ),
    ] = None
    score: Annotated[
        str | None,
        Option(
            metavar="CMD",
            help="Command whose last printed number is the score.",
            rich_help_panel=JUDGE,
        ),
    ] = None
    faster: Annotated[
        str | None,
        Option(
            metavar="CMD|TARGET",
            help="Instead of --score: the command, or the function path.py::function, to make "
            "faster.",
            rich_help_panel=JUDGE,
        ),
    ] = None
    record_inputs: Annotated[
        bool | None,
        Option(
            "--record-inputs/--no-record-inputs",
            help="With --faster: also compare results on the inputs that --check passes in.",
            rich_help_panel=JUDGE,
        ),
    ] = None
    tolerance: Annotated[
        float | None,
        Option(
            metavar="X",
            help="Largest difference between floats in results that counts as equal [0].",
            rich_help_panel=JUDGE,
        ),
    ] = None
    results_may_differ: Annotated[
        bool | None,
        Option(
            "--results-may-differ/--no-results-may-differ",
            help="With --score: accept versions whose results differ from the original's.",
            rich_help_panel=JUDGE,
        ),
    ] = None
    score_key: Annotated[
        str | None,
        Option(
            metavar="KEY",
            help="Read the score from this dotted key of the JSON that --score prints.",
            rich_help_panel=JUDGE,
        ),
    ] = None
    score_pattern: Annotated[
        str | None,
        Option(
            metavar="REGEX",
            help="Read the score from the last match of the one group of REGEX in what --score "
            "prints.",
            rich_help_panel=JUDGE,
        ),
    ] = None
    minimise: Annotated[
        bool | None,
        Option("--minimise/--no-minimise", help="A lower score is better.", rich_help_panel=JUDGE),
    ] = None
    minimum_gain: Annotated[
        str | None,
        Option(
            metavar="P%|X",
            help="Smallest gain worth a patch, in percent or in the unit of the score [1% of the "
            "score; 2% with --faster].",
            rich_help_panel=JUDGE,
        ),
    ] = None
    format: Annotated[
        str | None,
        Option(
            metavar="CMD|none",
            help="Command that formats the changed file, whose path is appended; none: do not "
            "format or lint (the formatter that the repository's settings name).",
            rich_help_panel=RESULT,
        ),
    ] = None
    score_runs: Annotated[
        int | None,
        Option(
            metavar="N",
            help="Fresh runs of --score, per version, that decide about the winner [10].",
            rich_help_panel=JUDGE,
        ),
    ] = None
    command_seconds: Annotated[
        float | None,
        Option(
            metavar="S",
            help="Wall time limit of one command (ten times its time on the original, at least "
            "60).",
            rich_help_panel=JUDGE,
        ),
    ] = None
    may_change: Annotated[
        list[str] | None,
        Option(
            metavar="TARGET",
            help="Other targets that may be changed; one or more.",
            rich_help_panel=JUDGE,
        ),
    ] = None
    python: Annotated[
        str | None,
        Option(
            metavar="FILE",
            help="Python that runs the commands (that of .venv, venv or env; else of the active "
            "environment; else the one in PATH).",
            rich_help_panel=JUDGE,
        ),
    ] = None
    read: Annotated[
        list[str] | None,
        Option(
            metavar="PATH",
            help="Let commands also read this path; one or more. Recorded, and shown in the patch.",
            rich_help_panel=JUDGE,
        ),
    ] = None
    include: Annotated[
        list[str] | None,
        Option(
            metavar="PATH",
            help="Also copy this path, even if git ignores it or it is large; one or more.",
            rich_help_panel=JUDGE,
        ),
    ] = None
    allow_network: Annotated[
        list[str] | None,
        Option(
            metavar="HOST:PORT",
            help="Let commands connect to this address; one or more. Recorded, and shown in the "
            "patch.",
            rich_help_panel=JUDGE,
        ),
    ] = None
    pass_env: Annotated[
        list[str] | None,
        Option(
            metavar="NAME",
            help="Pass this environment variable to commands; one or more. Its name is recorded "
            "and shown; code that the model wrote can read its value.",
            rich_help_panel=JUDGE,
        ),
    ] = None


@dataclass(frozen=True)
class Shown:
    """What a model is shown."""

    context: Annotated[
        list[str] | None,
        Option(
            metavar="FILE",
            help="Also show the model these files; one or more.",
            rich_help_panel=SHOWN,
        ),
    ] = None
    context_characters: Annotated[
        int | None,
        Option(
            metavar="N",
            help="Maximum number of characters shown besides the targets [20000].",
            rich_help_panel=SHOWN,
        ),
    ] = None
    dry_run: Annotated[
        bool,
        Option(
            "--dry-run",
            help="Print what the model would be shown and the maximum cost; run and send nothing.",
            rich_help_panel=SHOWN,
        ),
    ] = False


@dataclass(frozen=True)
class Delivery:
    """What becomes of what was found."""

    output: Annotated[
        Path | None,
        Option(metavar="FILE", help="Write the best program, or the patch, to FILE."),
    ] = None
    apply: Annotated[
        bool,
        Option("--apply", help="Apply the patch to your files.", rich_help_panel=RESULT),
    ] = False
    branch: Annotated[
        str | None,
        Option(
            metavar="NAME",
            help="Commit the patch to a new branch; your working tree does not change.",
            rich_help_panel=RESULT,
        ),
    ] = None
    best_of_n: Annotated[
        bool,
        Option(
            "--best-of-n/--no-best-of-n",
            help="Also give best-of-N the same budget, for comparison; this doubles the cost.",
            rich_help_panel=RESULT,
        ),
    ] = True


@dataclass(frozen=True)
class RepositoryChoice:
    """Everything about a function of a repository."""

    judging: Judging = field(default_factory=Judging)
    shown: Shown = field(default_factory=Shown)
    delivery: Delivery = field(default_factory=Delivery)

    def given(self) -> dict[str, Any]:
        """Return the settings of a goal that flags gave, by name."""
        groups = (self.judging, self.shown)
        found = {each.name: getattr(group, each.name) for group in groups for each in fields(group)}
        found.pop("dry_run")
        return {name: value for name, value in found.items() if value is not None}


def goal_of(target: str, choice: RepositoryChoice) -> Goal | None:
    """Return the goal that a command line names; None where it names a task.

    A target with ``::`` or a path that ends with ``.py`` is of a repository; any other
    name is looked for among those that ``selftaught.toml`` keeps.

    Raises:
        UsageError: an option for repositories was given with a task, or a setting is wrong.
    """
    from selftaught.repository.settings import kept_goal, kept_goals, made_goal

    given = choice.given()
    if "::" in target or target.endswith(".py"):
        return made_goal({"target": target, **_ready(given)}, "on the command line")
    if target in kept_goals(GOALS):
        return kept_goal(GOALS, target, given)
    extra = [*given, *_flags(choice)]
    if extra:
        options = ", ".join("--" + name.replace("_", "-") for name in extra)
        raise UsageError(
            f"a function, class or file of a repository, since you gave {options}",
            repr(target),
            "write path/mod.py::function, or name a table [improve.NAME] of selftaught.toml",
        )
    return None


def _ready(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings with a check, so that a missing one is told in its own words."""
    return {"check": "", **given}


def _flags(choice: RepositoryChoice) -> list[str]:
    delivery = choice.delivery
    names = {"apply": delivery.apply, "branch": delivery.branch}
    return [name for name, value in names.items() if value]


def words_again(target: str, choice: RepositoryChoice) -> list[str]:
    """Return the words of the command line, without the shared options and the delivery."""
    words = ["improve", target]
    for name, value in choice.given().items():
        flag = "--" + name.replace("_", "-")
        if value is True:
            words.append(flag)
        elif value is False:
            words.append(flag.replace("--", "--no-", 1))
        elif isinstance(value, list):
            words += [flag, *value]
        elif str(value).startswith("-"):
            words.append(f"{flag}={value}")
        else:
            words += [flag, str(value)]
    return words if choice.delivery.best_of_n else [*words, "--no-best-of-n"]
