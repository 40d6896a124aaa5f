"""Aims: a goal in a folder, with how the unchanged repository fares; kept in a run's log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selftaught.errors import SandboxError
from selftaught.patching.repository.baseline import Baseline
from selftaught.patching.repository.context import Context, gather
from selftaught.patching.repository.settings import Goal
from selftaught.patching.repository.site import Site, open_site
from selftaught.patching.repository.syntaxes import OWN
from selftaught.runs.experiment import Parameters
from selftaught.values.program import Program
from selftaught.values.task import ScoreRange, Split, Task


@dataclass(frozen=True)
class Objective:
    """What a run on a repository is to reach.

    Attributes:
        folder: where the user is, absolute.
        goal: what to improve and how it is judged.
        baseline: how the unchanged repository fares.
        best_of_n: whether best-of-N is given the same budget beside the search.
    """

    folder: Path
    goal: Goal
    baseline: Baseline
    best_of_n: bool = True

    def as_data(self) -> dict[str, Any]:
        """Return the aim as plain data, for the log."""
        return {
            "path": str(self.folder),
            "goal": self.goal.as_data(),
            "baseline": self.baseline.as_data(),
            "best_of_n": self.best_of_n,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Objective:
        """Return the aim that `as_data` wrote."""
        goal, baseline = Goal.from_data(data["goal"]), Baseline.from_data(data["baseline"])
        return cls(Path(data["path"]), goal, baseline, data["best_of_n"])


@dataclass(frozen=True)
class PatchParameters(Parameters):
    """What a run on a repository is about.

    Attributes:
        aim: what it is to reach.
        arguments: the command line that makes the run again, without the shared options.
    """

    aim: Objective
    arguments: list[str]

    def as_details(self) -> dict[str, Any]:
        """Return them as plain data."""
        return {"aim": self.aim.as_data(), "arguments": self.arguments}

    @classmethod
    def from_details(cls, details: Mapping[str, Any]) -> PatchParameters:
        """Return what `as_details` wrote."""
        return cls(Objective.from_data(details["aim"]), list(details.get("arguments", ())))


def task_of(site: Site, baseline: Baseline) -> Task:
    """Return the task that a goal in a repository is to an improver.

    Its programs are scored by a `Bench` and by nothing else.
    """
    return Task(
        name=site.name,
        seed=Program(site.program),
        make_instance=_scored_elsewhere,
        score=_scored_elsewhere,
        entry_point=site.parts[0].target.name,
        summary=f"Improve {', '.join(site.goal.targets)}",
        text=shown(site, gathered(site)),
        instances={Split.TRAIN: 1},
        scale=ScoreRange(baseline.low, baseline.high),
        reference=site.goal.target,
        digest=site.digest,
    )


def gathered(site: Site) -> Context:
    """Return what surrounds the targets, as far as a model is shown it.

    Raises:
        UsageError: a file of ``--context`` can't be read.
    """
    goal = site.goal
    return gather(site.repository, site.parts, files=goal.context, most=goal.context_characters)


def task_again(aim: Objective) -> Task:
    """Return the task of a run that is to go on.

    Raises:
        UsageError: the repository is gone, or a target is no longer in it.
    """
    return task_of(open_site(aim.folder, aim.goal), aim.baseline)


def shown(site: Site, context: Context) -> str:
    """Return what an improver sees as ``utility.str``: rules, and what surrounds the targets."""
    goal = site.goal
    several = len(site.parts) > 1
    rules = [
        f"The program is {'the parts' if several else 'a part'} of a repository: "
        f"{', '.join(goal.targets)}.",
        f"It is put in the place of the original, and then `{goal.check}` has to pass.",
        _measure(goal),
        "Names, parameters and decorators stay as they are, since the repository calls it; what "
        "it needs (imports, helpers) belongs inside it, unless a whole file is the program.",
        _results(goal),
    ]
    version = site.interpreter.version.split(".")[:2]
    if version != OWN.split(".")[:2]:
        rules.append(f"It runs on Python {'.'.join(version)}.")
    if several:
        rules.append("Write every part under its own line `# ==== path::name ====`, as above.")
    head = "\n".join(f"# {rule}" for rule in rules)
    return f"{head}\n\n{context.text}".rstrip() + "\n"


def _results(goal: Goal) -> str:
    rest = "do not special-case inputs, keep answers between calls, or write files."
    if goal.results_may_differ:
        return f"Its results may be others than the original's where the score is better: {rest}"
    return (
        "It must give the same results for every input, also for inputs that no test has: " + rest
    )


def _measure(goal: Goal) -> str:
    if goal.faster:
        return (
            f"Its score is how many times less CPU time `{goal.faster}` takes with it than with "
            "the original; the results of its calls have to be equal."
        )
    what = f"the number under {goal.score_key}" if goal.score_key else "the last number"
    if goal.score_pattern:
        what = f"the number that the group of `{goal.score_pattern}` matches last in what"
    sign = ", with its sign turned round because less is better" if goal.minimise else ""
    that = "" if goal.score_pattern else " that"
    return f"Its score is {what}{that} `{goal.score}` prints{sign}."


def _scored_elsewhere(*given: Any) -> Any:
    raise SandboxError("a bench to score programs of a repository", "an evaluator of tasks")


def shown_names(context: Context, parts: Sequence[str]) -> list[str]:
    """Return the places that a model is shown, the targets first."""
    return list(dict.fromkeys([*parts, *(section.place for section in context.sections)]))
