"""Programs that keep something from call to call, and others that do not."""

from __future__ import annotations

import pytest

from selftaught.analysis.watch.memory import remembers

KEEPS = {
    "global": ("N = 0\ndef solve(x):\n    global N\n    N += 1\n    return N\n", [4]),
    "list": ("SEEN = []\ndef solve(x):\n    SEEN.append(x)\n    return len(SEEN)\n", [3]),
    "item": ("D = {}\ndef solve(x):\n    D[x] = 1\n    return len(D)\n", [3]),
    "default": ("def solve(x, seen=[]):\n    seen.append(x)\n    return len(seen)\n", [2]),
    "keyword default": ("def solve(x, *, s=set()):\n    s.add(x)\n    return len(s)\n", [2]),
    "function attribute": ("def solve(x):\n    solve.n = x\n    return x\n", [2]),
    "class attribute": (
        "class State:\n    n = 0\ndef solve(x):\n    State.n += 1\n    return State.n\n",
        [4],
    ),
    "iterator": (
        "import itertools\nI = itertools.count()\ndef solve(x):\n    return next(I)\n",
        [4],
    ),
    "generator of numbers": (
        "import random\nR = random.Random(0)\ndef solve(x):\n    return R.random()\n",
        [4],
    ),
    "numpy": (
        "import numpy as np\nG = np.random.default_rng(1)\ndef solve(x):\n    return G.normal()\n",
        [4],
    ),
    "helper": ("S = set()\ndef keep(x):\n    S.add(x)\ndef solve(x):\n    keep(x)\n", [3]),
}
FORGETS = {
    "local": "def solve(x):\n    seen = []\n    seen.append(x)\n    return seen\n",
    "shadowed": "seen = []\ndef solve(x):\n    seen = []\n    seen.append(x)\n    return seen\n",
    "parameter": "items = []\ndef solve(items):\n    items.sort()\n    return items\n",
    "constant": "TABLE = [1, 2]\ndef solve(x):\n    return TABLE[x]\n",
    "cache": "import functools\n@functools.cache\ndef solve(x):\n    return x\n",
    "own generator": (
        "import random\ndef solve(x):\n    r = random.Random(x)\n    return r.random()\n"
    ),
    "shared generator": "import random\ndef solve(x):\n    return random.random()\n",
    "module body": "N = []\nN.append(1)\ndef solve(x):\n    return x\n",
    "read only": "D = {}\ndef solve(x):\n    return D.get(x, 0)\n",
    "no program": "def solve(:\n",
}


@pytest.mark.parametrize("name", KEEPS)
def test_what_outlives_a_call_is_found_with_its_line(name: str) -> None:
    source, lines = KEEPS[name]
    assert remembers(source) == lines


@pytest.mark.parametrize("name", FORGETS)
def test_what_ends_with_its_call_is_not(name: str) -> None:
    assert remembers(FORGETS[name]) == []
