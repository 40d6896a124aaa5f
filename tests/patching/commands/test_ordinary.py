"""What ordinary commands do works in every mode, and counts as nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from patching.commands.opened import opened
from selftaught.patching.commands import ConfinedCommands
from selftaught.values.command import CommandRequest, CommandResult, unexpected

PROGRAMS = {
    "numpy": "import numpy; print(numpy.linalg.inv(numpy.eye(200)).sum())",
    "sqlite in a file": """
import sqlite3, tempfile, os
path = os.path.join(tempfile.mkdtemp(), "data.db")
for mode in ("delete", "wal"):
    with sqlite3.connect(path) as data:
        data.execute(f"pragma journal_mode={mode}")
        data.execute("create table if not exists t (x)")
        data.execute("insert into t values (1)")
    assert data.execute("select count(*) from t").fetchone()[0]
""",
    "threads": """
import threading
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(32) as pool:
    assert sum(pool.map(int, range(1000))) == 499500
""",
    "asyncio": """
import asyncio
async def echo(reader, writer):
    writer.write((await reader.read(100)).upper()); await writer.drain(); writer.close()
async def main():
    process = await asyncio.create_subprocess_exec("echo", "hi", stdout=asyncio.subprocess.PIPE)
    assert (await process.communicate())[0] == b"hi\\n"
    await asyncio.gather(*(asyncio.sleep(0.01) for _ in range(50)))
    assert await asyncio.to_thread(int, "3") == 3
asyncio.run(main())
""",
    "subprocesses": """
import subprocess, sys
for _ in range(5):
    done = subprocess.run([sys.executable, "-c", "print(input()[::-1])"], input="abc",
                          capture_output=True, text=True, check=True)
    assert done.stdout == "cba\\n"
assert subprocess.run("ls | wc -l && which sh", shell=True, capture_output=True).returncode == 0
late = subprocess.Popen(["sleep", "60"]); late.terminate(); assert late.wait() == -15
""",
    "who one is, set again": """
import os
os.setresuid(-1, os.getuid(), -1); os.setresgid(-1, os.getgid(), -1)
os.setreuid(os.getuid(), -1); os.setuid(os.getuid()); os.setgid(os.getgid())
for reset in (False, True):
    child = os.posix_spawn("/bin/sh", ["sh", "-c", "exit 3"], os.environ, resetids=reset)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3
""",
    "a unix socket": """
import os, socket, tempfile, threading
path = os.path.join(tempfile.mkdtemp(), "s")
server = socket.socket(socket.AF_UNIX); server.bind(path); server.listen(1)
def serve():
    with server.accept()[0] as one: one.sendall(b"hello")
threading.Thread(target=serve).start()
with socket.socket(socket.AF_UNIX) as client:
    client.connect(path); assert client.recv(10) == b"hello"
a, b = socket.socketpair(); a.sendall(b"x"); assert b.recv(1) == b"x"
""",
    "modes and times of files": """
import os, shutil, tempfile, stat
folder = tempfile.mkdtemp()
path = os.path.join(folder, "a")
open(path, "w").write("#!/bin/sh\\necho ran\\n")
os.chmod(path, 0o700); os.utime(path, (1, 2))
assert os.stat(path).st_mtime == 2 and stat.S_IMODE(os.stat(path).st_mode) == 0o700
shutil.copy2(path, path + "2"); assert os.stat(path + "2").st_mtime == 2
with open(path + "2") as file: os.fchmod(file.fileno(), 0o755); os.utime(file.fileno(), ns=(3, 4))
assert os.stat(path + "2").st_mtime_ns == 4 and os.access(path + "2", os.X_OK)
os.chdir(folder); os.chmod("a2", 0o700); assert os.popen("./a2").read() == "ran\\n"
os.symlink("a", "link"); os.link("a", "hard"); os.mkfifo("fifo"); os.truncate("a", 3)
assert os.path.getsize("link") == 3
shutil.copytree(folder, folder + "-copy", symlinks=True, ignore=lambda *_: ["fifo"])
shutil.rmtree(folder)
""",
    "who and where one is": """
