"""Plain data on a wire: one frame is one value, and nothing in it is ever executed.

A frame is two lengths, a JSON header and raw buffers (bytes, arrays, long lists of
numbers). Everything that JSON lacks is an object with one key, its tag. Both sides use
this file; the host's side must survive any bytes at all.
"""

from __future__ import annotations

import array
import json
import math
import re
import struct
import sys
from collections.abc import Callable, Iterable
from typing import Any

LENGTHS = struct.Struct("!II")
"""Bytes of the header, bytes of all buffers together."""

MAX_HEADER = 16 * 2**20
"""Most bytes of a frame's JSON header."""

MAX_BUFFERS = 64 * 2**20
"""Most bytes of a frame's buffers together."""

MAX_DEPTH = 64
"""How deep data may be nested."""

_MAX_FORM_DEPTH = 3 * MAX_DEPTH
"""How deep its JSON may be nested: a tag and its content are two levels more."""

MAX_COLLISIONS = 64
"""Most keys of one dict or set with the same hash: more would make building it quadratic."""

PACKED_FROM = 16
"""A list of that many floats, or of that many 64-bit integers, travels as a buffer."""

_ENCODER = json.JSONEncoder(separators=(",", ":"), check_circular=False)
_SCAN: Callable[[str, int], tuple[Any, int]] = vars(json.JSONDecoder())["scan_once"]
_INT_LOW, _INT_HIGH = -(2**63), 2**63
_DTYPE = re.compile(r"[<>|](b1|[iu][1248]|f[248]|c(8|16)|[US]\d{1,6})")
_MAX_CODE_POINT = 0x10FFFF
_AS_IS = frozenset({type(None), bool, float})
_NESTED = frozenset({list, dict})


class NotPlainError(TypeError):
    """A value that is no plain data: the message says which part and why."""


class FrameError(ValueError):
    """Bytes that are no frame."""


# ------------------------------------------------------------------------------- encoding


class _Writer:
    """Turns one value into JSON and buffers."""

    def __init__(self) -> None:
        self.buffers: list[bytes] = []

    def encode(self, value: Any, depth: int) -> Any:
        """Return the JSON form of ``value``; buffers are appended in order."""
        kind = type(value)
        if value is None or kind is bool or kind is float:
            return value
        if kind is int:
            return value if _INT_LOW <= value < _INT_HIGH else {"i": format(value, "x")}
        if kind is str:
            return (
                value if _sound(value) else {"s": value.encode("utf-32-le", "surrogatepass").hex()}
            )
        if depth >= MAX_DEPTH:
            raise NotPlainError(f"data nested deeper than {MAX_DEPTH}")
        encoder = _ENCODERS.get(kind)
        if encoder is not None:
            return encoder(self, value, depth + 1)
        return self._foreign(value, depth)

    def _foreign(self, value: Any, depth: int) -> Any:
        """Encode numpy's values and subclasses of plain types."""
        numpy = sys.modules.get("numpy")
        if numpy is not None:
            if type(value) is numpy.ndarray:
                return self._array(numpy, value)
            if isinstance(value, numpy.generic) and value.dtype.kind in "biufcUS":
                return self.encode(_scalar(value), depth + 1)
        for base in _BASES:
            if isinstance(value, base) and not (numpy and isinstance(value, numpy.generic)):
                return self.encode(_to_base(base, value), depth + 1)
        raise NotPlainError(f"no plain data: {type(value).__name__}")

    def _array(self, numpy: Any, value: Any) -> Any:
        dtype = value.dtype.str
        if value.dtype.names or not _DTYPE.fullmatch(dtype):
            raise NotPlainError(f"an array of dtype {value.dtype} is no plain data")
        self.buffers.append(numpy.ascontiguousarray(value).tobytes())
        return {"a": [dtype, list(value.shape)]}

    def items(self, values: Iterable[Any], depth: int) -> list[Any]:
        """Return the JSON forms of ``values``."""
        encode = self.encode
        return [value if type(value) in _AS_IS else encode(value, depth) for value in values]

    def sequence(self, values: list[Any], depth: int) -> Any:
        """Return a list's JSON form, packed where all its items are numbers of one type."""
        if len(values) >= PACKED_FROM:
            kinds = set(map(type, values))
            if kinds == {float}:
                self.buffers.append(array.array("d", values).tobytes())
                return {"D": len(values)}
            if kinds == {int} and min(values) >= _INT_LOW and max(values) < _INT_HIGH:
                self.buffers.append(array.array("q", values).tobytes())
                return {"Q": len(values)}
        return self.items(values, depth)

    def raw(self, value: bytes, depth: int) -> Any:
        """Return the JSON form of bytes."""
        self.buffers.append(value)
        return {"b": len(value)}

    def pairs(self, value: dict[Any, Any], depth: int) -> Any:
        """Return a dict's JSON form: keys and values in turn."""
        flat = [part for pair in value.items() for part in pair]
        return {"d": self.items(flat, depth)}


