"""What the user's shell finds is found in the copy: modules, environments, programs, variables."""

from __future__ import annotations

import ast
import shutil
import sys
import venv
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from patching.repository.conftest import Make
from patching.repository.shop import goal, open_shop
from selftaught.errors import UsageError
from selftaught.patching.repository.interpreter import LEAST
from selftaught.patching.repository.settings import Goal
from selftaught.patching.repository.workshop import How, Workshop
from selftaught.values.command import CommandResult

WORDS = "def first(words):\n    return sorted(words)[0]\n"
CHECK = "from {0} import first\n\nassert first(['b', 'a']) == 'a'\n"
WHERE = "import sys, importlib; print(importlib.import_module(sys.argv[1]).__file__)"
IGNORED = {".gitignore": ".venv/\n/build/\n"}


@contextmanager
def shop(root: Path, target: str, python: Path | str = sys.executable) -> Iterator[Workshop]:
    """A workshop whose commands are not confined, which takes less time."""
    wanted = goal(target=target, python=str(python))
    with open_shop(root, wanted, unsafe=True) as found:
        yield found


def run(workshop: Workshop, *words: str) -> CommandResult:
    return workshop.run(words, How(seconds=60.0)).result


def where(workshop: Workshop, module: str, *options: str) -> str:
    """The file that a module is imported from, relative to the copy where it is there."""
    result = run(workshop, "python", *options, "-c", WHERE, module)
    assert result.ok, result.stderr
    return result.stdout.strip().replace(str(workshop.copy.root), "COPY")


def environment(folder: Path, files: Mapping[str, str]) -> Path:
    """A virtual environment with files among its packages; returns its Python."""
    venv.create(folder, symlinks=True)
    site = next(folder.glob("lib/python3*/site-packages"))
    for name, text in files.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text)
    return folder / "bin/python"


# ------------------------------------------------------------------------------- modules


@pytest.mark.parametrize("name", ["types", "queue", "logging", "random"])
@pytest.mark.parametrize("package", [True, False])
def test_a_module_named_like_pythons_own_hides_nothing(
    make: Make, name: str, package: bool
) -> None:
    files = {"src/words.py": WORDS, f"src/{name}.py": "raise SystemExit('not this one')\n"}
    root = make(files | ({"src/__init__.py": ""} if package else {}))
    with shop(root, "src/words.py::first") as found:
        assert "COPY" not in where(found, name)
        assert where(found, "src.words" if package else "words") == "COPY/src/words.py"


def test_an_installed_package_is_not_hidden_by_a_folder_of_its_name(
    make: Make, tmp_path: Path
) -> None:
    python = environment(tmp_path / "env", {"datasets/__init__.py": ""})
    root = make({"src/datasets/__init__.py": "", "src/pkg/__init__.py": "", "src/pkg/m.py": WORDS})
    with shop(root, "src/pkg/m.py::first", python) as found:
        assert "site-packages" in where(found, "datasets")
        assert where(found, "pkg.m") == "COPY/src/pkg/m.py"


def test_editable_paths_lead_to_the_copy_and_keep_their_order(make: Make, tmp_path: Path) -> None:
    root = make({"python/words.py": WORDS, "python/queue.py": "raise SystemExit(1)\n"})
    python = environment(tmp_path / "env", {"words.pth": f"{root / 'python'}\n"})
    with shop(root, "python/words.py::first", python) as found:
        assert where(found, "words") == "COPY/python/words.py"
        assert "COPY" not in where(found, "queue")


HOOK = """
import importlib.util, os, sys
{name} = {known!r}
class Finder:
    {decorator}
    def find_spec(cls, fullname, path=None, target=None):
        file = {name}.get(fullname)
        if file is None:
            return None
        for each in (file, file + ".py", file + "/__init__.py"):
            if {demand}os.path.isfile(each):
                inner = [os.path.dirname(each)] if each.endswith("__init__.py") else None
                return importlib.util.spec_from_file_location(
                    fullname, each, submodule_search_locations=inner)
sys.meta_path.{where}
"""


