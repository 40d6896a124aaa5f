"""Patches: unified diffs that ``git apply`` takes, whatever a file's endings and encoding."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

_NO_NEWLINE = b"\\ No newline at end of file\n"


def patch(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> bytes:
    r"""Return the patch from one state of files to another; empty where nothing differs.

    Args:
        before: contents by path relative to the repository's root; every path of ``after``.
        after: new contents by path.
    """
    return b"".join(
        _file(path, before[path], after[path])
        for path in sorted(after)
        if before[path] != after[path]
    )


def _file(path: str, before: bytes, after: bytes) -> bytes:
    name = path.encode("utf-8", "surrogateescape")
    end = b"\t" if b" " in name else b""  # as git writes it, or the name ends at the space
    lines = difflib.diff_bytes(
        difflib.unified_diff,
        _lines(before),
        _lines(after),
        b"a/" + name + end,
        b"b/" + name + end,
        lineterm=b"\n",
    )
    head = b"diff --git a/%b b/%b\n" % (name, name)
    return head + b"".join(
        line if line.endswith(b"\n") else line + b"\n" + _NO_NEWLINE for line in lines
    )


def _lines(content: bytes) -> list[bytes]:
    return [line + b"\n" for line in content.split(b"\n")[:-1]] + (
        [] if content.endswith(b"\n") or not content else [content.rsplit(b"\n", 1)[-1]]
    )
