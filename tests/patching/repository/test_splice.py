from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selftaught.patching.repository.source import SourceFile
from selftaught.patching.repository.splice import Refused, Spliced, joined, splice
from selftaught.patching.repository.target import Located, Target, located

MODULE = '''\
import math

LIMIT = 3


def area(r, *, scale=1):
    # the area
    return math.pi * r ** 2 * scale


class Shape:
    """A shape."""

    @staticmethod
    def sides(n=4):
        """Doc.

        More.
        """
        text = """a
  b"""
        return n, text

    def name(self):
        return "shape"
'''


def file_of(text: str, encoding: str = "utf-8") -> SourceFile:
    return SourceFile("m.py", text, encoding)


def target(file: SourceFile, name: str) -> Located:
    return located(file, Target("m.py", name))


def spliced(file: SourceFile, name: str, candidate: str) -> str:
    found = splice([target(file, name)], candidate)
    assert isinstance(found, Spliced), found
    return found.files["m.py"].decode(file.encoding)


def refused(file: SourceFile, name: str, candidate: str) -> str:
    found = splice([target(file, name)], candidate)
    assert isinstance(found, Refused)
    return found.reason


def test_only_the_function_changes() -> None:
    new = spliced(file_of(MODULE), "area", "def area(r, *, scale=1):\n    return 3 * r * r\n")
    assert new == MODULE.replace(
        "    # the area\n    return math.pi * r ** 2 * scale\n", "    return 3 * r * r\n"
    )


def test_a_method_gets_its_indentation_and_its_strings_stay() -> None:
    candidate = (
        '@staticmethod\ndef sides(n=4):\n    """Doc.\n\n    More.\n    """\n'
        '    text = """a\n  b"""\n    return (n, text)\n'
    )
    new = spliced(file_of(MODULE), "Shape.sides", candidate)
    assert new == MODULE.replace("return n, text", "return (n, text)")


def test_windows_endings_stay() -> None:
    file = file_of(MODULE.replace("\n", "\r\n"))
    new = spliced(file, "area", "def area(r, *, scale=1):\n    return 3 * r * r\n")
    assert "\n" not in new.replace("\r\n", "")


def test_a_file_without_a_last_newline_stays_without() -> None:
    file = file_of("def f():\n    return 1")
    assert spliced(file, "f", "def f():\n    return 2\n\n") == "def f():\n    return 2"


def test_tabs_stay_tabs() -> None:
    file = file_of("class A:\n\tdef f(self):\n\t\tif self:\n\t\t\treturn 1\n")
    candidate = "def f(self):\n    if not self:\n        return 2\n    return 1\n"
    new = spliced(file, "A.f", candidate)
    assert new == "class A:\n\tdef f(self):\n\t\tif not self:\n\t\t\treturn 2\n\t\treturn 1\n"


def test_the_declared_encoding_stays() -> None:
    text = "# -*- coding: latin-1 -*-\ndef f():\n    return 'ä'\n"
    file = SourceFile("m.py", text, "iso8859-1")
    found = splice([target(file, "f")], "def f():\n    return 'ö'\n")
    assert isinstance(found, Spliced)
    assert b"'\xf6'" in found.files["m.py"]
    assert "can't hold" in refused(file, "f", "def f():\n    return '€'\n")


def test_a_byte_order_mark_stays() -> None:
    file = SourceFile("m.py", "def f():\n    return 1\n", "utf-8-sig")
    found = splice([target(file, "f")], "def f():\n    return 2\n")
    assert isinstance(found, Spliced)
    assert found.files["m.py"].startswith(b"\xef\xbb\xbfdef f")


def test_the_seed_program_changes_nothing() -> None:
    for name in ("area", "Shape", "Shape.sides", ""):
        part = target(file_of(MODULE), name)
        assert splice([part], joined([part])) == Spliced({})


