"""Reads: programs that look at the clock, or at what called them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from selftaught.analysis.bypass.bypass_reader import library_uses
from selftaught.analysis.bypass.recorder import LibraryCall

CLOCK, STACK = "clock", "stack"

_CLOCKS = re.compile(
    r"time\.(time|perf_counter|monotonic|process_time|thread_time|clock_gettime)(_ns)?"
    r"|datetime\.(datetime\.(now|utcnow|today)|date\.today)"
    r"|timeit\.(default_timer|timeit|repeat|Timer)"
    r"|os\.times|resource\.getrusage|uuid\.uuid1|signal\.(alarm|setitimer|getitimer)"
    r"|threading\.Timer|time\.\*|asyncio\..*\.time"
)
_DEFAULTS = {
    "time.localtime": 0,
    "time.gmtime": 0,
    "time.ctime": 0,
    "time.asctime": 0,
    "time.strftime": 1,
}
"""Functions that read the clock where they are given no more arguments than this."""

_STACKS = re.compile(
    r"sys\.(_getframe|_getframemodulename|_current_frames|settrace|setprofile|monitoring\..+)"
    r"|inspect\.(currentframe|stack|trace|getouterframes|getinnerframes)"
    r"|traceback\.(extract_stack|walk_stack|format_stack|print_stack)"
    r"|gc\.get_(objects|referrers|referents)|threading\.(settrace|setprofile)(_all_threads)?"
)
_FRAMES = frozenset(
    [
        "f_back",
        "f_locals",
        "f_globals",
        "f_builtins",
        "tb_frame",
        "gi_frame",
        "cr_frame",
        "ag_frame",
    ]
)
"""Attributes that only frames have, or that lead to one."""


@dataclass(frozen=True, order=True)
class Sign:
    """A place where a program does something worth a look.

    Attributes:
        line: its line, from 1.
        kind: ``clock`` or ``stack``.
        what: what it uses, e.g. ``time.perf_counter``.
    """

    line: int
    kind: str
    what: str


def signs(source: str, entry: str = "") -> list[Sign]:
    """Return where a program reads the clock or the stack, by line; each line and use once.

    It goes by what names stand for where the code can be reached, and not by how anything
    is called; what comments and strings say counts for nothing.

    Args:
        source: the program.
        entry: the function that is called; empty: every function at the top level is.
    """
    found = library_uses(source, entry)
    return sorted(
        {Sign(call.line, CLOCK, call.path) for call in found.calls if _reads_clock(call)}
        | {
            Sign(call.line, STACK, call.path)
            for call in found.calls
            if _STACKS.fullmatch(call.path)
        }
        | {Sign(line, STACK, name) for line, name in found.attributes if name in _FRAMES}
    )


def _reads_clock(call: LibraryCall) -> bool:
    if call.path in _DEFAULTS:
        return call.arguments <= _DEFAULTS[call.path]
    return _CLOCKS.fullmatch(call.path) is not None
