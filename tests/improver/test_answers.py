"""A corpus of answers: what is read of each."""

from __future__ import annotations

import pytest

from improver.answers import FORMS, MESSAGE, NEW, NOTHING, OLD
from selftaught.improver.helpers import Asked, choose

ASKED = Asked(OLD + "\n", "distinct", (MESSAGE,))
UNREAD: set[str] = set()


@pytest.mark.parametrize("name", FORMS)
def test_the_program_is_read(name: str) -> None:
    found = choose(FORMS[name], ASKED)
    assert (found.program, found.reason) == (NEW, "")


@pytest.mark.parametrize("name", NOTHING)
def test_no_new_program_is_read_where_there_is_none(name: str) -> None:
    answer, reason = NOTHING[name]
    found = choose(answer, ASKED)
    assert found.program is None or found.reason == "same as what was sent"
    assert found.reason.startswith(reason)
    assert found.reason
