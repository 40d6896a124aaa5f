"""Remedies: what would make a command work in a copy that works for the user, tried first."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from selftaught.errors import UsageError
from selftaught.repository import interpreter as pythons
from selftaught.repository.surroundings import passed
from selftaught.repository.workshop import How, Workshop
from selftaught.values.command import CommandResult, CommandStatus

MOST_TRIALS = 8
"""Runs of a command that a remedy is looked for by."""

_SECONDS = 60
_LARGEST = 500_000
_READ = (".py", ".toml", ".ini", ".cfg", ".sh", ".yml", ".yaml", ".mk", "Makefile", "justfile")
_NAME = re.compile(r"\b[A-Za-z_][A-Za-z0-9_]{2,}\b")
_MODULE = re.compile(r"No module named '?([\w.]+)|cannot import name '\w+' from '([\w.]+)'")
_NAMED = r"([\w.+@/-]+)"
_PROGRAM = re.compile(
    rf"(?m)(?:^|[:\s'\"‘]){_NAMED}(?:: (?:command )?not found|['\"’]?: No such file or directory)"
    rf"|No such file or directory: '{_NAMED}'"
    rf"|(?:[Pp]rogram|[Cc]ommand) ['\"`]?{_NAMED}['\"`]? (?:is )?not found"
    rf"|(?:[Cc]ommand not found|[Ff]ailed to spawn): [`'\"]?{_NAMED}"
    rf"|could not find executable ['\"`]?{_NAMED}"
    rf"|\"{_NAMED}\": executable file not found"
)
"""How shells, make, env, Python, nox, uv, poetry, pdm, tox and others say that there is none."""
_GIVEN_WORDS = "PATH HOME TMPDIR USER LOGNAME PWD OLDPWD SHLVL SHELL HOSTNAME PYTHONHASHSEED MAIL _"
_GIVEN = frozenset(_GIVEN_WORDS.split())
_ASK = """
import sys
if sys.path and sys.path[0] == "":
    del sys.path[0]
