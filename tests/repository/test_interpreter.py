from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from repository.conftest import Make
from selftaught.errors import UsageError
from selftaught.repository.interpreter import Interpreter, find_interpreter
from selftaught.repository.place import find_repository


def shim(root: Path, name: str) -> Path:
    python = root / name / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    return python


def test_an_environment_is_found(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make({"pkg/m.py": "x = 1\n"})
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    repository = find_repository(root / "pkg")
    assert find_interpreter(None, repository).python.is_absolute()
    active = shim(root.parent, "active")
    monkeypatch.setenv("VIRTUAL_ENV", str(active.parents[1]))
    assert find_interpreter(None, repository).python == active
    outer = shim(root, ".venv")
    assert find_interpreter(None, repository).python == outer
    inner = shim(root / "pkg", "venv")
    found = find_interpreter(None, repository)
    assert found.python == inner
    assert found.version == ".".join(map(str, sys.version_info[:3]))
    assert sys.base_prefix in found.prefixes
    assert find_interpreter("../.venv/bin/python", repository).python.samefile(outer)


@pytest.mark.parametrize("content", ["exit 3", "echo none", None])
def test_one_that_does_not_run_is_an_error(make: Make, content: str | None) -> None:
    root = make({"m.py": ""})
    python = root / "python"
    if content:
        python.write_text(f"#!/bin/sh\n{content}\n")
        python.chmod(0o755)
    with pytest.raises(UsageError, match="Python that runs"):
        find_interpreter("python", find_repository(root))


def test_packages_elsewhere_are_found_and_the_repository_itself_is_not(make: Make) -> None:
    root, other = make({"src/m.py": ""}), make({"lib/n.py": ""}, name="other")
    path = tuple(str(each) for each in (root / "src", other / "lib", root.parent, "/none"))
    own = ("/usr",)
    found = Interpreter(Path(sys.executable), "3.12.0", (*path, "/usr/lib"), own, (str(other),))
    assert found.elsewhere(find_repository(root)) == (other / "lib", other)


def test_modules_of_the_copy_come_first(make: Make) -> None:
    root = make({"src/pkg/m.py": "", "extra/n.py": ""})
    copy = make({"src/pkg/m.py": "", "extra/n.py": ""}, name="copy")
    python = Path(sys.executable)
    path = (str(root / "extra"), str(root / ".venv/lib/site-packages"), os.sep + "usr/lib")
    found = Interpreter(python, "3.12.0", path, ()).module_folders(find_repository(root), copy)
    assert found == [str(copy), str(copy / "extra"), str(copy / "src")]
