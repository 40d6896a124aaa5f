"""Secrets: keys and values of ``.env`` files in what would be sent to a model."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from selftaught.errors import UsageError
from selftaught.repository.place import Repository

SHORTEST = 8
"""Characters below which a value of a ``.env`` file is taken for an ordinary word."""

_KINDS = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "an AWS access key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a GitHub token": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{40,})"),
    "a Slack token": re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}"),
    "a Google key": re.compile(r"\bAIza[0-9A-Za-z_-]{30,}"),
    "a provider's key": re.compile(
        r"\b(?:sk|pk|rk|gsk|xai|glpat|hf|npm|pypi)[-_](?=[\w-]*\d)[A-Za-z0-9_-]{20,}"
    ),
    "a web token": re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\."),
    "a password in an address": re.compile(r"\w+://[^\s/:@'\"{}]+:[^\s/@'\"{}]{4,}@"),
    "a secret in an assignment": re.compile(
        r"""(?ix) \b\w*(?:password|passwd|secret|api_?key|access_?key|auth_?token)\w*
        ["']? \s* [:=] \s* ["'] (?=[^"']*\d)(?=[^"']*[a-z]) [^"'\s{}<>$]{12,} ["']"""
    ),
}
_NAMED = re.compile(r"(?i)(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL)")


@dataclass(frozen=True)
class Found:
    """A secret's place; never the secret itself."""

    place: str
    line: int
    kind: str

    def __str__(self) -> str:
        return f"{self.place}, line {self.line}: {self.kind}"


def find_secrets(texts: Mapping[str, str], values: Mapping[str, str]) -> list[Found]:
    """Return where texts hold a key or one of the values.

    Args:
        texts: what would be sent, by the place that it comes from.
        values: secrets by the name that they go by.
    """
    known = {name: value for name, value in values.items() if len(value) >= SHORTEST}
    found = []
    for place, text in texts.items():
        for number, line in enumerate(text.splitlines(), start=1):
            kinds = [kind for kind, shape in _KINDS.items() if shape.search(line)]
            kinds += [f"the value of {name}" for name, value in known.items() if value in line]
            found += [Found(place, number, kind) for kind in kinds]
    return found


def refuse_secrets(found: Iterable[Found]) -> None:
    """Return where nothing was found.

    Raises:
        UsageError: something was; the message names places and never a value.
    """
    listed = [str(each) for each in found]
    if listed:
        raise UsageError(
            "no secrets in what the model would be shown",
            "".join(f"\n  - {each}" for each in listed),
            "remove them from the sources, or name other files; nothing was sent",
        )


def secret_values(repository: Repository) -> dict[str, str]:
    """Return the values of ``.env`` files, and of variables that are named like secrets."""
    found = {
        name: value
        for name, value in os.environ.items()
        if _NAMED.search(name) and not os.path.exists(value)
    }
    folders = dict.fromkeys((repository.root, repository.root / repository.folder))
    for folder in folders:
        for file in sorted(folder.glob(".env*")):
            if file.is_file() and not file.name.endswith((".example", ".sample")):
                found |= {f"{name} in {file.name}": value for name, value in _read(file).items()}
    return {name: value for name, value in found.items() if not _ordinary(value)}


def _read(file: os.PathLike[str]) -> dict[str, str]:
    from dotenv import dotenv_values  # noqa: PLC0415 - only where there is such a file

    try:
        with open(file, encoding="utf-8-sig") as stream:
            values = dotenv_values(stream=stream, interpolate=False)
    except (OSError, UnicodeDecodeError):
        return {}  # what can't be read can't have got into a prompt either
    return {name: value for name, value in values.items() if value}


def _ordinary(value: str) -> bool:
    """Return whether a value is a word, a number, a path or an address without a password."""
    return bool(
        re.fullmatch(r"[A-Za-z]+|[\d.,:]+|[./~][\w./-]*|https?://[\w.:-]+(/[\w./-]*)?", value)
    )
