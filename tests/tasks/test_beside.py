"""Modules beside ``utility.py``: found, counted, shown, and kept apart between tasks."""

from __future__ import annotations

from pathlib import Path

import pytest

from fakes.tasks import SEED, TOML, UTILITY
from selftaught.errors import TaskFormatError
from selftaught.tasks.folder import load


def task(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True)
    written = {"task.toml": TOML, "seed.py": SEED, "utility.py": UTILITY, **files}
    for name, text in written.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def scored(folder: Path) -> float:
    found = load(folder).score((1,), 2, 2)
    assert isinstance(found, float)
    return found


SPLIT = UTILITY.split("def score", 1)[0] + "def score(inputs, key, output):\n"


def test_two_tasks_with_modules_of_one_name_do_not_mix(tmp_path: Path) -> None:
    utility = f"from common import VALUE\n{SPLIT}    import common\n    return common.VALUE\n"
    one, other = (
        task(tmp_path / f"a b ü {value}.zip", **{"utility.py": utility, "common.py": text})
        for value, text in ((1, "VALUE = 0.25\n"), (2, "VALUE = 0.75\n"))
    )
    assert (scored(one), scored(other), scored(one)) == (0.25, 0.75, 0.25)


def test_packages_relative_imports_and_data_files(tmp_path: Path) -> None:
    folder = task(
        tmp_path / "t",
        **{
            "utility.py": f"import lib.deep.value\n{SPLIT}    return lib.deep.value.VALUE\n",
            "lib/__init__.py": "from .near import FILE\n",
            "lib/near.py": "import pathlib\nFILE = pathlib.Path(__file__).with_name('n.txt')\n",
            "lib/n.txt": "0.5",
            "lib/deep/value.py": "from lib import FILE\nVALUE = float(FILE.read_text())\n",
        },
    )
    assert scored(folder) == 0.5
    assert not list(folder.rglob("__pycache__"))


def test_what_is_imported_counts_and_is_shown(tmp_path: Path) -> None:
    utility = f"{SPLIT}    from common import VALUE\n    return VALUE\n"
    folder = task(tmp_path / "t", **{"utility.py": utility, "common.py": "VALUE = 0.25\n"})
    (folder / "unused.py").write_text("x = 1\n")
    before = load(folder)
    assert "VALUE = 0.25" in before.text
    assert "x = 1" not in before.text
    (folder / "unused.py").write_text("x = 2\n")
    assert load(folder).digest == before.digest
    (folder / "common.py").write_text("VALUE = 0.75\n")
    assert load(folder).digest != before.digest
    assert scored(folder) == 0.75


def test_the_standard_library_comes_first(tmp_path: Path) -> None:
    utility = f"import types, numpy\n{SPLIT}    return float(len([types.ModuleType, numpy.pi]) - 1)"
    files = {"utility.py": utility, "types.py": "1 / 0\n", "numpy.py": "1 / 0\n"}
    assert scored(task(tmp_path / "t", **files)) == 1.0


def test_files_with_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    folder = task(tmp_path / "t", **{"description.md": "Do it.\n"})
    plain = load(folder)
    for file in folder.iterdir():
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    marked = load(folder)
    assert (marked.digest, marked.seed, marked.text) == (plain.digest, plain.seed, plain.text)


def test_a_file_in_utf_16_is_refused_with_its_cause(tmp_path: Path) -> None:
    folder = task(tmp_path / "t")
    (folder / "seed.py").write_text(SEED, encoding="utf-16")
    with pytest.raises(TaskFormatError, match=r"seed\.py:1: expected UTF-8 text; found UTF-16"):
        load(folder)
