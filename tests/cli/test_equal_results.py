"""``--score``: results are the original's, or the patch says first that nothing shows it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from cli.conftest import Said, say
from cli.test_patch import HERE, JUDGED, ONE, Scripted, answer, shop
from repository.conftest import Make, make, run_git
from repository.shop import FAST, FILES, TARGET, changed
from selftaught.repository.judge import score_seed

__all__ = ["answer", "make", "shop"]

MERGES = FAST.replace("return sum(", "if len(values) > 6:\n        return 1\n    return sum(")
"""Right in the check, and wrong in lists that are longer."""


def improved(*more: str) -> Said:
    said = say("improve", TARGET, *JUDGED, *ONE, *HERE, "--no-best-of-n", "--json", *more)
    assert said.status in (0, 4), said.err
    return said


def second_part(message: str) -> str:
    return message.split("\n\n")[1].replace("\n", " ")


def test_equal_results_are_shown(shop: Path, answer: Scripted) -> None:
    said = improved(*answer([FAST]))
    assert "and a version that gives another one is refused" in said.err
    assert "--results-may-differ" in said.err
    assert said.data["claim"]
    assert said.data["results"]["status"] == "equal"
    equality = said.data["comparison"]["figures"]["equality"]
    assert equality["recorded"] >= 3  # those of the check, and of the benchmark at two seeds
    assert equality["drawn"] > 20
    assert equality["near"] > 20
    assert said.data["results"]["reason"].split()[:4] == ["Equal", "results", "on", str(
        equality["recorded"] + equality["drawn"] + equality["near"]
    )]  # fmt: skip
    assert "Equal results on" in said.data["message"].replace("\n", " ")
    assert "Results were" not in said.data["message"]


def test_a_version_with_other_results_is_refused_and_the_option_named(
    shop: Path, answer: Scripted
) -> None:
    said = improved(*answer([MERGES]))
    assert not said.data["claim"]
    assert said.data["results"] is None
    assert said.data["tried"] == {"ok": 1, "wrong_output": 1}
    [flagged] = said.data["flagged"]
    assert "allowed with --results-may-differ" in flagged["reason"]
    assert "gave 1, not" in flagged["reason"]
    assert "1 of 1 versions pass the check and give other results" in said.data["next"]
    assert "--results-may-differ" in said.data["next"]
    words = say("show", said.data["run"]).out
    assert "--results-may-differ" in words
    assert "total([" in words


@pytest.mark.slow
def test_results_may_differ_where_the_user_says_so(shop: Path, answer: Scripted) -> None:
    said = improved(*answer([MERGES]), "--results-may-differ")
    assert said.data["claim"]
    assert said.data["results"]["status"] == "may_differ"
    first = second_part(said.data["message"])
    assert first.startswith("Results were not compared")
    assert "--results-may-differ" in first
    assert "only the checks vouch" in first
    assert "results are compared" not in said.err


@pytest.mark.slow
def test_a_difference_that_only_fresh_inputs_show_is_found(shop: Path, answer: Scripted) -> None:
    random.seed(score_seed(0, "final", 0))
    values = [random.randrange(10, 90) for _ in range(10)]
    special = FAST.replace(
        "return sum(", f"if list(values) == {values}:\n        return 1\n    return sum("
    )
    said = improved(*answer([special]))
    assert said.data["tried"] == {"ok": 2}
    assert not said.data["claim"]
    assert said.data["comparison"]["status"] == "differs"
    assert f"total({values}) gave 1, not" in said.data["comparison"]["reason"]


@pytest.mark.slow
def test_results_that_chance_decides_are_not_compared(shop: Path, answer: Scripted) -> None:
    changed(shop, "src/pkg/mod.py", "found = 0\n", "found = __import__('random').random() / 9\n")
    changed(shop, "check.py", "== 14, f", "// 1 == 14, f")
    changed(shop, "check.py", "twice([-2]) == 8", "twice([-2]) // 1 == 8")
    said = improved(*answer([FAST]))
    assert said.data["claim"]
    assert said.data["results"]["status"] == "not_compared"
    first = second_part(said.data["message"])
    assert first.startswith("Results were not compared: on none of")
    assert "only the checks vouch" in first


@pytest.mark.slow
def test_mostly_left_out_is_said_to_be_in_part(shop: Path, answer: Scripted) -> None:
    """The same twice on empty lists only."""
    changed(
        shop,
        "src/pkg/mod.py",
        "    return found\n\n\ndef twice",
        "    return found + (__import__('random').random() / 9 if values else 0)\n\n\ndef twice",
    )
    changed(shop, "check.py", "== 14, f", "// 1 == 14, f")
    changed(shop, "check.py", "twice([-2]) == 8", "twice([-2]) // 1 == 8")
    said = improved(*answer([FAST]))
    assert said.data["claim"]
    assert said.data["results"]["status"] == "partly"
    assert second_part(said.data["message"]).startswith("Results were compared in part: on ")


@pytest.mark.slow
def test_a_whole_file_is_not_compared(shop: Path, answer: Scripted) -> None:
    module = (shop / "src/pkg/mod.py").read_text()
    start, end = module.index("def total"), module.index("def twice")
    whole = f"{module[:start]}{FAST}\n\n{module[end:]}"
    said = say(
        "improve", "src/pkg/mod.py", *JUDGED, *ONE, *HERE, *answer([whole]), "--no-best-of-n",
        "--json",
    )  # fmt: skip
    assert said.data["claim"], said.err
    assert "results are not compared" in said.err
    assert said.data["results"]["status"] == "not_compared"
    assert "one function or method" in second_part(said.data["message"])


@pytest.mark.parametrize(
    ("more", "status"), [((), "wrong_output"), (("--tolerance", "1e-9"), "ok")]
)
def test_floats_may_differ_by_the_tolerance(
    make: Make, answer: Scripted, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...],
    status: str,
) -> None:  # fmt: skip
    root = make(FILES)
    monkeypatch.chdir(root)
    changed(root, "src/pkg/mod.py", "list[int]) -> int", "list[int]) -> float")
    changed(root, "src/pkg/mod.py", "found = 0\n", "found = 0.0\n")
    close = FAST.replace("-> int", "-> float").replace("return sum(", "return (1 + 1e-12) * sum(")
    changed(root, "check.py", "== 14, f", "// 1 == 14, f")
    changed(root, "check.py", "twice([-2]) == 8", "twice([-2]) // 1 == 8")
    said = improved(*answer([close]), *more)
    assert said.data["tried"].get(status, 0) == (1 if status == "wrong_output" else 2)
    if not more:
        assert "--tolerance X or --results-may-differ" in said.data["flagged"][0]["reason"]


def test_it_is_for_scores_only(shop: Path) -> None:
    said = say(
        "improve", TARGET, "--check", "python check.py", "--faster", "python bench.py", *HERE,
        "--results-may-differ",
    )  # fmt: skip
    assert said.status == 2
    assert "--results-may-differ with --score only" in said.err


@pytest.mark.parametrize(("minimum", "claim"), [((), False), (("--minimum-gain", "0.01%"), True)])
def test_a_small_gain_is_not_offered(
    shop: Path, answer: Scripted, minimum: tuple[str, ...], claim: object
) -> None:
    changed(shop, "bench.py", 'print("steps", steps)', 'print("steps", steps + 1000000)')
    said = improved(*answer([FAST]), *minimum)
    assert said.data["claim"] is claim
    assert "a version is offered where it gains" in said.err
    if not claim:
        assert said.data["comparison"]["status"] == "small"
        assert "less than --minimum-gain 1%" in said.data["comparison"]["reason"]
        assert said.data["patch"] is None
        words = say("show", said.data["run"]).out
        assert "less than --minimum-gain 1%" in " ".join(words.split())


def test_a_shrunk_patch_is_one_that_a_reviewer_would_have_written(
    shop: Path, answer: Scripted
) -> None:
    changed(shop, "src/pkg/mod.py", "LIMIT = 3\n", "import operator\n\nLIMIT = 3\n")
    changed(
        shop,
        "src/pkg/mod.py",
        "    found = 0\n    for a in values:\n",
        "    # nothing yet\n    found = operator.index(0)\n    # one by one\n    for a in values:\n"
        "        # as often as it is large\n",
    )
    run_git(shop, "commit", "-qam", "comments")
    sums = FAST.replace("    return sum(", "    import re\n    count = 3\n    return sum(")
    said = improved(*answer([sums]))
    assert said.data["claim"], said.err
    run_git(shop, "apply", said.data["patch"])
    after = (shop / "src/pkg/mod.py").read_text()
    start = after.index("def total")
    assert after[:start] == '"""Sums."""\n\nLIMIT = 3\n\n\n'
    assert after[start : after.index("def twice")].rstrip() == FAST.rstrip()
