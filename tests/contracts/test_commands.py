"""What every runner of commands promises: each mode of ours, and no confinement."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from selftaught.errors import SandboxError, SandboxUnavailableError, UsageError
from selftaught.patching.commands import open_commands
from selftaught.ports import Commands
from selftaught.values.command import CommandRequest, CommandResult, CommandStatus
from selftaught.values.outcome import Attempt, Counter

MODES = ["namespaces", "landlock", "unconfined"]


def opened(mode: str) -> Any:
    """Return commands in one mode, or skip what needs it and say why."""
    try:
        return open_commands(unsafe=mode == "unconfined", mode=mode)
    except SandboxUnavailableError as error:
        pytest.skip(f"mode {mode} is not available: {error}")


@pytest.fixture(scope="module", params=MODES)
def commands(request: pytest.FixtureRequest) -> Iterator[Commands]:
    with opened(request.param) as found:
        assert found.mode == request.param
        yield found


def run(commands: Commands, folder: Path, *argv: str, **options: Any) -> CommandResult:
    options = {"seconds": 30.0, **options}
    return commands.run(CommandRequest(argv, folder, **options))


def python(commands: Commands, folder: Path, code: str, **options: Any) -> CommandResult:
    return run(commands, folder, "python", "-c", code, **options)


def test_what_it_prints_and_how_it_ends_are_told(commands: Commands, tmp_path: Path) -> None:
    code = "import sys; print('out ü'); print('err', file=sys.stderr); sys.exit(3)"
    result = python(commands, tmp_path, code)
    assert (result.status, result.exit_code) == (CommandStatus.FAILED, 3)
    assert (result.stdout, result.stderr) == ("out ü\n", "err\n")
    assert result.sandbox == commands.mode
    assert not result.ok
    assert python(commands, tmp_path, "").ok


def test_a_signal_of_its_own_is_a_failure_with_its_number(
    commands: Commands, tmp_path: Path
) -> None:
    result = python(commands, tmp_path, "import os; os.kill(os.getpid(), 9)")
    assert (result.status, result.exit_code) == (CommandStatus.FAILED, -9)
    assert "SIGKILL" in result.detail
    result = python(commands, tmp_path, "import os; os.abort()")
    assert (result.status, result.exit_code) == (CommandStatus.FAILED, -6)


def test_bytes_that_are_no_text_are_replaced(commands: Commands, tmp_path: Path) -> None:
    result = python(commands, tmp_path, "import os; os.write(1, b'a\\xffb')")
    assert result.stdout == "a�b"


def test_the_middle_of_long_output_is_left_out_and_named(
    commands: Commands, tmp_path: Path
) -> None:
    code = "print('a' * 100_000 + 'z' * 100_000, end='')"
    result = python(commands, tmp_path, code, output_bytes=1000)
    assert result.stdout == "a" * 500 + "\n… 199000 bytes left out …\n" + "z" * 500
    exact = python(commands, tmp_path, "print('x' * 1000, end='')", output_bytes=1000)
    assert exact.stdout == "x" * 1000


def test_standard_input_is_empty(commands: Commands, tmp_path: Path) -> None:
    assert python(commands, tmp_path, "print(repr(input()))").exit_code == 1


def test_nothing_of_the_callers_environment_is_passed_on(
    commands: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_API_KEY", "secret")
    code = "import os; print(sorted(os.environ))"
    names = ["HOME", "LANG", "PATH", "PYTHONHASHSEED", "TMPDIR"]
    allowed = {"LC_CTYPE"}
    seen = set(eval(python(commands, tmp_path, code).stdout)) - allowed
    assert seen == set(names)
    given = python(
        commands, tmp_path, "import os; print(os.environ['MINE'])", environment={"MINE": "yes"}
    )
    assert given.stdout == "yes\n"


def test_python_and_what_lies_beside_it_are_the_environments(
    commands: Commands, tmp_path: Path
) -> None:
    code = "import sys, numpy; print(sys.prefix, numpy.arange(3).sum())"
    assert python(commands, tmp_path, code).stdout == f"{sys.prefix} 3\n"
    result = run(commands, tmp_path, "pytest", "--version")
    assert result.ok, result
    assert "pytest" in result.stdout + result.stderr


def test_another_interpreter_is_used_with_its_own_packages(
    commands: Commands, tmp_path: Path
) -> None:
    import venv

    venv.create(tmp_path / "env", symlinks=True)
    folder = next((tmp_path / "env/lib").glob("python*/site-packages"))
    (folder / "only_here.py").write_text("value = 7")
    work = tmp_path / "work"
    work.mkdir()
    code = "import only_here, importlib.util; print(only_here.value); import pytest"
    result = python(commands, work, code, python=tmp_path / "env/bin/python")
    assert result.stdout == "7\n", result
    assert "ModuleNotFoundError" in result.stderr


def test_it_runs_in_its_folder_and_sees_all_of_the_root(commands: Commands, tmp_path: Path) -> None:
    (tmp_path / "part").mkdir()
    (tmp_path / "beside.txt").write_text("here")
    code = "import os; print(os.getcwd()); print(open('../beside.txt').read())"
    result = python(commands, tmp_path / "part", code, root=tmp_path)
    assert result.stdout == f"{os.path.realpath(tmp_path)}/part\nhere\n"


def test_a_program_of_the_repository_is_named_by_its_path(
    commands: Commands, tmp_path: Path
) -> None:
    script = tmp_path / "tool.sh"
    script.write_text("#!/bin/sh\necho $1\n")
    script.chmod(0o755)
    assert run(commands, tmp_path, "./tool.sh", "hello").stdout == "hello\n"


@pytest.mark.parametrize("word", ["no-such-program", "./none", "/etc/passwd"])
def test_a_program_that_is_not_there_is_not_found(
    commands: Commands, tmp_path: Path, word: str
) -> None:
    result = run(commands, tmp_path, word)
    assert (result.status, result.exit_code) == (CommandStatus.NOT_FOUND, None)


def test_what_is_writable_can_be_written_and_stays(commands: Commands, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    code = (
        "import os; open('out/a','w').write('x'); os.mkdir('out/d'); os.rename('out/a','out/d/b')"
    )
    assert python(commands, tmp_path, code, writable=(out,)).ok
    assert (out / "d/b").read_text() == "x"
    assert (out / "d/b").stat().st_uid == os.geteuid()


def test_home_and_temporary_files_are_there_and_then_gone(
    commands: Commands, tmp_path: Path
) -> None:
    code = """
