"""No attack succeeds in any mode, each is counted, and unconfined they all work.

An attack is a program that ends with status 42 where it got what it wanted.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from patching.commands.attacks import ATTACKS
from patching.commands.opened import opened
from selftaught.patching.commands import ConfinedCommands
from selftaught.values.command import CommandRequest, CommandResult, CommandStatus, unexpected

WON = 42


class Outside:
    """What attacks aim at."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = "attack-" + secrets.token_hex(6)
        (folder / "key").write_text("secret")
        (folder / "precious").write_text("here")
        (folder / "precious").chmod(0o600)
        self.victim = subprocess.Popen(["sleep", "300"])
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        self.unix = socket.socket(socket.AF_UNIX)
        self.unix.bind(str(folder / "socket"))
        self.unix.listen()
        self.abstract = socket.socket(socket.AF_UNIX)
        self.abstract.bind("\0" + self.name)
        self.abstract.listen()

    def words(self) -> tuple[str, ...]:
        ports = [each.getsockname()[1] for each in (self.tcp, self.udp)]
        things = (self.folder, os.getpid(), self.name, *ports, self.victim.pid)
        return tuple(map(str, things))

    def got_a_datagram(self) -> bool:
        self.udp.setblocking(False)
        try:
            return bool(self.udp.recv(10))
        except BlockingIOError:
            return False

    def close(self) -> None:
        self.victim.kill()
        self.victim.wait()
        for each in (self.tcp, self.udp, self.unix, self.abstract):
            each.close()


@pytest.fixture
def outside(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Outside]:
    monkeypatch.setenv("COMMANDS_SECRET", "secret")
    found = Outside(tmp_path_factory.mktemp("outside"))
    yield found
    found.close()


@pytest.fixture(scope="module", params=["namespaces", "landlock"])
def commands(request: pytest.FixtureRequest) -> Iterator[ConfinedCommands]:
    with opened(request.param) as found:
        yield found


@pytest.fixture(scope="module")
def usual(commands: ConfinedCommands, tmp_path_factory: pytest.TempPathFactory) -> CommandResult:
    """What an empty program counts: our own environment may lead to folders elsewhere."""
    return attack(commands, tmp_path_factory.mktemp("empty"), "")


@pytest.fixture(scope="module")
def control() -> Iterator[ConfinedCommands]:
    with opened("unconfined") as found:
        yield found


def attack(
    commands: ConfinedCommands, folder: Path, code: str, *words: str, **options: object
) -> CommandResult:
    (folder / "file").write_text("x")
    argv = ("python", "-c", code, *words)
    return commands.run(CommandRequest(argv, folder, **{"seconds": 30.0, **options}))  # type: ignore[arg-type]


@pytest.mark.parametrize("watch_paths", [True, False])
@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_fails_and_is_counted(
    commands: ConfinedCommands,
    usual: CommandResult,
    tmp_path: Path,
    outside: Outside,
    name: str,
    watch_paths: bool,
) -> None:
    tried = ATTACKS[name]
    result = attack(commands, tmp_path, tried.code, *outside.words(), watch_paths=watch_paths)
    won = result.exit_code == WON or outside.got_a_datagram()
    assert not won, result
    assert outside.victim.poll() is None
    assert (outside.folder / "precious").stat().st_mode & 0o777 == 0o600
    if tried.category and watch_paths and commands.mode not in tried.uncounted:
        counted = {a.category for a in unexpected(result.attempts, usual.attempts)}
        assert tried.category in counted, result


@pytest.mark.parametrize("name", [name for name, each in ATTACKS.items() if each.control])
def test_an_attack_works_where_nothing_confines_it(
    control: ConfinedCommands, tmp_path: Path, outside: Outside, name: str
) -> None:
    result = attack(control, tmp_path, ATTACKS[name].code, *outside.words())
    assert result.exit_code == WON, result


def test_a_fork_bomb_is_bounded(commands: ConfinedCommands, tmp_path: Path) -> None:
    code = """
import os, time
made = 0
for _ in range(500):
    try:
        if os.fork() == 0:
            time.sleep(20); os._exit(0)
        made += 1
    except OSError:
        break
print(made)
"""
    result = attack(commands, tmp_path, code, processes=32)
    assert result.stdout == "31\n", result
    assert any(each.category == "process" for each in result.attempts)


def test_a_wild_fork_bomb_ends_at_its_deadline(commands: ConfinedCommands, tmp_path: Path) -> None:
    code = """
import os
while True:
    try: os.fork()
    except OSError: pass
"""
    begin = time.monotonic()
    result = attack(commands, tmp_path, code, processes=64, seconds=2.0, memory_mb=4096)
    assert result.status is CommandStatus.TIMEOUT, result
    assert time.monotonic() - begin < 25


def test_threads_are_bounded_like_processes(commands: ConfinedCommands, tmp_path: Path) -> None:
    code = """
import threading, time
made = 0
try:
    for _ in range(500):
        threading.Thread(target=time.sleep, args=(20,), daemon=True).start(); made += 1
except RuntimeError: pass
print(made, flush=True)
import os; os._exit(0)
"""
    result = attack(commands, tmp_path, code, processes=50)
    assert result.stdout == "49\n", result


