"""Network addresses: those that are allowed, and those that a command names."""

from __future__ import annotations

import ipaddress
import socket
import struct
from dataclasses import dataclass, field

from selftaught.errors import UsageError

Address = tuple[str, int]
"""An address in numbers and a port."""


@dataclass(frozen=True)
class Allowed:
    """Addresses that may be connected to.

    Attributes:
        addresses: in numbers.
        hosts: an address by name, for those that were named.
    """

    addresses: frozenset[Address] = frozenset()
    hosts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Named:
    """What a socket address in a command's memory names.

    Attributes:
        family: of the address.
        host: in numbers; a path for unix sockets, with a leading ``@`` for abstract ones.
        port: 0 for unix sockets.
    """

    family: int
    host: str
    port: int = 0

    @property
    def is_loopback(self) -> bool:
        """Whether it is an address of the machine itself."""
        if self.family == socket.AF_UNIX:
            return False
        address = ipaddress.ip_address(self.host)
        return address.is_loopback or address.is_unspecified

    def __str__(self) -> str:
        if self.family == socket.AF_UNIX:
            return self.host
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def spoken(self) -> str:
        """As a person would write it."""
        return f"localhost:{self.port}" if self.is_loopback else str(self)


def allowed_addresses(texts: tuple[str, ...], mode: str) -> Allowed:
    """Return what ``HOST:PORT`` texts stand for; unconfined, nothing is looked up.

    Raises:
        UsageError: one is no address, or its host can't be found.
    """
    addresses: set[Address] = set()
    hosts: dict[str, str] = {}
    for text in texts:
        host, port = _split(text)
        if mode == "unconfined":
            continue
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise UsageError(
                f"the host of {text} to be found", str(error), "use its IP address"
            ) from None
        numbers = [_plain(str(each[4][0])) for each in found]
        addresses |= {(number, port) for number in numbers}
        if host not in numbers and host != "localhost":
            hosts[host] = numbers[0]
    return Allowed(frozenset(addresses), hosts)


def _split(text: str) -> Address:
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    good = colon and host and not any(c.isspace() or c == "/" for c in host)
    if not good or not port.isdecimal() or not 0 < int(port) < 65536:
        raise UsageError(
            "an address HOST:PORT to allow", repr(text), "e.g. --allow-network localhost:5432"
        )
    return host, int(port)


def _plain(text: str) -> str:
    """Return an address in its shortest form; IPv4 in IPv6 as IPv4."""
    address = ipaddress.ip_address(text.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)


def read_address(data: bytes) -> Named | None:
    """Return what a ``struct sockaddr`` names; None where it is none that we know."""
    if len(data) < 2:
        return None
    family = struct.unpack_from("=H", data)[0]
    if family == socket.AF_UNIX:
        path = data[2:]
        text = b"@" + path[1:] if path[:1] == b"\0" else path.partition(b"\0")[0]
        return Named(family, text.decode("utf-8", "replace"))
    if family == socket.AF_INET and len(data) >= 8:
        return Named(family, _plain(socket.inet_ntop(family, data[4:8])), _port(data))
    if family == socket.AF_INET6 and len(data) >= 24:
        return Named(family, _plain(socket.inet_ntop(family, data[8:24])), _port(data))
    return None


def _port(data: bytes) -> int:
    port: int = struct.unpack_from("!H", data, 2)[0]
    return port
