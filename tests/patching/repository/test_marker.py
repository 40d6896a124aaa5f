from __future__ import annotations

import pytest

from patching.repository.conftest import Make
from patching.repository.shop import FILES, goal, open_shop
from selftaught.patching.repository.reading import read_score
from selftaught.patching.repository.workshop import How

TEST = """import pytest
from pkg.mod import total


@pytest.mark.selftaught_score
def test_bench(selftaught_seed{fixture}):
    assert total([selftaught_seed]) == selftaught_seed ** 2
    {body}


def test_other():
    pass
"""


@pytest.mark.parametrize("given", [True, False])
def test_a_marked_test_prints_its_number_or_its_time_last(make: Make, given: bool) -> None:
    fixture, body = (", selftaught_score", "selftaught_score(40 + 2)") if given else ("", "")
    test = TEST.format(fixture=fixture, body=body)
    with open_shop(make({**FILES, "test_bench.py": test}), goal()) as shop:
        ran = shop.run(("pytest", "-q", "--strict-markers", "test_bench.py"), How(seed=5))
    assert ran.result.ok, ran.result.stdout
    assert "2 passed" in ran.result.stdout
    number = read_score(ran.result.stdout).number
    assert number == 42.0 if given else 0 < number < 60
    assert ran.traces == ()
