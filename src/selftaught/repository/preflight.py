"""Preflight: the unchanged repository's check and score, before anything is asked or changed.

What can't work is said here, where it costs nothing: a check that fails, that is not the same
twice, or that does not notice when the targets are broken; a score that is no number.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from selftaught.errors import UsageError
from selftaught.repository import varying
from selftaught.repository.baseline import Baseline
from selftaught.repository.copy import uncommitted
from selftaught.repository.judge import score_seed
from selftaught.repository.missing import advice, missing_paths, told
from selftaught.repository.number import NoNumberError
from selftaught.repository.reading import REMEDY, Reading, read_score, rule_of
from selftaught.repository.remedies import Remedies, not_found
from selftaught.repository.sabotage import sabotaged
from selftaught.repository.said import last_lines
from selftaught.repository.settings import words
from selftaught.repository.splice import Spliced
from selftaught.repository.tell import Tell
from selftaught.repository.workshop import FIRST_SECONDS, SEED_VARIABLE, How, Ran, Workshop
from selftaught.values.command import CommandResult, CommandStatus
from selftaught.values.outcome import Attempt

LEAST_SECONDS = 60.0
"""Of wall time that a command has in any case."""
TIMES = 10
"""A command may take so many times as long as the unchanged repository's check or score."""


class Preflight:
    """Runs the unchanged repository's commands in a workshop."""

    def __init__(self, workshop: Workshop, say: Tell) -> None:
        """Bind a workshop; ``say`` is told what is being done."""
        self._workshop = workshop
        self._goal = workshop.site.goal
        self._say = say
        self._ran: list[Ran] = []
        self._read: list[Reading] = []

    def run(self, seed: int) -> Baseline:
        """Return how the unchanged repository fares.

        Raises:
            UsageError: the check or the score can't judge anything; the message shows what
                was printed and what the sandbox refused.
        """
        notes = [*self._uncommitted(), *self._left_out()]
        self._say("running the check twice on the unchanged copy")
        self._check_once(first=True)
        self._check_once(first=False)
        names = self._names(notes, again=lambda: self._check_once(first=False))
        seconds = max(each.result.wall_seconds for each in self._ran)
        checked = len(self._ran)
        if self._goal.score:
            self._say("measuring the score of the unchanged copy three times")
            score, noisy, seeded = self._scores(seed, notes)
        else:
            score, noisy, seeded = self._benchmark()
        scored = max((each.result.wall_seconds for each in self._ran[checked:]), default=0.0)
        names += self._names(notes, since=checked)
        self._say("running the check with the targets broken on purpose, to see whether it notices")
        self._check_notices()
        longest = max(each.result.wall_seconds for each in self._ran)
        limit = self._goal.command_seconds or max(LEAST_SECONDS, TIMES * longest)
        return Baseline(
            check_seconds=seconds,
            limit_seconds=limit,
            score_seconds=scored,
            score=score,
            noisy=noisy,
            seeded=seeded,
            expected=_union(self._ran),
            traces=self._traces(names),
            notes=(*notes, *self._allowed()),
            varying=tuple(sorted(set(names))),
            shape=self._read[0].shape if self._read else "",
            unit=self._read[0].unit if self._read else "",
        )

    def _traces(self, names: Collection[str]) -> tuple[str, ...]:
        """Return what the commands write under names that stay the same."""
        return tuple(
            sorted(
                {
                    path
                    for ran in self._ran
                    for path in ran.traces
                    if path not in ran.made or not varying.fits(path, names)
                }
            )
        )

    def _names(
        self, notes: list[str], *, since: int = 0, again: Callable[[], None] | None = None
    ) -> tuple[str, ...]:
        """Return patterns of the files that a command makes under another name in each run.

        What two runs teach has to cover the next one.

        Args:
            notes: takes what was learned.
            since: the number of the command's first run.
            again: runs the command once more; called where two runs differ.

        Raises:
            UsageError: the names can't be learned, or are those of files that Python loads.
        """
        runs = [each.made for each in self._ran[since:]]
        if len(runs) < 2:
            return ()
        patterns = varying.learned(runs[:2])
        if again and runs[0] != runs[1]:
            again()
        for ran in self._ran[since + 2 :]:
            left = varying.unknown(ran.made, runs[0] | runs[1], patterns)
            if left:
                patterns = (*patterns, *varying.learned([runs[0] | runs[1], ran.made]))
            left = varying.unknown(ran.made, runs[0] | runs[1], patterns)
            if left:
                raise UsageError(
                    "commands that write the same files in each run, or files whose names vary "
                    "in a pattern that three runs reveal",
                    f"{', '.join(left[:3])}, which only one run of the unchanged copy wrote",
                    "let the command write to $TMPDIR, or omit the part that writes them",
                )
        if patterns:
            told = ", ".join(map(varying.shown, patterns[:3]))
            notes.append(f"names of files that vary from run to run, and may: {told}")
        return patterns

    def _command(self, option: str, command: str, seed: int = 0) -> Ran:
        limit = self._goal.command_seconds or FIRST_SECONDS
        split, how = words(command, option), How(seed=seed, seconds=limit)
        ran = self._workshop.run(split, how)
        self._ran.append(ran)
        self._remedies = Remedies(self._workshop, split, how)
        if ran.result.status is CommandStatus.NOT_FOUND:
            raise not_found(self._workshop, option, command, split[0], ran.result.detail)
        return ran

    def _check_once(self, *, first: bool) -> None:
        result = self._command("--check", self._goal.check).result
        if result.ok:
            return
        if not first:
            raise UsageError(
                "a check that always gives the same result",
                f"a check that passed and then failed without any change ({_ended(result)}):\n"
                + last_lines(result),
                "leave out flaky tests, e.g. with pytest's -k or --deselect",
            )
        raise UsageError(
            "a check that passes on unchanged code",
            f"`{self._goal.check}`, which fails in an unchanged copy ({_ended(result)}):\n"
            + last_lines(result),
            self._advice(result),
        )

    def _scores(self, seed: int, notes: list[str]) -> tuple[float, bool, bool]:
        """Return the score, whether it is noisy, and whether it follows the seed."""
        one, other = (score_seed(seed, "preflight", number) for number in range(2))
        first, second = self._score(one), self._score(one)
        third = self._score(other)
        noisy, seeded = first != second, first == second != third
        shown = [f"{self._sign * each + 0.0:.6g}" for each in (first, second)]
        if noisy:
            notes.append(
                f"the score differs from run to run ({shown[0]}, {shown[1]}): the mean of several "
                f"runs counts, and the winner is judged by {self._goal.score_runs} fresh ones"
            )
        elif not seeded:
            notes.append(
                f"the score is {shown[0]} at each of the two values of {SEED_VARIABLE} that were "
                "tried: there may be no inputs that the search does not see"
            )
        notes.append(self._read_from())
        return sum((first, second, third)) / 3 if noisy or seeded else first, noisy, seeded

    def _benchmark(self) -> tuple[float, bool, bool]:
        """Refuse a benchmark command that fails; the original's speed is 1 by definition."""
        if "::" not in self._goal.faster:
            result = self._command("--faster", self._goal.faster).result
            if not result.ok:
                raise UsageError(
                    "a benchmark that works on unchanged code",
                    f"`{self._goal.faster}`, which fails ({_ended(result)}):\n"
                    + last_lines(result),
                    self._advice(result),
                )
        return 1.0, True, False

    def _score(self, seed: int) -> float:
        result = self._command("--score", self._goal.score, seed).result
        if not result.ok:
            raise UsageError(
                "a score command that works on unchanged code",
                f"`{self._goal.score}`, which fails ({_ended(result)}):\n{last_lines(result)}",
                self._advice(result),
            )
        known = (self._read[0].shape, self._read[0].unit) if self._read else ()
        try:
            found = read_score(result.stdout, rule_of(self._goal, *known))
        except NoNumberError as error:
            raise UsageError(
                "a score command that always prints its score as one number in the same form",
                self._workshop.without_place(f"`{self._goal.score}`: {error}") + _on_stderr(result),
                REMEDY,
            ) from None
        self._read.append(found)
        return self._sign * found.number

    @property
    def _sign(self) -> float:
        return -1.0 if self._goal.minimise else 1.0

    def _read_from(self) -> str:
        """Return in which line the score was found, and what it was read as."""
        found = self._read[0]
        line = self._workshop.without_place(found.line)
        more = f" {found.unit}" if found.unit else ""
        other = (
            ""
            if self._goal.score_key or self._goal.score_pattern
            else ("; if it is another one, name it by --score-key or --score-pattern")
        )
        return f"the score is read from the line {line!r}: {found.number:g}{more}{other}"

    def _check_notices(self) -> None:
        """Refuse a check that passes whatever the targets do."""
        site = self._workshop.site
        spliced = sabotaged(site.parts)
        self._workshop.put(spliced)
        try:
            limit = self._goal.command_seconds or FIRST_SECONDS
            ran = self._workshop.run(words(self._goal.check, "--check"), How(seconds=limit))
        finally:
            self._workshop.put(Spliced({}))
        if ran.result.ok:
            raise UsageError(
                "a check that fails when the target is broken",
                f"`{self._goal.check}`, which passes although {', '.join(self._goal.targets)} only "
                "raises an exception",
                "name tests that call it; and see to it that they import the files "
                "of the copy, not an installed copy of them (Python's options -I, -E and -S keep "
                "imports from being led there)",
            )

    def _uncommitted(self) -> list[str]:
        out = tuple(each for each in self._workshop.copy.contents.left_out if each.endswith("/"))
        changed = uncommitted(self._workshop.site.repository).paths
        found = [path for path in changed if not path.startswith(out)]
        if not found:
            return []
        more = f" and {len(found) - 3} more" if len(found) > 3 else ""
        return [
            f"uncommitted changes are part of the copy, and the patch is against them: "
            f"{', '.join(found[:3])}{more}"
        ]

    def _left_out(self) -> list[str]:
        """Say before anything runs what the copy does not hold."""
        workshop = self._workshop
        said = told(workshop.copy.contents.told)
        if said:
            self._say(said)
        return [said] if said else []

    def _allowed(self) -> list[str]:
        goal = self._goal
        said = [
            ("read", goal.read),
            ("connect to", goal.allow_network),
            ("use the variables", goal.pass_env),
        ]
        return [f"commands may {what} {', '.join(which)}" for what, which in said if which]

    def _advice(self, result: CommandResult) -> str:
        """Return what may help: an option that brings or allows something, or what was tried."""
        copy, repository = self._workshop.copy, self._workshop.site.repository
        lacking = missing_paths(copy, repository, result.stdout + "\n" + result.stderr)
        if lacking:
            return "; ".join([advice(lacking, repository), *map(str, result.refused[:5])])
        linked = self._workshop.surroundings.linked
        out = copy.contents.left_out.values()
        left_out = told(each for each in out if each.path.rstrip("/") not in linked)
        return self._remedies.advice(result) + (f"; {left_out}" if left_out else "")


def _ended(result: CommandResult) -> str:
    return f"{result.status}, {result.detail}" if result.detail else str(result.status)


def _on_stderr(result: CommandResult) -> str:
    """Return what to say where the score went to standard error alone; empty where it did not."""
    if result.stdout.strip():
        return ""
    try:
        found = read_score(result.stderr)
    except NoNumberError:
        return ""
    return (
        f"; standard error ends with {found.line!r}, but the score is read from standard output "
        "(a shell joins them: sh -c 'COMMAND 2>&1')"
    )


def _union(ran: list[Ran]) -> tuple[Attempt, ...]:
    """Return every attempt once."""
    found = {
        (each.category, each.action, each.target): each
        for one in ran
        for each in one.result.attempts
    }
    return tuple(found.values())