import os, tempfile, pathlib
home = pathlib.Path.home()
(home / "left").write_text("x")
with tempfile.NamedTemporaryFile(delete=False) as file:
    file.write(b"y")
print(os.listdir(home), len(os.listdir(tempfile.gettempdir())))
"""
    for _ in range(2):
        result = python(commands, tmp_path, code)
        assert result.ok, result
        assert result.stdout.startswith("['left'] ")


def test_it_is_ended_at_its_deadline_with_what_it_printed(
    commands: Commands, tmp_path: Path
) -> None:
    begin = time.monotonic()
    code = "import time; print('begun', flush=True); time.sleep(60)"
    result = python(commands, tmp_path, code, seconds=1.0)
    assert (result.status, result.exit_code) == (CommandStatus.TIMEOUT, None)
    assert result.stdout == "begun\n"
    assert time.monotonic() - begin < 20


SURVIVOR = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for _ in range(600):
            open("beat", "a").write("x")
            time.sleep(0.05)
    os._exit(0)
time.sleep(float(sys.argv[1]))
"""


@pytest.mark.parametrize(("sleep", "status"), [("60", "timeout"), ("0.3", "ok")])
def test_nothing_outlives_it(commands: Commands, tmp_path: Path, sleep: str, status: str) -> None:
    result = run(
        commands, tmp_path, "python", "-c", SURVIVOR, sleep, seconds=1.5, writable=(tmp_path,)
    )
    assert result.status == status
    beats = (tmp_path / "beat").read_text()
    time.sleep(0.3)
    assert (tmp_path / "beat").read_text() == beats


def test_processor_time_of_everything_it_starts_is_counted(
    commands: Commands, tmp_path: Path
) -> None:
    code = """
import subprocess, sys
busy = "import time\\nwhile time.process_time() < 0.5: pass"
subprocess.run([sys.executable, "-c", busy], check=True)
"""
    result = python(commands, tmp_path, code)
    assert result.ok, result
    assert 0.5 <= result.cpu_seconds < 5
    assert result.wall_seconds >= 0.5


def test_the_most_memory_of_a_process_is_told(commands: Commands, tmp_path: Path) -> None:
    result = python(
        commands, tmp_path, "x = bytearray(100 << 20); x[::4096] = b'1' * len(x[::4096])"
    )
    assert 100 < result.memory_mb < 250


@pytest.mark.parametrize(
    "code",
    [
        "x = bytearray(4 << 30)",
        "x = []\nwhile True: x.append(b'x' * (1 << 20))",
        "raise MemoryError",
    ],
)
def test_too_much_memory_is_told_as_such(commands: Commands, tmp_path: Path, code: str) -> None:
    result = python(commands, tmp_path, code, memory_mb=200)
    assert result.status is CommandStatus.OUT_OF_MEMORY, result


def test_memory_is_bounded_over_all_processes(commands: Commands, tmp_path: Path) -> None:
    code = """
import os, time
for _ in range(4):
    if os.fork() == 0:
        x = bytearray(b"1") * (100 << 20)
        time.sleep(60)
time.sleep(60)
"""
    result = python(commands, tmp_path, code, memory_mb=250)
    assert result.status is CommandStatus.OUT_OF_MEMORY, result


