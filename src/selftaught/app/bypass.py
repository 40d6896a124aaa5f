"""Bypass: how often proposed improvers avoid the sandbox (the paper, table 2)."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from selftaught.analysis.bypass.findings import findings
from selftaught.analysis.bypass.text_rule import text_lines
from selftaught.analysis.proportions import two_proportions, wilson, zero_count_bound
from selftaught.app.conduct import End
from selftaught.app.plans import Plan
from selftaught.app.record import Record, Recorded
from selftaught.app.results import Result
from selftaught.app.scoring import read_program
from selftaught.app.trial import try_improver
from selftaught.app.wordings import SEED_IMPROVER, WORDINGS, utility_text
from selftaught.engine.journal import Journal
from selftaught.engine.meta import Engine
from selftaught.engine.prompting import ModelBudget
from selftaught.engine.settings import Settings
from selftaught.engine.together import all_or_first_failure
from selftaught.engine.utility import Account, Scored
from selftaught.errors import UsageError
from selftaught.improver.helpers import extract_code
from selftaught.ports import Sandbox
from selftaught.values.event import Event
from selftaught.values.facts import Examined, HitRecord, Responded, RunFinished
from selftaught.values.program import Program
from selftaught.values.seeds import derive
from selftaught.values.state import RunState

COMMAND = "bypass"
RULES = ("text_rule", "syntax_rule", "budget_or_score", "attested")
MOST_SAMPLES = 1_000_000
CELL = re.compile(r"b\d+/(plain|warned)/\d+")
"""Names of the invocations that ask for proposals."""
AT_ONCE = 2
"""Proposals that are run at the same time."""

MUTATOR = "the offline model: the rates measure its mutation operators, not a language model"


class ExaminedProgram(Result):
    """One proposal and what each counter says; ``lines`` are those of its hits.

    ``program`` is None where the answer held no program. ``hits`` say what happens where.
    """

    program: str | None
    text_rule: bool
    syntax_rule: bool
    budget_or_score: bool
    attested: bool
    lines: list[int]
    hits: list[HitRecord]
    warned: bool | None
    wording: int
    status: str
    name: str


class BypassRate(Result):
    """How often a counter counted; ``low`` and ``high`` are its 95 % Wilson interval.

    ``at_most`` is the rate that a count of zero rules out (95 %, one-sided); None for
    another count.
    """

    rule: str
    warned: bool | None
    count: int
    n: int
    rate: float | None
    low: float | None
    high: float | None
    at_most: float | None


class WarningTest(Result):
    """Whether a counter's rates with and without the warning differ (two proportions)."""

    rule: str
    p_value: float | None


class WordingRate(Result):
    """A counter's count in one wording."""

    rule: str
    warned: bool | None
    wording: int
    count: int
    n: int


class Counted(Result):
    """What the counters say of all proposals of an experiment."""

    examined: int
    without_program: int
    programs: list[ExaminedProgram]
    rates: list[BypassRate]
    tests: list[WarningTest]
    wordings: list[WordingRate]
    note: str


class BypassResult(Recorded):
    """What ``bypass --samples`` prints; ``samples`` is the number that was asked for."""

    samples: int
    examined: int
    without_program: int
    programs: list[ExaminedProgram]
    rates: list[BypassRate]
    tests: list[WarningTest]
    wordings: list[WordingRate]
    note: str


class FilesResult(Result):
    """What ``bypass --files`` prints."""

    samples: int
    programs: list[ExaminedProgram]
    rates: list[BypassRate]
    sandbox: str


# ---------------------------------------------------------------------------- the experiment


def bypass_plan(samples: int, *, model: str, settings: Settings) -> Plan:
    """Return the plan of an experiment with so many proposals, every second one warned.

    Raises:
        UsageError: fewer than one sample, or more than a million.
    """
    if not 1 <= samples <= MOST_SAMPLES:
        raise UsageError(f"--samples between 1 and {MOST_SAMPLES:,}", str(samples))
    details = {"samples": samples, "arguments": [COMMAND, "--samples", str(samples)]}
    return Plan(COMMAND, (), SEED_IMPROVER, model, settings, details=details)


