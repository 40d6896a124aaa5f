"""Several: options that take more than one word, as in ``--tasks maxcut three_sat``."""

from __future__ import annotations

from collections.abc import Sequence

SEVERAL = frozenset(
    {
        "--tasks",
        "--unseen",
        "--files",
        "--may-change",
        "--context",
        "--allow-network",
        "--read",
        "--pass-env",
    }
)


def one_each(arguments: Sequence[str]) -> list[str]:
    """Return the command line with such options repeated, one word each.

    An option's words end at the next word that begins with ``-``.
    """
    found: list[str] = []
    option = ""
    for place, word in enumerate(arguments):
        if word == "--":
            return found + list(arguments[place:])
        if word.startswith("-"):
            option = word if word in SEVERAL else ""
            found.append(word)
        elif option and found[-1] != option:
            found += [option, word]
        else:
            found.append(word)
    return found
