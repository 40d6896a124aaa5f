"""Commands have pseudo-terminals of their own, and none of anybody else's."""

from __future__ import annotations

import os
import pty
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.commands.opened import opened
from selftaught.errors import UsageError
from selftaught.sandbox.commands import ConfinedCommands
from selftaught.sandbox.commands.terminals import MOST, Terminals
from selftaught.values.command import CommandRequest, CommandResult

PAIR = """
import fcntl, os, pty, struct, termios, tty
one, other = pty.openpty()
assert os.isatty(other) and os.ttyname(other).startswith("/dev/pts/")
fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
assert os.get_terminal_size(other) == (100, 24)
again = os.open(os.ttyname(other), os.O_RDWR | os.O_NOCTTY); os.close(again)
tty.setraw(other)
os.write(one, b"hello"); assert os.read(other, 5) == b"hello"
"""
CHILD = """
import os, pty
pid, end = pty.fork()
if pid == 0:
    with open("/dev/tty", "w") as terminal: terminal.write("of its own\\n")
    assert os.tcgetpgrp(0) == os.getpgrp()
    assert input("name? ") == "me"
    os._exit(0)
os.write(end, b"me\\n")
said = b""
while True:
    try: said += os.read(end, 1000)
    except OSError: break
assert os.waitpid(pid, 0)[1] == 0, said
assert b"of its own" in said and b"name? " in said, said
"""
MANY = """
import os, pty
for _ in range(300):
    for each in pty.openpty(): os.close(each)
"""
NONE = """
import os
for name in ("/dev/null", "/dev/zero", "/dev/full", "/dev/urandom", "/dev/fd/0", "/dev/stdin"):
    open(name, "rb").close()
open("/dev/shm/x", "w").write("x"); os.unlink("/dev/shm/x")
try: open("/dev/tty")
except OSError as error: assert error.errno == 6, error
else: raise AssertionError("a terminal of somebody's")
assert not any(os.isatty(each) for each in range(3))
"""


@pytest.fixture(scope="module", params=["namespaces", "landlock"])
def commands(request: pytest.FixtureRequest) -> Iterator[ConfinedCommands]:
    with opened(request.param) as found:
        yield found


def run(commands: ConfinedCommands, folder: Path, code: str, *argv: str) -> CommandResult:
    return commands.run(
        CommandRequest(("python", "-I", "-S", "-c", code, *argv), folder, seconds=60.0)
    )


@pytest.mark.parametrize("code", [PAIR, CHILD, MANY, NONE])
def test_what_programs_do_with_terminals_works_and_counts_as_nothing(
    commands: ConfinedCommands, tmp_path: Path, code: str
) -> None:
    result = run(commands, tmp_path, code)
    assert result.ok, result
    assert [each for each in result.attempts if not each.benign] == []
    assert result.refused == ()


def test_a_terminal_of_somebody_else_is_out_of_reach(
    commands: ConfinedCommands, tmp_path: Path
) -> None:
    one, other = pty.openpty()
    try:
        code = "import os, sys; os.write(os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY), b'x')"
        result = run(commands, tmp_path, code, os.ttyname(other))
        assert result.exit_code == 1, result
        os.set_blocking(one, False)
        with pytest.raises(BlockingIOError):
            os.read(one, 1)
    finally:
        os.close(one)
        os.close(other)


def test_nothing_can_be_typed_into_a_terminal(commands: ConfinedCommands, tmp_path: Path) -> None:
    code = """
import fcntl, pty, termios
one, other = pty.openpty()
for request in (termios.TIOCSTI, 0x541C, 0x541D, 0x5423):
    try: fcntl.ioctl(other, request, b"x" * 8)
    except OSError: continue
    raise SystemExit(42)
"""
    result = run(commands, tmp_path, code)
    assert result.exit_code == 0, result
    assert "request 0x5412" in {each.target for each in result.attempts}


def test_the_folder_of_terminals_is_not_given_away(
    commands: ConfinedCommands, tmp_path: Path
) -> None:
    request = CommandRequest(("true",), tmp_path, readable=(Path("/dev/pts"),))
    with pytest.raises(UsageError, match="too broad to share as a whole"):
        commands.run(request)


def test_a_number_that_was_not_made_for_the_command_is_not_opened() -> None:
    terminals, (one, other) = Terminals(), pty.openpty()
    try:
        assert terminals.open(os.ttyname(other), os.O_RDWR) is None
        assert terminals.open("/dev/tty", os.O_RDWR) is None
        made = terminals.open("/dev/ptmx", os.O_RDWR)
        assert made is not None
        os.close(made)
    finally:
        terminals.close()
        os.close(one)
        os.close(other)


def test_as_many_as_are_used_at_once_are_bounded(tmp_path: Path) -> None:
    code = f"""
import pty
kept = []
try:
    while len(kept) < {MOST + 50}: kept.append(pty.openpty())
except OSError: print(len(kept))
"""
    with opened("landlock") as commands:
        assert run(commands, tmp_path, code).stdout == f"{MOST}\n"