@pytest.mark.parametrize("existing", [True, False])
@pytest.mark.parametrize(
    ("decorator", "place"),
    [("@classmethod", "append(Finder)"), ("", "insert(0, Finder())")],
)
def test_import_hooks_of_editable_installations_lead_to_the_copy(
    make: Make, tmp_path: Path, existing: bool, decorator: str, place: str
) -> None:
    root = make({"src/kit/__init__.py": "", "src/kit/words.py": WORDS, "single.py": "x = 1\n"})
    init = str(root / "src/kit/__init__.py")
    known = {
        "kit": init,
        "kit.words": str(root / "src/kit/words.py"),
        "single": str(root / "single"),
    }
    hook = HOOK.format(
        name="MAPPING",
        known=known,
        decorator=decorator,
        where=place,
        demand="" if existing else "each.endswith('.py') and each == file or ",
    )
    files = {"_kit_finder.py": hook, "_kit.pth": "import _kit_finder\n"}
    python = environment(tmp_path / "env", files)
    shutil.move(root / ".git", tmp_path / "git")  # a plain copy then
    with shop(root, "src/kit/words.py::first", python) as found:
        assert where(found, "kit.words") == "COPY/src/kit/words.py"
        assert where(found, "kit") == "COPY/src/kit/__init__.py"
        assert where(found, "single") == "COPY/single.py"


REDIRECTING = """
import importlib.util, os, sys
class Finder:
    known = {known!r}
    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        file = cls.known.get(fullname)
        if file and os.path.exists(file):
            return importlib.util.spec_from_file_location(fullname, file)
sys.meta_path.append({hook})
"""


@pytest.mark.parametrize("hook", ["Finder", "Finder()"])
def test_what_a_hooks_class_knows_leads_to_the_copy(make: Make, tmp_path: Path, hook: str) -> None:
    root = make({"deep/kit.py": WORDS, "far/other.py": ""})
    text = REDIRECTING.format(known={"other": str(root / "far/other.py")}, hook=hook)
    python = environment(tmp_path / "env", {"_hook.py": text, "_hook.pth": "import _hook\n"})
    with open_shop(root, goal(target="deep/kit.py::first", python=str(python))) as found:
        assert where(found, "other") == "COPY/far/other.py"


BUILDING = """
import importlib.util, subprocess, sys
class Finder:
    def __init__(self):
        self._build_path, self._build_cmd, self._verbose = {folder!r}, ["false"], False
    def find_spec(self, fullname, path=None, target=None):
        if fullname != "kit":
            return None
        said = subprocess.run([*self._build_cmd, "-n"], capture_output=True).stdout
        if not self._verbose or b"ninja: no work to do." not in said:
            open({folder!r} + "/log", "w").close()
        return importlib.util.spec_from_file_location(fullname, {file!r})
sys.meta_path.insert(0, Finder())
"""


def test_a_hook_that_builds_before_it_imports_builds_nothing(make: Make, tmp_path: Path) -> None:
    root = make(IGNORED | {"kit.py": WORDS, "build/x": ""})
    hook = BUILDING.format(folder=str(root / "build"), file=str(root / "kit.py"))
    python = environment(tmp_path / "env", {"_hook.py": hook, "_hook.pth": "import _hook\n"})
    with open_shop(root, goal(target="kit.py::first", python=str(python))) as found:
        assert where(found, "kit") == "COPY/kit.py"
    assert not (root / "build/log").exists()


def test_an_installed_copy_of_the_package_gives_way_and_keeps_what_was_built(
    make: Make, tmp_path: Path
) -> None:
    root = make(
        {"src/kit/__init__.py": "", "src/kit/sub/__init__.py": "", "src/kit/sub/m.py": WORDS}
    )
    built = {f"kit/{each}": "" for each in ("__init__.py", "sub/__init__.py", "sub/m.py")}
    python = environment(
        tmp_path / "env", built | {"kit/_fast.py": "", "kit/sub/_fast.py": "", "m.py": ""}
    )
    with shop(root, "src/kit/sub/m.py::first", python) as found:
        assert where(found, "kit.sub.m") == "COPY/src/kit/sub/m.py"
        assert "site-packages" in where(found, "kit._fast")
        assert "site-packages" in where(found, "kit.sub._fast")
        assert "site-packages" in where(found, "m")


def test_what_only_a_build_folder_has_is_found_there(make: Make, tmp_path: Path) -> None:
    root = make(IGNORED | {"src/kit/__init__.py": "", "src/kit/m.py": WORDS, "build/_fast.py": ""})
    python = environment(tmp_path / "env", {"kit.pth": f"{root / 'src'}\n{root / 'build'}\n"})
    with open_shop(root, goal(target="src/kit/m.py::first", python=str(python))) as found:
        assert where(found, "_fast") == "COPY/build/_fast.py"
        assert where(found, "kit.m") == "COPY/src/kit/m.py"


