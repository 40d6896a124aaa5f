"""Decoding: text files as editors and systems leave them, or the reason why they can't be read."""

from __future__ import annotations

import codecs
import io
import re
import tokenize

_WIDE = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_COOKIE = re.compile(r"^([ \t\f]*#.*?coding[:=][ \t]*)[-\w.]+", re.ASCII)


class TextError(ValueError):
    """Bytes that are no text; ``line`` (from 1) is where."""

    def __init__(self, line: int, found: str) -> None:
        """Keep the line and what was found there."""
        self.line = line
        self.found = found
        super().__init__(f"line {line}: expected UTF-8 text; found {found}; save it as UTF-8")


def text_of(data: bytes) -> str:
    """Return the text of a file: UTF-8, without its byte-order mark, with plain line ends.

    Raises:
        TextError: it is no UTF-8, or holds NUL bytes.
    """
    if data.startswith(_WIDE) or _is_wide(data):
        raise TextError(1, "UTF-16 or UTF-32, which Windows editors call Unicode")
    return _lines(_decoded(data.removeprefix(codecs.BOM_UTF8), "utf-8"))


def source_of(data: bytes) -> str:
    """Return the text of a Python file, by the encoding that it declares (PEP 263).

    A declared encoding is replaced by UTF-8 in the text, as which it is kept and written.

    Raises:
        TextError: it is not text in that encoding, or holds NUL bytes.
    """
    if data.startswith((codecs.BOM_UTF8, *_WIDE)) or _is_wide(data):
        return text_of(data)
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(_plain_ends(data)).readline)
    except SyntaxError:  # an unknown encoding, or first lines that are no UTF-8
        encoding = "utf-8"
    text = _lines(_decoded(data, encoding))
    if encoding in ("utf-8", "utf-8-sig"):
        return text
    first = text.split("\n", 2)
    return "\n".join([*(_COOKIE.sub(r"\1utf-8", line) for line in first[:2]), *first[2:]])


def _decoded(data: bytes, encoding: str) -> str:
    if b"\0" in data:
        raise TextError(_line(data, data.index(b"\0")), "a NUL byte (0x00)")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        found = f"the byte 0x{data[error.start]:02x}"
        raise TextError(_line(data, error.start), found) from None


def _is_wide(data: bytes) -> bool:
    """Return whether every other of the first bytes is NUL: UTF-16 without a mark."""
    head = data[:64]
    return len(head) >= 4 and (not any(head[1::2]) or not any(head[::2]))


def _line(data: bytes, place: int) -> int:
    return _plain_ends(data[:place]).count(b"\n") + 1


def _plain_ends(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
