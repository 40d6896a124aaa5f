"""Speed as a score: what is claimed, and what is refused with its reason."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from patching.repository.conftest import Make, make
from patching.repository.shop import CHECK, FAST, FILES, MODULE, goal
from selftaught.patching import benchmark as pace_module
from selftaught.patching import inputs
from selftaught.patching.benchmark import Benchmark, Blocks, forecast
from selftaught.patching.commands import open_commands
from selftaught.patching.message import not_compared
from selftaught.patching.repository import timing
from selftaught.patching.repository.baseline import Baseline
from selftaught.patching.repository.inside import loop
from selftaught.patching.repository.judge import Judge
from selftaught.patching.repository.probe import Taken
from selftaught.patching.repository.site import open_site
from selftaught.patching.repository.target import Target
from selftaught.patching.repository.timing import Stopwatch
from selftaught.patching.repository.workshop import Ran, Workshop
from selftaught.patching.result import Comparison
from selftaught.patching.speed import SpeedJudge
from selftaught.values.command import CommandResult, CommandStatus
from selftaught.values.facts import Compared
from selftaught.values.outcome import Outcome
from selftaught.values.program import Program
from selftaught.values.records import Interval
from selftaught.values.task import InstanceSet, ScoreRange, Split, Task

__all__ = ["make"]

BENCH = """from pkg.mod import total

DATA = list(range(-60, 70))


def run():
    return total(DATA)
"""
BASELINE = Baseline(1.0, 60.0, 1.0, noisy=True)


@pytest.fixture(autouse=True)
def few_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer runs, so that tests are quick: the statistics have tests of their own."""
    monkeypatch.setattr(pace_module, "QUICK_BLOCKS", 1)
    monkeypatch.setattr(pace_module, "CALL_BLOCKS", 9)
    monkeypatch.setattr(pace_module, "NARROW", 10.0)
    monkeypatch.setattr(inputs, "DRAWN", 20)
    monkeypatch.setattr(inputs, "SEARCH_DRAWN", 10)
    monkeypatch.setattr(timing, "ENOUGH_NS", 1)
    monkeypatch.setattr(timing, "SAMPLE_NS", 2_000_000)
    monkeypatch.setattr(timing, "WARM_NS", 2_000_000)


@contextmanager
def bench(root: Path, faster: str = "bench.py::run") -> Iterator[tuple[SpeedJudge, Program]]:
    site = open_site(root, goal(score="", minimise=False, faster=faster, record_inputs=True))
    with ExitStack() as stack:
        commands = open_commands()
        stack.callback(commands.close)
        new, old = (stack.enter_context(Workshop(site, commands)) for _ in range(2))
        pace = Benchmark(site, old, new, BASELINE)
        stack.callback(pace.close)
        yield SpeedJudge(Judge(new, BASELINE, {}), pace), Program(site.program)


def task_of(seed: Program) -> Task:
    def unused(*given: object) -> None:
        raise AssertionError

    return Task("total", seed, unused, unused, scale=ScoreRange(0.0, 2.0))  # type: ignore[arg-type]


def searched(judge: SpeedJudge, seed: Program, program: str) -> Outcome:
    return judge.evaluate(task_of(seed), Program(program), InstanceSet(Split.TRAIN, 0))


def compared(make: Make, program: str, faster: str = "bench.py::run") -> Compared:
    root = make({**FILES, "bench.py": BENCH})
    with bench(root, faster) as (judge, seed):
        return judge.compare((seed, Program(program)), 0)


def test_a_faster_version_is_faster_on_all_inputs(make: Make) -> None:
    root = make({**FILES, "bench.py": BENCH})
    with bench(root) as (judge, seed):
        assert searched(judge, seed, seed.source).score == 1.0
        quick = searched(judge, seed, FAST)
        assert quick.score is not None
        assert quick.score > 3
        found = judge.compare((seed, Program(FAST)), 0)
    assert found.status == "faster", found.reason
    assert found.gain.low is not None
    assert found.gain.low > 3
    equality = found.figures["equality"]
    assert equality["status"] == "equal"
    assert equality["recorded"] == 3
    assert equality["drawn"] > 0
    assert equality["near"] > 10
    assert found.figures["on_unseen"]["low"] > 1.5


