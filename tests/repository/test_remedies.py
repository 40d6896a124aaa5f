"""What is advised was tried, and helps."""

from __future__ import annotations

import sys
import venv
from pathlib import Path

import pytest

from repository.conftest import Make
from repository.shop import CHECK, FILES, goal, open_shop
from selftaught.errors import UsageError
from selftaught.repository.preflight import Preflight
from selftaught.repository.settings import Goal
from selftaught.repository.site import open_site
from selftaught.repository.syntaxes import OWN


def refusal(root: Path, wanted: Goal) -> str:
    with open_shop(root, wanted) as shop, pytest.raises(UsageError) as caught:
        Preflight(shop, lambda _: None).run(0)
    return str(caught.value)


def program(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(0o755)
    return file


@pytest.mark.parametrize(
    "line",
    [
        "import os; os.environ['APP_MODE']",
        "import os; assert os.environ.get('APP_MODE') == 'fast', 'it is slow'",
        "import os, sys; 'APP_MODE' in os.environ or sys.exit('APP_MODE is not set')",
    ],
)
def test_variables_that_help_are_named_and_do(
    make: Make, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    root = make(FILES | {"check.py": f"# NOT_IT\n{line}\n{CHECK}"})
    monkeypatch.setenv("APP_MODE", "fast")
    monkeypatch.setenv("NOT_IT", "x")
    said = refusal(root, goal())
    assert "--pass-env APP_MODE:" in said
    assert "NOT_IT" not in said.partition("next:")[2]
    with open_shop(root, goal(pass_env=("APP_MODE",))) as shop:
        found = Preflight(shop, lambda _: None).run(0)
    assert "commands may use the variables APP_MODE" in found.notes


def test_a_variable_that_does_not_help_is_not_named(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APP_MODE", "fast")
    root = make(FILES | {"check.py": "raise SystemExit('APP_MODE is not it')\n"})
    assert "--pass-env APP_MODE" not in refusal(root, goal())


def test_a_python_that_has_the_module_is_named_and_no_other(make: Make) -> None:
    root = make(FILES | {"check.py": f"import dep_5000\n{CHECK}", ".gitignore": "/side\n/.venv\n"})
    venv.create(root / ".venv", symlinks=True)
    assert "none of the Pythons found has the module dep_5000" in refusal(root, goal(python=""))
    venv.create(root / "side", symlinks=True)
    site = next((root / "side").glob("lib/python3*/site-packages"))
    (site / "dep_5000.py").write_text("")
    assert f"--python {root / 'side/bin/python'}" in refusal(root, goal(python=""))
    with open_shop(root, goal(python="side/bin/python")) as shop:
        Preflight(shop, lambda _: None).run(0)


def test_an_extension_that_was_not_built_is_said_to_be_missing(make: Make) -> None:
    said = refusal(make(FILES | {"check.py": f"import pkg._fast\n{CHECK}"}), goal())
    assert "the repository has the package pkg" in said
    assert "build it in place" in said


def test_a_program_within_a_script_is_named_with_what_lets_it_be_seen(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner = "#!/bin/sh\nrunner-5000\n"
    root = make(FILES | {"run.sh": runner})
    (root / "run.sh").chmod(0o755)
    folder = program(tmp_path / "home/bin/runner-5000", "#!/bin/sh\nexec python check.py\n").parent
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    assert f"--read {folder} (tried)" in refusal(root, goal(check="./run.sh"))
    with open_shop(root, goal(check="./run.sh", read=(str(folder),))) as shop:
        Preflight(shop, lambda _: None).run(0)


@pytest.mark.parametrize(
    "line",
    [
        "make: {0}: No such file or directory",
        "sh: 1: {0}: not found",
        "env: ‘{0}’: No such file or directory",
        "nox > Program {0} not found.",
        "error: Failed to spawn: `{0}`",
        "Command not found: {0}",
        "[PdmUsageError]: Command '{0}' is not found in your PATH.",
        "ERROR: could not find executable {0}",
        'exec: "{0}": executable file not found in $PATH',
    ],
)
def test_a_program_that_a_tool_misses_is_named(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    folder = program(tmp_path / "home/bin/runner-5000", "#!/bin/sh\nexit 0\n").parent
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    said = line.format("runner-5000")
    check = "command -v runner-5000 || { cat said; exit 1; }\nexec python check.py\n"
    root = make(FILES | {"run.sh": check, "said": said + "\n"})
    assert f"--read {folder} (tried)" in refusal(root, goal(check="sh run.sh"))


def test_an_environment_that_the_copy_has_is_not_said_to_be_left_out(make: Make) -> None:
    root = make(FILES | {"check.py": "raise SystemExit(1)\n", ".gitignore": "/.venv\n"})
    venv.create(root / ".venv", symlinks=True)
    assert "the copy leaves out" not in refusal(root, goal(python=""))


@pytest.mark.parametrize(
    ("check", "why"),
    [
        ("no-such-5000", "nor in PATH"),
        ("./none.sh", "no file ./none.sh"),
        ("./plain.sh", r"chmod \+x"),
        ("./lost.sh", "its first line is '#!/no/such/sh'"),
        ("node_modules/ignored.sh", "--include node_modules/ignored.sh"),
    ],
)
def test_why_a_program_is_not_found_is_said(make: Make, check: str, why: str) -> None:
    lost, plain = "#!/no/such/sh\n", "#!/bin/sh\n"
    root = make(FILES | {"plain.sh": plain, "lost.sh": lost, ".gitignore": "node_modules/\n"})
    (root / "lost.sh").chmod(0o755)
    program(root / "node_modules/ignored.sh", plain)
    with open_shop(root, goal(check=check)) as shop, pytest.raises(UsageError, match=why):
        Preflight(shop, lambda _: None).run(0)


def test_folders_of_path_in_which_a_command_looks_in_vain_are_no_advice(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched, wanted = tmp_path / "home/bin", tmp_path / "home/data"
    searched.mkdir(parents=True)
    wanted.mkdir()
    monkeypatch.setenv("PATH", f"{searched}:/usr/bin:/bin")
    failing = f"try:\n    os.listdir({str(searched)!r})\nexcept OSError:\n    os.listdir({{0!r}})\n"
    root = make(FILES | {"check.py": "import os\n" + failing.format(str(wanted))})
    said = refusal(root, goal()).partition("next:")[2]
    assert f"--read {wanted}" in said
    assert f"--read {searched}" not in said


def test_reading_the_users_own_tree_is_not_advised(make: Make) -> None:
    root = make(FILES)
    (root / "check.py").write_text(f"open({str(root / 'bench.py')!r})\n{CHECK}")
    said = refusal(root, goal()).partition("next:")[2]
    assert "your own tree" in said
    assert f"--read {root}" not in said


# -------------------------------------------------------------------------------- syntax

NEWER = "def total(values):\n    match values:\n        case []: return 0\n    return <- 1\n"


def test_a_python_that_reads_newer_syntax_is_named(make: Make) -> None:
    root = make(FILES | {"src/pkg/mod.py": NEWER})
    facts = f'exec {sys.executable} "$@"'
    python = program(root / "python", f'#!/bin/sh\n[ "$3" ] && exit 0\n{facts}\n')
    with pytest.raises(UsageError) as caught:
        open_site(root, goal(python=str(python)))
    assert f"selftaught, which runs on Python {OWN}" in str(caught.value)
    assert f"{python} -m venv" in str(caught.value)
    assert "correct the file first" not in str(caught.value)


def test_a_file_that_no_python_reads_is_to_be_mended(make: Make) -> None:
    root = make(FILES | {"src/pkg/mod.py": NEWER})
    with pytest.raises(UsageError, match=f"cannot parse it either, which is Python {OWN}"):
        open_site(root, goal())