@pytest.mark.parametrize("entry", [".", "", "tools", "ABSOLUTE"])
def test_pythonpath_is_the_users_own_and_leads_to_the_copy(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry: str
) -> None:
    root = make({"words.py": WORDS, "tools/aid.py": "", "aid.py": ""})
    other = make({"far.py": ""}, name="other")
    first = str(root / "tools") if entry == "ABSOLUTE" else entry
    monkeypatch.setenv("PYTHONPATH", f"{first}:{other}")
    monkeypatch.chdir(root)
    with shop(root, "words.py::first") as found:
        inside = "tools/aid.py" if entry in ("tools", "ABSOLUTE") else "aid.py"
        (found.copy.root / "apart").mkdir()
        result = run(found, "sh", "-c", f"cd apart && exec python -c '{WHERE}' aid")
        assert result.stdout.strip() == str(found.copy.root / inside)
        assert where(found, "far") == str(other / "far.py")


def test_zip_files_namespace_packages_and_members_of_a_monorepo_are_found(
    make: Make, tmp_path: Path
) -> None:
    root = make({"packages/foo/src/ns/foo/m.py": WORDS, "packages/bar/src/ns/bar/n.py": ""})
    with zipfile.ZipFile(root / "deps.zip", "w") as archive:
        archive.writestr("zipped.py", "")
    lines = [root / "packages/foo/src", root / "packages/bar/src", root / "deps.zip"]
    python = environment(tmp_path / "env", {"all.pth": "".join(f"{each}\n" for each in lines)})
    with shop(root, "packages/foo/src/ns/foo/m.py::first", python) as found:
        assert where(found, "ns.foo.m") == "COPY/packages/foo/src/ns/foo/m.py"
        assert where(found, "ns.bar.n") == "COPY/packages/bar/src/ns/bar/n.py"
        assert where(found, "zipped") == "COPY/deps.zip/zipped.py"


def test_a_sitecustomize_of_the_users_own_still_runs(make: Make, tmp_path: Path) -> None:
    python = environment(tmp_path / "env", {"sitecustomize.py": "import sys; sys.mine = 1\n"})
    root = make({"words.py": WORDS})
    with shop(root, "words.py::first", python) as found:
        assert run(found, "python", "-c", "import sys; assert sys.mine == 1").ok


def test_a_command_that_sets_pythonpath_itself_works(make: Make) -> None:
    root = make({"src/words.py": WORDS, "tests/test_words.py": "def test(): import words\n"})
    with shop(root, "src/words.py::first") as found:
        line = "PYTHONPATH=src python -m pytest -q tests -p no:randomly"
        result = run(found, "sh", "-c", line)
        assert "1 passed" in result.stdout, result


def test_a_check_without_startup_scripts_is_refused_not_misread(make: Make, tmp_path: Path) -> None:
    """With ``-I`` imports lead to the user's tree, which commands can't read."""
    root = make({"src/kit/__init__.py": "", "src/kit/m.py": WORDS})
    python = environment(tmp_path / "env", {"kit.pth": f"{root / 'src'}\n"})
    with open_shop(root, goal(target="src/kit/m.py::first", python=str(python))) as found:
        assert not run(found, "python", "-I", "-c", WHERE, "kit.m").ok
        assert run(found, "python", "-P", "-c", WHERE, "kit.m").ok or sys.version_info < (3, 11)


# ------------------------------------------------------------------- environments, programs


@pytest.mark.parametrize(
    "words",
    [
        (".venv/bin/python", "check.py"),
        ("./.venv/bin/python3", "check.py"),
        ("ROOT/.venv/bin/python", "check.py"),
        ("ROOT/.venv/bin/python", "ROOT/check.py"),
        ("sh", "-c", ". .venv/bin/activate && python check.py"),
        ("sh", "-c", "cd ROOT && .venv/bin/tool"),
        ("sh", "-c", '"$VIRTUAL_ENV/bin/python" check.py'),
        ("./run.sh",),
    ],
)
@pytest.mark.parametrize("python", ["", "OTHER"])
def test_an_environment_of_the_repository_is_found_by_its_path(
    make: Make, tmp_path: Path, words: tuple[str, ...], python: str
) -> None:
    files = {"words.py": WORDS, "check.py": "import dep\n" + CHECK.format("words")}
    root = make(IGNORED | files | {"run.sh": "#!/bin/sh\nexec .venv/bin/python check.py\n"})
    (root / "run.sh").chmod(0o755)
    inner = environment(root / ".venv", {"dep.py": ""})
    tool = root / ".venv/bin/tool"
    tool.write_text(f"#!{inner}\nimport runpy\nrunpy.run_path('check.py')\n")
    tool.chmod(0o755)
    if python and "VIRTUAL_ENV" in words[-1]:
        pytest.skip("the variable names the Python that was chosen")
    given = str(environment(tmp_path / "other", {})) if python else ""
    said = [word.replace("ROOT", str(root)) for word in words]
    with open_shop(root, goal(target="words.py::first", python=given)) as found:
        result = run(found, *said)
        assert result.ok, result
        assert [each for each in result.attempts if not each.benign] == []