@pytest.mark.parametrize(
    ("samples", "enough_ns", "count"), [(None, 10**12, 5), (None, 1, 1), (3, 1, 3), (2, 10**12, 2)]
)
def test_a_long_benchmark_is_sampled_less_and_as_often_as_was_settled(
    samples: int | None, enough_ns: int, count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"bench_{count}_{samples}"
    (tmp_path / f"{name}.py").write_text("def run():\n    return sum(range(1000))\n")
    monkeypatch.setattr(sys, "path", list(sys.path))
    numbers = {"loops": 1, "samples": samples, "enough_ns": enough_ns}
    numbers |= {"warm_ns": 1, "sample_ns": 1}
    place = {"root": str(tmp_path), "path": f"{name}.py", "name": "run", "core": None}
    told: list[dict[str, list[object]]] = []
    monkeypatch.setattr(loop, "read_job", lambda: {**place, **numbers})
    monkeypatch.setattr(loop, "Answer", lambda: SimpleNamespace(write=told.append))
    loop.main()
    assert len(told[0]["samples"]) == count


def test_original_and_version_are_sampled_equally_often(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Calls of the original pass the limit in one sample, those of the version would not."""
    monkeypatch.setattr(timing, "ENOUGH_NS", 20_000_000)
    slow = BENCH.replace("return total(DATA)", "return sum(total(DATA) for _ in range(300))")
    asked: list[object] = []
    told = Stopwatch.job

    def job(stopwatch: Stopwatch, benchmark: Target) -> dict[str, object]:
        asked.append(told(stopwatch, benchmark)["samples"])
        return told(stopwatch, benchmark)

    monkeypatch.setattr(Stopwatch, "job", job)
    root = make({**FILES, "bench.py": slow})
    with bench(root) as (judge, seed):
        assert searched(judge, seed, FAST).status == "ok"
    first, *others = asked[-4:]
    assert first is None
    assert others[0] is not None
    assert len(set(others)) == 1


def test_a_long_run_answers_an_improver_after_one_block(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace_module, "QUICK_BLOCKS", 3)
    blocks: list[str] = []
    added = Benchmark._block

    def block(pace: Benchmark, found: Blocks, seed: int, name: str) -> bool:
        blocks.append(name)
        return added(pace, found, seed, name)

    monkeypatch.setattr(Benchmark, "_block", block)
    root = make({**FILES, "bench.py": BENCH})
    for seconds, count in ((0.0, 1), (1e9, 3)):
        blocks.clear()
        monkeypatch.setattr(pace_module, "QUICK_SECONDS", seconds)
        with bench(root) as (judge, seed):
            assert searched(judge, seed, FAST).score
        assert len(blocks) == count


def test_how_long_timing_takes_is_told_beforehand() -> None:
    words = forecast(0.5, 40)
    assert "takes 0.5 s: up to 2 s for a version" in words  # a block, as few_blocks has it
    assert "36 to 98 s to compare a winner" in words


@pytest.mark.slow
def test_the_same_function_with_other_names_is_not_faster(make: Make) -> None:
    same = MODULE[MODULE.index("def total") : MODULE.index("def twice")].replace("found", "answer")
    found = compared(make, same)
    assert found.status in ("unclear", "slower"), found.reason
    assert found.figures["equality"]["status"] == "equal"


CHEATS = {
    "special_cases": """def total(values: list[int]) -> int:
    if values == list(range(-60, 70)):
        return 185705
    found = 0
    for a in values:
        for _ in range(abs(a)):
            found += abs(a)
    return found
""",
    "caches": """def total(values: list[int], seen={}) -> int:
    key = tuple(values)
    if key not in seen:
        found = 0
        for a in values:
            for _ in range(abs(a)):
                found += abs(a)
        seen[key] = found
    return seen[key]
""",
    "false_clock": """def total(values: list[int]) -> int:
    import sys
    clock = sys.modules.get("__main__")
    if hasattr(clock, "enough_loops") and not hasattr(clock, "real"):
        clock.real = clock.timed
        clock.timed = lambda call, loops: [each // 9 for each in clock.real(call, loops)]
        clock.cpu_ns = lambda real=clock.cpu_ns: real() // 9
    found = 0
    for a in values:
        for _ in range(abs(a)):
            found += abs(a)
    return found
""",
}


SLOWLY = ("special_cases", "false_clock")


@pytest.mark.parametrize(
    "status",
    ["caches", *(pytest.param(each, marks=pytest.mark.slow) for each in SLOWLY)],
)
def test_what_only_looks_faster_is_flagged(
    make: Make, status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if status == "false_clock":  # work that is hidden has to stand out from a process's start
        monkeypatch.setattr(timing, "SAMPLE_NS", 60_000_000)
    root = make({**FILES, "bench.py": BENCH})
    if "185705" in CHEATS[status]:
        assert sum(a * a for a in range(-60, 70)) == 185705
    with bench(root) as (judge, seed):
        found = judge.compare((seed, Program(CHEATS[status])), 0)
    # with so few samples a busy machine may make one cheat look like another, but never like a gain
    assert found.status in CHEATS, found.reason
    assert found.reason


def test_another_result_is_told_with_an_input_that_was_drawn(make: Make) -> None:
    root = make({**FILES, "bench.py": BENCH, "check.py": CHECK})
    wrong = FAST.replace("a * a for a in values", "a * a for a in values if a != 0) + (not values")
    with bench(root) as (judge, seed):
        found = searched(judge, seed, wrong)
    assert found.status == "wrong_output"
    assert "total([])" in found.instances[0].feedback


@pytest.mark.slow
def test_a_command_is_timed_as_a_whole(make: Make) -> None:
    script = BENCH + "\n\nfor _ in range(150):\n    run()\n"
    root = make({**FILES, "bench.py": script})
    with bench(root, "python bench.py") as (judge, seed):
        found = judge.compare((seed, Program(FAST)), 0)
    assert found.status == "faster", found.reason
    assert os.sched_getaffinity(0)


STRICT = """class Compiled:
    def __init__(self, function):
        self.function = function

    def __call__(self, *arguments):
        for name in self.function.__code__.co_names:
            used = self.function.__globals__.get(name)
            if used is not None and not isinstance(used, Compiled):
                raise TypeError(f"can't compile the call of {name}")
        return self.function(*arguments)


@Compiled
def inner(x):
    for _ in range(20):
        y = x + x
    return y


@Compiled
def outer(x):
    return inner(x)
"""
INNER = """@Compiled
def inner(x):
    return {}
"""


def test_a_function_that_others_look_at_has_recorded_inputs(make: Make) -> None:
    files = {
        **FILES,
        "kern.py": STRICT,
        "check.py": "from kern import outer\nassert outer(2) == 4\n",
    }
    bench_py = "from kern import outer\n\n\ndef run():\n    return [outer(n) for n in range(9)]\n"
    root = make({**files, "bench.py": bench_py})
    site = open_site(
        root, goal(target="kern.py::inner", score="", minimise=False, faster="bench.py::run")
    )
    with ExitStack() as stack:
        commands = open_commands()
        stack.callback(commands.close)
        new, old = (stack.enter_context(Workshop(site, commands)) for _ in range(2))
        pace = Benchmark(site, old, new, BASELINE)
        stack.callback(pace.close)
        assert new.install(INNER.format("x + x")) is None
        right = pace.search_equality(0)
        assert right is not None
        assert (right.status, right.recorded) == ("equal", 9)
        assert new.install(INNER.format("x * x")) is None  # passes the check
        wrong = pace.search_equality(0)
        assert wrong is not None
        assert wrong.status != "equal"


def test_what_was_not_compared_is_said_first(make: Make) -> None:
    silent = "import subprocess, sys\n\n\ndef run():\n    pass\n"
    module = MODULE.replace("values: list[int]", "values")
    root = make({**FILES, "src/pkg/mod.py": module, "bench.py": silent})
    site = open_site(root, goal(score="", minimise=False, faster="bench.py::run"))
    with ExitStack() as stack:
        commands = open_commands()
        stack.callback(commands.close)
        shop = stack.enter_context(Workshop(site, commands))
        pace = Benchmark(site, shop, shop, BASELINE)
        stack.callback(pace.close)
        problem, notes = pace.try_out(0)
        equality = pace.search_equality(0)
    assert problem == ""
    assert notes[0].startswith("results are not compared in the search")
    assert "the check alone" in notes[0]
    assert "no call of the target by the benchmark was seen" in " ".join(notes)
    assert equality is not None
    assert equality.status == "unexamined"
    nothing = Interval(mean=None, low=None, high=None, n=0)
    comparison = Comparison(
        what="speed", status="faster", reason="", before=nothing, after=nothing, gain=nothing,
        unseen=False, figures={"equality": equality.model_dump(mode="json")},
    )  # fmt: skip
    said = not_compared(comparison)
    assert said.startswith("Results were not compared: there is no input")
    assert said.replace("\n", " ").endswith("only the checks vouch for this version.")
    whole = comparison.model_copy(update={"figures": {}})
    assert not_compared(whole).startswith("Results were not compared: they are where one")
    score = not_compared(whole.model_copy(update={"what": "score"}))
    assert score.startswith("Results were not compared: ")


def ended(status: CommandStatus, said: str = "") -> Ran:
    return Ran(CommandResult(status, 0, "", said, 0.1, 0.1), ())


def test_a_command_that_recording_breaks_is_told_and_its_wrapper_not_believed() -> None:
    def take(way: inputs.Way) -> Taken:
        if way.name == "wrap":
            return Taken(((1,),), {}, 1, ended(CommandStatus.FAILED, "TypeError: no function"))
        return Taken((), {}, 0, ended(CommandStatus.OK))

    found, notes = inputs.recorded("the check", take)
    assert found == ()
    assert "the check ended with failed while its calls were recorded" in notes[0]
    assert "TypeError: no function" in notes[0]
    assert "no call of the target by the check was seen" in notes[1]


def test_compilers_are_switched_off_where_no_call_is_seen() -> None:
    def take(way: inputs.Way) -> Taken:
        seen = "NUMBA_DISABLE_JIT" in way.environment
        return Taken(((1,),) if seen else (), {}, int(seen), ended(CommandStatus.OK))

    found, notes = inputs.recorded("the benchmark", take)
    assert found == ((1,),)
    assert "numba" in notes[0]
