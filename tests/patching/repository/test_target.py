from __future__ import annotations

from pathlib import Path

import pytest

from patching.repository.conftest import Make
from selftaught.errors import UnknownNameError, UsageError
from selftaught.patching.repository.place import find_repository
from selftaught.patching.repository.target import Target, locate, parse_target

MODULE = '''"""A module."""
import functools


def plain(x):
    return x


@functools.wraps(
    plain
)
async def later(x):
    return x  # why


class Base:
    def name(self): return "base"


class Derived(Base):
    @property
    def size(self):
        """Doc.

        More.
        """
        return 1

    @size.setter
    def size(self, value):
        self.kept = value

    def name(self):
        text = """one
two
        three"""
        return super().name() + text

    class Inner:
        def deep(self):
\t\treturn 1


if functools:
    def hidden(): return 3
else:
    hidden = None

try:
    import nothing_here
except ImportError:
    def fallback():
        return 4
'''.replace(
    "        def deep(self):\n\t\treturn 1", "        def deep(self):\n            return 1"
)


@pytest.fixture
def root(make: Make) -> Path:
    return make({"pkg/mod.py": MODULE, "other.py": "x = 1\n"})


def text_of(root: Path, name: str, line: int | None = None) -> str:
    return locate(root, Target("pkg/mod.py", name, line)).text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("plain", "def plain(x):\n    return x\n"),
        (
            "later",
            "@functools.wraps(\n    plain\n)\nasync def later(x):\n    return x  # why\n",
        ),
        ("Base.name", 'def name(self): return "base"\n'),
        (
            "Derived.name",
            'def name(self):\n    text = """one\ntwo\n        three"""\n'
            "    return super().name() + text\n",
        ),
        ("Derived.Inner.deep", "def deep(self):\n    return 1\n"),
        ("hidden", "def hidden(): return 3\n"),
        ("fallback", "def fallback():\n    return 4\n"),
        ("Derived.Inner", "class Inner:\n    def deep(self):\n        return 1\n"),
    ],
)
def test_a_target_is_its_own_lines_without_indentation(root: Path, name: str, text: str) -> None:
    assert text_of(root, name) == text


def test_a_name_with_two_definitions_needs_its_line(root: Path) -> None:
    with pytest.raises(UsageError, match="lines 22, 30") as raised:
        text_of(root, "Derived.size")
    assert "pkg/mod.py::Derived.size@22" in raised.value.next_step
    getter = text_of(root, "Derived.size", 22)
    assert getter.startswith("@property\n")
    assert "\n    More.\n    " in getter, "a docstring moves along"


def test_the_nearest_names_are_offered(root: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"Derived\.name"):
        text_of(root, "Derived.nam")


def test_overloads_are_no_definitions(make: Make) -> None:
    source = (
        "from typing import overload\n@overload\ndef f(x: int) -> int: ...\n"
        "@overload\ndef f(x: str) -> str: ...\ndef f(x):\n    return x\n"
    )
    assert locate(make({"m.py": source}), Target("m.py", "f")).first == 6


def test_a_path_is_relative_to_where_the_user_is(root: Path) -> None:
    repository = find_repository(root / "pkg")
    assert (repository.root, repository.folder, repository.git) == (root.resolve(), "pkg", True)
    assert parse_target("mod.py::plain", repository) == Target("pkg/mod.py", "plain")
    assert parse_target("mod.py::Derived.size@22", repository) == Target(
        "pkg/mod.py", "Derived.size", 22
    )
    assert parse_target("../other.py", repository) == Target("other.py")


@pytest.mark.parametrize(
    "text", ["nothing.py::f", "../../outside.py::f", "..::f", "mod.py::f@x", "mod::plain"]
)
def test_a_path_that_leads_nowhere_is_an_error(root: Path, text: str) -> None:
    with pytest.raises(UsageError):
        parse_target(text, find_repository(root / "pkg"))


def test_a_folder_without_git_is_a_repository_too(make: Make) -> None:
    root = make({"m.py": "def f(): pass\n"}, git=False)
    assert find_repository(root).git is False


def test_a_repository_that_git_refuses_is_not_taken_for_a_folder_without_git(make: Make) -> None:
    root = make({"m.py": "def f(): pass\n"})
    (root / ".git/config").write_text("[core\n")
    with pytest.raises(UsageError, match="bad config line 1"):
        find_repository(root)


def test_a_repository_of_somebody_else_is_told_with_gits_own_words(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make({"m.py": "def f(): pass\n"})
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(UsageError, match=r"(?s)dubious ownership.*safe\.directory"):
        find_repository(root)


def test_a_file_that_is_no_python_is_an_error(make: Make) -> None:
    root = make({"m.py": "def f(:\n"})
    with pytest.raises(UsageError, match=r"Python in m\.py.*line 1"):
        locate(root, Target("m.py", "f"))


@pytest.mark.parametrize(
    "content",
    [b"# coding: no-such\nx = 1\n", b"x = '\xff'\n", b"# coding: ascii\nx = '\xff'\n"],
)
def test_bytes_in_another_encoding_are_an_error(make: Make, content: bytes) -> None:
    root = make({"m.py": content})
    with pytest.raises(UsageError, match="encoding"):
        locate(root, Target("m.py", "f"))
