"""What an answer answers: the program to improve, its entry point, and what was sent.

Inside the sandbox, the prelude says when an invocation begins and what the model answers, so
that ``extract_code(answer)`` needs no further argument. Elsewhere nothing is known.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .fences import blocks
from .trees import assigned, definitions, tree_of

MARKED = re.compile(r"^# ==== (.+?) ====[ \t]*$", re.MULTILINE)
"""Stands before each part of a program that is made of several targets."""

_MESSAGES = 8
"""Messages that an answer may answer, where it is not known which; the last ones."""


@dataclass(frozen=True)
class Asked:
    """What an answer answers; all of it may be unknown.

    Attributes:
        initial: the program to improve; empty: unknown.
        entry_point: the function that programs define, dotted for a method; empty: whatever
            the initial program defines.
        messages: what the model was sent; programs stand in fenced blocks.
        scoring: ``utility.str``; code in it is not what is to be improved.
    """

    initial: str = ""
    entry_point: str = ""
    messages: tuple[str, ...] = ()
    scoring: str = ""

    @property
    def wanted(self) -> frozenset[str]:
        """The names that a program must define; none where that is unknown."""
        name = self.entry_point.rpartition(".")[2]
        tree = tree_of(self.initial)
        if tree is None or not self.initial.strip():
            return frozenset({name} if name else ())
        known = assigned(tree)
        if name in known:
            return frozenset({name})
        found = definitions(tree)
        public = {each for each in found if not each.startswith("_")}
        return frozenset(public or found or known)

    @property
    def part(self) -> frozenset[str]:
        """The functions and classes of the part that the message asks for; none: no part.

        Where the first program of the one message that is answered has some of the
        definitions of the program to improve, and not all, it is the part to be rewritten.
        """
        tree = tree_of(self.initial)
        shown = [tree_of(block) for block in blocks(self.messages[0])] if self.messages else []
        first = shown[0] if shown else None
        if tree is None or first is None or len(self.messages) > 1:
            return frozenset()
        names = frozenset(definitions(first))
        return names if names < frozenset(definitions(tree)) else frozenset()

    def programs(self) -> list[str]:
        """Return the programs that were sent: those of the messages in order, the initial one."""
        names = self.wanted
        tree = tree_of(self.initial)
        known = names | (set(definitions(tree)) if tree else set())
        found: list[str] = []
        for message in self.messages:
            for block in blocks(message):
                shown = tree_of(block)
                if block in self.scoring or (shown and not known & assigned(shown)):
                    continue
                found.append(block)
        return [*dict.fromkeys(found), self.initial] if self.initial.strip() else found


UNKNOWN = Asked()


class Memory:
    """What the model was asked in this process; safe to use from several threads."""

    def __init__(self) -> None:
        """Know nothing."""
        self._lock = threading.Lock()
        self._about = UNKNOWN
        self._sent: dict[str, None] = {}
        self._answered: dict[str, str] = {}

    def begin(self, about: Asked) -> None:
        """Forget all, and take what a new invocation is about."""
        with self._lock:
            self._about = about
            self._sent, self._answered = {}, {}

    def note(self, messages: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Take messages and the answers to each, in order."""
        with self._lock:
            for message, row in zip(messages, rows, strict=False):
                self._sent.pop(message, None)
                self._sent[message] = None
                self._answered.update(dict.fromkeys(row, message))

    def asked(self, answer: str) -> Asked:
        """Return what an answer answers: its own message, else the last ones."""
        with self._lock:
            messages = tuple(reversed(list(self._sent)[-_MESSAGES:]))
            if answer in self._answered:
                messages = (self._answered[answer],)
            return replace(self._about, messages=messages)


memory = Memory()
"""Of this process."""
