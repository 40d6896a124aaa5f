from __future__ import annotations

import sys
import venv
from pathlib import Path

import pytest

from patching.repository.conftest import Make
from selftaught.errors import UsageError
from selftaught.patching.repository.interpreter import Interpreter, find_interpreter
from selftaught.patching.repository.place import find_repository


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
    with pytest.raises(UsageError, match="working Python"):
        find_interpreter("python", find_repository(root))


def test_packages_elsewhere_are_found_and_the_repository_itself_is_not(make: Make) -> None:
    root, other = make({"src/m.py": ""}), make({"lib/n.py": ""}, name="other")
    path = tuple(str(each) for each in (root / "src", other / "lib", root.parent, "/none"))
    hooks = {"_finder": (str(other), str(root / "src/m.py"))}
    found = Interpreter(Path(sys.executable), "3.12.0", (*path, "/usr/lib"), ("/usr",), hooks)
    assert found.elsewhere(find_repository(root)) == (other / "lib", other)


def test_what_was_built_and_is_not_in_the_copy_is_known(make: Make) -> None:
    root, copy = make({"src/m.py": "", "build/m.so": ""}), make({"src/m.py": ""}, name="copy")
    path = (str(root / "src"), str(root / "build"), str(root / "none"))
    found = Interpreter(Path(sys.executable), "3.12.0", path, ())
    assert found.built(find_repository(root), copy) == (root / "build",)


def test_a_python_that_is_too_old_is_refused(make: Make) -> None:
    root = make({"m.py": ""})
    python = root / "python"
    facts = '{"version": "3.6.9", "executable": "", "path": [], "hooks": {}, "prefixes": []}'
    python.write_text(f"#!/bin/sh\necho '{facts}'\n")
    python.chmod(0o755)
    with pytest.raises(UsageError, match=r"Python 3\.8 or newer.*3\.6\.9"):
        find_interpreter("python", find_repository(root))


def test_a_shim_is_followed_to_the_python_that_it_starts(make: Make) -> None:
    root = make({"m.py": ""})
    python = root / "shims/python"
    python.parent.mkdir()
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    found = find_interpreter("shims/python", find_repository(root))
    assert found.python.samefile(sys.executable)


def test_hooks_of_installed_packages_are_asked_what_they_know(make: Make) -> None:
    root = make({"src/words.py": "x = 1\n", "json.py": "raise SystemExit('the wrong json')\n"})
    venv.create(root / ".venv", symlinks=True)
    site = next((root / ".venv/lib").glob("python3*/site-packages"))
    (site / "hook.pth").write_text("import _hook\n")
    (site / "_hook.py").write_text(
        "import sys\n"
        f"KNOWN = {{'words': {str(root / 'src/words')!r}, 'none': '/none/such'}}\n"
        "class Finder:\n"
        "    @classmethod\n"
        "    def find_spec(cls, fullname, path=None, target=None): return None\n"
        "sys.meta_path.append(Finder)\n"
    )
    found = find_interpreter(None, find_repository(root))
    assert found.hooks == {"_hook": (str(root / "src/words"),)}
    assert found.environment == root / ".venv"
