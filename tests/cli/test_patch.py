"""``selftaught improve path/mod.py::name``: from a repository to a patch."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from cli.conftest import Said, say
from patching.repository.conftest import Make, make, run_git
from patching.repository.shop import BENCH, FAST, FILES, MODULE, TARGET, WRONG, changed

__all__ = ["make"]

ANSWERER = """import itertools, json, pathlib, sys
sys.stdin.read()
folder = pathlib.Path(__file__).parent
answers = json.loads((folder / "answers.json").read_text())
(folder / "asked").mkdir(exist_ok=True)
for number in itertools.count():
    try:
        (folder / "asked" / str(number)).touch(exist_ok=False)
        break
    except FileExistsError:
        pass
print(answers[number % len(answers)])
"""
ONE = ("--scale", "tiny", "--calls", "1", "--responses", "1", "--utility-calls", "2")
JUDGED = (
    "--check", "python check.py", "--score", "python bench.py", "--minimise", "--score-runs", "3",
)  # fmt: skip
HERE = ("--python", sys.executable, "--yes")

Improve = Callable[..., Said]


@pytest.fixture
def answer(tmp_path: Path) -> Callable[[Sequence[str]], tuple[str, str]]:
    """A model that is a program and gives these programs in turn."""

    def scripted(programs: Sequence[str]) -> tuple[str, str]:
        folder = tmp_path / "model"
        folder.mkdir(exist_ok=True)
        (folder / "model.py").write_text(ANSWERER)
        texts = [f"An idea.\n\n```python\n{program}```\n" for program in programs]
        (folder / "answers.json").write_text(json.dumps(texts))
        return "--model", f"command:{sys.executable} {folder / 'model.py'}"

    return scripted


@pytest.fixture
def shop(make: Make, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = make(FILES)
    monkeypatch.chdir(root)
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    return root


Scripted = Callable[[Sequence[str]], tuple[str, str]]


def test_a_better_function_becomes_a_patch(shop: Path, answer: Scripted) -> None:
    said = say("improve", TARGET, *JUDGED, *ONE, *HERE, *answer([FAST]), "--json")
    assert said.status == 0, said.err
    found = said.data
    assert found["claim"]
    assert found["comparison"]["status"] == "better"
    assert found["comparison"]["gain"]["low"] > 0
    assert found["comparison"]["unseen"]
    assert found["best"]["train"] > found["seed_program"]["train"]
    assert [arm["name"] for arm in found["arms"]] == ["improve", "best_of_n"]
    assert found["head"] in found["message"]
    assert "Best-of-N at the same budget" in found["message"]
    assert (shop / "src/pkg/mod.py").read_text() == MODULE
    assert run_git(shop, "status", "--porcelain") == ""
    run_git(shop, "apply", found["patch"])
    assert "sum(a * a for a in values)" in (shop / "src/pkg/mod.py").read_text()
    shown = say("show", found["run"], "--verify", found["head"])
    assert shown.status == 0, shown.err
    assert "1 decisions lead to this head" in shown.out
    again = say("show", found["run"], "--json").data
    assert again["message"] == found["message"]
    assert again["digest"] == found["digest"] or again["digest"] == ""


def test_a_patch_can_be_mailed_committed_and_applied(shop: Path, answer: Scripted) -> None:
    said = say(
        "improve", TARGET, *JUDGED, *ONE, *HERE, *answer([FAST]), "--no-best-of-n",
        "--output", "found.patch", "--branch", "faster", "--apply",
    )  # fmt: skip
    assert said.status == 0, said.err
    assert "committed to the branch faster" in said.out
    assert run_git(shop, "log", "-1", "--format=%s", "faster").startswith("Improve total")
    assert "95 % intervals" in run_git(shop, "log", "-1", "--format=%b", "faster")
    assert run_git(shop, "diff", "faster", "--stat", "--", "src") == ""
    assert run_git(shop, "branch", "--show-current").strip() == "main"
    run_git(shop, "checkout", "--", "src")
    run_git(shop, "am", "found.patch")
    assert run_git(shop, "diff", "faster", "--stat") == ""
    assert run_git(shop, "log", "-1", "--format=%s").startswith("Improve total")


def test_nothing_better_is_said_and_nothing_done(shop: Path, answer: Scripted) -> None:
    programs = [WRONG, "def other():\n    pass\n"]
    said = say(
        "improve", TARGET, *JUDGED, *HERE, *answer(programs), "--scale", "tiny", "--calls", "1",
        "--responses", "2", "--utility-calls", "3", "--no-best-of-n", "--json", "--apply",
    )  # fmt: skip
    assert said.status == 4, said.err
    assert not said.data["claim"]
    assert said.data["patch"] is None
    assert said.data["tried"] == {"ok": 1, "wrong_output": 1}
    assert (shop / "src/pkg/mod.py").read_text() == MODULE
    words = say("show", said.data["run"]).out
    assert "nothing better was found" in words


def test_a_rehearsal_with_the_built_in_model_ends_with_0(shop: Path) -> None:
    (shop / "bench.py").write_text("print(7)\n")
    said = say(
        "improve", TARGET, *JUDGED, *ONE, *HERE, "--model", "offline", "--no-best-of-n", "--json",
    )  # fmt: skip
    assert said.status == 0, said.err
    assert said.data["better"] is False
    assert said.data["patch"] is None


def test_a_gain_on_the_searchs_inputs_only_is_no_gain(shop: Path, answer: Scripted) -> None:
    """Quick where the benchmark's seed is that of the search, slower elsewhere."""
    changed(
        shop, "bench.py", 'os.environ.get("SELFTAUGHT_SEED", "0")', 'os.environ["SELFTAUGHT_SEED"]'
    )
    special = f'''def total(values: list[int]) -> int:
    """Return the sum of squares."""
    import os
    if os.environ.get("SELFTAUGHT_SEED") != {search_seed()!r}:
        for _ in range(9999):
            pass
    return sum(a * a for a in values)
'''
    said = say("improve", TARGET, *JUDGED, *ONE, *HERE, *answer([special]), "--json")
    assert said.status == 4, said.err
    assert said.data["best"]["id"] == said.data["seed_program"]["id"]
    assert said.data["comparison"]["status"] == "worse"
    assert not said.data["claim"]


