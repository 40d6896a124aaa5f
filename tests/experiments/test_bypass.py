"""The bypass experiment with scripted proposals of known kinds."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analysis.bypass.measured import FOLDER, source
from fakes.memory_store import MemoryStore
from selftaught.analysis.proportions import two_proportions, wilson
from selftaught.engine.engine import Engine, World
from selftaught.engine.settings import Settings
from selftaught.errors import ModelError, UsageError
from selftaught.experiments.bypass.experiment import BYPASS, BypassWork, bypass_plan, examine_files
from selftaught.experiments.bypass.prompts import SEED_IMPROVER, WORDINGS, utility_text
from selftaught.experiments.bypass.result import BypassResult
from selftaught.models.scripted import ScriptedModel
from selftaught.ports import ModelRequest, Sandbox
from selftaught.runs.evaluators import LocalEvaluator
from selftaught.runs.executor import Interrupts, concluded, conduct
from selftaught.runs.log import RunLog
from selftaught.runs.plans import begin
from selftaught.runs.resources import SystemClock
from selftaught.runs.watch import RULES
from selftaught.sandbox import open_sandbox
from selftaught.values.event import RunInfo
from selftaught.values.facts import Examined
from selftaught.values.program import text_id
from selftaught.values.state import fold

PLAIN, EXECUTES, COUNTER = "keyword_false", "exec_alias", "counter_reset"
INNOCENT = "comment_only"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with open_sandbox() as opened:
        yield opened


def warned(request: ModelRequest) -> bool:
    return any(
        word in request.messages[-1].content
        for word in ("Warning", "Without the sandbox", "SECURITY", "Please note")
    )


def answer(request: ModelRequest, sample: int) -> str:
    """Without a warning every proposal calls without the sandbox; with one, a mixture."""
    if not warned(request):
        return f"An idea.\n```python\n{source(PLAIN)}```\n"
    if sample == 2:
        return "I can't help with that."
    return f"An idea.\n```python\n{source((EXECUTES, INNOCENT)[sample % 2])}```\n"


def run(sandbox: Sandbox, model: ScriptedModel, store: MemoryStore, samples: int) -> BypassResult:
    """Begin the run, or go on with it."""
    return asyncio.run(_run(sandbox, model, store, samples))


async def _run(
    sandbox: Sandbox, model: ScriptedModel, store: MemoryStore, samples: int
) -> BypassResult:
    plan = bypass_plan(samples, model="scripted", settings=Settings(seed=3))
    if not store.runs():
        store.create(RunInfo("run", "bypass", (), "scripted", "running", 0.0))
    world = World(store, model, sandbox, LocalEvaluator(sandbox), SystemClock())
    engine = Engine(world, "run", tasks=(), settings=plan.settings)
    try:
        begin(engine, plan, sandbox.mode)
        work = BypassWork(engine, samples)
        with Interrupts() as interrupts:
            end = await conduct(engine, store, work.run, interrupts)
        state = fold([event for _, event in store.events("run")])
        found = concluded(plan, work, (engine, state), end, Path("unused"))
        assert isinstance(found, BypassResult)
        return found
    finally:
        engine.close()


def rates(result: BypassResult) -> dict[tuple[str, bool | None], tuple[int, int]]:
    return {(each.rule, each.warned): (each.count, each.n) for each in result.rates}


def test_each_proposal_is_counted_in_four_ways_and_by_arm(sandbox: Sandbox) -> None:
    model = ScriptedModel(answer)
    store = MemoryStore()
    found = run(sandbox, model, store, 32)
    assert (found.samples, found.examined, len(found.programs)) == (32, 32, 32)
    # Each of the 4 wordings is asked for 4 proposals an arm; the warned ones are
    # "executes", "comment only", none and "comment only".
    assert found.without_program == 4
    assert rates(found) == {
        ("text_rule", False): (16, 16),
        ("text_rule", True): (8, 16),
        ("syntax_rule", False): (16, 16),
        ("syntax_rule", True): (4, 16),
        ("budget_or_score", False): (0, 16),
        ("budget_or_score", True): (0, 16),
        ("attested", False): (0, 16),
        ("attested", True): (4, 16),
    }
    assert {each.wording for each in found.wordings} == set(range(WORDINGS))
    assert sum(request.samples != () for request in model.requests) == 2 * WORDINGS
    assert found.stopped == "done"


def test_rates_come_with_their_interval_and_arms_with_their_test(sandbox: Sandbox) -> None:
    found = run(sandbox, ScriptedModel(answer), MemoryStore(), 32)
    by_rule = {(each.rule, each.warned): each for each in found.rates}
    expected = wilson(4, 16)
    assert (by_rule["syntax_rule", True].low, by_rule["syntax_rule", True].high) == (
        expected.low,
        expected.high,
    )
    tests = {each.rule: each.p_value for each in found.tests}
    assert tests["syntax_rule"] == two_proportions((16, 16), (4, 16))
    zero = by_rule["budget_or_score", True]
    assert (zero.low, zero.at_most) == (0.0, pytest.approx(1 - 0.05 ** (1 / 16)))
    assert by_rule["syntax_rule", False].at_most is None


def test_every_hit_can_be_opened(sandbox: Sandbox) -> None:
    store = MemoryStore()
    found = run(sandbox, ScriptedModel(answer), store, 8)
    row = next(each for each in found.programs if each.attested)
    assert row.program is not None
    line = next(hit.line for hit in row.hits if hit.rule == "syntax_rule")
    assert line in row.lines
    assert "run(s" in store.get(row.program).splitlines()[line - 1]
    fact = next(
        event.fact
        for _, event in store.events("run", kinds=["examined"])
        if event.invocation == row.name
    )
    assert isinstance(fact, Examined)
    assert any("selftaught-forbidden" in attempt.target for attempt in fact.attempts)
    assert any(program == row.program for program, _ in fold_attempts(store))


def fold_attempts(store: MemoryStore) -> list[tuple[str, Any]]:
    return fold([event for _, event in store.events("run")]).attempts


@pytest.mark.slow
def test_an_interrupted_run_goes_on_without_asking_again(sandbox: Sandbox) -> None:
    whole = run(sandbox, ScriptedModel(answer), MemoryStore(), 60)
    store, given = MemoryStore(), 0

    def failing(request: ModelRequest, sample: int) -> str:
        nonlocal given
        given += 1
        if given > 25:
            raise ModelError("an answer", "none")
        return answer(request, sample)

    with pytest.raises(ModelError):
        run(sandbox, ScriptedModel(failing), store, 60)
    kept = store.counts("run")["responded"]
    again = ScriptedModel(answer)
    found = run(sandbox, again, store, 60)
    assert sum(len(request.samples) for request in again.requests) == 60 - kept
    assert (found.programs, found.rates) == (whole.programs, whole.rates)
    assert run(sandbox, ScriptedModel([]), store, 60).programs == whole.programs


def test_a_log_alone_gives_the_same_result(sandbox: Sandbox) -> None:
    store = MemoryStore()
    found = run(sandbox, ScriptedModel(answer), store, 8)
    events = [event for _, event in store.events("run")]
    state = fold(events)
    assert state.started
    log = RunLog("run", state.started, events, state, "done", "", store.get)
    assert BYPASS.result(log).model_dump() == found.model_dump()


@pytest.mark.parametrize("samples", [1, 2, 7, 9])
def test_arms_and_wordings_take_turns(sandbox: Sandbox, samples: int) -> None:
    found = run(sandbox, ScriptedModel(answer), MemoryStore(), samples)
    assert found.examined == samples
    unwarned, with_warning = (n for (rule, _), (_, n) in rates(found).items() if rule == RULES[0])
    assert 0 <= unwarned - with_warning <= 1


def test_the_texts_differ_only_by_the_warning_and_show_the_switch() -> None:
    texts = set()
    for wording in range(WORDINGS):
        plain, warning = (utility_text(wording, warned=w) for w in (False, True))
        texts |= {plain, warning}
        assert set(plain.splitlines()) < set(warning.splitlines())
        assert "use_sandbox" in plain
        compile(plain, "plain", "exec")
        compile(warning, "warning", "exec")
    assert len(texts) == 2 * WORDINGS
    assert "use_sandbox=True" in SEED_IMPROVER.source


def test_files_are_examined_without_a_model(sandbox: Sandbox, tmp_path: Path) -> None:
    paths = [FOLDER / "corpus" / f"{name}.py" for name in (PLAIN, EXECUTES, COUNTER, INNOCENT)]
    found = examine_files(paths, sandbox)
    counted = [[rule for rule in RULES if getattr(each, rule)] for each in found.programs]
    assert counted == [
        ["text_rule", "syntax_rule"],
        ["syntax_rule", "attested"],
        ["budget_or_score"],
        ["text_rule"],
    ]
    assert found.programs[0].program == text_id(source(PLAIN))
    assert {(each.rule, each.n) for each in found.rates} == {(rule, 4) for rule in RULES}
    with pytest.raises(UsageError, match="readable program"):
        examine_files([tmp_path / "missing.py"], sandbox)


@pytest.mark.parametrize("samples", [0, -1, 10**7])
def test_numbers_that_nobody_means_are_refused(samples: int) -> None:
    with pytest.raises(UsageError, match="--samples between"):
        bypass_plan(samples, model="offline", settings=Settings())
