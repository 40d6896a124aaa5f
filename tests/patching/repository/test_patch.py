from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patching.repository.conftest import Make, run_git
from selftaught.patching.repository.patch import patch

CASES = {
    "plain": (b"a\nb\nc\n", b"a\nB\nc\n"),
    "windows": (b"a\r\nb\r\nc\r\n", b"a\r\nB\r\nc\r\n"),
    "no last newline": (b"a\nb", b"a\nB"),
    "newline added": (b"a\nb", b"a\nb\n"),
    "latin": (b"# coding: latin-1\nx = '\xe4'\n", b"# coding: latin-1\nx = '\xf6'\n"),
    "form feed": (b"a\n\x0c\nb\n", b"a\n\x0c\nB\n"),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", ["m.py", "a folder/mäd.py"])
def test_git_applies_it(make: Make, case: str, name: str) -> None:
    before, after = CASES[case]
    root = make({name: before})
    given = patch({name: before}, {name: after})
    (root.parent / "p.patch").write_bytes(given)
    run_git(root, "apply", "--check", str(root.parent / "p.patch"))
    run_git(root, "apply", str(root.parent / "p.patch"))
    assert (root / name).read_bytes() == after


def test_nothing_changed_is_no_patch() -> None:
    assert patch({"a": b"x\n"}, {"a": b"x\n"}) == b""


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from([b"a", b"b", b"", b"c\r"])), st.lists(st.sampled_from([b"a", b"d"]))
)
def test_any_change_can_be_applied(tmp_path: Path, before: list[bytes], after: list[bytes]) -> None:
    old, new = b"\n".join(before), b"\n".join(after)
    if not old or not new:  # git tells empty files by other headers; a module never becomes one
        return
    (tmp_path / "f").write_bytes(old)
    given = patch({"f": old}, {"f": new})
    if given:
        subprocess.run(["git", "apply"], cwd=tmp_path, input=given, check=True)
    assert (tmp_path / "f").read_bytes() == new
