"""Our scripts in another Python: inputs recorded and drawn, results compared."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from repository.conftest import Make
from repository.shop import CHECK, FAST, FILES, goal, open_shop
from selftaught.repository.equality import Comparing, Inputs
from selftaught.repository.near import near_inputs, never_given, optional_parameters
from selftaught.repository.probe import Probes
from selftaught.repository.target import Target
from selftaught.repository.workshop import How, Workshop

TOTAL = Target("src/pkg/mod.py", "total")
NOTED = {
    "path": TOTAL.path,
    "name": TOTAL.name,
    "lines": [6],
    "way": "watch",
    "most": 50,
    "most_bytes": 100_000,
}


@pytest.fixture
def probes() -> Iterator[Probes]:
    found = Probes()
    yield found
    found.close()


@pytest.fixture
def shop(make: Make) -> Iterator[Workshop]:
    with open_shop(make(FILES), goal()) as found:
        yield found


def test_the_calls_of_a_check_are_recorded(shop: Workshop, probes: Probes) -> None:
    for way in ("watch", "wrap"):
        taken = probes.record(shop, ("python", "check.py"), NOTED | {"way": way}, How())
        assert taken.ran.result.ok, taken.ran.result.stderr
        assert taken.inputs == ([[[1, 2, 3]], {}], [[[-2]], {}])
        assert (taken.kinds, taken.calls) == ({}, 2)


KINDS = """import functools
NONE = object()
KEPT = []
def compiled(function):
    KEPT.append(function)
    return function
@compiled
@functools.lru_cache(maxsize=None)
def cached(a, b=NONE, *, c=3, **more):
    return a
def steps(n, step=1):
    for each in range(n):
        yield each
async def later(x):
    import asyncio
    await asyncio.sleep(0)
    return x
class Box:
    @classmethod
    def make(cls, a, *rest):
        return lambda: a
    @staticmethod
    def plain(a, b=2):
        return a
    @property
    def size(self):
        return 1
    def put(self, a):
        return a
def down(n):
    return down(n - 1) if n else n
"""
USES = """import asyncio, threading
from kinds import cached as early
import kinds
from types import FunctionType
assert type(kinds.down) is FunctionType and kinds.KEPT == [early]
early(1); early(1); early(2, b=5, c=4, z=9)
assert sorted([3, 4], key=kinds.down) == [3, 4]
assert list(kinds.steps(3)) == [0, 1, 2]
async def both():
    return await asyncio.gather(kinds.later(1), kinds.later(2))
assert asyncio.run(both()) == [1, 2]
box = kinds.Box()
kinds.Box.make(1, 2, 3); box.size
thread = threading.Thread(target=kinds.Box.plain, args=(5,)); thread.start(); thread.join()
box.put(4)
"""
BOX = {"instance": [["kinds", "Box"], {"dict": []}]}


@pytest.mark.parametrize(
    ("name", "inputs"),
    [
        ("cached", ([[1], {}], [[2, 5], {"c": 4, "z": 9}])),
        ("steps", ([[3], {}],)),
        ("later", ([[1], {}], [[2], {}])),
        ("Box.make", ([[1, 2, 3], {}],)),
        ("Box.plain", ([[5], {}],)),
        ("Box.size", ([[BOX], {}],)),
        ("Box.put", ([[BOX, 4], {}],)),
        ("down", ([[3], {}], [[4], {}])),
    ],
)
def test_calls_are_seen_while_the_function_stays_what_it_is(
    make: Make, probes: Probes, name: str, inputs: tuple[object, ...]
) -> None:
    files = {**FILES, "kinds.py": KINDS, "uses.py": USES}
    with open_shop(make(files), goal(target=f"kinds.py::{name}")) as shop:
        (part,) = shop.site.parts
        assert part.node is not None
        job = NOTED | {"path": "kinds.py", "name": name, "lines": [part.first, part.node.lineno]}
        taken = probes.record(shop, ("python", "uses.py"), job, How())
    assert taken.ran.result.ok, taken.ran.result.stderr
    assert taken.inputs == inputs


def test_inputs_are_drawn_from_annotations(shop: Workshop, probes: Probes) -> None:
    job = {"path": TOTAL.path, "name": TOTAL.name, "seed": 1, "most": 20}
    (answer,) = probes.ask(shop, "draw", job).answers
    assert answer["reason"] == ""
    assert 5 < len(answer["inputs"]) <= 20
    (again,) = probes.ask(shop, "draw", job).answers
    assert again == answer
    (none,) = probes.ask(shop, "draw", {**job, "name": "twice"}).answers
    assert "values has no annotation" in none["reason"]


def test_near_inputs_differ_a_little() -> None:
    inputs = [[[[1, 2, 3], {"float": "0x1p0"}], {"name": "abc"}], [[{"tuple": [True]}], {}]]
    found = near_inputs(inputs, 30, seed=3)
    assert len(found) > 10
    assert found == near_inputs(inputs, 30, seed=3)
    assert not [each for each in found if each in inputs]
    assert inputs[0] == [[[1, 2, 3], {"float": "0x1p0"}], {"name": "abc"}]


DEFAULTS = """
class Cover:
    @classmethod
    def of(
        cls, spans, gap: int = 0, /, widen=None, limit: int | None = None, *, names=("a",), key=None
    ):
        pass
