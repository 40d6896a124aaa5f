from __future__ import annotations

import codecs

import pytest

from selftaught.values.decoding import TextError, source_of, text_of


@pytest.mark.parametrize(
    "data", [b"a = 1\nb\n", b"a = 1\r\nb\r\n", b"a = 1\rb\r", codecs.BOM_UTF8 + b"a = 1\r\nb\n"]
)
def test_marks_and_line_ends_are_no_part_of_a_text(data: bytes) -> None:
    assert text_of(data) == source_of(data) == "a = 1\nb\n"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_wide_text_is_refused_with_its_cause(encoding: str) -> None:
    for read in (text_of, source_of):
        with pytest.raises(TextError, match=r"UTF-16 or UTF-32.*save it as UTF-8"):
            read("name = 1\n".encode(encoding))


@pytest.mark.parametrize(
    ("data", "line", "found"), [(b"a\r\nb\xe4\n", 2, "0xe4"), (b"a\n\nb\n\0", 4, "NUL")]
)
def test_other_bytes_are_named_with_their_line(data: bytes, line: int, found: str) -> None:
    with pytest.raises(TextError, match=found) as caught:
        text_of(data)
    assert caught.value.line == line


def test_a_declared_encoding_is_obeyed_and_is_utf_8_afterwards() -> None:
    data = "#!/usr/bin/python\r# -*- coding: latin-1 -*-\rname = 'ä'\r".encode("latin-1")
    expected = "#!/usr/bin/python\n# -*- coding: utf-8 -*-\nname = 'ä'\n"
    assert source_of(data) == expected == source_of(expected.encode())