def _sound(text: str) -> bool:
    """Whether JSON keeps ``text`` as it is: lone surrogates would be joined."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _scalar(value: Any) -> Any:
    """Return a numpy scalar's plain value; a long double has none that keeps it."""
    plain = value.item()
    if type(plain).__module__ == "numpy":
        raise NotPlainError(f"no plain data: {type(value).__name__}")
    return plain


def _to_base(base: type, value: Any) -> Any:
    """Return a subclass's value as the plain type that it extends."""
    if base is dict:
        return dict(dict.items(value))
    return base.__new__(base, value) if base is not list else list(list.__iter__(value))


_ENCODERS: dict[type, Callable[[_Writer, Any, int], Any]] = {
    list: _Writer.sequence,
    tuple: lambda writer, value, depth: {"t": writer.sequence(list(value), depth)},
    dict: _Writer.pairs,
    bytes: _Writer.raw,
    complex: lambda writer, value, depth: {"c": [value.real, value.imag]},
    set: lambda writer, value, depth: {"S": writer.items(value, depth)},
    frozenset: lambda writer, value, depth: {"F": writer.items(value, depth)},
}
_BASES = (int, float, str, bytes, list, tuple, dict, frozenset, set, complex)


def pack(value: Any) -> bytes:
    """Return the frame of one plain value.

    Plain are None, bool, int, float, complex, str, bytes, list, tuple, dict, set,
    frozenset and numpy arrays of numbers, booleans or text; numpy scalars and subclasses
    of these types become the plain type.

    Raises:
        NotPlainError: ``value`` is no plain data, or is too large or too deep.
    """
    writer = _Writer()
    header = "".join(_ENCODER.iterencode(writer.encode(value, 0), _one_shot=True)).encode()
    body = b"".join(writer.buffers)
    if len(header) > MAX_HEADER or len(body) > MAX_BUFFERS:
        raise NotPlainError(f"more data than a frame may carry: {len(header)} + {len(body)} bytes")
    return LENGTHS.pack(len(header), len(body)) + header + body


# ------------------------------------------------------------------------------- decoding


class _Reader:
    """Turns JSON and buffers into one value; believes nothing."""

    def __init__(self, body: memoryview) -> None:
        self.body, self.offset = body, 0

    def take(self, size: Any) -> memoryview:
        """Return the next ``size`` bytes of the buffers."""
        if type(size) is not int or not 0 <= size <= len(self.body) - self.offset:
            raise FrameError(f"a buffer of {size!r} bytes where {len(self.body)} came")
        start, self.offset = self.offset, self.offset + size
        return self.body[start : self.offset]

    def decode(self, form: Any, depth: int) -> Any:
        """Return the value of a JSON form."""
        if depth > _MAX_FORM_DEPTH:
            raise FrameError(f"data nested deeper than {MAX_DEPTH}")
        if type(form) is list:
            deeper = depth + 1
            return [self.decode(item, deeper) if type(item) in _NESTED else item for item in form]
        if type(form) is not dict:
            return form
        if len(form) != 1:
            raise FrameError("an object that has not one tag")
        ((tag, content),) = form.items()
        decoder = _DECODERS.get(tag)
        if decoder is None:
            raise FrameError(f"an unknown tag {tag[:10]!r}")
        return decoder(self, content, depth + 1)

    def items(self, content: Any, depth: int) -> list[Any]:
        """Return the values of a JSON array or of a packed list."""
        values = self.decode(content, depth)
        if type(values) is not list:
            raise FrameError("no list where one belongs")
        return values

    def packed(self, code: str, count: Any) -> list[Any]:
        """Return a list of numbers that came as a buffer."""
        if type(count) is not int:
            raise FrameError("no number where one belongs")
        values: array.array[Any] = array.array(code)
        values.frombytes(self.take(count * 8))
        return values.tolist()

    def mapping(self, content: Any, depth: int) -> dict[Any, Any]:
        """Return a dict."""
        flat = self.items(content, depth)
        if len(flat) % 2:
            raise FrameError("a key without a value")
        keys = flat[::2]
        _check_collisions(keys)
        return dict(zip(keys, flat[1::2], strict=True))

    def members(self, content: Any, depth: int) -> list[Any]:
        """Return the members of a set."""
        values = self.items(content, depth)
        _check_collisions(values)
        return values

    def array(self, content: Any, depth: int) -> Any:
        """Return a numpy array of its own memory."""
        try:
            import numpy  # noqa: PLC0415 - the interpreter may have none
        except ImportError:
            raise FrameError("an array, and this interpreter has no numpy") from None
        if type(content) is not list or len(content) != 2:
            raise FrameError("an array without dtype and shape")
        name, shape = content
        if type(name) is not str or not _DTYPE.fullmatch(name) or type(shape) is not list:
            raise FrameError("an array of an unknown dtype")
        if len(shape) > 32 or not all(type(n) is int and 0 <= n < 2**40 for n in shape):
            raise FrameError("an array of an impossible shape")
        dtype = numpy.dtype(name)
        raw = numpy.frombuffer(self.take(dtype.itemsize * math.prod(shape)), dtype=numpy.uint8)
        self._check_items(numpy, raw, dtype)
        if dtype.itemsize == 0:
            return numpy.zeros(shape, dtype)
        return raw.copy().view(dtype).reshape(shape)

    @staticmethod
    def _check_items(numpy: Any, raw: Any, dtype: Any) -> None:
        """Refuse bit patterns that numpy takes on trust."""
        if dtype.kind == "b" and raw.size and raw.max() > 1:
            raise FrameError("a boolean that is neither true nor false")
        if dtype.kind == "U" and raw.size:
            points = raw.copy().view(numpy.dtype(numpy.uint32).newbyteorder(dtype.byteorder))
            if points.max() > _MAX_CODE_POINT:
                raise FrameError("text beyond Unicode")


