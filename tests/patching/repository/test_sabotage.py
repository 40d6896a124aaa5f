from __future__ import annotations

import ast
from pathlib import Path

import pytest

from selftaught.patching.repository.sabotage import STATEMENT, sabotaged
from selftaught.patching.repository.target import Target, locate

SOURCE = '''def plain(x):
    """Text."""
    return x

def short(x): return (x,
    1)

class Held:
    @property
    def first(self):
        @staticmethod
        def inner():
            pass
        return inner

    async def second(self):
    \treturn 1

def other():
    return 2
'''


@pytest.mark.parametrize(
    ("name", "count"), [("plain", 1), ("short", 1), ("Held", 2), ("Held.first", 1), ("", 1)]
)
def test_a_broken_target_is_python_that_raises(tmp_path: Path, name: str, count: int) -> None:
    (tmp_path / "m.py").write_text(SOURCE)
    spliced = sabotaged([locate(tmp_path, Target("m.py", name))])
    text = spliced.files["m.py"].decode()
    ast.parse(text)
    assert text.count(STATEMENT) == count
    if name == "plain":
        space: dict[str, object] = {}
        exec(text, space)
        with pytest.raises(RuntimeError, match="on purpose"):
            space["plain"](1)  # type: ignore[operator]