def search_seed() -> str:
    from selftaught.patching.repository.judge import score_seed

    return str(score_seed(0, "train", 0))


@pytest.mark.slow
def test_a_run_is_resumed_where_a_limit_ended_it(shop: Path, answer: Scripted) -> None:
    given = ("improve", TARGET, *JUDGED, *ONE, *HERE, *answer([FAST]))
    said = say(*given, "--max-evaluations", "3", "--json", "--output", "found.patch")
    assert said.status == 3, said.err
    assert said.data["claim"]
    run = said.data["run"]
    assert f"continue with: selftaught resume {run} --output found.patch" in said.err
    given_again = ("--max-evaluations", "500", "--yes", "--json", "--output", "found.patch")
    more = say("resume", run, *given_again)
    assert more.status == 0, more.err
    assert more.data["claim"]
    assert more.data["patch"] == "found.patch"
    run_git(shop, "apply", "--check", "found.patch")
    (shop / "found.patch").unlink()
    whole = say(*given, "--json").data
    assert whole["digest"] == more.data["digest"]


@pytest.mark.slow
def test_a_goal_is_kept_in_a_file(shop: Path, answer: Scripted) -> None:
    (shop / "selftaught.toml").write_text(
        f'yes = true\n[improve.total]\ntarget = "{TARGET}"\n'
        'check = "python check.py"\nscore = "python bench.py"\nminimise = true\nscore-runs = 2\n'
        f'python = "{sys.executable}"\n'
    )
    said = say("improve", "total", *ONE, *answer([FAST]), "--score-runs", "3", "--json")
    assert said.status == 0, said.err
    assert said.data["claim"]
    assert said.data["comparison"]["gain"]["n"] == 3


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("src/pkg/mod.py::totl", *JUDGED), "did you mean total"),
        (("src/pkg/mode.py::total", *JUDGED), "nearby: __init__.py, mod.py"),
        ((TARGET,), "--check"),
        ((TARGET, "--check", "python check.py"), "neither"),
        ((TARGET, *JUDGED, "--branch", "main"), "exists"),
        ((TARGET, "--check", "false", "--faster", "none.py::run"), "none.py"),
        ((TARGET, *JUDGED, "--context", "none.txt"), "--context"),
        ((TARGET, *JUDGED, "--python", "none/python"), "working Python"),
        ((TARGET, *JUDGED, "--allow-network", "host"), "HOST:PORT"),
        (("maxcut", "--check", "x"), "since you gave --check, --python"),
        (("totel",), "path/mod.py::function"),
    ],
)
def test_what_cannot_be_done_is_said(shop: Path, arguments: tuple[str, ...], why: str) -> None:
    here = HERE if "--python" not in arguments else HERE[2:]
    said = say("improve", *arguments, *here, "--json")
    assert said.status == 2
    assert why in said.err
    assert not (shop / ".selftaught/store.db").exists()


