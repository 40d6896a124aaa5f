"""The controls of ``run``: what they are, what they cost, and what is said of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.conftest import Here
from selftaught.app.controls import control_programs, verdict
from selftaught.app.found import result as read_result
from selftaught.app.plans import Plan
from selftaught.app.products import cost
from selftaught.app.reading import read
from selftaught.app.recursion import run_plan
from selftaught.app.results import ControlScore, ImproverScore, RunResult
from selftaught.app.working import execute, resume
from selftaught.cli.words.run import caveats, significance
from selftaught.engine.settings import Caps
from selftaught.improver import registry as improvers
from selftaught.models.options import ModelOptions
from selftaught.store.sqlite import SqliteStore
from selftaught.values.program import Program
from selftaught.values.records import Interval

NAMES = ["best_of_n", "seed_keep", "unchanged"]
PAIRS = 6


def begun_with(here: Here, improver: str | Program, *, controls: bool = True) -> Plan:
    """A plan of one round on the small task."""
    base = here.run(gate_pairs=PAIRS)
    return run_plan(
        list(base.tasks),
        improver=improver,
        model="offline",
        settings=base.settings,
        controls=controls,
    )


def carried_out(plan: Plan, here: Here) -> RunResult:
    found = execute(plan, here.other())
    assert isinstance(found, RunResult)
    return found


def test_seed_keep_stands_beside_improvers_that_drop_the_initial_solution() -> None:
    for name in ("seed", "earlier_seed"):
        assert list(control_programs(improvers.find(name))) == NAMES
    for name in ("seed_keep", "greedy"):
        assert list(control_programs(improvers.find(name))) == ["best_of_n", "unchanged"]


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        (Interval(mean=0.2, low=0.1, high=0.3, n=6), "better"),
        (Interval(mean=0.2, low=0.1, high=0.3, n=5), "not shown"),
        (Interval(mean=0.2, low=0.0, high=0.4, n=20), "not shown"),
        (Interval(mean=0.1805, low=-0.0018, high=0.3627, n=20), "not shown"),
        (Interval(mean=-0.2, low=-0.3, high=-0.1, n=20), "worse"),
        (Interval(mean=0.2, low=None, high=None, n=1), "not shown"),
        (Interval(mean=None, low=None, high=None, n=0), "not shown"),
    ],
)
def test_an_interval_that_holds_zero_shows_nothing(interval: Interval, expected: str) -> None:
    assert verdict(interval) == expected


def test_every_control_is_measured_at_the_places_of_the_final_improver(here: Here) -> None:
    found = carried_out(begun_with(here, "seed"), here)
    assert [each.name for each in found.controls] == NAMES
    assert {each.test.n for each in found.controls} == {PAIRS}
    assert {each.difference.n for each in found.controls} == {PAIRS}
    with SqliteStore(here.place.folder / "other" / "store.db") as store:
        assert read_result(store, read(store, found.run, Path())) == found.model_copy(
            update={"final": found.final.model_copy(update={"path": None})}
        )


def test_the_unchanged_program_asks_nothing_and_scores_as_it_was_given(here: Here) -> None:
    found = carried_out(begun_with(here, "seed"), here)
    with SqliteStore(here.place.folder / "other" / "store.db") as store:
        facts = [event.fact for _, event in store.events(found.run, kinds=["meta_evaluated"])]
    unchanged = found.controls[-1]
    (fact,) = [each for each in facts if getattr(each, "improver", "") == unchanged.id]
    seed = begun_with(here, "seed").tasks[0].seed.id
    assert {each.program for each in fact.returned} == {seed}  # type: ignore[union-attr]
    assert fact.charged.responses == 0  # type: ignore[union-attr]


def test_without_them_a_run_equals_one_of_before(here: Here) -> None:
    plain = here.run(gate_pairs=PAIRS)
    without = begun_with(here, plain.improver, controls=False)
    assert without.programs == plain.programs == {}
    found = carried_out(without, here)
    assert found.controls == []
    assert found.digest == carried_out(plain, here).digest
    assert found.digest != carried_out(begun_with(here, plain.improver), here).digest


def test_what_they_cost_at_most_is_announced(here: Here) -> None:
    options = ModelOptions()
    most = cost(begun_with(here, "seed"), options).products
    without = cost(begun_with(here, "seed", controls=False), options).products
    scale = begun_with(here, "seed").settings.scale
    asked = 2 * PAIRS  # best-of-N and seed_keep
    assert most.responses - without.responses == asked * scale.calls * scale.responses
    scored = asked * (scale.utility_calls + 1) + PAIRS
    assert most.evaluations - without.evaluations == scored
    assert most.invocations - without.invocations == asked + PAIRS


@pytest.mark.slow
def test_a_run_that_ends_before_them_goes_on_to_them(here: Here) -> None:
    plan = begun_with(here, "seed")
    whole = carried_out(plan, here)
    few = whole.spent.responses - 3
    capped = replace(plan, settings=replace(plan.settings, caps=Caps(responses=few)))
    early = execute(capped, here.options)
    assert isinstance(early, RunResult)
    assert early.stopped == "budget"
    assert early.controls[0].test.n in (0, PAIRS)
    assert not early.controls[-1].test.n
    done = resume(early.run, here.options, caps=Caps(responses=10_000))
    assert isinstance(done, RunResult)
    assert done.digest == whole.digest
    assert done.controls == whole.controls


@pytest.fixture(scope="module")
def ran() -> RunResult:
    """A run whose gain is that of keeping the initial solution."""
    around = held(0.6, 0.1)
    seed, final = (ImproverScore(id=name, train=around, test=around) for name in "ab")
    return RunResult.model_construct(
        tasks=["square"],
        seed_improver=seed,
        final=final,
        control=None,
        paired_difference=held(0.2, 0.1),
        control_difference=held(0.0, 0.0),
        controls=[
            ControlScore(
                name=name,
                id=name,
                test=around,
                difference=held(0.02, 0.05),
                verdict="not shown",
            )
            for name in NAMES
        ],
    )


def held(mean: float, half: float) -> Interval:
    return Interval(mean=mean, low=mean - half, high=mean + half, n=20)


def test_the_summary_says_what_is_shown_and_what_is_not(ran: RunResult) -> None:
    assert significance(ran) == [
        "the final improver is shown to be better than the seed improver; not shown to be better "
        "than best_of_n, seed_keep or the unchanged program"
    ]
    kept = ran.model_copy(update={"final": ran.seed_improver})
    assert significance(kept)[0].startswith("the seed improver is still in force; it is not shown")


def test_a_gain_that_seed_keep_has_as_well_is_called_that(ran: RunResult) -> None:
    assert "--improver seed_keep is the fairer start" in caveats(ran)[-1]
    without = ran.model_copy(update={"controls": ran.controls[:1]})
    assert "seed_keep" not in " ".join(map(str, caveats(without)))
