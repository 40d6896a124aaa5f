"""Changes can be left out one by one, and all of them give the later text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from selftaught.engine.diff import applied, changes, parses, parts

LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "\n"]), max_size=12).map("".join)
ENDS = st.sampled_from(["", "x", "y"])


@given(LINES, ENDS, LINES, ENDS, st.booleans())
def test_all_changes_give_the_later_text_and_none_the_earlier(
    before: str, end: str, after: str, other_end: str, fine: bool
) -> None:
    before, after = before + end, after + other_end
    found = changes(before, after, fine=fine)
    assert applied(before, found) == after
    assert applied(before, []) == before


@given(LINES, LINES, st.data())
def test_any_part_of_the_changes_can_be_applied(
    before: str, after: str, data: st.DataObject
) -> None:
    found = changes(before, after, fine=True)
    chosen = [change for change in found if data.draw(st.booleans())]
    text = applied(before, chosen)
    added = sum(len(change.added) - len(change.removed) for change in chosen)
    assert len(text.splitlines()) == len(before.splitlines()) + added


def test_a_fine_change_is_a_line() -> None:
    assert [change.first for change in changes("a\nb\n", "x\ny\nz\n", fine=True)] == [0, 1, 2]
    assert len(changes("a\nb\n", "x\ny\nz\n")) == 1


@given(LINES, st.integers(1, 20))
def test_parts_hold_every_change_once(after: str, count: int) -> None:
    found = changes("", after, fine=True)
    split = parts(found, count)
    assert [change for part in split for change in part] == found
    assert all(split)


def test_what_does_not_parse_is_no_program() -> None:
    assert parses("x = 1")
    assert not parses("x = (")
    assert not parses("\0")
