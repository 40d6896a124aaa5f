"""Limits of a run: each ends it in good order, and a higher one lets it go on to its end."""

from __future__ import annotations

from typing import Any

import pytest

from runs.conftest import Here, Place
from runs.counting_server import CountingServer
from selftaught.engine.settings import Caps, Settings
from selftaught.errors import UsageError
from selftaught.experiments.stored import resume
from selftaught.runs.executor import execute
from selftaught.runs.results import ImproveResult, RunResult
from selftaught.store.sqlite import SqliteStore

Result = ImproveResult | RunResult


def run_state(here: Here, found: Result) -> str:
    with SqliteStore(here.options.store, create=False) as store:
        return store.run(found.run).state


def check_end(found: Result, caps: Caps, here: Here) -> None:
    """It ended for a limit, nothing past a limit was served, and the best so far is there."""
    (name, limit), *_ = [(n, each) for n, each in vars(caps).items() if each is not None]
    assert found.stopped == "budget"
    assert name in found.reason
    if name in ("responses", "evaluations"):
        extra = 2 if isinstance(found, ImproveResult) else 0  # the look at the test split
        assert getattr(found.spent, name) <= limit + (extra if name == "evaluations" else 0)
    assert run_state(here, found) == "stopped"
    best = found.best if isinstance(found, ImproveResult) else found.final
    assert best.path
    assert best.id


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """An improvement without limits."""
    here = Here(Place(tmp_path_factory.mktemp("whole") / "here"))
    return execute(here.improve(), here.options)


@pytest.mark.parametrize(
    "caps",
    [
        Caps(responses=3),
        Caps(tokens=400),
        Caps(evaluations=3),
        Caps(cpu_seconds=1e-6),
        Caps(seconds=1e-3),
    ],
    ids=str,
)
def test_each_limit_ends_improve_and_a_higher_one_lets_it_go_on(
    here: Here, whole: Result, caps: Caps
) -> None:
    found = execute(here.improve(caps=caps), here.options)
    check_end(found, caps, here)
    higher = Caps(**{name: 1e9 for name, limit in vars(caps).items() if limit is not None})
    again = resume(found.run, here.options, caps=higher)
    assert again.stopped == "done"
    assert again.digest == whole.digest
    assert again.spent.responses == whole.spent.responses
    assert again.spent.evaluations == whole.spent.evaluations


def test_a_limit_ends_rounds_and_a_higher_one_lets_them_go_on(here: Here) -> None:
    whole = execute(here.run(), here.other())
    low, higher = Caps(responses=5), Caps(responses=whole.spent.responses - 3)
    first = execute(here.run(caps=low), here.options)
    check_end(first, low, here)
    second = resume(first.run, here.options, caps=higher)
    check_end(second, higher, here)
    assert second.spent.responses > first.spent.responses
    last = resume(first.run, here.options, caps=Caps(responses=1e6))
    assert last.stopped == "done"
    assert last.digest == whole.digest


def test_a_limit_that_is_not_given_anew_still_holds(here: Here) -> None:
    found = execute(here.improve(caps=Caps(responses=3)), here.options)
    again = resume(found.run, here.options)
    assert again.stopped == "budget"
    assert again.spent.responses == found.spent.responses


def test_dollars_end_a_run_before_many_calls_pass_the_limit_together(
    here: Here, server: CountingServer
) -> None:
    # an answer costs 20 or 30 thousandths of a dollar; twelve invocations could ask at once
    plan = here.run(model="openai/counting", caps=Caps(cost_usd=0.2), meta_calls=6, repeats=6)
    found = execute(plan, here.priced(server))
    assert found.stopped == "budget"
    assert found.spent.cost_usd is not None
    assert 0 < found.spent.cost_usd <= 0.2
    again = resume(found.run, here.priced(server))
    assert again.stopped == "budget"
    assert again.spent.cost_usd is not None
    assert again.spent.cost_usd <= 0.2


def test_dollars_can_only_be_limited_where_the_price_is_known(
    here: Here, server: CountingServer
) -> None:
    plan = here.improve(model="openai/counting", caps=Caps(cost_usd=1.0))
    with pytest.raises(UsageError, match="--price-in"):
        execute(plan, here.priced(server, price=None))


@pytest.mark.parametrize("limit", [-1, 0, float("nan"), float("inf"), -1e300])
@pytest.mark.parametrize("name", list(vars(Caps())))
def test_a_limit_that_means_nothing_is_refused(name: str, limit: float) -> None:
    with pytest.raises(UsageError, match=name.replace("_", "-")):
        Caps(**{name: limit})


@pytest.mark.parametrize("seed", [-1, 2**63])
def test_a_seed_out_of_range_is_refused(seed: int) -> None:
    with pytest.raises(UsageError, match="--seed"):
        Settings(seed=seed)


@pytest.mark.parametrize(
    "changes", [{"rounds": 0}, {"calls": -3}, {"responses": 10**7}, {"repeats": 2**70}], ids=str
)
def test_numbers_that_mean_nothing_are_refused(here: Here, changes: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="between 1 and"):
        here.run(**changes)
