"""The second labelled set: its counts, its labels' form and that every program parses."""

import ast
import json
from collections import Counter
from pathlib import Path

from selftaught.analysis.strategies.found import STRATEGIES

FRESH = Path(__file__).parent / "fresh"
LABELS = json.loads((FRESH / "labels.json").read_text(encoding="utf-8"))
PROGRAMS = sorted((FRESH / "corpus").glob("*.py"))


def test_every_program_has_its_labels_and_every_label_its_program() -> None:
    assert [path.name for path in PROGRAMS] == sorted(LABELS)
    assert len(PROGRAMS) >= 120


def test_each_strategy_has_at_least_twelve_programs_and_some_programs_have_none() -> None:
    counts = Counter(name for entry in LABELS.values() for name in entry["labels"])
    assert set(counts) == set(STRATEGIES)
    assert min(counts.values()) >= 12, counts
    assert sum(not entry["labels"] for entry in LABELS.values()) >= 5


def test_each_label_has_a_reason_and_no_near_miss_is_a_label() -> None:
    for program, entry in LABELS.items():
        assert set(entry) == {"labels", "why", "near_misses"}, program
        assert len(entry["labels"]) <= 4, program
        assert set(entry["labels"]) == set(entry["why"]), program
        assert set(entry["near_misses"]) <= set(STRATEGIES) - set(entry["labels"]), program
        assert all([*entry["why"].values(), *entry["near_misses"].values()]), program


def test_every_program_parses_and_defines_the_entry_point_with_three_parameters() -> None:
    for path in PROGRAMS:
        tree = ast.parse(path.read_text(encoding="utf-8"), path.name)
        entry = next(
            node
            for node in tree.body
            if isinstance(node, ast.FunctionDef) and node.name == "improve_algorithm"
        )
        names = [argument.arg for argument in entry.args.args]
        assert names == ["initial_solution", "utility", "language_model"], path.name


def test_no_two_programs_are_alike() -> None:
    dumps = Counter(ast.dump(ast.parse(path.read_text(encoding="utf-8"))) for path in PROGRAMS)
    assert max(dumps.values()) == 1
