"""What host and launcher tell each other about children: short, since each child costs some.

The launcher's longer words, its greeting and its failures, are JSON objects.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass

_ORDER = struct.Struct("=III")
_NUMBER = struct.Struct("=I")
_WORD = struct.Struct("=cIi")

BORN, ENDED = b"b", b"e"
"""The launcher's short words: a child waits (with its scratch size), a child has ended (how)."""

MOST_FORGOTTEN = 1000
"""Most children that one order tells the launcher to forget."""

ORDER_BYTES = _ORDER.size + MOST_FORGOTTEN * _NUMBER.size
"""Most bytes of an order."""


@dataclass(frozen=True)
class Order:
    """What the host asks of the launcher.

    Attributes:
        fork: how many children to make ready.
        scratch_mb: size of their scratch folders.
        end_of: number of a child whose end is to be told; 0: none.
        forget: numbers of children about which nothing needs to be kept.
    """

    fork: int = 0
    scratch_mb: int = 0
    end_of: int = 0
    forget: tuple[int, ...] = ()

    def pack(self) -> bytes:
        """Return the order as it is sent."""
        numbers = b"".join(map(_NUMBER.pack, self.forget))
        return _ORDER.pack(self.fork, self.scratch_mb, self.end_of) + numbers


def read_order(data: bytes) -> Order:
    """Return the order that was sent."""
    fork, scratch_mb, end_of = _ORDER.unpack_from(data)
    forget = tuple(number for (number,) in _NUMBER.iter_unpack(data[_ORDER.size :]))
    return Order(fork, scratch_mb, end_of, forget)


def word(kind: bytes, number: int, value: int) -> bytes:
    """Return a short word of the launcher about a child."""
    return _WORD.pack(kind, number, value)


def read_word(data: bytes) -> tuple[bytes, int, int] | None:
    """Return kind, number and value of a short word; None: it is none."""
    if len(data) != _WORD.size or data[:1] not in (BORN, ENDED):
        return None
    kind, number, value = _WORD.unpack(data)
    return kind, number, value


def rights(descriptors: Iterable[int]) -> bytes:
    """Return descriptors as they travel beside a message."""
    return b"".join(struct.pack("=i", descriptor) for descriptor in descriptors)
