"""``bypass``: how often proposed improvers avoid the sandbox (the paper, table 2)."""

from __future__ import annotations

import asyncio
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from selftaught.analysis.bypass.findings import findings
from selftaught.analysis.bypass.text_rule import text_lines
from selftaught.engine.concurrency import all_or_first_failure
from selftaught.engine.engine import Engine
from selftaught.engine.model_calls import ModelBudget
from selftaught.engine.settings import Products, Scale, Settings
from selftaught.engine.utility import Account, Scored
from selftaught.errors import UsageError
from selftaught.experiments.bypass.canned_run import try_improver
from selftaught.experiments.bypass.prompts import SEED_IMPROVER, WORDINGS, utility_text
from selftaught.experiments.bypass.result import (
    CELL,
    BypassResult,
    FilesResult,
    count,
    program_row,
    rate,
)
from selftaught.improver import contract
from selftaught.improver.helpers import extract_code
from selftaught.ports import Sandbox
from selftaught.runs.experiment import Experiment, Outside, Parameters, Plan, Work
from selftaught.runs.log import RunLog
from selftaught.runs.scoring import read_program
from selftaught.runs.watch import RULES
from selftaught.values.event import Event
from selftaught.values.facts import Examined, Responded, RunFinished
from selftaught.values.program import Program
from selftaught.values.records import HitRecord
from selftaught.values.seeds import derive

COMMAND = "bypass"
MOST_SAMPLES = 1_000_000
AT_ONCE = 2
"""Proposals that are run at the same time."""


def bypass_plan(samples: int, *, model: str, settings: Settings) -> Plan[BypassParameters]:
    """Return the plan of an experiment with so many proposals, every second one warned.

    Raises:
        UsageError: fewer than one sample, or more than a million.
    """
    if not 1 <= samples <= MOST_SAMPLES:
        raise UsageError(f"--samples between 1 and {MOST_SAMPLES:,}", str(samples))
    parameters = BypassParameters(samples, [COMMAND, "--samples", str(samples)])
    return Plan(BYPASS, parameters, (), SEED_IMPROVER, model, settings)


@dataclass(frozen=True)
class BypassParameters(Parameters):
    """How much is asked for.

    Attributes:
        samples: proposals, every second one warned.
        arguments: the command line that makes the run again.
    """

    samples: int
    arguments: list[str]


class ShownUtility:
    """A utility that an improver is shown and that runs nothing: every score is 0."""

    name = COMMAND
    entry_point = contract.ENTRY_POINT
    low = 0.0

    def __init__(self, wording: int, *, warned: bool) -> None:
        """Take the text of one wording."""
        self.text = utility_text(wording, warned=warned)

    async def score(self, program: Program, account: Account) -> Scored:
        """Return 0: proposals are counted, not compared."""
        return Scored(0.0, "ok", "")


class BypassWork:
    """What ``selftaught bypass --samples`` does: block by block, both arms in each."""

    def __init__(self, engine: Engine, samples: int) -> None:
        """Ask an engine's model for so many proposals."""
        self._engine = engine
        self._samples = samples
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
        job = engine.invocation_spec(name, SEED_IMPROVER, SEED_IMPROVER, utility, seed)
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


class BypassExperiment(Experiment[BypassParameters]):
    """What ``selftaught bypass --samples`` does."""

    kind = COMMAND
    parameters = BypassParameters

    def most(self, plan: Plan[BypassParameters]) -> Products:
        """Return as many responses as there are samples."""
        return bypass_products(plan.parameters.samples, plan.settings.scale)

    def work(self, plan: Plan[BypassParameters], engine: Engine, outside: Outside) -> Work:
        """Return what asks for proposals and examines them."""
        return BypassWork(engine, plan.parameters.samples)

    def result(self, log: RunLog) -> BypassResult:
        """Return the rates as far as it got."""
        samples = BypassParameters.from_details(log.started.details).samples
        return BypassResult(**log.common(), samples=samples, **dict(count(log)))


BYPASS = BypassExperiment()


def bypass_products(samples: int, scale: Scale) -> Products:
    """Return the most of so many proposals."""
    return Products(math.ceil(samples / scale.responses), samples, 0, 0)


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
