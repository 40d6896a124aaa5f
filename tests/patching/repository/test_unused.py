from __future__ import annotations

from pathlib import Path

import pytest

from patching.repository.conftest import Make, make
from selftaught.patching.repository.splice import Spliced, splice
from selftaught.patching.repository.target import Target, locate
from selftaught.patching.repository.unused import (
    needed_elsewhere,
    without_unused_globals,
    without_unused_locals,
)

__all__ = ["make"]

OLD = "\n\ndef f(x):\n    return {}\n"
NEW = "\n\ndef f(x):\n    return x\n"


def globals_left(head: str, used: str = "math.sqrt(x)", tail: str = "") -> str:
    before, after = (f"{head}{body}{tail}" for body in (OLD.format(used), NEW))
    found = without_unused_globals(before, after, lambda _: False)
    assert found.endswith(f"def f(x):\n    return x\n{tail}")
    return found[: found.index("def f(x)")].rstrip("\n") + "\n" * (found[0] != "d")


@pytest.mark.parametrize(
    ("head", "used", "left"),
    [
        ("import math\n", "math.sqrt(x)", ""),
        ('"""Doc."""\n\nimport math\n', "math.sqrt(x)", '"""Doc."""\n'),
        ("import math\nimport os\n", "math.pi + os.getpid()", ""),
        ("import os, math\n", "math.pi", "import os\n"),
        ("from math import pi, tau, e\n", "tau", "from math import pi, e\n"),
        ("from math import (\n    pi,\n    tau,\n)\n", "tau", "from math import (\n    pi,\n)\n"),
        ("from math import (\n    pi,\n    tau,\n)\n", "pi", "from math import (\n    tau,\n)\n"),
        ("import numpy as np\n", "np.sum(x)", ""),
        ("# ours\n_LIMIT = 3\n\n\ndef _g(x):\n    return _LIMIT + x\n", "_g(x)", "# ours\n"),
        ("A = 1\n\n# ours\n_LIMIT = 3\n", "_LIMIT", "A = 1\n"),
    ],
)
def test_what_the_change_made_unused_goes(head: str, used: str, left: str) -> None:
    assert globals_left(head, used) == left


@pytest.mark.parametrize(
    ("head", "tail"),
    [
        ("import math\nimport readline\n", ""),
        ("import math as math\n", ""),
        ("from os import path as path\nimport math  # noqa: F401\n", ""),
        ("try:\n    import math\nexcept ImportError:\n    math = None\n", ""),
        ("import math\n", '__all__ = ["math"]\n'),
        ("import math\n", "\n\ndef g(x: 'math.T'): ...\n"),
        ("import math\n", '\n\ndef g():\n    """Add.\n\n    >>> math.sqrt(4)\n    2.0\n    """\n'),
        ("import math\n", "\n\ndef g(x):\n    # type: (math.T) -> None\n    return x\n"),
        ("from math import *\nmath = 1\n", ""),
        ("from __future__ import annotations\nLIMIT, math = 3, 4\n", ""),
        ("import math; import os\n", ""),
    ],
)
def test_everything_else_stays(head: str, tail: str) -> None:
    before, after = (f"{head}{body}{tail}" for body in (OLD.format("math.sqrt(x)"), NEW))
    found = without_unused_globals(before, after, lambda _: False)
    assert found == (after if "readline" not in head else after.replace("import math\n", "", 1))


def test_what_was_unused_before_stays_and_what_is_new_goes() -> None:
    before = "import os\nimport sys\n\n\ndef f(x):\n    return x\n"
    after = before.replace("import sys", "import sys\nimport math")
    assert without_unused_globals(before, after, lambda _: False) == before


def test_line_endings_and_other_letters_stay() -> None:
    before = "# é\r\nfrom é import ü, pi\r\n\r\n\r\ndef f():\r\n    return pi, ü\r\n"
    after = before.replace("pi, ü\r\n", "ü\r\n")
    found = without_unused_globals(before, after, lambda _: False)
    assert found == after.replace("ü, pi", "ü")


@pytest.mark.parametrize(
    ("seed", "part", "left"),
    [
        ("    n = len(x)\n    return n\n", "    n = len(x)\n    return x\n", "    return x\n"),
        ("    return x\n", "    import re\n    return x\n", "    return x\n"),
        ("    return x\n", "    import re, os\n    return os\n", "    import os\n    return os\n"),
        ("    a = 3\n    b = a\n    return b\n", "    a = 3\n    b = a\n    x()\n", "    x()\n"),
        ("    n = g(x)\n    return n\n", "    n = g(x)\n    return x\n", None),
        ("    n = 3\n    return x\n", "    n = 3\n    return x + 0\n", None),
        ("    n = 3\n    return n\n", "    n = 3\n    return eval(x)\n", None),
        ("    n = 3\n    return n\n", "    global n\n    n = 3\n    return x\n", None),
        ("    n = 3\n    return n\n", "    n = 3\n    return lambda: n\n", None),
        ("    n = 3\n    n += 1\n    return n\n", "    n = 3\n    n += 1\n    return x\n", None),
        ("    return x\n", "    try:\n        import re\n    finally:\n        x()\n", None),
    ],
)  # fmt: skip
def test_locals_that_the_change_made_unused_go(seed: str, part: str, left: str | None) -> None:
    head = "def f(x):\n"
    expected = part if left is None else left
    assert without_unused_locals(head + seed, head + part, head + part) == head + expected


def test_a_value_that_may_have_an_effect_goes_where_the_winner_does_without_it() -> None:
    seed = "def f(x):\n    # ask\n    n = g(x)\n    return n\n"
    winner = "def f(x):\n    return x\n"
    part = seed.replace("return n", "return x")
    assert without_unused_locals(seed, winner, part) == winner
    assert without_unused_locals(seed, part, part) == part


@pytest.mark.parametrize(
    ("other", "needed"),
    [
        ("import time\n\ntime.sleep(1)\n", False),
        ("from pkg.mod import f\n\nprint('time', f)\n", True),
        ("from pkg.mod import time\n", True),
        ("from .mod import *\n", False),
        ("from .mod import *\n\nprint(time)\n", True),
        ("import pkg.mod as m\n\nm.time.sleep(1)\n", True),
        ("from unittest import mock\n\nmock.patch('pkg.mod.time.sleep')\n", True),
        ("from pkg import mod\n\nmod.f()\n", False),
        ("def broken(:\n    mod.time\n", True),
    ],
)
def test_names_that_other_files_take_are_needed(make: Make, other: str, needed: object) -> None:
    root = make({"pkg/mod.py": "import time\n", "tests/test_mod.py": other})
    assert needed_elsewhere(root, "pkg/mod.py", "time") is needed


def test_a_version_is_put_in_place_without_the_import_that_it_made_unused(make: Make) -> None:
    text = "import math\nimport os\n\n\ndef f(x):\n    return math.floor(x) + len(os.sep)\n"
    root = make({"mod.py": text, "test_mod.py": "from mod import f\n\nassert f(1.5) == 1\n"})
    part = locate(root, Target("mod.py", "f"))
    found = splice([part], "def f(x):\n    return x // 1 + len(os.sep)\n")
    assert isinstance(found, Spliced)
    assert found.files["mod.py"].decode() == text.replace("import math\n", "").replace(
        "math.floor(x)", "x // 1"
    )
    Path(root, "test_mod.py").write_text("from unittest import mock\n\nmock.patch('mod.math')\n")
    kept = splice([part], "def f(x):\n    return x // 1 + len(os.sep)\n")
    assert isinstance(kept, Spliced)
    assert kept.files["mod.py"].decode().startswith("import math\n")