import importlib.util
spec = importlib.util.find_spec(sys.argv[1])
places = list(spec.submodule_search_locations or ()) if spec else []
print((spec.origin or "".join(places[:1])) if spec else "")
"""


class Remedies:
    """Looks for what a command lacks that failed in the unchanged copy.

    Nothing that a model wrote runs here, so the user's variables may be tried.
    """

    def __init__(self, workshop: Workshop, words: Sequence[str], how: How) -> None:
        """Bind a command and how it was run."""
        self._workshop, self._words, self._how = workshop, words, how
        self._site = workshop.site
        self._trials = 0

    def advice(self, result: CommandResult) -> str:
        """Return what helps, else what is known of why the command fails here."""
        said = result.stdout + "\n" + result.stderr
        looked: tuple[Callable[[], str], ...] = (
            lambda: self._variables(_NAME.findall(said)),
            lambda: self._program(said),
            lambda: self._module(said),
            lambda: self._refused(result),
            lambda: self._variables(self._names_in_files()),
        )
        found = next((text for look in looked if (text := look())), "")
        return found or (
            "fix it first; commands run with "
            f"{self._site.interpreter.python}, in a copy without .env files and caches, and of "
            "your "
            "variables they have only those that --pass-env NAME names"
        )

    # ---------------------------------------------------------------------- variables

    def _variables(self, named: Iterable[str]) -> str:
        """Return the variables with which the command passes; empty where there are none."""
        given = _GIVEN | {*self._workshop.surroundings.variables, *self._how.environment}
        names = [each for each in dict.fromkeys(named) if each in os.environ and each not in given]
        if not names or not self._passes(names):
            return ""
        for name in list(names):
            fewer = [each for each in names if each != name]
            if fewer and self._passes(fewer):
                names = fewer
        flags = " ".join(f"--pass-env {name}" for name in names)
        return (
            f"add {flags}: with {'it' if len(names) == 1 else 'them'} the command passes (tried). "
            "Commands have only those of your variables that you name"
        )

    def _passes(self, names: Sequence[str]) -> bool:
        return self._again(How(environment=passed(names))).ok

    def _names_in_files(self) -> list[str]:
        """Return words of the copy's sources and settings that are names of variables."""
        found: dict[str, None] = {}
        for folder, names, files in os.walk(self._workshop.copy.root):
            names[:] = [name for name in names if name != ".git"]
            for name in files:
                file = Path(folder, name)
                if not name.endswith(_READ) or file.is_symlink():
                    continue
                if file.stat().st_size <= _LARGEST:
                    text = file.read_text(encoding="utf-8", errors="replace")
                    found |= dict.fromkeys(each for each in _NAME.findall(text) if each.isupper())
        return list(found)

    # ------------------------------------------------------------------------ modules

    def _module(self, said: str) -> str:
        match = _MODULE.search(said)
        if match is None:
            return ""
        name = (match[1] or match[2]).rstrip(".")
        own = self._site.interpreter.python
        place = _origin(own, name, self._site.repository.root / self._site.repository.folder)
        if place:
            return self._own_module(name, Path(place))
        top, _, inner = name.partition(".")
        if inner and _has_module(self._workshop.surroundings.facts["last"], top):
            return (
                f"the repository has the package {top}, but {own} finds no {name} in it: if it is "
                "an extension, build it in place, next to the sources"
            )
        tried = [own]
        for python in self._other_pythons():
            if _origin(python, name, Path("/")):
                return f"{own} has no module {name}, but {python} does: --python {python}"
            tried.append(python)
        listed = ", ".join(map(str, tried))
        return f"none of the Pythons found has the module {name} ({listed}): install it, e.g. " + (
            f"{own} -m pip install {top}, or name a Python that has it with --python"
        )

    def _own_module(self, name: str, place: Path) -> str:
        """Return why a module that the user's Python finds is not found in the copy."""
        root = self._site.repository.root
        if place.is_relative_to(root):
            inside = place.relative_to(root)
            if os.path.lexists(self._workshop.copy.root / inside):
                return self._hooked(place)
            return (
                f"{name} is {inside} in your repository, which the copy lacks because git ignores "
                f"it: --include {inside}"
            )
        folder = place.parent.parent if place.name == "__init__.py" else place.parent
        if self._again(How(readable=(folder,))).ok:
            return f"{name} is in {folder}: with --read {folder} the command passes (tried)"
        return ""

    def _other_pythons(self) -> list[Path]:
        own = self._site.interpreter.python
        inside = pythons.environments(self._site.repository)
        found = [*(each / "bin" / "python" for each in inside), *pythons.others()]
        return [each for each in dict.fromkeys(found) if each.exists() and each != own]

    # ----------------------------------------------------------------------- programs

    def _program(self, said: str) -> str:
        """Return where a program is that the command did not find within."""
        path = os.environ.get("PATH", "")
        for match in _PROGRAM.finditer(said):
            name = _found(match)
            program = shutil.which(os.path.basename(name), path=path)
            if program is None or program.startswith(("/usr/", "/bin/")):
                continue
            folders = [Path(program).parent]
            real = Path(os.path.realpath(program))
            if not real.is_relative_to(folders[0]):
                folders.append(real.parent.parent if real.parent.name == "bin" else real.parent)
            again = self._again(How(readable=tuple(folders)))
            if again.ok or (again.exit_code and name not in _lacking(_all(again))):
                flags = " ".join(f"--read {each}" for each in folders)
                return f"{name} is {program}, which commands cannot see: {flags} (tried)"
        return ""

    # ------------------------------------------------------------------------ refused

    def _refused(self, result: CommandResult) -> str:
        root = self._site.repository.root
        own = [each for each in result.refused if Path(each.target).is_relative_to(root)]
        if own:
            return self._hooked(Path(own[0].target))
        searched = os.environ.get("PATH", "").split(os.pathsep)
        others = [each for each in result.refused if each.target not in searched]
        return "; ".join(str(each) for each in others[:5])

    def _hooked(self, place: Path) -> str:
        hooks = self._site.interpreter.hooks
        why = f" (import hooks of editable installations: {', '.join(hooks)})" if hooks else ""
        return (
            f"the command looks for {place}, which is your own tree, not the copy{why}. Options "
            "-I, -E and -S of Python, and a PYTHONPATH set in the command, keep imports from being "
            "led to the copy: leave them out, or name paths relative to the repository. --read "
            "would have your own files checked instead of the version that is to be judged"
        )

    def _again(self, how: How) -> CommandResult:
        """Run the command once more with something on top, unless it was run often enough."""
        self._trials += 1
        if self._trials > MOST_TRIALS:
            return CommandResult(CommandStatus.FAILED, None, "", "", 0.0, 0.0)
        with_this = How(
            seed=self._how.seed,
            seconds=self._how.seconds,
            environment=how.environment,
            readable=how.readable,
        )
        return self._workshop.run(self._words, with_this).result