@pytest.mark.parametrize(
    ("candidate", "why"),
    [
        ("def area(r:\n", "no Python"),
        ("def other(r, *, scale=1): return 1\n", "exactly one definition"),
        ("x = 1\n", "no definition"),
        ("def area(r, *, scale=1): return 1\ndef b(): pass\n", "exactly one definition"),
        ("import os\ndef area(r, *, scale=1): return 1\n", "`import os` beside"),
        ("def area(r): return 1\n", "parameter scale"),
        ("def area(r, *, scale=2): return 1\n", "parameter scale"),
        ("def area(r, more, *, scale=1): return 1\n", "do not give"),
        ("def area(*, r, scale=1): return 1\n", "parameter r"),
        ("async def area(r, *, scale=1): return 1\n", "async function"),
        ("@cache\ndef area(r, *, scale=1): return 1\n", "decorators"),
        ("class area: pass\n", "a class in place"),
        ("def area(r, *, scale=1):\n    nonlocal r\n", "no Python"),
        ("# ==== m.py::other ====\ndef area(r, *, scale=1): return 1\n", "no part"),
    ],
)
def test_what_changes_more_than_the_function_is_refused(candidate: str, why: str) -> None:
    assert why in refused(file_of(MODULE), "area", candidate)


def test_parameters_with_defaults_may_be_added() -> None:
    new = spliced(file_of(MODULE), "area", "def area(r, start=0, *, scale=1): return r\n")
    assert "start=0" in new


@pytest.mark.parametrize(
    ("candidate", "why"),
    [
        ("class Shape:\n    def name(self): return 1\n", "no sides any more"),
        ("class Shape(Base):\n    pass\n", "base classes"),
    ],
)
def test_a_class_keeps_what_its_users_need(candidate: str, why: str) -> None:
    assert why in refused(file_of(MODULE), "Shape", candidate)


def test_a_whole_file_keeps_its_names() -> None:
    assert "no area any more" in refused(file_of(MODULE), "", "x = 1\n")
    new = MODULE.replace("LIMIT = 3", "import os\nLIMIT = 4")
    assert spliced(file_of(MODULE), "", new) == new


def test_several_targets_are_told_apart_by_markers() -> None:
    file = file_of(MODULE)
    parts = [target(file, "area"), target(file, "Shape.name")]
    program = joined(parts)
    ast.parse(program)
    changed = program.replace('"shape"', '"form"').replace("math.pi", "3.14")
    found = splice(parts, changed)
    assert isinstance(found, Spliced)
    expected = MODULE.replace('"shape"', '"form"').replace("math.pi", "3.14")
    assert found.files["m.py"].decode() == expected
    for text, why in (
        (program.replace("m.py::area", "m.py::b"), "no part"),
        ("import os\n" + program, "before the first marker"),
        (program + "\n# ==== m.py::more ====\nx = 1\n", "only the named"),
    ):
        refusal = splice(parts, text)
        assert isinstance(refusal, Refused)
        assert why in refusal.reason


NAMES = st.sampled_from(["a", "b", "value"])
LINES = st.lists(
    st.one_of(
        NAMES.map(lambda name: f"{name} = 1"),
        st.just(""),
        st.just("# note"),
        st.sampled_from(["'''one\n  two\n'''", 'x = """\n\tz"""', "if a:\n    b = 2"]),
    ),
    min_size=1,
    max_size=6,
)


@given(LINES, st.sampled_from(["\n", "\r\n"]), st.sampled_from(["    ", "\t", "  "]))
def test_taking_out_and_putting_back_changes_nothing(
    lines: list[str], newline: str, prefix: str
) -> None:
    body = [f"{prefix * 2}{line}" if line else "" for line in [*lines, "return 1"]]
    body = [line.replace("\n    b", f"\n{prefix * 3}b") for line in body]
    text = "\n".join(["class A:", f"{prefix}def f(self):", *body, "", "x = 2", ""])
    file = file_of(text.replace("\n", newline))
    part = target(file, "A.f")
    # a comment more, so that it is not the seed program
    candidate = part.text.rstrip("\n") + "  # end\n"
    new = spliced(file, "A.f", candidate)
    assert new.replace("  # end", "") == file.text


def test_a_continued_line_left_of_the_method_is_moved_in() -> None:
    file = file_of("class A:\n    def f(self):\n        x = (1,\n2)\n        return x\n")
    candidate = target(file, "A.f").text.replace("return x", "return 0")
    new = spliced(file, "A.f", candidate)
    assert new == file.text.replace("\n2)", "\n    2)").replace("return x", "return 0")


def test_a_change_of_coding_line_is_refused(tmp_path: Path) -> None:
    text = "# coding: latin-1\ndef f(): return 1\n"
    file = SourceFile("m.py", text, "iso8859-1")
    assert "encoding" in refused(file, "", text.replace("latin-1", "utf-8").replace("1\n", "2\n"))