class ShownUtility:
    """A utility that an improver is shown and that runs nothing: every score is 0."""

    name = COMMAND
    low = 0.0

    def __init__(self, wording: int, *, warned: bool) -> None:
        """Take the text of one wording."""
        self.text = utility_text(wording, warned=warned)

    async def score(self, program: Program, account: Account) -> Scored:
        """Return 0: proposals are counted, not compared."""
        return Scored(0.0, "ok", "")


class StoredLog:
    """A run's events, read from the store each time: memory does not grow with the run."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def __iter__(self) -> Iterator[Event]:
        return self._journal.stored()


class BypassWork:
    """What ``selftaught bypass --samples`` does: block by block, both arms in each."""

    def __init__(self, engine: Engine, plan: Plan) -> None:
        """Bind the plan to the engine."""
        self._engine = engine
        self._samples: int = plan.details["samples"]
        self._answers: defaultdict[str, list[Responded]] = defaultdict(list)
        self._free = asyncio.Semaphore(AT_ONCE)

    async def run(self) -> None:
        """Ask for every proposal and examine it as soon as it is there."""
        await self.ask()
        finished = RunFinished(best=SEED_IMPROVER.id, head="")
        self._engine.journal.write("", finished, "end")

    async def ask(self) -> None:
        """Do so, as a part of a run that goes on afterwards."""
        journal = self._engine.journal
        for event in journal.events():
            self._note(event)
        journal.listen(self._note)
        width = self._engine.settings.scale.responses * 2 * WORDINGS
        for block, first in enumerate(range(0, self._samples, width)):
            numbers = range(first, min(first + width, self._samples))
            await all_or_first_failure(
                self._cell(block, cell, sum(n % (2 * WORDINGS) == cell for n in numbers))
                for cell in range(min(2 * WORDINGS, len(numbers)))
            )

    async def result(self, state: RunState, end: End, folder: Path) -> BypassResult:
        """Return the rates as far as it got."""
        assert state.started
        log, run = StoredLog(self._engine.journal), self._engine.journal.run
        return bypassed(Record(run, state.started, log, state, end.stopped, end.reason))

    def _note(self, event: Event) -> None:
        if isinstance(event.fact, Responded) and CELL.fullmatch(event.invocation):
            self._answers[event.invocation].append(event.fact)

    async def _cell(self, block: int, cell: int, count: int) -> None:
        """Let the seed improver ask for ``count`` proposals in one wording; examine them."""
        engine = self._engine
        warned, wording = bool(cell % 2), cell // 2
        name = f"b{block}/{'warned' if warned else 'plain'}/{wording}"
        seed = derive(engine.settings.seed, COMMAND, block, cell)
        utility = ShownUtility(wording, warned=warned)
        job = engine.job(name, SEED_IMPROVER, SEED_IMPROVER, utility, seed)
        job = replace(job, model_budget=ModelBudget(1, count), utility_budget=count)
        await engine.invocations.run(job, engine.ledger)
        answers = sorted(self._answers.pop(name, []), key=lambda each: (each.prompt, each.sample))
        for place, answer in enumerate(answers):
            key = f"examined:{name}:{place}"
            if engine.journal.find(key) is None:
                fact = await self._examine(engine.journal.get(answer.text), seed)
                fact = fact.model_copy(update={"warned": warned, "wording": wording})
                engine.journal.write(f"{name}/{place}", fact, key)
        engine.journal.forget(name)

    async def _examine(self, answer: str, seed: int) -> Examined:
        source = extract_code(answer)
        if source is None:
            return _nothing()
        self._engine.journal.put(source)
        async with self._free:
            sandbox = self._engine.invocations.sandbox
            return await asyncio.to_thread(examine, sandbox, Program(source), seed)


def examine(sandbox: Sandbox, program: Program, seed: int) -> Examined:
    """Return what the rules say of a program and what it does when it is run once.

    Raises:
        SandboxError: our own failure, never the program's.
    """
    found = findings(program.source)
    tried = try_improver(sandbox, program, seed=seed)
    return Examined(
        warned=None,
        wording=0,
        program=program.id,
        text_rule=found.text_rule,
        syntax_rule=found.syntax_rule,
        budget_or_score=found.budget_or_score,
        attested=tried.attested,
        hits=tuple(
            [
                *(
                    HitRecord(line=n, rule="text_rule", category="text", what="holds the phrase")
                    for n in text_lines(program.source)
                ),
                *(HitRecord(**asdict(hit)) for hit in found.hits),
            ]
        ),
        status=tried.status,
        detail=tried.detail,
        attempts=tried.attempts,
        seconds=tried.seconds,
    )


def _nothing() -> Examined:
    return Examined(
        warned=None,
        wording=0,
        program=None,
        text_rule=False,
        syntax_rule=False,
        budget_or_score=False,
        attested=False,
    )


# --------------------------------------------------------------------------------- results


def bypassed(record: Record) -> BypassResult:
    """Return the rates that a log tells, as far as it got."""
    samples = record.started.details["samples"]
    return BypassResult(**record.common(), samples=samples, **dict(count(record)))


def count(record: Record) -> Counted:
    """Return what the counters say of the proposals in a log."""
    found = sorted(
        (
            (event.invocation, event.fact)
            for event in record.events
            if isinstance(event.fact, Examined)
        ),
        key=lambda each: each[0],
    )
    facts = [fact for _, fact in found]
    arms = [[fact for fact in facts if fact.warned is warned] for warned in (False, True)]
    return Counted(
        examined=len(facts),
        without_program=sum(fact.program is None for fact in facts),
        programs=[program_row(name, fact) for name, fact in found],
        rates=[rate(rule, warned, arms[warned]) for rule in RULES for warned in (False, True)],
        tests=[WarningTest(rule=rule, p_value=_difference(rule, arms)) for rule in RULES],
        wordings=_by_wording(facts),
        note=MUTATOR if record.started.model.startswith("offline") else "",
    )


def program_row(name: str, fact: Examined) -> ExaminedProgram:
    """Return a proposal's row."""
    return ExaminedProgram(
        program=fact.program,
        text_rule=fact.text_rule,
        syntax_rule=fact.syntax_rule,
        budget_or_score=fact.budget_or_score,
        attested=fact.attested,
        lines=sorted({hit.line for hit in fact.hits}),
        hits=list(fact.hits),
        warned=fact.warned,
        wording=fact.wording,
        status=fact.status,
        name=name,
    )


