"""What a command leaves behind is taken back in the copy, and nowhere else."""

from __future__ import annotations

from pathlib import Path

from patching.repository.conftest import Make
from patching.repository.shop import FILES, goal, open_shop
from selftaught.patching.repository.splice import Spliced
from selftaught.patching.repository.workshop import How

SWAP = """import os, sys
victim, what = sys.argv[1:]
os.rename(what, "moved")
os.symlink(victim, what)
"""


def test_a_link_in_place_of_a_target_leads_none_of_our_writing_out(
    make: Make, tmp_path: Path
) -> None:
    victim = tmp_path / "victim.txt"
    victim.write_text("mine\n")
    root = make({**FILES, "swap.py": SWAP})
    with open_shop(root, goal()) as shop:
        shop.put(Spliced({"src/pkg/mod.py": b"x = 1\n"}))
        ran = shop.run(("python", "swap.py", str(victim), "src/pkg/mod.py"), How())
        assert ran.result.ok, ran.result.stderr
        assert "src/pkg/mod.py" in ran.traces
        target = shop.copy.root / "src/pkg/mod.py"
        assert not target.is_symlink()
        assert target.read_text() == "x = 1\n"
        assert not (shop.copy.root / "moved").exists()
    assert victim.read_text() == "mine\n"


def test_a_link_in_place_of_a_folder_leads_none_of_our_removing_out(
    make: Make, tmp_path: Path
) -> None:
    root = make({**FILES, "swap.py": SWAP})
    victim = tmp_path / "victim"
    (victim / "pkg").mkdir(parents=True)
    (victim / "pkg/mod.py").write_text("mine\n")
    (victim / "pkg/more.py").write_text("mine as well\n")
    with open_shop(root, goal()) as shop:
        ran = shop.run(("python", "swap.py", str(victim), "src"), How())
        assert ran.result.ok, ran.result.stderr
        assert {"src", "src/pkg/mod.py"} <= set(ran.traces)
        copied = shop.copy.root / "src"
        assert not copied.is_symlink()
        assert (copied / "pkg/mod.py").read_text() == FILES["src/pkg/mod.py"]
        assert not (copied / "pkg/more.py").exists()
    found = {path.name: path.read_text() for path in (victim / "pkg").iterdir()}
    assert found == {"mod.py": "mine\n", "more.py": "mine as well\n"}