def test_a_branch_needs_committed_files(shop: Path) -> None:
    changed(shop, "src/pkg/mod.py", "LIMIT = 3", "LIMIT = 4")
    said = say("improve", TARGET, *JUDGED, *HERE, "--branch", "new")
    assert said.status == 2
    assert "uncommitted changes" in said.err


def test_secrets_are_not_sent(shop: Path, answer: Scripted) -> None:
    (shop / ".env").write_text("DATABASE=pg-hunter2hunter2\n")
    changed(shop, "src/pkg/mod.py", "LIMIT = 3", 'LIMIT = "pg-hunter2hunter2"')
    said = say("improve", TARGET, *JUDGED, *ONE, *HERE, *answer([FAST]))
    assert said.status == 2
    assert "the value of DATABASE in .env" in said.err
    assert "hunter2" not in said.err
    assert not (shop.parent / "model/asked").exists()


def test_the_first_use_of_a_provider_is_asked_about(shop: Path, answer: Scripted) -> None:
    model = answer([FAST])
    given = ("improve", TARGET, *JUDGED, *ONE, "--python", sys.executable, *model)
    said = say(*given)
    assert said.status == 2
    assert "this run sends to command" in said.err
    assert "first contact" in said.err
    assert "running the check twice" not in said.err  # asked before anything takes time
    assert not (shop.parent / "model/asked").exists()
    assert say(*given, "--yes").status == 0
    priced = (*given, "--price-in", "1", "--price-out", "1", "--confirm-above")
    assert say(*priced, "9").status == 0
    said = say(*priced, "0.00001")
    assert said.status == 2
    assert "or your consent" in said.err
    assert "running the check twice" not in said.err


def test_a_benchmark_function_that_does_not_exist_is_named_before_anything_runs(
    shop: Path, answer: Scripted
) -> None:
    (shop / "bench_run.py").write_text("def run():\n    pass\n")
    given = ("improve", TARGET, "--check", "python check.py", *HERE, *answer([FAST]))
    said = say(*given, "--faster", "bench_run.py::rum")
    assert said.status == 2
    assert "did you mean run?" in said.err
    assert "running the check twice" not in said.err


@pytest.mark.slow
def test_a_check_reads_beside_the_repository_what_it_may(
    shop: Path, answer: Scripted, tmp_path: Path
) -> None:
    beside = tmp_path / "numbers.txt"
    beside.write_text("14")
    changed(shop, "check.py", "== 14", f"== int(open({str(beside)!r}).read())")
    given = ("improve", TARGET, *JUDGED, *ONE, *HERE, *answer([FAST]), "--no-best-of-n")
    said = say(*given)
    assert said.status == 2
    assert f"--read {beside} allows it" in said.err
    said = say(*given, "--read", str(beside), "--json")
    assert said.status == 0, said.err
    assert f"commands may read {beside}" in said.err
    assert f"reading allowed: {beside}" in said.data["message"]
    said = say(*given, "--read", str(tmp_path / "none"))
    assert said.status == 2
    assert "a file or folder for --read" in said.err