def not_found(workshop: Workshop, option: str, command: str, word: str, detail: str) -> UsageError:
    """Return the error that a command's program is not there.

    Args:
        workshop: with the copy.
        option: that gave the command.
        command: as given.
        word: its first.
        detail: what the system said.
    """
    return UsageError(
        f"an executable command for {option}", f"{command!r} ({detail})", _where(workshop, word)
    )


def _where(workshop: Workshop, word: str) -> str:
    """Return where a program is, and what has it found."""
    site = workshop.site
    if "/" in word:
        return _by_path(workshop, word)
    remedies = [each / "bin" / word for each in pythons.environments(site.repository)]
    remedies += [python.parent / word for python in pythons.others()]
    for program in remedies:
        if os.access(program, os.X_OK) and (program.parent / "python").exists():
            return f"{program} exists: --python {program.parent / 'python'}"
    python = site.interpreter.python
    return (
        f"it is neither next to {python}, nor in PATH, nor in an environment of the repository: "
        "check the spelling, or install it there"
    )


def _by_path(workshop: Workshop, word: str) -> str:
    repository = workshop.site.repository
    copied = workshop.copy.place / workshop.surroundings.words((word,))[0]
    if copied.is_file():
        if not os.access(copied, os.X_OK):
            return (
                f"{word} is not executable: chmod +x {word}, or name its interpreter, e.g. sh "
                f"{word}"
            )
        with open(copied, "rb") as file:
            line = file.read(200).split(b"\n", 1)[0].decode(errors="replace")
        return f"its first line is {line!r}, which names a program that commands cannot see"
    own = Path(os.path.normpath(repository.root / repository.folder / word))
    if own.exists() and own.is_relative_to(repository.root):
        inside = own.relative_to(repository.root)
        return f"{inside} is not in the copy because git ignores it: --include {inside}"
    return f"there is no file {word} in the repository: check the path"


def _origin(python: Path, module: str, folder: Path) -> str:
    """Return where a Python finds a module; empty where it does not, or does not run."""
    try:
        done = subprocess.run(
            [python, "-c", _ASK, module],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=True,
            cwd=folder,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def _has_module(folders: Iterable[str], name: str) -> bool:
    return any(Path(each, name).is_dir() or Path(each, f"{name}.py").exists() for each in folders)


def _found(match: re.Match[str]) -> str:
    """Return what the one group holds that matched."""
    return next(each for each in match.groups() if each)


def _lacking(said: str) -> set[str]:
    """Return the programs and files that an output says are not there."""
    return {_found(each) for each in _PROGRAM.finditer(said)}


def _all(result: CommandResult) -> str:
    return result.stdout + "\n" + result.stderr
