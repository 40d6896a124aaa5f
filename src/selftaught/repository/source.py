"""Source files as they lie on the disk: declared encoding, byte-order mark, line endings."""

from __future__ import annotations

import codecs
import io
import re
import tokenize
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from selftaught.errors import UsageError

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


@dataclass(frozen=True)
class SourceFile:
    """A Python file that was read so that writing its text gives the very same bytes.

    Attributes:
        path: relative to the repository's root, with ``/``.
        text: the decoded text, line endings as they are.
        encoding: as declared; ``utf-8-sig`` where there is a byte-order mark.
    """

    path: str
    text: str
    encoding: str

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines with their endings, split where Python splits them."""
        return tuple(_LINE.findall(self.text))

    @cached_property
    def newline(self) -> str:
        r"""The ending that most lines have: ``\n`` or ``\r\n``."""
        windows = sum(line.endswith("\r\n") for line in self.lines)
        return "\r\n" if 2 * windows > len(self.lines) else "\n"

    def encoded(self, text: str) -> bytes:
        """Return a text as the file holds it.

        Raises:
            UnicodeEncodeError: the file's encoding has no such character.
        """
        return text.encode(self.encoding)


def plain(text: str) -> str:
    r"""Return the text with ``\n`` for every line ending."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_source(root: Path, path: str) -> SourceFile:
    """Return the file at ``path`` below ``root``.

    Raises:
        UsageError: it can't be read, or its bytes are not in the encoding that it declares.
    """
    try:
        content = (root / path).read_bytes()
    except OSError as error:
        raise UsageError(
            f"a readable Python file {path}", str(error), "name the file as in path/mod.py::name"
        ) from error
    try:
        encoding = encoding_of(content)
        return SourceFile(path, content.decode(encoding), encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        raise UsageError(
            f"{path} in its declared encoding (UTF-8 if it declares none)",
            str(error),
            "declare it in the first line, e.g. # -*- coding: latin-1 -*-",
        ) from error


def encoding_of(content: bytes) -> str:
    """Return the name of the encoding that a file's first lines declare.

    Raises:
        SyntaxError: they declare one that does not exist, or are not in it.
    """
    encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    return codecs.lookup(encoding).name
