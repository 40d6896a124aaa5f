"""What is an improver, told from its text."""

from __future__ import annotations

import re
import textwrap

import pytest

from selftaught.improver import contract

GOOD = "def improve_algorithm(initial_solution, utility, language_model):\n    return None"


@pytest.mark.parametrize(
    "source",
    [
        GOOD,
        "def improve_algorithm(*args): pass",
        "def improve_algorithm(a, b, /, c, d=1, *, e=2, **f): pass",
        "class improve_algorithm:\n    def __new__(cls, s, u, m): return s",
        "improve_algorithm = lambda s, u, m: s",
        "a, improve_algorithm = 1, print",
        "improve_algorithm: object = print",
        "from helpers import extract_code as improve_algorithm",
        f"try:\n    import numpy\nfinally:\n{textwrap.indent(GOOD, '    ')}",
        f"try:\n    import numpy\nexcept ImportError:\n{textwrap.indent(GOOD, '    ')}",
        f"match 1:\n    case 1:\n{textwrap.indent(GOOD, '        ')}",
        "if x: pass\n" + "elif x: pass\n" * 1000 + GOOD,
        "if True:\n    improve_algorithm = print",
        f"async def improve_algorithm(s, u, m): pass\n{GOOD}",
        f"x = '\\d'\n{GOOD}",
    ],
)
def test_improvers(source: str) -> None:
    assert contract.check_entry_point(source) is None


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("", "no function improve_algorithm"),
        ("def improve(s, u, m): pass", "no function improve_algorithm"),
        ("class A:\n    def improve_algorithm(s, u, m): pass", "no function improve_algorithm"),
        ("improve_algorithm.x = 1", "no function improve_algorithm"),
        ("def improve_algorithm(s, u): pass", "three arguments"),
        ("def improve_algorithm(s, u, m, x): pass", "three arguments"),
        ("def improve_algorithm(s, u, m, *, x): pass", "three arguments"),
        (f"{GOOD}\ndef improve_algorithm(): pass", r"\(line 3\) does not take"),
        ("async def improve_algorithm(s, u, m): pass", "coroutine"),
        ("x = 1\ndef improve_algorithm(:", r"does not parse: .*\(line 2\)"),
        ("\x00", "does not parse"),
        ("(" * 100_000, "does not parse"),
        ("-" * 100_000 + "1", "does not parse"),
    ],
)
def test_what_is_no_improver(source: str, fault: str) -> None:
    found = contract.check_entry_point(source)
    assert found is not None
    assert re.search(fault, found)


def test_requests_have_different_names() -> None:
    names = [
        *(contract.UTILITY, contract.FEEDBACK, contract.USES),
        *(contract.PROMPT, contract.ATTEMPT),
    ]
    assert len(set(names)) == 5
    assert all(f'"{name}"' in contract.prelude() for name in names)


def test_the_sources_that_are_sent_are_programs() -> None:
    assert "def wrap(" in contract.prelude()
    sources = contract.helpers_sources()
    assert "def extract_code(" in sources["helpers"]
    assert all(name.partition(".")[0] == "helpers" for name in sources)
    assert all(
        contract.check_entry_point(source) for source in (contract.prelude(), *sources.values())
    )
