"""Reads code out of a model's answer: the module ``helpers`` that improvers import.

It is shipped as text into the sandbox, so it uses the standard library alone and imports
nothing of ours from outside this folder. The offline model reads prompts with the same
functions.
"""

from __future__ import annotations

from typing import overload

from .asked import UNKNOWN, Asked, memory
from .choosing import Choice, Kind, choose
from .edits import apply_diff, apply_edits
from .fences import blocks, first_block

__all__ = [
    "UNKNOWN",
    "Asked",
    "Choice",
    "Kind",
    "apply_diff",
    "apply_edits",
    "blocks",
    "choose",
    "extract_code",
    "first_block",
    "memory",
    "reason_without_code",
]


@overload
def extract_code(answer: str) -> str | None: ...
@overload
def extract_code(answer: list[str] | tuple[str, ...]) -> list[str | None]: ...
def extract_code(
    answer: str | list[str] | tuple[str, ...],
) -> str | list[str | None] | None:
    """Return the program of an answer, None where it has none.

    The program is chosen by what it is. It parses, defines what the program that was sent
    defines, leaves nothing out, and differs from what was sent. Of several such programs the
    last one counts, but none that the words above it call the old one, and none that stands
    among a model's thoughts while there is another. Edits (SEARCH/REPLACE blocks, unified
    diffs) give the program that was sent, changed. Names that a program needs and lacks come
    from the answer's other blocks, then from what was sent.

    Where the message shows a part of the program first, an answer that defines that part is
    given as it stands: who asks for a part puts it back into the whole.

    An answer that repeats what was sent gives just that. A program that does not parse is
    given where there is no other, since what cuts it off may be the improver's business.

    Args:
        answer: a text, or several: then the result is a list with one entry for each.
            What is no text has no program.
    """
    if isinstance(answer, str):
        return choose(answer, memory.asked(answer)).program
    if isinstance(answer, (list, tuple)):
        return [extract_code(text) if isinstance(text, str) else None for text in answer]
    return None


def reason_without_code(answer: str, asked: Asked = UNKNOWN) -> str:
    """Return why an answer gives no new program, an empty text where it gives one.

    The reasons are short phrases for people: "empty", "no code block", "no block of Python",
    "does not define NAME", "does not parse: …", "leaves code out: …", "edits do not apply",
    "same as what was sent". Those of one kind are alike up to a colon.

    Args:
        answer: the model's text.
        asked: what it answers; what is unknown is not held against the answer.
    """
    return choose(answer, asked).reason
