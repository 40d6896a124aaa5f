"""What all tests share: no network beyond loopback, no keys, no settings of the machine's user."""

from __future__ import annotations

import ipaddress
import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from selftaught.store.sqlite import SqliteStore

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

_refused: list[str] = []
_THIS_MACHINE = (None, "", "localhost", socket.gethostname())


class ForbiddenConnectionError(BaseException):
    """A test reached for the network. No ``Exception``: code under test must not swallow it."""


def _is_local(host: Any) -> bool:
    if isinstance(host, bytes | bytearray):
        host = host.decode("ascii", "replace")
    if host in _THIS_MACHINE:
        return True
    try:
        address = ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _host(event: str, args: tuple[Any, ...]) -> Any:
    """Return the host that an audit event is about, None for one of this machine."""
    if event in ("socket.getaddrinfo", "socket.gethostbyname"):
        return args[0]
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = args[1]
        is_inet = args[0].family in (socket.AF_INET, socket.AF_INET6)
        return address[0] if is_inet and address else None
    return None


def _guard(event: str, args: tuple[Any, ...]) -> None:
    if event.startswith("socket.") and not _is_local(host := _host(event, args)):
        _refused.append(f"{event} {host!r}")
        raise ForbiddenConnectionError(f"tests talk to this machine only, not to {host!r}")


sys.addaudithook(_guard)
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup it is ignored, here and in all children


@pytest.fixture(autouse=True)
def refused_connections() -> Iterator[list[str]]:
    """Fail the test that reached for the network, even where something caught the refusal."""
    _refused.clear()
    yield _refused
    assert not _refused, "the test reached for the network"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the machine's keys, proxies and selftaught settings from tests and their children."""
    for name in os.environ:
        if name.upper().startswith("SELFTAUGHT_") or name.upper().endswith(("_API_KEY", "_PROXY")):
            monkeypatch.delenv(name)


@pytest.fixture
def tmp_store(tmp_path: Path) -> Iterator[SqliteStore]:
    """A store in a file of its own."""
    with SqliteStore(tmp_path / "store.db") as store:
        yield store
