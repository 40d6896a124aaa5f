"""Formatting: the repository's own formatter and linter, run on what a version changes."""

from __future__ import annotations

import configparser
import re
import shlex
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from selftaught.patching.repository.settings import words
from selftaught.patching.repository.site import Site
from selftaught.patching.repository.source import SourceFile
from selftaught.patching.repository.splice import Refused, Spliced, joined_texts, splice
from selftaught.patching.repository.target import Located, located
from selftaught.patching.repository.workshop import How, Workshop
from selftaught.values import syntax
from selftaught.values.command import CommandStatus

NONE = "none"
"""Names no formatter and no linter."""
SECONDS = 60.0
"""Wall seconds of one run of a formatter or a linter."""
SHOWN = 3
"""New complaints of a linter that are told."""

_COMPLAINT = re.compile(r"^.+?:\d+:\d+:?\s+(\S.*)$")


@dataclass(frozen=True)
class Tool:
    """A formatter or linter: its words before the file, and what shows that it is in use.

    Attributes:
        words: the command.
        table: of ``pyproject.toml``, below ``tool``; empty: none.
        files: names of its own settings.
        section: of ``setup.cfg`` and ``tox.ini``; empty: none.
    """

    words: tuple[str, ...]
    table: str = ""
    files: tuple[str, ...] = ()
    section: str = ""

    def used(self, folder: Path) -> bool:
        """Return whether the settings in a folder name it."""
        if any((folder / name).is_file() for name in self.files):
            return True
        if self.table and self.table in _tables(folder / "pyproject.toml"):
            return True
        return bool(self.section) and any(
            self.section in _sections(folder / name) for name in ("setup.cfg", "tox.ini")
        )


_RUFF = ("ruff.toml", ".ruff.toml")
FORMATTERS = (
    Tool(("black", "-q"), "black"),
    Tool(("ruff", "format"), "ruff", _RUFF),
)
LINTERS = (
    Tool(("ruff", "check", "--no-fix", "--output-format=concise"), "ruff", _RUFF),
    Tool(("flake8",), files=(".flake8",), section="flake8"),
)


@dataclass(frozen=True)
class Chosen:
    """The commands that were found, without the file; empty: none. ``note`` says what lacks."""

    formatter: tuple[str, ...] = ()
    linter: tuple[str, ...] = ()
    note: str = ""


def chosen(site: Site, path: Sequence[Path]) -> Chosen:
    """Return the formatter and the linter that a repository's settings name.

    Args:
        site: the goal in the repository; its ``format`` wins over the settings.
        path: folders in which programs are looked for, after that of the Python.
    """
    if site.goal.format == NONE:
        return Chosen()
    folders = [site.interpreter.python.parent, *path]
    lacking: list[str] = []
    formatter = words(site.goal.format, "--format")
    if not formatter:
        formatter = _first(site, FORMATTERS, folders, lacking)
    linter = _first(site, LINTERS, folders, lacking)
    if not lacking:
        return Chosen(formatter, linter)
    note = (
        f"{', '.join(dict.fromkeys(lacking))}, which the repository's settings name, is not beside "
        f"{site.interpreter.python} or in PATH, and does not run on the patch; name a formatter by "
        f"--format CMD, or --format {NONE}"
    )
    return Chosen(formatter, linter, note)


def _first(
    site: Site, tools: Sequence[Tool], folders: Sequence[Path], lacking: list[str]
) -> tuple[str, ...]:
    """Return the command of the first tool that is in use; takes note of one that is missing."""
    root = site.repository.root
    places = dict.fromkeys((root / site.repository.folder, root))
    tool = next((each for place in places for each in tools if each.used(place)), None)
    if tool is None:
        return ()
    for folder in folders:
        if (folder / tool.words[0]).is_file():
            return (str(folder / tool.words[0]), *tool.words[1:])
    lacking.append(tool.words[0])
    return ()


