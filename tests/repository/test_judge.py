from __future__ import annotations

import re
import venv
from pathlib import Path
from typing import Any

import pytest

from repository.conftest import Make
from repository.shop import BENCH, CHECK, FAST, FILES, MODULE, WRONG, goal, open_shop
from selftaught.errors import UsageError
from selftaught.repository import varying
from selftaught.repository.baseline import Baseline
from selftaught.repository.judge import Judge
from selftaught.repository.preflight import Preflight
from selftaught.repository.settings import Goal
from selftaught.repository.site import open_site
from selftaught.repository.workshop import How
from selftaught.values.outcome import Status
from selftaught.values.program import Program


def preflight(root: Path, wanted: Goal) -> Baseline:
    with open_shop(root, wanted) as shop:
        return Preflight(shop, lambda _: None).run(0)


def test_a_repository_that_works_has_a_baseline(make: Make) -> None:
    found = preflight(make(FILES), goal())
    assert found.score < -500
    assert (found.noisy, found.seeded) == (False, True)
    assert (found.low, found.high) == (2 * found.score, 0.0)
    assert Baseline.from_data(found.as_data()) == found


@pytest.mark.parametrize(
    ("files", "change", "why"),
    [
        ({"check.py": "import sys\nprint('it is broken')\nsys.exit(3)\n"}, {}, "it is broken"),
        ({"check.py": "import json5000\n"}, {}, "--python"),
        ({"check.py": "import pkg.mod\n"}, {}, "fails when the target is broken"),
        ({"bench.py": "print('none')\n"}, {}, "as one number"),
        ({"bench.py": "raise SystemExit(2)\n"}, {}, "score command that works"),
        ({}, {"score_key": "seconds"}, "no JSON object"),
        ({}, {"check": "no-such-program x"}, "executable command"),
    ],
)
def test_what_cannot_judge_is_refused(
    make: Make, files: dict[str, str | bytes], change: dict[str, Any], why: str
) -> None:
    with pytest.raises(UsageError, match=why):
        preflight(make(FILES | files), goal(**change))


