from __future__ import annotations

import asyncio
import os
import shlex
import signal
import sys
from pathlib import Path

import pytest

from fakes.prompts import answers, ask, texts
from fakes.waiter import FakeWaiter
from selftaught.errors import ModelError, UsageError
from selftaught.models.command_model import CommandModel
from selftaught.models.options import ModelOptions
from selftaught.ports import NO_TEXT


def command(program: str, **options: float) -> CommandModel:
    words = shlex.join([sys.executable, "-c", program])
    return CommandModel(words, ModelOptions(**options), FakeWaiter())  # type: ignore[arg-type]


async def test_the_prompt_is_on_standard_input_with_a_blank_line_between() -> None:
    model = command("import sys; print(repr(sys.stdin.read()), end='')")
    assert await texts(model, ask()) == ["'You are an expert.\\n\\nImprove it.'"]


async def test_words_are_split_as_a_shell_does_and_no_shell_is_used() -> None:
    model = CommandModel("printf '%s|' 'a b' $HOME *", ModelOptions())
    assert await texts(model, ask()) == ["a b|$HOME|*|"]


async def test_the_user_s_environment_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SETTING", "42")
    assert await texts(command("import os; print(os.environ['A_SETTING'])"), ask()) == ["42\n"]


async def test_each_sample_is_a_process_of_its_own() -> None:
    pids = await texts(command("import os; print(os.getpid())"), ask(3))
    assert len(set(pids)) == 3


async def test_a_program_that_does_not_read_may_answer() -> None:
    assert await texts(command("print('deaf')"), ask(text="x" * 10**6)) == ["deaf\n"]


@pytest.mark.parametrize(
    ("program", "told"),
    [
        ("import sys; sys.exit('no such agent')", "exit status 1: no such agent"),
        ("import sys; print('rate limited'); sys.exit(3)", "exit status 3: rate limited"),
        ("import sys; sys.exit(4)", "exit status 4: nothing on either output"),
        ("import time; time.sleep(60)", "no end after 0.5 s"),
    ],
)
async def test_a_failure_is_told_after_three_tries(program: str, told: str) -> None:
    with pytest.raises(ModelError, match=told):
        await answers(command(program, request_timeout_seconds=0.5), ask())


PRINTED: dict[str, tuple[bytes, str, str]] = {
    "Windows-1252": ("é “a”".encode("cp1252"), "é “a”", "Windows-1252"),
    "a mark": ("\ufeffé".encode(), "é", ""),
    "UTF-16, as PowerShell redirects": ("\ufeffé a".encode("utf-16-le"), "é a", ""),
    "colours": (b"\x1b[1;32mdef\x1b[0m f():\x1b[K\n", "def f():\n", ""),
    "a title and a link": (b"\x1b]0;agent\x07\x1b]8;;http://x\x1b\\here\x1b]8;;\x1b\\", "here", ""),
    "its prompt first": (b"You are an expert.\n\nImprove it.\n\nDone.", "Done.", "left out"),
    "its prompt first, with CRLF": (
        b"You are an expert.\r\n\r\nImprove it.\r\nDone.", "Done.", "left out",
    ),
    "its prompt later": (b"So: Improve it.", "So: Improve it.", ""),
}  # fmt: skip


@pytest.mark.parametrize(("printed", "text", "note"), PRINTED.values(), ids=PRINTED)
async def test_what_a_program_prints_is_read_as_it_is_meant(
    printed: bytes, text: str, note: str
) -> None:
    (given,) = await answers(command(f"import os; os.write(1, {printed!r})"), ask())
    assert (given.text, given.finish) == (text, "stop")
    assert bool(given.notes) is bool(note)
    assert note in "".join(given.notes)


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("", "printed nothing"),
        ("print('\\x1b[0m')", "printed nothing"),
        ("import sys; print(sys.stdin.read())", "its prompt only"),
    ],
)
async def test_an_empty_answer_is_no_failure_and_says_why(program: str, why: str) -> None:
    (given,) = await answers(command(program), ask())
    assert given.finish == "empty"
    assert given.notes[-1].startswith(NO_TEXT)
    assert why in given.notes[-1]


async def test_a_cut_within_a_character_leaves_it_out() -> None:
    model = command(
        "import os\nos.write(1, 'a'.encode() + 'é'.encode() * 10**5)", max_answer_mb=0.01
    )
    (given,) = await answers(model, ask())
    assert set(given.text) == {"a", "é"}
    assert given.notes == ("cut after 0.01 MiB",)


async def test_a_flood_is_cut_and_marked() -> None:
    model = command("import sys\nwhile 1: sys.stdout.write('x' * 10**5)", max_answer_mb=0.25)
    (given,) = await answers(model, ask())
    assert given.finish == "length"
    assert len(given.text) == 2**18


async def test_many_floods_end() -> None:
    model = command(
        "import os\nwhile 1: os.write(1, b'x' * 10**6)", max_answer_mb=0.01, in_flight=4
    )
    given = await asyncio.wait_for(answers(model, ask(40)), 60)
    assert {len(each.text) for each in given} == {10485}


async def test_a_grandchild_that_keeps_the_pipe_open_holds_nobody_up(tmp_path: Path) -> None:
    noted = tmp_path / "pid"
    model = command(
        "import os, subprocess, sys\n"
        "child = subprocess.Popen(['sleep', '60'], start_new_session=True)\n"
        f"open({str(noted)!r}, 'w').write(str(child.pid))",
        request_timeout_seconds=3,
        max_retries=0,
    )
    try:
        with pytest.raises(ModelError, match="no end after 3 s"):
            await asyncio.wait_for(answers(model, ask()), 30)
    finally:
        os.kill(int(noted.read_text()), signal.SIGKILL)


async def _gone(path: Path) -> None:
    pid = int(path.read_text())
    for _ in range(500):
        try:
            os.kill(pid, 0)
            if Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z":
                return
        except (ProcessLookupError, FileNotFoundError):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the grandchild lives on")


GRANDCHILD = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])
open({path!r}, 'w').write(str(child.pid))
time.sleep(60)
"""


async def test_a_timeout_ends_the_whole_process_group(tmp_path: Path) -> None:
    path = tmp_path / "pid"
    program = GRANDCHILD.format(path=str(path))
    with pytest.raises(ModelError, match="no end"):
        await answers(command(program, request_timeout_seconds=1.0, max_retries=0), ask())
    await _gone(path)


async def test_leaving_early_ends_the_processes(tmp_path: Path) -> None:
    path = tmp_path / "pid"
    model = command(GRANDCHILD.format(path=str(path)))
    asking = asyncio.ensure_future(answers(model, ask()))
    while not (path.exists() and path.read_text()):
        await asyncio.sleep(0.01)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await _gone(path)


@pytest.mark.parametrize("words", ["no-such-program-here -x", "'open quote", ""])
def test_what_cannot_be_run_is_told_at_once(words: str) -> None:
    with pytest.raises(UsageError):
        CommandModel(words, ModelOptions())
