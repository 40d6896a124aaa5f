"""Judging: a version of the targets put in place, checked, and scored by the user's command."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from selftaught.errors import SandboxError
from selftaught.patching.repository import varying
from selftaught.patching.repository.baseline import Baseline
from selftaught.patching.repository.command_output import telling, without_secrets
from selftaught.patching.repository.numerals import NoNumberError
from selftaught.patching.repository.reading import read_score, rule_of
from selftaught.patching.repository.settings import words
from selftaught.patching.repository.workshop import How, Ran, Workshop
from selftaught.values.command import CommandResult, CommandStatus, unexpected
from selftaught.values.outcome import Attempt, Counter, InstanceResult, Outcome, Status
from selftaught.values.program import Program
from selftaught.values.seeds import derive
from selftaught.values.task import InstanceSet, Task

NOISY_RUNS = 3
"""Runs of a noisy score whose mean answers an improver."""

_STATUSES = {
    CommandStatus.OK: Status.OK,
    CommandStatus.FAILED: Status.WRONG_OUTPUT,
    CommandStatus.TIMEOUT: Status.TIMEOUT,
    CommandStatus.OUT_OF_MEMORY: Status.OUT_OF_MEMORY,
    CommandStatus.DISK_FULL: Status.CRASHED,
    CommandStatus.TAMPERED: Status.TAMPERED,
}


@dataclass(frozen=True)
class Trial:
    """What came of one step with one version.

    Attributes:
        status: how it ended.
        score: higher is better; None where there is none.
        detail: why it is not ok, one line.
        feedback: what the version's author may read.
        seconds: CPU seconds.
        attempts: what the sandbox refused or noticed.
    """

    status: Status
    score: float | None = None
    detail: str = ""
    feedback: str = ""
    seconds: float = 0.0
    attempts: tuple[Attempt, ...] = ()


def score_seed(seed: int, which: str, number: int) -> int:
    """Return what `SEED_VARIABLE` is in one run of a score command, below 2**31.

    Args:
        seed: the run's.
        which: runs of another name have other numbers.
        number: of the run, from 0.
    """
    return derive(seed, "score", which, number) % 2**31


class Judge:
    """Checks and scores versions in one workshop, one after the other."""

    def __init__(self, workshop: Workshop, baseline: Baseline, hidden: Mapping[str, str]) -> None:
        """Bind a workshop.

        Args:
            workshop: with the copy.
            baseline: of the unchanged repository.
            hidden: values of secrets, which no feedback shows.
        """
        self._workshop = workshop
        self._baseline = baseline
        self._hidden = hidden
        self._goal = workshop.site.goal
        self._rule = rule_of(self._goal, baseline.shape, baseline.unit)
        self._checked: dict[str, Trial] = {}

    @property
    def workshop(self) -> Workshop:
        """The workshop that commands run in."""
        return self._workshop

    def evaluate(self, task: Task, program: Program, instances: InstanceSet) -> Outcome:
        """Return what became of a version: that of its check, then of its score."""
        trials = [self.check(program)]
        if trials[0].status is Status.OK and self._goal.score:
            count = NOISY_RUNS if self._baseline.noisy else 1
            which = "/".join(map(str, (instances.split, *instances.draw)))
            trials = [
                self.measure(program, score_seed(instances.seed, which, number))
                for number in range(count)
            ]
        return outcome(task, program, instances, trials, self._workshop.commands.mode)

    def check(self, program: Program) -> Trial:
        """Return whether a version can be put in place and passes the check; runs it once."""
        if program.id not in self._checked:
            self._checked[program.id] = self._check(program)
        return self._checked[program.id]

    def recheck(self, program: Program) -> Trial:
        """Return whether a version passes the check; runs it again."""
        self._checked.pop(program.id, None)
        return self.check(program)

    def measure(self, program: Program, seed: int) -> Trial:
        """Return a version's score in one run; the version has passed the check."""
        refused = self._workshop.install(program.source)
        assert refused is None, refused
        ran = self.run(words(self._goal.score, "--score"), seed)
        trial = self._judged(ran, "the score command")
        if trial.status is not Status.OK:
            return trial
        try:
            number = read_score(ran.result.stdout, self._rule).number
        except NoNumberError as error:
            text = self._workshop.without_place(f"the score command printed no score: {error}")
            text = without_secrets(text, self._hidden)
            return replace(trial, status=Status.WRONG_OUTPUT, detail=text, feedback=text)
        return replace(trial, score=-number if self._goal.minimise else number)

    def run(self, command: Sequence[str], seed: int = 0) -> Ran:
        """Run a command on the version in place, within what the baseline allows."""
        how = How(seed=seed, seconds=self._baseline.limit_seconds, expected=self._baseline.expected)
        return self._workshop.run(command, how)

    def _check(self, program: Program) -> Trial:
        refused = self._workshop.install(program.source)
        if refused:
            text = f"can't be put in place: {refused.reason}"
            return Trial(Status.INVALID_PROGRAM, detail=text, feedback=text)
        return self._judged(self.run(words(self._goal.check, "--check")), "the check")

    def _unexpected(self, ran: Ran) -> tuple[str, ...]:
        """Return what a run wrote that the unchanged repository does not write."""
        known = self._baseline.traces
        made = varying.unknown(ran.made, known, self._baseline.varying)
        changed = (path for path in ran.traces if path not in ran.made and path not in known)
        return tuple(sorted((*made, *changed)))

    def _judged(self, ran: Ran, what: str) -> Trial:
        result = ran.result
        trial = Trial(status_of(result), seconds=result.cpu_seconds, attempts=result.attempts)
        written = self._unexpected(ran)
        if written:
            text = f"{what} wrote {', '.join(written[:5])} in the repository, as it did not before"
            noticed = Attempt(Counter.OUTCOME, "filesystem", "written", written[0], len(written))
            attempts = (*result.attempts, noticed)
            return replace(
                trial, status=Status.TAMPERED, detail=text, feedback=text, attempts=attempts
            )
        if trial.status is Status.OK:
            return trial
        said = self._workshop.without_place(telling(result, self._hidden))
        tried = unexpected(result.attempts, self._baseline.expected)
        if trial.status is Status.TAMPERED and tried:
            said = f"it tried {tried[0].action} {tried[0].target}, which is not allowed\n{said}"
        detail = f"{what} ended with {result.status}: " + said.split("\n", 1)[0][:200]
        return replace(trial, detail=detail, feedback=f"{what} says:\n{said}")