def test_a_gibibyte_in_many_files_does_not_fit(commands: ConfinedCommands, tmp_path: Path) -> None:
    code = """
import os, time
for index in range(1024):
    with open(os.path.join(os.environ["HOME"], str(index)), "wb") as file:
        file.write(bytes(1 << 20))
    time.sleep(0.005)
"""
    result = attack(commands, tmp_path, code, scratch_mb=32)
    assert result.status is CommandStatus.DISK_FULL, result


def test_a_flood_of_output_is_kept_short(commands: ConfinedCommands, tmp_path: Path) -> None:
    code = "import os\nwhile True: os.write(1, b'x' * 65536); os.write(2, b'y' * 65536)"
    result = attack(commands, tmp_path, code, seconds=1.5, output_bytes=1000)
    assert result.status is CommandStatus.TIMEOUT
    assert len(result.stdout) < 1100
    assert len(result.stderr) < 1100


def test_processes_that_ignore_signals_are_ended(
    commands: ConfinedCommands, tmp_path: Path
) -> None:
    code = """
import os, signal, sys, time
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
for _ in range(5):
    if os.fork() == 0:
        os.setsid(); os.close(1); os.close(2); break
import ctypes; ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
while True: time.sleep(0.01)
"""
    result = attack(commands, tmp_path, code, str(tmp_path), seconds=1.0)
    assert result.status is CommandStatus.TIMEOUT, result
    left = subprocess.run(
        ["pgrep", "-f", str(tmp_path)], check=False, capture_output=True, text=True
    )
    assert left.stdout == ""


def test_everything_ends_with_the_host(tmp_path: Path) -> None:
    """The host is killed; nothing that it had started goes on."""
    script = """
import sys
from pathlib import Path
from selftaught.patching.commands import open_commands
from selftaught.values.command import CommandRequest
code = '''
import os, time
os.fork(); os.setsid() if os.getpid() != os.getsid(0) else None
while True:
    open("beat", "a").write("x"); time.sleep(0.02)
'''
folder = Path(sys.argv[2])
with open_commands(mode=sys.argv[1], unsafe=sys.argv[1] == "unconfined") as commands:
    commands.run(CommandRequest(("python", "-c", code), folder, writable=(folder,)))
"""
    for mode in ("namespaces", "landlock", "unconfined"):
        opened(mode).close()
        folder = tmp_path / mode
        folder.mkdir()
        host = subprocess.Popen([sys.executable, "-c", script, mode, str(folder)])
        deadline = time.monotonic() + 30
        while not (folder / "beat").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert (folder / "beat").exists()
        host.send_signal(signal.SIGKILL)
        host.wait()
        time.sleep(1.0)
        beats = (folder / "beat").read_text()
        time.sleep(0.3)
        assert (folder / "beat").read_text() == beats


def test_racing_paths_never_opens_what_it_must_not(
    commands: ConfinedCommands, tmp_path: Path, outside: Outside
) -> None:
    """A thread changes the path between our look and the kernel's; only counts may suffer."""
    code = """
import ctypes, os, sys, threading, time
good, bad = b"file".ljust(200, b"\\0"), (sys.argv[1] + "/key").encode().ljust(200, b"\\0")
buffer = ctypes.create_string_buffer(200)
libc = ctypes.CDLL(None)
stop = time.monotonic() + 3
def swap():
    while time.monotonic() < stop:
        ctypes.memmove(buffer, good, 200); ctypes.memmove(buffer, bad, 200)
threading.Thread(target=swap).start()
won = 0
while time.monotonic() < stop:
    found = libc.open(buffer, os.O_RDONLY)
    if found >= 0:
        won += b"secret" in os.read(found, 100); os.close(found)
sys.exit(42 * bool(won))
"""
    result = attack(commands, tmp_path, code, *outside.words())
    assert result.exit_code != WON, result


def test_racing_addresses_never_connects_to_what_is_not_allowed(
    commands: ConfinedCommands, tmp_path: Path, outside: Outside
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        allowed = server.getsockname()[1]

        def serve() -> None:
            while True:
                try:
                    server.accept()[0].close()
                except OSError:
                    return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        code = """
import ctypes, socket, struct, sys, threading, time
def address(port):
    return struct.pack("=H", 2) + struct.pack("!H", port) + bytes([127, 0, 0, 1]) + bytes(8)
good, bad = address(int(sys.argv[7])), address(int(sys.argv[4]))
buffer = ctypes.create_string_buffer(16)
libc = ctypes.CDLL(None)
stop = time.monotonic() + 3
def swap():
    while time.monotonic() < stop:
        ctypes.memmove(buffer, good, 16); ctypes.memmove(buffer, bad, 16)
threading.Thread(target=swap).start()
connected = 0
while time.monotonic() < stop:
    with socket.socket() as out:
        if libc.connect(out.fileno(), buffer, 16) == 0:
            connected += 1
            libc.connect(out.fileno(), struct.pack("=H", 0) + bytes(14), 16)
            libc.connect(out.fileno(), bad, 16)
print(connected)
"""
        words = (*outside.words(), str(allowed))
        result = attack(commands, tmp_path, code, *words, network=(f"127.0.0.1:{allowed}",))
        assert result.ok, result
        assert int(result.stdout) > 0
        outside.tcp.setblocking(False)
        with pytest.raises(BlockingIOError):
            outside.tcp.accept()
        server.shutdown(socket.SHUT_RDWR)