def _check_collisions(keys: list[Any]) -> None:
    """Refuse keys that were chosen to have the same hash."""
    if len(keys) <= MAX_COLLISIONS:
        return
    hashes = sorted(map(hash, keys))
    if any(a == b for a, b in zip(hashes, hashes[MAX_COLLISIONS:], strict=False)):
        raise FrameError("keys that collide")


def _number_from_hex(reader: _Reader, content: Any, depth: int) -> int:
    if type(content) is not str:
        raise FrameError("no digits where they belong")
    return int(content, 16)


def _text_from_hex(reader: _Reader, content: Any, depth: int) -> str:
    if type(content) is not str:
        raise FrameError("no digits where they belong")
    return bytes.fromhex(content).decode("utf-32-le", "surrogatepass")


def _complex(reader: _Reader, content: Any, depth: int) -> complex:
    if type(content) is not list or [type(part) for part in content] != [float, float]:
        raise FrameError("no complex number")
    return complex(*content)


_DECODERS: dict[str, Callable[[_Reader, Any, int], Any]] = {
    "i": _number_from_hex,
    "s": _text_from_hex,
    "c": _complex,
    "b": lambda reader, content, depth: bytes(reader.take(content)),
    "D": lambda reader, content, depth: reader.packed("d", content),
    "Q": lambda reader, content, depth: reader.packed("q", content),
    "t": lambda reader, content, depth: tuple(reader.items(content, depth)),
    "d": _Reader.mapping,
    "S": lambda reader, content, depth: set(reader.members(content, depth)),
    "F": lambda reader, content, depth: frozenset(reader.members(content, depth)),
    "a": _Reader.array,
}


def lengths(prefix: bytes) -> tuple[int, int]:
    """Return the bytes of header and buffers that follow the first eight of a frame.

    Raises:
        FrameError: one of them is over its limit.
    """
    header, body = LENGTHS.unpack(prefix)
    if header > MAX_HEADER or body > MAX_BUFFERS:
        raise FrameError(f"a frame of {header} + {body} bytes")
    return header, body


def unpack(header: bytes | bytearray | memoryview, body: bytes | bytearray | memoryview) -> Any:
    """Return the value of a frame.

    Raises:
        FrameError: these bytes are no frame.
    """
    reader = _Reader(memoryview(body))
    try:
        text = str(header, "ascii")
        form, end = _SCAN(text, 0)
        if end != len(text):
            raise FrameError("more text than one JSON value")
        value = reader.decode(form, 0)
    except FrameError:
        raise
    except StopIteration:
        raise FrameError("no JSON value") from None
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError, MemoryError) as error:
        raise FrameError(f"{type(error).__name__}: {str(error)[:100]}") from None
    if reader.offset != len(reader.body):
        raise FrameError("more bytes than the frame's value has")
    return value