def status_of(result: CommandResult) -> Status:
    """Return a command's end as the end of a program.

    Raises:
        SandboxError: there is no such command, which ran before.
    """
    if result.status is CommandStatus.NOT_FOUND:
        raise SandboxError("a command that ran before", "that it is gone", "is it installed?")
    return _STATUSES[result.status]


def outcome(
    task: Task, program: Program, instances: InstanceSet, trials: Sequence[Trial], mode: str
) -> Outcome:
    """Return the outcome that trials of one version make."""
    status = next((each.status for each in trials if each.status is not Status.OK), Status.OK)
    unscored = status in (Status.INVALID_PROGRAM, Status.TAMPERED)
    low = task.scale.low
    scores = [
        None if unscored else low if each.score is None else max(low, each.score) for each in trials
    ]
    known = [each for each in scores if each is not None]
    results = tuple(
        InstanceResult(
            number,
            status if unscored else each.status,
            score,
            each.seconds,
            each.detail,
            each.feedback,
        )
        for number, (each, score) in enumerate(zip(trials, scores, strict=True))
    )
    return Outcome(
        program=program.id,
        task=task.name,
        split=str(instances.split),
        status=status,
        score=math.fsum(known) / len(known) if known else None,
        instances=results,
        attempts=tuple(attempt for each in trials for attempt in each.attempts),
        sandbox=mode,
    )