"""


def test_parameters_that_no_call_gives_are_given_too() -> None:
    node = ast.parse(DEFAULTS).body[0].body[0]  # type: ignore[attr-defined]
    optional = optional_parameters(node)
    assert [(each.name, each.place) for each in optional] == [
        ("gap", 1), ("widen", 2), ("limit", 3), ("names", None), ("key", None),
    ]  # fmt: skip
    recorded = [[[[1, 2]], {}], [[[3]], {"limit": 4}]]
    found = near_inputs(recorded, 60, 1, optional)
    assert found == near_inputs(recorded, 60, 1, optional)
    assert {name for each in found for name in each[1]} == {"limit", "names"}
    assert len({each[1]["limit"] for each in found if "limit" in each[1]}) > 2
    assert never_given(optional, [*recorded, *found]) == ["gap", "widen", "key"]
    assert never_given(optional, [[[[1, 2], 5], {"key": 1}]]) == ["widen", "limit", "names"]


VERSIONS = {
    "equal": FAST,
    "differs": FAST.replace("a * a", "a * abs(a)"),
    "special_cases": FAST.replace(
        "return", "if values not in ([1, 2, 3], [-2]):\n        return 0\n    return"
    ),
    "caches": FAST.replace(
        "return",
        "seen = total.__dict__.setdefault('seen', [])\n    seen.append(values)\n"
        "    if len(seen) > 120:\n        return -1\n    return",
    ),
}
SMALL = [[[[place, -place, 2]], {}] for place in range(1, 60)]


def examined(shop: Workshop, probes: Probes, program: str, inputs: Inputs) -> tuple[str, str]:
    comparing = Comparing(probes, TOTAL, How(), 0.0)
    original = comparing.original(shop, inputs)
    assert shop.install(program) is None
    found = comparing.compare(shop, original, 0)
    return found.status, str(found.difference.call if found.difference else "")


@pytest.mark.parametrize("status", VERSIONS)
def test_versions_are_told_apart_by_their_results(
    shop: Workshop, probes: Probes, status: str
) -> None:
    recorded = ([[[1, 2, 3]], {}], [[[-2]], {}])
    inputs = Inputs(recorded=recorded, near=tuple(SMALL))
    found, call = examined(shop, probes, VERSIONS[status], inputs)
    assert found == status
    assert call.startswith("total([") is (status != "equal")


def test_what_cannot_be_compared_is_left_out(make: Make, probes: Probes) -> None:
    module = (
        "import os, time\n\n\ndef total(values):\n    if values == 1:\n        while True:\n"
        "            pass\n    if values == 2:\n        os._exit(3)\n"
        "    if values == 3:\n        return time.perf_counter_ns()\n"
        "    return object() if values == 4 else values\n"
    )
    files = {**FILES, "src/pkg/mod.py": module, "check.py": CHECK}
    with open_shop(make(files), goal()) as shop:
        inputs = Inputs(drawn=tuple([[number], {}] for number in (1, 3, 4, 5, 2)))
        original = Comparing(probes, TOTAL, How(), 0.0).original(shop, inputs)
    known = [each is not None for each in original.outcomes]
    assert known == [False, False, True, True, False]


def test_floats_within_the_tolerance_are_equal(make: Make, probes: Probes) -> None:
    module = "def total(values: list[float]) -> float:\n    return sum(values)\n"
    other = (
        "def total(values: list[float]) -> float:\n    import math\n    return math.fsum(values)\n"
    )
    with open_shop(make({**FILES, "src/pkg/mod.py": module}), goal()) as shop:
        given = [[[{"float": (0.1 * n).hex()} for n in range(9)]], {}]
        original = Comparing(probes, TOTAL, How(), 0.0).original(shop, Inputs(drawn=(given,)))
        assert shop.install(other) is None
        for tolerance, status in ((0.0, "differs"), (1e-12, "equal")):
            comparing = Comparing(probes, TOTAL, How(), tolerance)
            assert comparing.compare(shop, original, 0).status == status


def test_our_scripts_hide_no_module_of_the_users(make: Make, probes: Probes) -> None:
    files = {
        **FILES,
        "src/forms.py": "OWN = 1\n",
        "check.py": "import forms\nassert forms.OWN\n" + CHECK,
    }
    with open_shop(make(files), goal()) as shop:
        taken = probes.record(shop, ("python", "check.py"), NOTED, How())
    assert taken.ran.result.ok, taken.ran.result.stderr
    assert len(taken.inputs) == 2