def test_a_flaky_check_is_refused(make: Make, tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    flaky = f"{CHECK}\nimport pathlib\np = pathlib.Path({str(flag)!r})\nn = p.exists()\np.touch()\n"
    root = make(FILES | {"check.py": flaky + "assert not n\n"})
    with (
        open_shop(root, goal(), unsafe=True) as shop,  # confined, it could keep no such flag
        pytest.raises(UsageError, match="always gives the same result"),
    ):
        Preflight(shop, lambda _: None).run(0)


def test_what_the_sandbox_refuses_is_told_with_the_option_that_allows_it(make: Make) -> None:
    check = CHECK + "import socket\nsocket.create_connection(('192.0.2.1', 5432), timeout=3)\n"
    with pytest.raises(UsageError, match=r"--allow-network 192\.0\.2\.1:5432"):
        preflight(make(FILES | {"check.py": check}), goal())


def test_noise_and_a_constant_score_are_told(make: Make) -> None:
    noise = "import time\nfrom pkg.mod import total\ntotal([1])\nprint(time.perf_counter_ns())\n"
    noisy = preflight(make(FILES | {"bench.py": noise}), goal())
    assert noisy.noisy
    assert "differs from run to run" in noisy.notes[0]
    constant = BENCH.replace('os.environ.get("SELFTAUGHT_SEED", "0")', "7")
    same = preflight(make(FILES | {"bench.py": constant}, name="other"), goal())
    assert not same.seeded
    assert "at each of the two values of SELFTAUGHT_SEED" in same.notes[0]


def test_uncommitted_changes_are_told(make: Make) -> None:
    root = make(FILES)
    (root / "src/pkg/mod.py").write_text(MODULE + "\nMORE = 1\n")
    assert "src/pkg/mod.py" in preflight(root, goal()).notes[0]


def test_an_environment_that_git_does_not_ignore_is_no_uncommitted_change(make: Make) -> None:
    root = make(FILES)
    venv.create(root / ".venv", symlinks=True)
    assert not any("uncommitted" in each for each in preflight(root, goal()).notes)
    (root / "new.txt").write_text("x")
    (note,) = [each for each in preflight(root, goal()).notes if "uncommitted" in each]
    assert "new.txt" in note
    assert ".venv" not in note


CHEAT = '''def total(values: list[int]) -> int:
    """Return the sum of squares."""
    import pathlib
    file = pathlib.Path(__file__).parents[2] / {path!r}
    file.write_text({text!r})
    return sum(a * a for a in values)
'''


def test_versions_are_judged(make: Make) -> None:
    root = make(FILES)
    wanted = goal()
    baseline = preflight(root, wanted)
    with open_shop(root, wanted) as shop:
        judge = Judge(shop, baseline, {})
        assert judge.check(Program(FAST)).status is Status.OK
        better = judge.measure(Program(FAST), 1).score
        assert better is not None
        assert better > baseline.score
        wrong = judge.check(Program(WRONG))
        assert wrong.status is Status.WRONG_OUTPUT
        assert "AssertionError: total is 12" in wrong.feedback
        refused = judge.check(Program("def other():\n    pass\n"))
        assert refused.status is Status.INVALID_PROGRAM
        assert "exactly one definition of total" in refused.detail
        for path, text in (("check.py", ""), ("kept.txt", "answers")):
            cheat = judge.check(Program(CHEAT.format(path=path, text=text)))
            assert cheat.status is Status.TAMPERED
            assert f"wrote {path}" in cheat.detail
        assert (shop.copy.root / "check.py").read_text() == CHECK
        assert not (shop.copy.root / "kept.txt").exists()
        assert judge.check(Program(shop.site.program)).status is Status.OK
    assert (root / "src/pkg/mod.py").read_text() == MODULE


NAN = FAST.replace("return sum(", "return float('nan') if len(values) > 3 else sum(")
ROWS = BENCH.replace('print("steps", steps)', 'print("rows 10")\nprint("score", {})')


def test_a_version_that_prints_no_score_has_none(make: Make) -> None:
    root = make(FILES | {"bench.py": ROWS.format("total(values) / 100")})
    wanted = goal(minimise=False)
    baseline = preflight(root, wanted)
    assert "the score is read from the line 'score " in " ".join(baseline.notes)
    with open_shop(root, wanted) as shop:
        judge = Judge(shop, baseline, {})
        assert judge.check(Program(NAN)).status is Status.OK
        trial = judge.measure(Program(NAN), 1)
    assert (trial.status, trial.score) == (Status.WRONG_OUTPUT, None)
    assert "'nan' in the line 'score nan'" in trial.detail
    assert Baseline.from_data(baseline.as_data()) == baseline


@pytest.mark.parametrize(
    ("printed", "change", "why"),
    [
        ("print('a 3 b 4')", {}, r"several numbers \(3, 4\) in the line 'a 3 b 4'"),
        ("print('score nan')", {}, "--score-pattern"),
        ("print('score 3', file=__import__('sys').stderr)", {}, "standard error ends with"),
        ("print('x' * 3 + os.environ['SELFTAUGHT_SEED'][:2].translate(TO), 3)", {}, "not like"),
        ("print('a 3')", {"score_pattern": r"b (\S+)"}, "nothing that matches"),
    ],
)
def test_a_score_that_is_not_clear_is_refused_beforehand(
    make: Make, printed: str, change: dict[str, Any], why: str
) -> None:
    head = "import os\nfrom pkg.mod import total\nTO = str.maketrans('0123456789', 'abcdefghij')\n"
    bench = f"{head}total([1])\n{printed}\n"
    with pytest.raises(UsageError) as refused:
        preflight(make(FILES | {"bench.py": bench}), goal(**change))
    assert re.search(why, str(refused.value))


def test_a_pattern_names_the_score(make: Make) -> None:
    bench = BENCH.replace('print("steps", steps)', 'print(f"steps {steps} of 9000 in 3 s")')
    found = preflight(make(FILES | {"bench.py": bench}), goal(score_pattern=r"steps (\d+)"))
    assert found.score < -500


def test_a_file_that_is_written_and_put_back_shows(make: Make) -> None:
    script = (
        "import os, pathlib\np = pathlib.Path('check.py')\ns = p.stat()\nt = p.read_text()\n"
        "p.write_text('pass')\np.write_text(t)\nos.utime(p, ns=(s.st_atime_ns, s.st_mtime_ns))\n"
    )
    with open_shop(make(FILES), goal()) as shop:
        ran = shop.run(("python", "-c", script), How())
        assert ran.traces == ("check.py",)
        assert shop.run(("python", "-c", "pass"), How()).traces == ()


def test_feedback_holds_no_secret(make: Make) -> None:
    root = make(FILES)
    secret = "hunter2hunter2"
    said = FAST.replace("return", f"raise ValueError('{secret}')\n    return")
    with open_shop(root, goal()) as shop:
        judge = Judge(shop, Baseline(1.0, 60.0), {"TOKEN": secret})
        found = judge.check(Program(said))
    assert secret not in found.feedback + found.detail
    assert "was left out" in found.feedback


def test_parts_of_one_another_are_refused(make: Make) -> None:
    with pytest.raises(UsageError, match="do not contain each other"):
        open_site(make(FILES), goal(may_change=("src/pkg/mod.py",)))


LOGGING = (
    "import os, uuid\nos.makedirs('logs', exist_ok=True)\n"
    "open(f'logs/run-{uuid.uuid4().hex}.log', 'w').close()\n"
)


def test_files_with_a_new_name_in_each_run_are_learned(make: Make) -> None:
    root = make({**FILES, ".gitignore": "logs/\n", "check.py": LOGGING + CHECK})
    with open_shop(root, goal()) as shop:
        baseline = Preflight(shop, lambda _: None).run(0)
        assert [varying.shown(each) for each in baseline.varying] == ["logs/run-*.log"]
        assert any("logs/run-*.log" in each for each in baseline.notes)
        assert Baseline.from_data(baseline.as_data()) == baseline
        judge = Judge(shop, baseline, {})
        assert judge.check(Program(FAST)).status is Status.OK
        cheat = judge.check(Program(CHEAT.format(path="logs/run-1.txt", text="x = 1")))
        assert cheat.status is Status.TAMPERED


def test_modules_with_a_new_name_in_each_run_are_refused_beforehand(make: Make) -> None:
    writing = "import uuid\nopen(f'gen_{uuid.uuid4().hex}.py', 'w').close()\n"
    with pytest.raises(UsageError, match="only one run of the unchanged copy wrote"):
        preflight(make({**FILES, "check.py": writing + CHECK}), goal())
