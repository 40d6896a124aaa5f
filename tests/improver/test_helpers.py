"""Reading code and edits out of answers."""

from __future__ import annotations

import ast
import sys
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selftaught.improver import contract, registry
from selftaught.improver.helpers import (
    Asked,
    apply_edits,
    blocks,
    extract_code,
    first_block,
    reason_without_code,
)

LIBRARY = {entry.name: registry.find(entry.name).source.rstrip() for entry in registry.names()}
PROMPT = "Improve:\n\n```python\n{}\n```\n\nScored by:\n\n```python\ndef score(): ...\n```\nGo."


@pytest.mark.parametrize("fence", ["```python", "```py", "```", "``` Python", "~~~", "````python"])
@pytest.mark.parametrize("name", LIBRARY)
def test_an_improver_full_of_fences_is_found_whole(name: str, fence: str) -> None:
    closing = fence.rstrip(" pythonP")
    text = PROMPT.replace("```python\n{}\n```", f"{fence}\n{{}}\n{closing}")
    assert first_block(text.format(LIBRARY[name])) == LIBRARY[name]


@pytest.mark.parametrize("name", LIBRARY)
def test_a_block_that_was_cut_off_reaches_to_the_end(name: str) -> None:
    lines = LIBRARY[name].split("\n")
    cut = "\n".join(lines[: len(lines) // 2])
    assert blocks(f"Here it is:\n```python\n{cut}")[0] == cut.rstrip()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("no code", []),
        ("", []),
        ("inline ```x``` code", []),
        ("```", []),
        ("```\n\n```", []),
        ("```python\nx = 1\n```", ["x = 1"]),
        ("```python\r\nx = 1\r\ny = 2\r\n```\r\n", ["x = 1\ny = 2"]),
        ("a\n```\nx = 1\n```\nb\n```python\ny = 2\n```", ["x = 1", "y = 2"]),
        ("```bash\npip install it's\n```\n```python\nx = 1\n```", ["pip install it's", "x = 1"]),
        ("```python\nx = '''\n```\n'''\n```", ["x = '''\n```\n'''"]),
        ("```python\nx = '''\n```\n'''", ["x = '''\n```\n'''"]),
        ("~~~python\nx = '''\n```\n'''\n~~~\n", ["x = '''\n```\n'''"]),
        ("````md\n```python\nx = 1\n```\n````", ["```python\nx = 1\n```"]),
        ("```python\na = 1\n```python\nb = 2\n```", ["a = 1", "b = 2"]),
        ("```python\nx = 1```", ["x = 1"]),
        ("- item\n  ```py\n  def f():\n      return 1\n  ```", ["def f():\n    return 1"]),
        ("  ```\ndef f():\n    return 1\n  ```", ["def f():\n    return 1"]),
        ("\t```\n\tx = '''\ny'''\n\t```", ["x = '''\ny'''"]),
        ("```python\n\n\nx = 1\n\n\n```", ["x = 1"]),
        ("```python {title='a'}\nx = 1\n```", ["x = 1"]),
        ("```python\n# it's a comment\nx = \"it's\"\n```\n's", ["# it's a comment\nx = \"it's\""]),
    ],
)
def test_blocks_of_a_text(text: str, found: list[str]) -> None:
    assert blocks(text) == found


def test_a_broken_program_ends_at_its_outermost_fence() -> None:
    broken = "def f(:\n    s = '''\n```python\nx\n```\n'''"
    assert blocks(f"```python\n{broken}\n```\nmore\n```\ny = 1\n```") == [broken, "y = 1"]
    quoted = 'def f(:\n    s = """\n```python\nx\n```"""'
    assert blocks(f"```python\n{quoted}\n```\n") == [quoted]


def test_the_largest_block_of_an_answer_is_its_code() -> None:
    answer = "```\nx = 1\n```\nbetter:\n```python\nx = 1\ny = 2\n```\nrun:\n```\nx\n```"
    assert extract_code(answer) == "x = 1\ny = 2"
    assert extract_code("nothing") is None
    assert extract_code([answer, "nothing"]) == ["x = 1\ny = 2", None]
    assert extract_code((answer,)) == ["x = 1\ny = 2"]
    assert extract_code([]) == []


@pytest.mark.parametrize("answer", [None, 3, b"```\nx\n```", {"a": 1}])
def test_what_is_no_text_has_no_code(answer: object) -> None:
    assert extract_code(answer) is None  # type: ignore[call-overload]
    assert extract_code([answer]) == [None]  # type: ignore[list-item]


def test_a_warning_is_no_reason_to_call_a_program_broken() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert blocks("```python\nx = '\\d'\ny = 1 is 1\nz = '''\n```\n'''\n```") == [
            "x = '\\d'\ny = 1 is 1\nz = '''\n```\n'''"
        ]


LINES = st.lists(
    st.sampled_from(
        [
            *("x = 1", "s = '''", "'''", '"""', "```", "```python", "~~~", "# it's", "", "\\", "("),
            *("f('`' + \"'\")", "    return '\\''", "r'\\'", "text ```", "  ```"),
            *("<<<<<<< SEARCH", "=======", ">>>>>>> REPLACE"),
        ]
    ),
    max_size=30,
)


@given(LINES)
def test_any_lines_are_read_and_what_parses_comes_back_whole(lines: list[str]) -> None:
    content = "\n".join(lines).strip()
    first = first_block(f"````python\n{content}\n````\n```\nrest\n```")
    try:
        ast.parse(content)
    except SyntaxError:
        return
    if content and not content.startswith((" ", "\t")):
        assert first == content