import getpass, os, platform, pwd, resource, time, zoneinfo
assert pwd.getpwuid(os.getuid()).pw_name == getpass.getuser() == "user"
platform.platform(); time.localtime(); zoneinfo.ZoneInfo("Europe/Berlin")
assert os.path.expanduser("~") == os.environ["HOME"] and os.listdir(os.environ["HOME"]) == []
assert "VmRSS" in open("/proc/self/status").read() and os.cpu_count() > 0
open("/proc/cpuinfo").close(); open("/proc/meminfo").close()
open(f"/proc/{os.getpid()}/stat").close()
resource.setrlimit(resource.RLIMIT_NOFILE, (512, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
""",
    "a memory map and shared memory": """
import mmap
from multiprocessing import shared_memory
one = shared_memory.SharedMemory(create=True, size=1000)
two = shared_memory.SharedMemory(one.name)
one.buf[0] = 7; assert two.buf[0] == 7
two.close(); one.close(); one.unlink()
with mmap.mmap(-1, 1 << 20) as pages: pages[0] = 1
""",
    "signals": """
import os, signal, time
seen = []
signal.signal(signal.SIGALRM, lambda *_: seen.append(1)); signal.setitimer(signal.ITIMER_REAL, 0.05)
time.sleep(0.2); assert seen
pid = os.fork()
if pid == 0: signal.pause()
os.kill(pid, signal.SIGTERM); assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -15
os.setpgid(0, 0) if os.getpid() != os.getsid(0) else None
""",
}

MULTIPROCESSING = """
import multiprocessing as mp

def double(x): return 2 * x

if __name__ == "__main__":
    for method in ("fork", "spawn", "forkserver"):
        context = mp.get_context(method)
        with context.Pool(2) as pool:
            assert pool.map(double, range(10)) == list(range(0, 20, 2))
        queue = context.Queue(); queue.put(1); assert queue.get(timeout=20) == 1
    with mp.Manager() as manager:
        shared = manager.dict(); shared["a"] = 1; assert dict(shared) == {"a": 1}
    value = mp.Value("i", 3); assert value.value == 3
"""

TESTS = """
import numpy as np, pytest, asyncio
from package.module import add

@pytest.mark.parametrize("x", range(20))
def test_add(x, tmp_path):
    (tmp_path / "a").write_text("x")
    assert add(x, 1) == x + 1

def test_output(capsys, monkeypatch):
    monkeypatch.setenv("A", "b"); print("hi"); assert capsys.readouterr().out == "hi\\n"
"""


@pytest.fixture(scope="module", params=["namespaces", "landlock"])
def commands(request: pytest.FixtureRequest) -> Iterator[ConfinedCommands]:
    with opened(request.param) as found:
        yield found


def run(commands: ConfinedCommands, folder: Path, *argv: str, **options: object) -> CommandResult:
    return commands.run(CommandRequest(argv, folder, **{"seconds": 60.0, **options}))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def usual(commands: ConfinedCommands, tmp_path_factory: pytest.TempPathFactory) -> CommandResult:
    """What an empty program counts: our own environment may lead to folders elsewhere."""
    return run(commands, tmp_path_factory.mktemp("empty"), "python", "-c", "")


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("watch_paths", [True, False])
def test_a_program(
    commands: ConfinedCommands,
    usual: CommandResult,
    tmp_path: Path,
    name: str,
    watch_paths: bool,
) -> None:
    if name == "who and where one is" and commands.mode == "landlock" and not watch_paths:
        pytest.skip("nobody stands in for /etc/passwd and /proc/self where opening is not watched")
    result = run(commands, tmp_path, "python", "-c", PROGRAMS[name], watch_paths=watch_paths)
    assert result.ok, result
    assert unexpected(result.attempts, usual.attempts) == ()


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
def test_make(commands: ConfinedCommands, usual: CommandResult, tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text(
        "all: one two\n\nenv = $(shell echo 1)\n\none:\n\t@python -c 'print($(env))'\n\n"
        "two:\n\t@python -c 'print(2)' > $@ && cat two\n"
    )
    result = run(commands, tmp_path, "make", "-j2", writable=(tmp_path,))
    assert result.ok, result
    assert sorted(result.stdout.split()) == ["1", "2"]
    assert unexpected(result.attempts, usual.attempts) == ()


def test_multiprocessing(commands: ConfinedCommands, usual: CommandResult, tmp_path: Path) -> None:
    (tmp_path / "many.py").write_text(MULTIPROCESSING)
    result = run(commands, tmp_path, "python", "many.py")
    assert result.ok, result
    assert unexpected(result.attempts, usual.attempts) == ()


@pytest.mark.parametrize("writable", [True, False])
def test_pytest_in_a_small_repository(
    commands: ConfinedCommands, usual: CommandResult, tmp_path: Path, writable: bool
) -> None:
    (tmp_path / "package").mkdir()
    (tmp_path / "package/__init__.py").write_text("")
    (tmp_path / "package/module.py").write_text("def add(x, y): return x + y\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_module.py").write_text(TESTS)
    result = run(
        commands,
        tmp_path / "tests",
        "pytest",
        "-q",
        "test_module.py",
        root=tmp_path,
        environment={"PYTHONPATH": str(tmp_path), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        writable=(tmp_path,) if writable else (),
    )
    assert result.ok, result
    assert "21 passed" in result.stdout
    assert unexpected(result.attempts, usual.attempts) == ()
    known = {each.target for each in usual.refused}
    assert {each.target for each in result.refused} <= known


def test_a_server_of_its_own_on_loopback(tmp_path: Path) -> None:
    """In the mode landlock there is no loopback."""
    code = """
import http.server, threading, urllib.request
server = http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(urllib.request.urlopen(f"http://localhost:{server.server_port}/").status)
"""
    with opened("namespaces") as commands:
        result = run(commands, tmp_path, "python", "-c", code)
        assert result.stdout == "200\n", result
        assert result.refused == ()
        allowed = run(commands, tmp_path, "python", "-c", code, network=("127.0.0.1:9",))
        assert allowed.stdout == "200\n", allowed


def test_compiling_where_there_is_a_compiler(commands: ConfinedCommands, tmp_path: Path) -> None:
    source = tmp_path / "hello.c"
    source.write_text('#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n')
    script = "cc hello.c -o $HOME/hello && $HOME/hello"
    result = run(commands, tmp_path, "sh", "-c", script)
    if "cc: not found" in result.stderr:
        pytest.skip("no compiler")
    assert result.stdout == "hello\n", result


def test_git_in_a_repository_whose_settings_are_hidden(
    commands: ConfinedCommands, tmp_path: Path
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/config").write_text("[remote]\nurl = https://user:password@example.invalid\n")
    (tmp_path / "a.py").write_text("print(1)")
    seen = run(commands, tmp_path, "sh", "-c", "cat .git/config; python a.py; ls")
    assert "password" not in seen.stdout
    assert seen.stdout == "1\na.py\n"
