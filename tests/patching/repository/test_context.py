from __future__ import annotations

import pytest

from patching.repository.conftest import Make
from selftaught.errors import UsageError
from selftaught.patching.repository.context import gather
from selftaught.patching.repository.place import find_repository
from selftaught.patching.repository.target import Target, locate

FILES = {
    "src/pkg/__init__.py": "",
    "src/pkg/mod.py": '''
import math
from pkg.util import helper
from . import other

LIMIT = 3


def own(a, b=1):
    """Adds things.

    More words that stay out.
    """
    return a + b


class Shape(object):
    kind = "shape"

    def __init__(self, size):
        self.size = size

    def area(self):
        return helper(self.size) + own(1) + math.pi

    def other(self, x: int) -> int:
        return x
''',
    "src/pkg/util.py": 'async def helper(x, *, y=2):\n    """Helps."""\n    return x\n',
    "src/pkg/user.py": "def main(shape):\n    print(shape.area())\n",
    "tests/test_mod.py": "def test_area():\n    assert Shape(1).area() > 0\n",
    "notes.md": "# Notes\nareas are large\n",
    "broken.py": "def area(:\n",
}


def test_a_method_comes_with_its_class_and_what_it_calls_and_its_callers(make: Make) -> None:
    root = make(FILES)
    part = locate(root, Target("src/pkg/mod.py", "Shape.area"))
    text = gather(find_repository(root), [part], files=["notes.md"]).text
    for shown in (
        "areas are large",
        "from pkg.util import helper",
        "LIMIT = 3",
        "class Shape(object):",
        "        self.size = size",
        "    def other(self, x: int) -> int: ...",
        "def own(a, b=1):  # Adds things.",
        "async def helper(x, *, y=2):  # Helps.",
        "# src/pkg/user.py:2: print(shape.area())\ndef main(shape):",
        "# tests/test_mod.py:2:",
    ):
        assert shown in text
    assert "More words" not in text
    assert "return a + b" not in text
    assert text.index("user.py:2") < text.index("test_mod.py:2")


def test_what_is_over_the_limit_is_left_out_and_counted(make: Make) -> None:
    root = make(FILES)
    part = locate(root, Target("src/pkg/mod.py", "Shape.area"))
    context = gather(find_repository(root), [part], most=60)
    assert context.left_out > 100
    assert f"{context.left_out:,} characters more were left out" in context.text
    assert gather(find_repository(root), [part], most=0).sections == ()


def test_a_whole_file_needs_no_surroundings(make: Make) -> None:
    root = make(FILES)
    part = locate(root, Target("src/pkg/util.py"))
    assert gather(find_repository(root), [part]).text == ""


def test_a_file_that_cannot_be_read_is_an_error(make: Make) -> None:
    root = make({"m.py": "def f(): pass\n", "data.bin": b"\xff\xfe\x00"})
    part = locate(root, Target("m.py", "f"))
    for name in ("data.bin", "none.md"):
        with pytest.raises(UsageError, match="--context"):
            gather(find_repository(root), [part], files=[name])