def test_other_encodings_endings_and_methods_keep_what_they_are(
    make: Make, answer: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = (
        "# -*- coding: latin-1 -*-\r\nimport functools\r\n\r\n\r\nclass Base:\r\n"
        "\tdef total(self, values):\r\n\t\treturn 0\r\n\r\n\r\nclass Held(Base):\r\n"
        "\tNAME = 'h\xe9ld'\r\n\r\n\t@functools.lru_cache\r\n\tdef total(self, values):\r\n"
        "\t\tfound = super().total(values)\r\n\t\tfor a in values:\r\n"
        "\t\t\tfor _ in range(abs(a)):\r\n\t\t\t\tfound += abs(a)\r\n\t\treturn found\r\n"
    )
    fast = (
        "@functools.lru_cache\ndef total(self, values):\n"
        "    return super().total(values) + sum(a * a for a in values)\n"
    )
    uses = "from pkg.mod import Held\ntotal = lambda values: Held().total(tuple(values))"
    files = {
        **FILES,
        "src/pkg/mod.py": module.encode("latin-1"),
        "check.py": f"{uses}\nassert total([1, 2, 3]) == 14\n",
        "bench.py": BENCH.replace("from pkg.mod import total", uses),
    }
    root = make(files)
    monkeypatch.chdir(root)
    said = say(
        "improve", "src/pkg/mod.py::Held.total", *JUDGED, *ONE, *HERE, *answer([fast]),
        "--no-best-of-n", "--json", "--apply",
    )  # fmt: skip
    assert said.status == 0, said.err
    assert said.data["claim"], said.err
    after = (root / "src/pkg/mod.py").read_bytes()
    assert b"\r\n\t\treturn super().total(values) + sum(" in after
    assert b"NAME = 'h\xe9ld'" in after
    run_git(root, "checkout", "--", "src")
    run_git(root, "apply", str(root / said.data["patch"]))
    assert (root / "src/pkg/mod.py").read_bytes() == after


def test_several_targets_are_changed_together(shop: Path, answer: Scripted) -> None:
    both = (
        f"# ==== {TARGET} ====\n{FAST}\n\n"
        "# ==== src/pkg/mod.py::twice ====\ndef twice(values):\n    return total(values) * 2\n"
    )
    said = say(
        "improve", TARGET, "--may-change", "src/pkg/mod.py::twice", *JUDGED, *ONE, *HERE,
        *answer([both]), "--no-best-of-n", "--json",
    )  # fmt: skip
    assert said.status == 0, said.err
    assert said.data["claim"]
    assert said.data["targets"] == [TARGET, "src/pkg/mod.py::twice"]
    assert "+    return sum(" in said.data["diff"]


def test_a_dry_run_shows_the_prompt_and_sends_nothing(shop: Path, answer: Scripted) -> None:
    given = ("improve", TARGET, *JUDGED, *ONE, *HERE, *answer([FAST]), "--dry-run")
    said = say(*given, "--context", "check.py", "--json")
    assert said.status == 0, said.err
    prompt = said.data["messages"][-1]["content"]
    assert "def total(values: list[int]) -> int:" in prompt
    assert "`python check.py` has to pass" in prompt
    assert "def twice(values)" in prompt
    assert "assert twice([-2]) == 8" in prompt
    assert said.data["responses"] == 2
    assert "src/pkg/mod.py::total" in said.data["shown"]
    assert not (shop.parent / "model/asked").exists()
    assert not (shop / ".selftaught").exists()
    long = "x" * 300
    changed(shop, "src/pkg/mod.py", "Return the sum of squares.", f"Return the sum. {long}")
    assert long in say(*given).out
    words = say(*given, "--context-characters", "0").out
    assert "nothing was sent" in words
    assert "more characters were omitted" in words
