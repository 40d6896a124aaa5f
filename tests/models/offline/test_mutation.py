from __future__ import annotations

import ast
import difflib
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.offline.programs import IMPROVER, RULE, SCORING, WALK
from selftaught.models.offline.mutation import FAMILIES, HIGHER_ORDER, WEIGHTS, mutate
from selftaught.models.offline.prompt_reading import PromptReading
from selftaught.models.offline.scope import unbound_names

OFFLINE = Path(sys.modules["selftaught.models.offline.mutation"].__file__ or "").parent
PROGRAMS = {"rule": RULE, "walk": WALK, "improver": IMPROVER}


def changes(source: str, count: int, temperature: float = 0.7) -> list[str]:
    reading = PromptReading(source, (), SCORING)
    found = [mutate(reading, Random(seed), temperature) for seed in range(count)]
    return [change.source for change in found if change is not None]


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_change_parses_and_reads_only_names_that_it_defines(name: str) -> None:
    for source in changes(PROGRAMS[name], 150):
        assert not unbound_names(ast.parse(source)), source


@pytest.mark.parametrize("name", PROGRAMS)
def test_hardly_any_answer_is_the_program_unchanged(name: str) -> None:
    found = changes(PROGRAMS[name], 150)
    assert sum(source.strip() != PROGRAMS[name].strip() for source in found) >= 148


@settings(max_examples=25)
@given(st.integers(0), st.sampled_from(sorted(PROGRAMS)), st.floats(0, 3))
def test_equal_seeds_give_equal_changes(seed: int, name: str, temperature: float) -> None:
    reading = PromptReading(PROGRAMS[name], (), SCORING)
    first = mutate(reading, Random(seed), temperature)
    assert first == mutate(reading, Random(seed), temperature)


def test_a_change_does_not_depend_on_the_hash_seed() -> None:
    code = (
        "from random import Random\n"
        "from models.offline.programs import WALK, SCORING\n"
        "from selftaught.models.offline.mutation import mutate\n"
        "from selftaught.models.offline.prompt_reading import PromptReading\n"
        "for s in range(30): print(mutate(PromptReading(WALK, (), SCORING), Random(s)))\n"
    )
    path = f"{OFFLINE.parents[2]}:{Path(__file__).parents[2]}"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


def test_a_higher_temperature_changes_more() -> None:
    def distance(temperature: float) -> int:
        lines = WALK.splitlines()
        diffs = [difflib.ndiff(lines, new.splitlines()) for new in changes(WALK, 60, temperature)]
        return sum(line[0] in "+-" for diff in diffs for line in diff)

    assert distance(0.0) < distance(2.5)


@pytest.mark.slow
def test_chains_of_changes_neither_bloat_nor_grow_numbers_without_bound() -> None:
    for seed in range(6):
        source = WALK
        for step in range(25):
            change = mutate(PromptReading(source, (), SCORING), Random(1000 * seed + step))
            assert change is not None
            source = change.source
        numbers = [n.value for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Constant)]
        assert all(abs(n) <= 1e9 for n in numbers if isinstance(n, int | float))
        assert len(source) < 20_000


def test_each_family_alone_changes_some_program() -> None:
    for family in FAMILIES:
        source = IMPROVER if family not in WEIGHTS else WALK
        reading = PromptReading(source, (WALK.replace("abs(a - b)", "(a - b)"),), SCORING)
        found = [mutate(reading, Random(seed), families=frozenset({family})) for seed in range(20)]
        assert any(change and change.source != source for change in found), family


def test_every_family_has_a_weight() -> None:
    assert set(FAMILIES) == set(WEIGHTS) | set(HIGHER_ORDER)


def test_a_program_that_does_not_parse_can_not_be_changed() -> None:
    assert mutate(PromptReading("def f(:"), Random(0)) is None
    assert mutate(PromptReading(None), Random(0)) is None


def test_without_operators_the_program_stays_as_it_is() -> None:
    change = mutate(PromptReading(WALK), Random(0), families=frozenset())
    assert change is not None
    assert change.source == WALK


def test_no_source_of_the_model_knows_a_bundled_task() -> None:
    bundled = OFFLINE.parents[1] / "tasks" / "bundled"
    tasks = [path.name for path in bundled.iterdir() if (path / "task.toml").exists()]
    words = {word for name in tasks for word in (name, name.replace("_", " "))}
    words |= {"first fit", "best fit", "clause", "formula", "literal", "qap", "circle", "radius"}
    words |= {"permutation", "facility", "parity", "hamming", "bins"}
    text = "\n".join(path.read_text(encoding="utf-8").lower() for path in OFFLINE.glob("*.py"))
    assert [word for word in sorted(words) if word in text] == []


def test_a_short_program_still_has_many_different_changes() -> None:
    source = RULE.replace("np.arange(len(servers))", "servers")
    assert len(set(changes(source, 100))) > 60