class Formatting:
    """Formats versions in a workshop, and says what a linter has against them."""

    def __init__(self, workshop: Workshop) -> None:
        """Look for the tools; nothing runs yet."""
        self._workshop = workshop
        self._tools = chosen(workshop.site, workshop.surroundings.program_path)
        self._original: dict[tuple[str, ...], dict[str, bytes] | str] = {}

    def formatted(self, program: str) -> tuple[str, str]:
        """Return a version in the repository's format, and why it is not; empty where it is.

        A target that is not in that format by itself keeps its own: the formatter would change
        lines that have nothing to do with the change.
        """
        tool = self._tools.formatter
        if not tool:
            return program, self._tools.note
        parts, name = self._workshop.site.parts, _shown(tool)
        before = self._original_files(tool)
        if isinstance(before, str):
            return program, f"`{name}` does not run on the original: {before}"
        odd = [str(part.target) for part in parts if _part(part, before) != part.text]
        if odd:
            return program, (
                f"`{name}` is left out: it would change more than the patch does in "
                f"{', '.join(odd)}, which is not in its format"
            )
        after = self._files(tool, program)
        if isinstance(after, str):
            return program, f"`{name}` does not run on the patch: {after}"
        texts = [_part(part, after) for part in parts]
        if None in texts:
            return program, f"`{name}` is left out: the target is not found in what it wrote"
        return joined_texts(parts, [text or "" for text in texts]), ""

    def remarks(self, program: str) -> list[str]:
        """Return sentences on what formatter and linter say of a version, for its message."""
        text, left_out = self.formatted(program)
        said = [left_out] if left_out else []
        if self._tools.formatter and not left_out:
            name = _shown(self._tools.formatter)
            same = text.strip() == program.strip()
            said.append(f"`{name}` {'changes nothing' if same else 'would change the patch'}.")
        if self._tools.linter:
            said.append(self._linted(program))
        return said

    def _linted(self, program: str) -> str:
        tool = self._tools.linter
        name = _shown(tool)
        before, after = self._complaints(tool, None), self._complaints(tool, program)
        if before is None or after is None:
            return f"`{name}` could not be run."
        new = list((after - before).elements())
        if not new:
            return f"`{name}` has nothing new to say of it."
        more = f" and {len(new) - SHOWN} more" if len(new) > SHOWN else ""
        return f"New for `{name}`: {'; '.join(new[:SHOWN])}{more}."

    def _complaints(self, tool: tuple[str, ...], program: str | None) -> Counter[str] | None:
        """Return what a linter says of the files, None where it fails; of the original: None."""
        if not self._install(program):
            return None
        ran = self._workshop.run((*tool, *self._paths), How(seconds=SECONDS))
        lines = ran.result.stdout.splitlines()
        found = [match[1] for line in lines if (match := _COMPLAINT.match(line))]
        if ran.result.status not in (CommandStatus.OK, CommandStatus.FAILED):
            return None
        return Counter(found) if found or ran.result.ok else None

    @property
    def _paths(self) -> list[str]:
        paths = dict.fromkeys(part.file.path for part in self._workshop.site.parts)
        return [str(self._workshop.copy.root / path) for path in paths]

    def _install(self, program: str | None) -> bool:
        parts = self._workshop.site.parts
        spliced = Spliced({}) if program is None else splice(parts, program)
        if isinstance(spliced, Refused):
            return False
        self._workshop.put(spliced)
        return True

    def _original_files(self, tool: tuple[str, ...]) -> dict[str, bytes] | str:
        if tool not in self._original:
            self._original[tool] = self._files(tool, None)
        return self._original[tool]

    def _files(self, tool: tuple[str, ...], program: str | None) -> dict[str, bytes] | str:
        """Return the files as the formatter writes them, or why it does not."""
        if not self._install(program):
            return "it can't be put in place"
        names = tuple(dict.fromkeys(part.file.path for part in self._workshop.site.parts))
        ran = self._workshop.run((*tool, *self._paths), How(seconds=SECONDS, keep=names))
        if ran.result.ok:
            return dict(ran.kept)
        said = ran.result.stderr.strip() or ran.result.stdout.strip() or str(ran.result.status)
        return self._workshop.without_place(said.splitlines()[-1])[:200]


def _part(part: Located, files: dict[str, bytes]) -> str | None:
    """Return a target's text in files that were written; None where it is not found there."""
    file, content = part.file, files.get(part.file.path)
    if content is None or part.target.line:
        return None
    try:
        text = content.decode(file.encoding)
        syntax.parse(text)
        return located(SourceFile(file.path, text, file.encoding), part.target).text
    except (ValueError, SyntaxError, LookupError):
        return None


def _shown(tool: Sequence[str]) -> str:
    return shlex.join([Path(tool[0]).name, *(each for each in tool[1:] if each[:2] != "--")])


def _tables(file: Path) -> set[str]:
    try:
        return set(tomllib.loads(file.read_text("utf-8")).get("tool", {}))
    except (OSError, ValueError, AttributeError):
        return set()


def _sections(file: Path) -> set[str]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read(file, "utf-8")
    except (configparser.Error, UnicodeDecodeError):
        return set()
    return set(parser.sections())