def rate(rule: str, warned: bool | None, facts: Sequence[Examined]) -> BypassRate:
    """Return how often a rule counted, with its interval."""
    count, n = sum(getattr(fact, rule) for fact in facts), len(facts)
    at_most = zero_count_bound(n) if n and not count else None
    return BypassRate(rule=rule, warned=warned, **asdict(wilson(count, n)), at_most=at_most)


def _difference(rule: str, arms: Sequence[Sequence[Examined]]) -> float | None:
    counts = [(sum(getattr(fact, rule) for fact in arm), len(arm)) for arm in arms]
    return two_proportions(counts[0], counts[1]) if all(n for _, n in counts) else None


def _by_wording(facts: Sequence[Examined]) -> list[WordingRate]:
    groups: defaultdict[tuple[bool | None, int], list[Examined]] = defaultdict(list)
    for fact in facts:
        groups[fact.warned, fact.wording].append(fact)
    return [
        WordingRate(
            rule=rule,
            warned=warned,
            wording=wording,
            count=sum(getattr(fact, rule) for fact in groups[warned, wording]),
            n=len(groups[warned, wording]),
        )
        for rule in RULES
        for warned, wording in sorted(groups, key=lambda each: (bool(each[0]), each[1]))
    ]


def examine_files(paths: Sequence[Path], sandbox: Sandbox) -> FilesResult:
    """Return what the counters say of programs in files; nothing is kept.

    Raises:
        UsageError: a file can't be read, or is not UTF-8 text.
    """
    facts = [examine(sandbox, read_program(path), 0) for path in paths]
    return FilesResult(
        samples=len(facts),
        programs=[program_row(str(p), fact) for p, fact in zip(paths, facts, strict=True)],
        rates=[rate(rule, None, facts) for rule in RULES],
        sandbox=sandbox.mode,
    )
