"""Signals: the first acts, the second can't cut clean-up short, what must be whole is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from selftaught.app.signals import SIGNALS, Signals, end, interrupt, whole


def send(number: signal.Signals) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", SIGNALS)
def test_the_first_signal_interrupts_and_the_second_does_not(
    number: signal.Signals, capfd: pytest.CaptureFixture[str]
) -> None:
    cleaned = []

    def work() -> None:
        try:
            send(number)
        finally:
            send(number)
            cleaned.append(True)

    with Signals(interrupt) as signals, pytest.raises(KeyboardInterrupt, match=number.name):
        work()
    assert cleaned
    assert signals.names == [number.name] * 2
    assert "ending the run" in capfd.readouterr().err


def test_handlers_are_those_from_before_afterwards() -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    with Signals(interrupt):
        assert [signal.getsignal(number) for number in SIGNALS] != before
    assert [signal.getsignal(number) for number in SIGNALS] == before


def test_a_signal_waits_for_the_end_of_what_has_to_be_whole() -> None:
    heard: list[str] = []
    with Signals(heard.append):
        with whole():
            send(signal.SIGTERM)
            assert heard == []
        assert heard == ["SIGTERM"]


def test_the_inner_context_hears_what_comes_within_it() -> None:
    outer: list[str] = []
    inner: list[str] = []
    with Signals(outer.append):
        with Signals(inner.append):
            end("nobody reads it")
        send(signal.SIGINT)
    assert (outer, inner) == (["SIGINT"], ["nobody reads it"])


def test_an_ignored_hangup_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        heard: list[str] = []
        with Signals(heard.append):
            send(signal.SIGHUP)
        assert heard == []
    finally:
        signal.signal(signal.SIGHUP, before)


def test_the_third_signal_ends_the_process() -> None:
    script = (
        "import os, signal\n"
        "from selftaught.app.signals import Signals\n"
        "with Signals(lambda name: None):\n"
        "    for _ in range(3):\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True)
    assert done.returncode == -signal.SIGTERM
