"""Keys: where they come from, and how they are kept out of everything else."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from selftaught.errors import UsageError

_BEARER = re.compile(r"(?i)(bearer\s+|\b(?:api[-_]?key|key|token)=)[^\s\"'&,;]{6,}")
_KEY_SHAPED = re.compile(r"\b(?:sk|pk|rk|AIza|gsk|xai)[-_A-Za-z0-9*]{8,}")
_USER_INFO = re.compile(r"(?<=://)[^/\s@]+@")
_HIDDEN = "[key hidden]"


@dataclass(frozen=True)
class Key:
    """A provider's key; its text shows in no representation.

    Attributes:
        variable: the environment variable that it was looked up under.
        secret: the key; empty where there is none.
    """

    variable: str
    secret: str = field(default="", repr=False)

    def scrub(self, text: str) -> str:
        """Return the text without the key, and without anything that looks like one."""
        if self.secret:
            text = text.replace(self.secret, _HIDDEN)
        text = _USER_INFO.sub("", text)
        text = _BEARER.sub(lambda match: match[1] + _HIDDEN, text)
        return _KEY_SHAPED.sub(_HIDDEN, text)


def find_key(variables: tuple[str, ...], env_file: Path | None) -> Key:
    """Return the first of the variables that the file or the environment has.

    Args:
        variables: names, the usual one first.
        env_file: a ``.env`` file that counts before the environment; None: none is read.

    Raises:
        UsageError: the file can't be read.
    """
    told = _read(env_file) if env_file is not None else {}
    for source in (told, os.environ):
        for variable in variables:
            secret = (source.get(variable) or "").strip()
            if secret:
                return Key(variable, secret)
    return Key(variables[0])


def _read(path: Path) -> dict[str, str | None]:
    from dotenv import dotenv_values  # noqa: PLC0415 - only where a file is named

    try:
        with path.open(encoding="utf-8-sig") as stream:
            return dict(dotenv_values(stream=stream, interpolate=False))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"a file with keys at {path}", str(error), "name a file with lines like NAME=value"
        ) from None