@given(st.text(alphabet="`~\n '\"\\x=(#\t"))
def test_any_text_is_read_without_an_exception(text: str) -> None:
    found = blocks(text)
    assert first_block(text) == (found[0] if found else None)
    assert all(block.strip() for block in found)
    apply_edits(text, text)


SIZE = 200_000
HOSTILE = {
    "bare fences": "```\n",
    "openers": "```python\n",
    "open strings": "```\n\\'''\n```\n",
    "broken blocks": "```\n(\n```\n",
    "quotes": "```\n'\"\n```\n",
    "escapes": "```\n'''\\\n```\n",
    "indented": "   ```\n   x\n",
    "titles": "```x\nx=1\n",
    "searches": "<<<<<<< SEARCH\n",
    "edits": "<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_answer_is_read_in_the_time_its_length_allows(name: str) -> None:
    """Quadratic reading of these would take minutes, and the suite's limit would end it."""
    answer = HOSTILE[name] * (SIZE // len(HOSTILE[name]))
    assert isinstance(blocks(answer), list)
    assert apply_edits(answer, answer) is None
    assert isinstance(blocks("```\n" + answer), list)


@pytest.mark.parametrize("start", ["(", "-", "[1,", "{", "not ", "a.", "lambda:"])
def test_deep_nesting_is_no_program_and_no_failure(start: str) -> None:
    assert blocks(f"```\n{start * 100_000}\n```") == [(start * 100_000).rstrip()]


def test_helpers_stand_alone() -> None:
    imported = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.walk(ast.parse(contract.helpers_source()))
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert {name.partition(".")[0] for name in imported} <= set(sys.stdlib_module_names)


# -------------------------------------------------------------------------------- edits

SOLUTION = "import math\n\n\ndef solve(x):\n    y = 1\n    return x + y\n"


def edit(old: str, new: str) -> str:
    return f"<<<<<<< SEARCH\n{old}\n=======\n{new}\n>>>>>>> REPLACE\n"


def test_edits_apply_one_after_another() -> None:
    answer = f"First:\n```\n{edit('    y = 1', '    y = 2')}```\nand\n" + edit(
        "    y = 2\n    return x + y", "    return x + 2"
    )
    assert apply_edits(SOLUTION, answer) == "import math\n\n\ndef solve(x):\n    return x + 2\n"


def test_only_whole_lines_are_found() -> None:
    assert apply_edits("my = 1\ny = 1\n", edit("y = 1", "y = 2")) == "my = 1\ny = 2\n"


def test_the_first_place_is_changed() -> None:
    assert apply_edits("a\nb\na\n", edit("a", "c")) == "c\nb\na\n"


def test_blanks_at_the_end_of_lines_do_not_matter() -> None:
    assert apply_edits("a  \nb\n", edit("a\nb ", "c")) == "c\n"


def test_another_indentation_is_carried_over() -> None:
    answer = edit("if y:\n    z()", "if not y:\n    z()\n\n    w()")
    solution = "def f():\n    if y:\n        z()\n"
    assert apply_edits(solution, answer) == (
        "def f():\n    if not y:\n        z()\n\n        w()\n"
    )


def test_an_empty_search_appends_and_an_empty_replacement_removes() -> None:
    assert apply_edits("a\n", edit("", "b")) == "a\nb\n"
    assert apply_edits("a", edit("", "b")) == "a\nb\n"
    assert apply_edits("a\nb\nc\n", "<<<<<<< SEARCH\nb\n=======\n>>>>>>> REPLACE") == "a\nc\n"


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "```python\nx = 1\n```",
        edit("nowhere", "b"),
        edit("    y = 1", "    y = 2") + edit("nowhere", "b"),
        edit("    y = 1", "    y = 2") + "<<<<<<< SEARCH\n    return x + y\n=======\n    return",
        "<<<<<<< SEARCH\n    y = 1\n>>>>>>> REPLACE",
        edit("    y = 1", "    y = 1") * 201,
    ],
    ids=["empty", "a block", "not found", "one not found", "cut off", "no divider", "too many"],
)
def test_edits_apply_all_or_none(answer: str) -> None:
    assert apply_edits(SOLUTION, answer) is None


@given(st.integers(0, 5), st.integers(0, 5), st.lists(st.sampled_from("abc"), max_size=4))
def test_an_edit_changes_the_lines_that_it_names(start: int, length: int, new: list[str]) -> None:
    lines = ["zero", "one", "  two", "three", "", "five"]
    old = lines[start : start + length]
    if not any(line.strip() for line in old):
        return
    answer = "\n".join(["<<<<<<< SEARCH", *old, "=======", *new, ">>>>>>> REPLACE"])
    expected = [*lines[:start], *new, *lines[start + len(old) :]]
    assert apply_edits("\n".join(lines), answer) == "\n".join(expected)


# ------------------------------------------------------------------------------ reasons

OLD = "def solve(x):\n    return x\n"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (" \n", "empty"),
        ("I can't help with that.", "no code block"),
        (f"```python\n{OLD}```", "same as what was sent"),
        ("```python\ndef other(x):\n    return 1\n```", "does not define solve"),
        ("```python\ndef solve(x:\n    return 1\n```", "does not parse: "),
        ("```python\ndef solve(x):\n    return 1\n```", ""),
    ],
)
def test_an_answer_without_a_program_says_why(answer: str, reason: str) -> None:
    said = reason_without_code(answer, Asked(initial=OLD, entry_point="solve"))
    assert said.startswith(reason)
    assert bool(said) is bool(reason)
