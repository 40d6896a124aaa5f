"""What commands said: the lines that tell why one failed, fit to be shown and recorded."""

from __future__ import annotations

import re
from collections.abc import Mapping

from selftaught.patching.repository.secrets import find_secrets
from selftaught.values.command import CommandResult
from selftaught.values.excerpt import excerpt

SHOWN_CHARACTERS = 1_500
LEFT_OUT = "(a line that holds a secret was left out)"

_TELLING = re.compile(r"^(E  |FAILED |ERROR |[\w.]*(Error|Exception|Warning)\b|\s*assert )")
_TIMED = re.compile(r"\b(in|took|time:?) \d+(\.\d+)?\s*(s|ms|seconds?)\b|\d\.\d{2,}s\b")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")


def telling(result: CommandResult, hidden: Mapping[str, str]) -> str:
    """Return the lines that say why a command failed, or its last ones where none does.

    Lines that tell how long something took are left out, since they differ every time;
    lines with a secret, too.

    Args:
        result: of the command.
        hidden: values of secrets by their name.
    """
    lines = [*result.stdout.splitlines(), *result.stderr.splitlines()]
    lines = [_ADDRESS.sub("0x…", line.rstrip()) for line in lines if not _TIMED.search(line)]
    chosen = [line for line in lines if _TELLING.match(line)] or [
        line for line in lines if line.strip()
    ][-12:]
    text = "\n".join(dict.fromkeys(chosen))
    if result.detail:
        text = f"{result.detail}\n{text}"
    return without_secrets(excerpt(text, SHOWN_CHARACTERS).strip(), hidden)


def last_lines(result: CommandResult, count: int = 25) -> str:
    """Return the end of what a command printed, for the person who gave it."""
    both = (result.stdout.rstrip() + "\n" + result.stderr.rstrip()).strip().splitlines()
    return "\n".join("    " + line for line in both[-count:]) or "    (it printed nothing)"


def without_secrets(text: str, hidden: Mapping[str, str]) -> str:
    """Return a text without the lines that hold a secret."""
    found = {each.line for each in find_secrets({"": text}, hidden)}
    return "\n".join(
        LEFT_OUT if number in found else line
        for number, line in enumerate(text.splitlines(), start=1)
    )