def test_writable_folders_may_not_grow_without_end(commands: Commands, tmp_path: Path) -> None:
    code = """
import time
for index in range(64):
    with open(f"file{index}", "wb") as file:
        file.write(bytes(16 << 20))
    time.sleep(0.1)
"""
    result = python(commands, tmp_path, code, writable=(tmp_path,), scratch_mb=64)
    assert result.status is CommandStatus.DISK_FULL, result
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 600 << 20


def test_it_runs_on_its_cores_only(commands: Commands, tmp_path: Path) -> None:
    core = max(os.sched_getaffinity(0))
    code = "import os; print(os.sched_getaffinity(0))"
    assert python(commands, tmp_path, code, affinity=(core,)).stdout == f"{{{core}}}\n"


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"folder": Path("/no/such/folder")}, "/no/such/folder"),
        ({"root": Path("/usr/lib")}, "inside of the root"),
        ({"python": Path("/no/python")}, "--python"),
        ({"python": Path("/bin/cat")}, "--python"),
        ({"readable": (Path("/no/file"),)}, "/no/file"),
        ({"writable": (Path("/no/folder"),)}, "/no/folder"),
        ({"readable": (Path("/"),)}, "as a whole"),
        ({"network": ("no address",)}, "HOST:PORT"),
        ({"network": ("localhost:0",)}, "HOST:PORT"),
        ({"affinity": (100_000,)}, "core 100000"),
        ({"seconds": 0}, "seconds"),
        ({"memory_mb": -1}, "memory_mb"),
        ({"argv": ()}, "one word"),
        ({"argv": ("a\0b",)}, "zero bytes"),
    ],
)
def test_what_cannot_be_carried_out_is_refused_with_a_reason(
    commands: Commands, tmp_path: Path, options: dict[str, Any], word: str
) -> None:
    with pytest.raises(UsageError) as caught:
        commands.run(CommandRequest(**{"argv": ("true",), "folder": tmp_path, **options}))
    assert word in str(caught.value)


def test_several_threads_may_run_commands_at_once(commands: Commands, tmp_path: Path) -> None:
    def one(number: int) -> str:
        return python(commands, tmp_path, f"print({number})").stdout

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(one, range(8))) == [f"{number}\n" for number in range(8)]


def test_an_attempt_beyond_the_expected_makes_a_command_tampered(tmp_path: Path) -> None:
    for mode in MODES[:2]:
        with opened(mode) as commands:
            code = "import os\ntry: open('/etc/shadow')\nexcept OSError: pass"
            usual = python(commands, tmp_path, "").attempts
            counted = python(commands, tmp_path, code)
            assert counted.ok
            assert len(counted.attempts) > len(usual)
            known = python(commands, tmp_path, code, expected=counted.attempts)
            assert known.ok
            caught = python(commands, tmp_path, code, expected=usual)
            assert caught.status is CommandStatus.TAMPERED
            assert "/etc/shadow" in caught.detail
            other = Attempt(Counter.ATTESTED, "filesystem", "openat", "/etc/hosts")
            assert not python(commands, tmp_path, code, expected=(*usual, other)).ok
            assert python(commands, tmp_path, "", expected=usual).ok


@pytest.mark.parametrize("mode", MODES)
def test_closing_ends_what_is_under_way(tmp_path: Path, mode: str) -> None:
    commands = opened(mode)
    failures: list[BaseException] = []

    code = "import os, time; open('begun', 'w'); time.sleep(60)"

    def begin() -> None:
        try:
            python(commands, tmp_path, code, writable=(tmp_path,))
        except SandboxError as error:
            failures.append(error)

    thread = threading.Thread(target=begin)
    thread.start()
    deadline = time.monotonic() + 20
    while not (tmp_path / "begun").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    commands.close()
    commands.close()
    thread.join(20)
    assert not thread.is_alive()
    assert len(failures) == 1
    with pytest.raises(SandboxError):
        python(commands, tmp_path, "")


def test_an_allowed_address_can_be_connected_to_and_no_other(
    commands: Commands, tmp_path: Path
) -> None:
    """A service of the machine's loopback, named and not named."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def serve() -> None:
            while True:
                try:
                    connection = server.accept()[0]
                except OSError:
                    return
                with connection:
                    connection.sendall(connection.recv(100).upper())

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        code = f"""
import socket
with socket.create_connection(("localhost", {port}), timeout=5) as out:
    out.sendall(b"hello")
    print(out.recv(100))
"""
        allowed = python(commands, tmp_path, code, network=(f"localhost:{port}",))
        assert allowed.stdout == "b'HELLO'\n", allowed
        assert allowed.network == (f"localhost:{port}",)
        refused = python(commands, tmp_path, code)
        if commands.mode != "unconfined":
            assert not refused.ok
            flags = [each.flag for each in refused.refused if each.category == "network"]
            assert flags == [f"--allow-network localhost:{port}"]
            other = python(commands, tmp_path, code, network=(f"localhost:{port ^ 1}",))
            assert not other.ok
        server.shutdown(socket.SHUT_RDWR)
