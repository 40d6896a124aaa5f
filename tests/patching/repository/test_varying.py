"""Names that vary are learned from two runs; nothing else is covered by them."""

from __future__ import annotations

import pytest

from selftaught.patching.repository.varying import fits, learned, shown, unknown

SAME = "report.xml"
VARYING = {
    "a random name": ("logs/run-9f2c1a77.log", "logs/run-03bd55c1.log", "logs/run-77e1.log"),
    "letters only": ("tmp/fqkzyw.bin", "tmp/oqmnbv.bin", "tmp/zzyxwv.bin"),
    "parallel coverage": (
        ".coverage.host.4711.XqTyAbCd",
        ".coverage.host.4718.XbRzKkMn",
        ".coverage.host.12.XaaBcDeF",
    ),
    "a hash that equal contents share": (
        ".coverage/cov.vm.pid32640.XnpEqjLx.HdYeVQ3NxAch",
        ".coverage/cov.vm.pid32649.XabEqjTx.HdYeVQ3NxAch",
        ".coverage/cov.vm.pid7.XzzzTTTx.H0aBbC1xYzWqh",
    ),
    "a time": (
        "outputs/2026-11-29/07-03-11/config.yaml",
        "outputs/2026-11-29/07-03-12/config.yaml",
        "outputs/2026-12-01/23-59-59/config.yaml",
    ),
    "a number": ("lightning_logs/version_0/a.csv", "lightning_logs/version_1/a.csv",
                 "lightning_logs/version_12/a.csv"),
}  # fmt: skip


@pytest.mark.parametrize(("one", "other", "later"), VARYING.values(), ids=VARYING)
def test_two_runs_teach_the_next_name(one: str, other: str, later: str) -> None:
    patterns = learned([{one, SAME}, {other, SAME}])
    assert len(patterns) == 1
    assert unknown({later, SAME}, {SAME}, patterns) == ()
    assert not fits(SAME, patterns)


def test_a_time_of_which_both_runs_show_the_same_second_varies_later() -> None:
    patterns = learned([{"log/20261129-070311.txt"}, {"log/20261129-070311.txt"}])
    assert fits("log/20261130-000000.txt", patterns)
    assert not fits("log/other.txt", patterns)
    assert learned([{"a12.txt"}, {"a12.txt"}]) == ()


def test_a_pattern_covers_no_other_folder_ending_or_kind_of_name() -> None:
    patterns = learned([{"logs/run-1a2b.log"}, {"logs/run-3c4d.log"}])
    for path in ("data/run-1a2b.log", "logs/run-1a2b.json", "logs/a/run-1a2b.log", "logs/x.log"):
        assert not fits(path, patterns)
    assert learned([{"data/x.json"}, {"logs/y.text"}]) == ()
    assert learned([{"a/tests.txt"}, {"a/sources.txt"}]) == ()


@pytest.mark.parametrize("ending", [".py", ".pth", ".so", ".ini", ".toml"])
def test_what_python_and_its_tools_load_is_never_covered(ending: str) -> None:
    patterns = learned([{f"gen_1{ending}"}, {f"gen_2{ending}"}])
    assert unknown({f"gen_3{ending}"}, (), patterns) == (f"gen_3{ending}",)


def test_patterns_are_shown_with_a_star() -> None:
    (pattern,) = learned([{"logs/run-1a2b.log"}, {"logs/run-3c4d.log"}])
    assert shown(pattern) == "logs/run-*.log"
