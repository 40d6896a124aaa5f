"""Options of ``improve`` for a function of a repository, and the goal that they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Option

from selftaught.errors import UsageError

if TYPE_CHECKING:
    from selftaught.patching.repository.settings import Goal

JUDGE, RESULT, SHOWN = "A repository: how it is judged", "A repository: the patch", "What is shown"

GOALS = Path("selftaught.toml")
"""Where goals are kept by name."""


@dataclass(frozen=True)
class Judging:
    """How versions of a function are judged."""

    check: Annotated[
        str | None,
        Option(metavar="CMD", help="The command that has to pass.", rich_help_panel=JUDGE),
    ] = None
    score: Annotated[
        str | None,
        Option(
            metavar="CMD",
            help="The command whose last printed number is the score.",
            rich_help_panel=JUDGE,
        ),
    ] = None
    faster: Annotated[
        str | None,
        Option(
            metavar="CMD|TARGET",
            help="Instead of --score: the command, or path.py::function, that is to take less "
            "time.",
            rich_help_panel=JUDGE,
        ),
    ] = None
    record_inputs: Annotated[
        bool | None,
        Option(
            "--record-inputs/--no-record-inputs",
            help="With --faster: compare results on the inputs of the check's calls, too.",
            rich_help_panel=JUDGE,
        ),
    ] = None
    tolerance: Annotated[
        float | None,
        Option(
            metavar="X",
            help="Difference between floats in results that counts as equal [0].",
            rich_help_panel=JUDGE,
        ),
    ] = None
    results_may_differ: Annotated[
        bool | None,
        Option(
            "--results-may-differ/--no-results-may-differ",
            help="With --score: do not refuse versions that give other results than the original.",
            rich_help_panel=JUDGE,
        ),
    ] = None
    score_key: Annotated[
        str | None,
        Option(
            metavar="KEY",
            help="The score is under this key of the JSON that --score prints.",
            rich_help_panel=JUDGE,
        ),
    ] = None
    score_pattern: Annotated[
        str | None,
        Option(
            metavar="REGEX",
            help="The score is what the one group of REGEX matches last in what --score prints.",
            rich_help_panel=JUDGE,
        ),
    ] = None
    minimise: Annotated[
        bool | None,
        Option("--minimise/--no-minimise", help="Less is better.", rich_help_panel=JUDGE),
    ] = None
    minimum_gain: Annotated[
        str | None,
        Option(
            metavar="P%|X",
            help="The least gain that is offered, in percent or in the unit of the score [1% of "
            "the score; 2% with --faster].",
            rich_help_panel=JUDGE,
        ),
    ] = None
    format: Annotated[
        str | None,
        Option(
            metavar="CMD|none",
            help="Format the patch by this command, which is given the file (the formatter that "
            "the repository's settings name).",
            rich_help_panel=RESULT,
        ),
    ] = None
    score_runs: Annotated[
        int | None,
        Option(
            metavar="N",
            help="Fresh runs of --score that the winner is judged by [10].",
            rich_help_panel=JUDGE,
        ),
    ] = None
    command_seconds: Annotated[
        float | None,
        Option(
            metavar="S",
            help="Wall time of one command (ten times what it took before, 60 or more).",
            rich_help_panel=JUDGE,
        ),
    ] = None
    may_change: Annotated[
        list[str] | None,
        Option(
            metavar="TARGET",
            help="What may be changed besides; one or more.",
            rich_help_panel=JUDGE,
        ),
    ] = None
    python: Annotated[
        str | None,
        Option(
            metavar="FILE",
            help="The Python that commands run with (that of .venv, venv or env; else the active "
            "environment's, else the one in PATH).",
            rich_help_panel=JUDGE,
        ),
    ] = None
    read: Annotated[
        list[str] | None,
        Option(
            metavar="PATH",
            help="Let commands read this, too; one or more. Recorded and shown.",
            rich_help_panel=JUDGE,
        ),
    ] = None
    include: Annotated[
        list[str] | None,
        Option(
            metavar="PATH",
            help="Copy this, too, though git ignores it or it is large; one or more.",
            rich_help_panel=JUDGE,
        ),
    ] = None
    allow_network: Annotated[
        list[str] | None,
        Option(
            metavar="HOST:PORT",
            help="Let commands connect there; one or more. Recorded and shown.",
            rich_help_panel=JUDGE,
        ),
    ] = None
    pass_env: Annotated[
        list[str] | None,
        Option(
            metavar="NAME",
            help="Give commands this variable of your environment; one or more. Its name is "
            "recorded and shown; programs that the model wrote can read its value.",
            rich_help_panel=JUDGE,
        ),
    ] = None


@dataclass(frozen=True)
class Shown:
    """What a model is shown."""

    context: Annotated[
        list[str] | None,
        Option(metavar="FILE", help="Files to show as well; one or more.", rich_help_panel=SHOWN),
    ] = None
    context_characters: Annotated[
        int | None,
        Option(
            metavar="N",
            help="Shown beside the targets, at most [20000].",
            rich_help_panel=SHOWN,
        ),
    ] = None
    dry_run: Annotated[
        bool,
        Option(
            "--dry-run",
            help="Print what the model would be shown and what it can cost; run and send nothing.",
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
            help="Commit the patch to a new branch; your files stay as they are.",
            rich_help_panel=RESULT,
        ),
    ] = None
    best_of_n: Annotated[
        bool,
        Option(
            "--best-of-n/--no-best-of-n",
            help="Give best-of-N the same budget beside the search, which doubles the cost.",
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
    from selftaught.patching.repository.settings import kept_goal, kept_goals, made_goal

    given = choice.given()
    if "::" in target or target.endswith(".py"):
        return made_goal({"target": target, **_ready(given)}, "on the command line")
    if target in kept_goals(GOALS):
        return kept_goal(GOALS, target, given)
    extra = [*given, *_flags(choice)]
    if extra:
        options = ", ".join("--" + name.replace("_", "-") for name in extra)
        raise UsageError(
            f"a function, class or file of a repository, since {options} is given",
            repr(target),
            "name it as path/mod.py::function, or a table [improve.NAME] of selftaught.toml",
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