def test_the_link_to_an_environment_is_read_only_and_no_trace(make: Make) -> None:
    root = make(IGNORED | {"words.py": WORDS})
    environment(root / ".venv", {})
    with open_shop(root, goal(target="words.py::first", python="")) as found:
        assert found.run(("true",), How()).traces == ()
        assert not run(found, "sh", "-c", "echo x > .venv/new").ok
        assert not (root / ".venv/new").exists()
        traces = found.run(("sh", "-c", "rm .venv; mkdir .venv; echo 1 > .venv/pyvenv.cfg"), How())
        assert traces.traces
        assert (root / ".venv/bin/python").exists()


def program(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(text)
    file.chmod(0o755)
    return file


def test_a_program_below_the_home_is_found_with_what_starts_it(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, home = make({"words.py": WORDS, "check.py": CHECK.format("words")}), tmp_path / "home"
    python = environment(home / ".local/share/pipx/tool", {"dep.py": ""})
    real = program(python.parent, "tool", f"#!{python}\nimport dep, subprocess\nprint('ran')\n")
    binary = home / ".local/bin"
    binary.mkdir(parents=True)
    (binary / "tool").symlink_to(real)
    program(binary, "lined", "#!/usr/bin/env tool-starter\n")
    program(binary, "tool-starter", "#!/bin/sh\necho started\n")
    program(binary, "other", "#!/bin/sh\necho other\n")
    (home / ".local/secret").write_text("secret")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PATH", f"{binary}:/usr/bin:/bin")
    with open_shop(root, goal(target="words.py::first", python=sys.executable)) as found:
        assert run(found, "tool").stdout == "ran\n"
        assert run(found, "lined").stdout == "started\n"
        assert run(found, "sh", "-c", "cd . && tool").stdout == "ran\n"
        assert "secret" not in run(found, "sh", "-c", f"tool; cat {home}/.local/secret").stdout
        hidden = program(root, "inner.sh", "#!/bin/sh\nother\n")
        shutil.copy(hidden, found.copy.root / "inner.sh")
        assert not run(found, "./inner.sh").ok
    wanted = goal(target="words.py::first", python=sys.executable, read=[str(binary)])
    with open_shop(root, Goal.from_data(wanted.as_data())) as found:
        assert run(found, "./inner.sh").stdout == "other\n"


# ------------------------------------------------------------------------------ variables


def test_variables_are_passed_by_name(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make({"words.py": WORDS})
    monkeypatch.setenv("APP_MODE", "fast")
    monkeypatch.setenv("APP_KEY", "hidden")
    with open_shop(root, goal(target="words.py::first", pass_env=("APP_MODE",))) as found:
        assert run(found, "sh", "-c", "echo $APP_MODE$APP_KEY $USER").stdout == "fast user\n"
    monkeypatch.delenv("APP_MODE")
    with pytest.raises(UsageError, match="APP_MODE, not set"):
        run_once(root)


def run_once(root: Path) -> None:
    with open_shop(root, goal(target="words.py::first", pass_env=("APP_MODE",))) as found:
        run(found, "true")


def test_a_goal_without_variables_is_written_as_before() -> None:
    assert "pass_env" not in goal().as_data()
    assert Goal.from_data(goal(pass_env=("A",)).as_data()).pass_env == ("A",)
    with pytest.raises(UsageError, match="name of a variable"):
        goal(pass_env=("A=1",))


def test_our_scripts_are_in_the_syntax_of_the_oldest_python_that_is_claimed() -> None:
    folder = Path(__file__).parents[3] / "src/selftaught/patching/repository/inside"
    for file in folder.glob("*.py"):
        ast.parse(file.read_text(), feature_version=LEAST)
