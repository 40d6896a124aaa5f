"""The host's small parts: clocks, disk use, requests, and finding a mode."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selftaught.errors import SandboxError, SandboxUnavailableError
from selftaught.sandbox import disk
from selftaught.sandbox.channel import Channel, GoneError
from selftaught.sandbox.clock import ProcessClock, Stopwatch, peak_address_space, pid_of
from selftaught.sandbox.inside import kernel, orders
from selftaught.sandbox.inside.wire import FrameError
from selftaught.sandbox.modes import Trial, settle
from selftaught.sandbox.probe import Layer
from selftaught.sandbox.request import ChildRequest


def test_a_process_clock_counts_work_and_not_waiting() -> None:
    source = "import time\nwhile time.process_time() < 0.2: pass\nprint(flush=True)\ninput()"
    with subprocess.Popen(
        [sys.executable, "-S", "-c", source], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        clock = ProcessClock(process.pid)
        first = clock.read()
        time.sleep(0.05)
        assert 0.2 <= first <= clock.read() < first + 0.05
        assert peak_address_space(process.pid) > 1 << 20
        process.communicate(b"\n")
    assert clock.read() >= first
    assert peak_address_space(process.pid) == 0


def test_the_pid_behind_a_pidfd() -> None:
    descriptor = os.pidfd_open(os.getpid())
    try:
        assert pid_of(descriptor) == os.getpid()
    finally:
        os.close(descriptor)


def test_a_stopwatch_stands_still_while_paused() -> None:
    watch = Stopwatch(ProcessClock(os.getpid()), 0.001)
    assert watch.patience() >= 0.001
    while watch.seconds < 0.001:
        pass
    assert "CPU" in watch.overrun()
    other = Stopwatch(ProcessClock(os.getpid()), 10.0)
    other.pause()
    before = other._wall_left()
    time.sleep(0.02)
    assert other._wall_left() == before
    other.resume()
    time.sleep(0.02)
    assert other._wall_left() < before
    assert other.overrun() == ""


class BusyMachine(ProcessClock):
    """The clock of a process that has been waiting for a core all the time."""

    def queued(self) -> float:
        return 1000.0


def test_time_without_a_core_is_no_waiting() -> None:
    idle, busy = ProcessClock(os.getpid()), BusyMachine(os.getpid())
    assert 0 <= idle.queued() < 1000
    assert ProcessClock(-1).queued() == 0
    late = Stopwatch(idle, 5.0), Stopwatch(busy, 5.0)
    for watch in late:
        watch._wall_start -= 500
    assert "waiting" in late[0].overrun()
    assert late[1].overrun() == ""


def test_disk_use_counts_bytes_and_files_and_follows_no_links(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/file").write_bytes(bytes(20_000))
    (tmp_path / "link").symlink_to("/usr")
    assert not disk.over(str(tmp_path), 30_000, 3)
    assert disk.over(str(tmp_path), 10_000, 3)
    assert disk.over(str(tmp_path), 30_000, 2)
    assert not disk.over(str(tmp_path / "missing"), 0, 0)
    assert not disk.used_up(str(tmp_path))
    assert not disk.used_up(str(tmp_path / "missing"))


@pytest.fixture
def pair() -> Any:
    ours, theirs = socket.socketpair()
    channel, other = Channel(ours), Channel(theirs)
    yield channel, other
    channel.close()
    other.close()


def received(channel: Channel) -> list[Any]:
    frames, _ = channel.receive()
    return frames


def test_a_request_is_answered_once(pair: tuple[Channel, Channel]) -> None:
    ours, theirs = pair
    frame = {"kind": "request", "number": 3, "name": "ask", "args": (1,)}
    watch = Stopwatch(ProcessClock(os.getpid()), 10.0)
    request = ChildRequest(ours, frame, watch, lambda: None)
    assert (request.name, request.args) == ("ask", (1,))
    request.reply("yes")
    request.fail("ValueError", "no")
    assert received(theirs) == [{"kind": "answer", "number": 3, "value": "yes"}]
    with pytest.raises(SandboxError, match="plain data"):
        ChildRequest(ours, frame, watch, lambda: None).reply(object())


@pytest.mark.parametrize("broken", [{"name": 1}, {"args": [1]}, {"number": None}])
def test_a_request_that_is_none_is_a_forged_frame(
    pair: tuple[Channel, Channel], broken: dict[str, Any]
) -> None:
    frame = {"number": 3, "name": "ask", "args": (), **broken}
    watch = Stopwatch(ProcessClock(os.getpid()), 10.0)
    with pytest.raises(FrameError):
        ChildRequest(pair[0], frame, watch, lambda: None)


def test_frames_from_several_threads_never_mix(pair: tuple[Channel, Channel]) -> None:
    ours, theirs = pair
    values = [bytes([n]) * 50_000 for n in range(8)]
    threads = [threading.Thread(target=ours.send, args=(value,)) for value in values]
    for thread in threads:
        thread.start()
    seen: list[Any] = []
    while len(seen) < len(values):
        seen += received(theirs)
    for thread in threads:
        thread.join()
    assert sorted(seen) == values


def test_sending_to_a_child_that_has_gone(pair: tuple[Channel, Channel]) -> None:
    ours, theirs = pair
    theirs.close()
    with pytest.raises(GoneError):
        ours.send("anything")


BAD = Trial("namespaces", (Layer("seccomp", True, False, "not denied"),))
GOOD = Trial("landlock", (Layer("seccomp", True, True),))
MISSING = Trial("landlock", missing=("landlock", "Landlock: no such system call"))


def test_a_mode_whose_layers_are_not_all_witnessed_is_not_used() -> None:
    trials: list[Trial] = []
    mode = settle(None, {"namespaces": BAD, "landlock": GOOD}.__getitem__, trials)
    assert (mode, trials) == ("landlock", [BAD, GOOD])


def test_no_mode_is_a_refusal_that_names_every_reason() -> None:
    with pytest.raises(SandboxUnavailableError) as refused:
        settle(None, {"namespaces": BAD, "landlock": MISSING}.__getitem__, [])
    assert "not denied" in str(refused.value)
    assert "no such system call" in str(refused.value)
    with pytest.raises(SandboxUnavailableError):
        settle("namespaces", {"namespaces": BAD, "landlock": GOOD}.__getitem__, [])


NUMBERS = st.integers(0, 2**32 - 1)


@given(NUMBERS, NUMBERS, NUMBERS, st.lists(NUMBERS, max_size=20))
def test_orders_come_back(fork: int, scratch_mb: int, end_of: int, forget: list[int]) -> None:
    order = orders.Order(fork, scratch_mb, end_of, tuple(forget))
    assert orders.read_order(order.pack()) == order
    most = orders.Order(forget=tuple(range(orders.MOST_FORGOTTEN)))
    assert len(most.pack()) <= orders.ORDER_BYTES


@given(st.sampled_from([orders.BORN, orders.ENDED]), NUMBERS, st.integers(-64, 2**31 - 1))
def test_short_words_come_back_and_long_ones_are_none(kind: bytes, number: int, value: int) -> None:
    assert orders.read_word(orders.word(kind, number, value)) == (kind, number, value)
    assert orders.read_word(b'{"ready": true}') is None
    assert orders.read_word(b"x" * len(orders.word(kind, number, value))) is None


FORKS = """
import os, sys
from selftaught.sandbox.inside import kernel
pid = kernel.fork()
if pid == 0:
    os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""


def test_a_quiet_fork_is_a_fork() -> None:
    done = subprocess.run([sys.executable, "-c", FORKS], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "7"


def test_a_call_put_together_beforehand_names_itself_where_it_fails() -> None:
    assert kernel.Call("getpid")() == os.getpid()
    with pytest.raises(OSError, match="setns"):
        kernel.Call("setns", -1, 0)()
    with pytest.raises(OSError, match="no_such_call"):
        kernel.Call("no_such_call")
