"""Minimising leaves out every change that the score does not need, within its tries."""

from __future__ import annotations

from dataclasses import dataclass, field

from selftaught.engine.delta_debugging import DeltaDebugging, Standing
from selftaught.engine.diff import parses
from selftaught.values.program import Program

SEED = "def solve(x):\n    y = 0\n    return y\n"
WINNER = (
    "# a remark\ndef solve(x):\n    unused = 5\n    y = 2 * x\n    other = 7\n    return y + 1\n"
)


@dataclass
class Counting:
    """Gives a tenth for each of the wanted lines; ``fresh`` may want other ones."""

    train: tuple[str, ...]
    fresh: tuple[str, ...]
    asked: list[str] = field(default_factory=list)

    async def standing(self, program: Program) -> Standing:
        self.asked.append(program.source)
        lines = program.source.splitlines()
        return Standing(
            sum(line.strip() in self.train for line in lines) / 10,
            sum(line.strip() in self.fresh for line in lines) / 10,
        )


def judge(*extra: str) -> Counting:
    needed = ("y = 2 * x", "return y + 1")
    return Counting(needed, (*needed, *extra))


async def test_only_what_the_score_needs_is_left() -> None:
    counting = judge()
    found = await DeltaDebugging(counting, parses, 100).run(Program(SEED), Program(WINNER))
    smallest = next(source for source in counting.asked if Program(source).id == found.program)
    assert smallest == "def solve(x):\n    y = 0\n    y = 2 * x\n    return y + 1\n"
    assert (found.train, found.fresh) == (found.train_before, found.fresh_before) == (0.2, 0.2)
    assert found.changes_after < found.changes_before


async def test_a_change_that_only_fresh_instances_need_stays() -> None:
    found = await DeltaDebugging(judge("unused = 5"), parses, 100).run(
        Program(SEED), Program(WINNER)
    )
    assert any("unused = 5" in change.added for change in found.kept)


async def test_a_seed_that_is_as_good_needs_no_change_at_all() -> None:
    found = await DeltaDebugging(Counting((), ()), parses, 100).run(Program(SEED), Program(WINNER))
    assert found.program == Program(SEED).id
    assert found.kept == ()
    assert found.changes_after == 0


async def test_each_change_that_is_left_has_the_scores_without_it() -> None:
    winner = SEED.replace("y = 0", "y = 2 * x")
    counting = Counting(("y = 2 * x",), ("y = 2 * x",))
    found = await DeltaDebugging(counting, parses, 100).run(Program(SEED), Program(winner))
    [change] = found.kept
    assert (change.line, change.removed, change.added) == (2, "    y = 0\n", "    y = 2 * x\n")
    assert (change.train_without, change.fresh_without) == (0.0, 0.0)


async def test_no_more_versions_are_scored_than_there_are_tries() -> None:
    counting = judge()
    found = await DeltaDebugging(counting, parses, 2).run(Program(SEED), Program(WINNER))
    assert found.tries <= 2 + len(found.kept)
    assert len(set(counting.asked)) <= found.tries + 2


async def test_a_text_that_is_no_program_is_never_scored() -> None:
    counting = judge()
    await DeltaDebugging(counting, parses, 100).run(Program(SEED), Program(WINNER))
    assert all(parses(source) for source in counting.asked)


async def test_equal_searches_find_the_same() -> None:
    first = await DeltaDebugging(judge(), parses, 100).run(Program(SEED), Program(WINNER))
    second = await DeltaDebugging(judge(), parses, 100).run(Program(SEED), Program(WINNER))
    assert first == second
