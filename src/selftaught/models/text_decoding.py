"""Texts as servers and programs send them: decoded with suspicion, shown on one line."""

from __future__ import annotations

import codecs
import re

_PAGE = re.compile(r"<(?:!doctype|html|head|body|title|\?xml)", re.I)
_TITLE = re.compile(r"<(title|h1)[^>]*>(.*?)</\1", re.I | re.S)

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte-order marks, those of UTF-32 before the shorter ones that they begin with."""

NOT_UTF8 = "not in UTF-8: read as Windows-1252"


def decoded(data: bytes, charset: str = "") -> tuple[str, str]:
    """Return the text without a byte-order mark, and a note where its character set was guessed.

    UTF-8 is tried before anything else, whatever is declared: text in another character set
    is hardly ever valid UTF-8 by chance. Then comes what is declared, then Windows-1252.

    Args:
        data: the bytes; those that can't be decoded become U+FFFD.
        charset: the character set that the sender declares; empty where it declares none.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace"), ""
    if wide := _wide(data):
        return data.decode(wide, "replace"), ""
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        pass
    try:
        if charset and codecs.lookup(charset).name != "utf-8":
            return data.decode(charset, "replace"), ""
    except LookupError:
        pass  # a character set that nobody knows says nothing
    return data.decode("cp1252", "replace"), NOT_UTF8


def shown(text: str, length: int = 200) -> str:
    """Return a text's beginning on one line, printable, or what it is titled as a web page."""
    if _PAGE.search(text[:500]):
        title = _TITLE.search(text[:20_000])
        named = " ".join(re.sub(r"<[^>]*>", " ", title[2]).split()) if title else ""
        return f"a web page titled {named[:length]!r}" if named else "a web page"
    line = " ".join(text[: 4 * length].split())
    line = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in line)
    return line if len(line) <= length else line[: length - 1] + "…"


def _wide(data: bytes) -> str:
    """Return which UTF-16 the bytes are in that begin with an ASCII character; empty: in none."""
    if len(data) < 4 or len(data) % 2 or not (data[0] or data[1]):
        return ""
    if not data[1] and not data[3]:
        return "utf-16-le"
    return "utf-16-be" if not data[0] and not data[2] else ""
