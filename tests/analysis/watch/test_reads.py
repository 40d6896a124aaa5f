"""Programs that read the clock or the stack, and others that only look like it."""

from __future__ import annotations

import pytest

from selftaught.analysis.watch.reads import signs

CLOCKS = {
    "plain": "import time\ndef solve(x):\n    return time.time() * x\n",
    "alias": "import time as t\ndef solve(x):\n    return t.perf_counter()\n",
    "from": "from time import monotonic_ns as now\ndef solve(x):\n    return now()\n",
    "bound": "import time\nclock = time.process_time\ndef solve(x):\n    return clock()\n",
    "getattr": "import time\ndef solve(x):\n    return getattr(time, 'ti' + 'me')()\n",
    "import": "def solve(x):\n    return __import__('time').thread_time()\n",
    "importlib": (
        "import importlib\ndef solve(x):\n    return importlib.import_module('time').time_ns()\n"
    ),
    "unknown name": "import time\ndef solve(name):\n    return getattr(time, name)()\n",
    "datetime": "from datetime import datetime as d\ndef solve(x):\n    return d.now().hour\n",
    "date": "import datetime\ndef solve(x):\n    return datetime.date.today().day\n",
    "module body": "import time\nSTART = time.time()\ndef solve(x):\n    return x\n",
    "helper": (
        "import time\ndef left():\n    return 1 - time.time()\ndef solve(x):\n    return left()\n"
    ),
    "method": (
        "import time\nclass Watch:\n    def left(self):\n        return time.monotonic()\n"
        "def solve(x):\n    return Watch().left()\n"
    ),
    "key": "import time\ndef solve(xs):\n    return max(xs, key=lambda each: time.time())\n",
    "localtime": "import time\ndef solve(x):\n    return time.localtime().tm_sec\n",
    "strftime": "import time\ndef solve(x):\n    return time.strftime('%S')\n",
    "timeit": "import timeit\ndef solve(x):\n    return timeit.default_timer()\n",
    "os": "import os\ndef solve(x):\n    return os.times()\n",
    "usage": "import resource\ndef solve(x):\n    return resource.getrusage(0).ru_utime\n",
    "alarm": "import signal\ndef solve(x):\n    signal.alarm(1)\n    return x\n",
}
STACKS = {
    "frame": "import sys\ndef solve(x):\n    return sys._getframe(1).f_locals\n",
    "inspect": "import inspect\ndef solve(x):\n    return inspect.stack()\n",
    "alias": "from inspect import currentframe as here\ndef solve(x):\n    return here()\n",
    "traceback": (
        "def solve(x):\n    try:\n        1 / 0\n    except ZeroDivisionError as error:\n"
        "        return error.__traceback__.tb_frame\n"
    ),
    "generator": "def solve(x):\n    g = (i for i in x)\n    return g.gi_frame\n",
    "summary": "import traceback\ndef solve(x):\n    return traceback.extract_stack()\n",
    "objects": "import gc\ndef solve(x):\n    return len(gc.get_objects())\n",
    "trace": "import sys\ndef solve(x):\n    sys.settrace(lambda *a: None)\n    return x\n",
    "attribute by name": (
        "def solve(x):\n    try:\n        1 / 0\n    except ZeroDivisionError as error:\n"
        "        return getattr(error.__traceback__, 'tb_frame')\n"
    ),
    "getattr": "import sys\ndef solve(x):\n    return getattr(sys, '_get' + 'frame')()\n",
}
INNOCENT = {
    "words": (
        'def solve(x):\n    """Uses time.time() and sys._getframe()."""\n'
        "    # time.time()\n    return 'inspect.stack()'\n"
    ),
    "parameter": "def solve(time):\n    return time.time()\n",
    "own names": (
        "class time:\n    @staticmethod\n    def time():\n        return 3\n"
        "def perf_counter():\n    return 1\n"
        "def solve(x):\n    return time.time() + perf_counter()\n"
    ),
    "unused": "import time\nimport inspect\ndef solve(x):\n    return x\n",
    "unreached": (
        "import time\ndef left():\n    return time.time()\ndef solve(x):\n    return x\n"
    ),
    "sleep": "import time\ndef solve(x):\n    time.sleep(0)\n    return x\n",
    "fixed date": "import datetime\ndef solve(x):\n    return datetime.date(2020, 1, 1).year\n",
    "local time of a number": "import time\ndef solve(x):\n    return time.gmtime(0).tm_year\n",
    "formatted": "import time\ndef solve(x):\n    return time.strftime('%Y', time.gmtime(0))\n",
    "a stack of its own": (
        "def solve(x):\n    stack = [x]\n    while stack:\n        top = stack.pop()\n"
        "    return top\n"
    ),
    "own attribute": (
        "class Node:\n    def __init__(self):\n        self.f_back = None\n"
        "def solve(x):\n    return Node().f_back\n"
    ),
    "signature": "import inspect\ndef solve(x):\n    return str(inspect.signature(solve))\n",
    "error text": "import traceback\ndef solve(x):\n    return traceback.format_exc()\n",
    "timedelta": "import datetime\ndef solve(x):\n    return datetime.timedelta(seconds=x)\n",
    "schedule": "def solve(x):\n    time = 10\n    clock = time * 2\n    return clock\n",
    "no program": "def solve(:\n",
}


@pytest.mark.parametrize("name", CLOCKS)
def test_reading_the_clock_is_seen(name: str) -> None:
    found = signs(CLOCKS[name], "solve")
    assert {each.kind for each in found} == {"clock"}, found
    lines = CLOCKS[name].splitlines()
    assert all(1 <= each.line <= len(lines) for each in found)


@pytest.mark.parametrize("name", STACKS)
def test_reading_the_stack_is_seen(name: str) -> None:
    found = signs(STACKS[name], "solve")
    assert {each.kind for each in found} == {"stack"}, found


@pytest.mark.parametrize("name", INNOCENT)
def test_what_only_looks_like_it_is_not(name: str) -> None:
    assert signs(INNOCENT[name], "solve") == []


def test_without_an_entry_point_every_function_counts() -> None:
    assert [each.what for each in signs(INNOCENT["unreached"])] == ["time.time"]


def test_lines_and_uses_are_told_once() -> None:
    source = (
        "import time\ndef solve(xs):\n    for x in xs:\n        t = time.time()\n    return t\n"
    )
    assert [(each.line, each.what) for each in signs(source, "solve")] == [(4, "time.time")]
