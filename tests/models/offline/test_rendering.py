from __future__ import annotations

import ast
import difflib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import selftaught
from models.offline.programs import IMPROVER, RULE, WALK
from selftaught.models.offline.rendering import equal, render

SOURCES = sorted(Path(selftaught.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize("source", [RULE, WALK, IMPROVER])
def test_an_unchanged_tree_is_its_own_text(source: str) -> None:
    assert render(ast.parse(source), source) == source


@given(st.sampled_from(SOURCES), st.integers(0))
def test_any_changed_operator_gives_text_that_parses_to_the_tree(path: Path, choice: int) -> None:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    found = [node for node in ast.walk(tree) if isinstance(node, ast.BinOp | ast.Compare)]
    if found:
        node = found[choice % len(found)]
        if isinstance(node, ast.BinOp):
            node.op = ast.MatMult()
        else:
            node.ops[0] = ast.IsNot()
    assert equal(ast.parse(render(tree, source)), tree)


def test_only_the_changed_line_differs_and_comments_stay() -> None:
    tree = ast.parse(WALK)
    change = next(n for n in ast.walk(tree) if isinstance(n, ast.Constant) and n.value == 20)
    change.value = 40
    diff = [
        line
        for line in difflib.ndiff(WALK.splitlines(), render(tree, WALK).splitlines())
        if line[0] in "+-"
    ]
    assert diff == ["- LIMIT = 20", "+ LIMIT = 40"]


def test_a_header_changes_without_its_block() -> None:
    source = "for i in range(3):\n    # why\n    print('a',   i)\nelse:\n    pass  # end\n"
    tree = ast.parse(source)
    loop = tree.body[0]
    assert isinstance(loop, ast.For)
    loop.iter = ast.parse("range(4)", mode="eval").body
    assert render(tree, source) == source.replace("3", "4")


def test_new_functions_stand_apart() -> None:
    tree = ast.parse("import os\nx = 1\n")
    tree.body.insert(1, ast.parse('def f():\n    """Return one."""\n    return 1').body[0])
    text = render(tree, "import os\nx = 1\n")
    assert text == 'import os\n\n\ndef f():\n    """Return one."""\n    return 1\n\n\nx = 1\n'


def test_a_comment_at_the_top_stays_there_and_is_written_once() -> None:
    source = "# BEGIN\ndef f():\n    return 1\n# END\n"
    tree = ast.parse(source)
    tree.body[:0] = ast.parse("import os\ndef g():\n    return f()\n").body
    text = render(tree, source)
    assert text.startswith("# BEGIN\nimport os\n")
    assert text.endswith("def f():\n    return 1\n# END\n")
    assert text.count("# BEGIN") == 1


def test_trees_of_other_shape_or_type_are_not_equal() -> None:
    assert not equal(ast.parse("x = 1"), ast.parse("x = 1.0"))
    assert not equal(ast.parse("f(a)"), ast.parse("f(a, b)"))
    assert not equal(ast.parse("a + b"), ast.parse("a - b"))
