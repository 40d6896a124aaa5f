"""Chooses the program of an answer by what it is, and says why there is none."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from . import finding
from .asked import MARKED, Asked
from .cleaning import cleaned, without_thoughts
from .completing import as_body, assembled, completed, elision, fits, of_a_class, renamed
from .edits import apply_diff, apply_edits, holds_edits
from .finding import Candidate
from .trees import Definition, assigned, definitions, error_of, meaning, needed, tree_of

_OLD = re.compile(
    r"\b(?:original|before|old|previous|current|existing|initial|your (?:code|version|program"
    r"|function)|instead of|rather than|first (?:attempt|try|draft)|naive|baseline|slow|wrong"
    r"|incorrect|buggy|broken|do not use|don't use|avoid)\b",
    re.IGNORECASE,
)
_NEW = re.compile(
    r"\b(?:improved|after|new|faster|optimi[sz]ed|corrected|fixed|final|better|recommended"
    r"|preferred|replace|rewritten|updated)\b",
    re.IGNORECASE,
)
_PYTHON = re.compile(r"^[ \t]*(?:(?:def|class|async def|import|from|return)\b|@\w)", re.MULTILINE)


class Kind(IntEnum):
    """What an answer comes to, the better the higher."""

    NO_BLOCK = 0
    ANOTHER_LANGUAGE = 1
    NOT_DEFINED = 2
    BROKEN = 3
    LEFT_OUT = 4
    EDITS = 5
    SAME = 6
    NEW = 7


@dataclass(frozen=True)
class Choice:
    """What became of an answer: its program, and in words why it is no new one."""

    kind: Kind
    program: str | None = None
    reason: str = ""


def choose(answer: str, asked: Asked) -> Choice:
    """Return the program of an answer; see `extract_code` for the rule."""
    if not answer.strip():
        return Choice(Kind.NO_BLOCK, None, "empty")
    text = cleaned(answer)
    said = without_thoughts(text)
    best = _Reader(said, asked).choice()
    if best.kind < Kind.NEW and said != text:
        # The thoughts count where nothing else is new.
        best = max(best, _Reader(text, asked).choice(), key=lambda each: each.kind)
    return best


class _Reader:
    """Reads one text, the surest places first."""

    def __init__(self, text: str, asked: Asked) -> None:
        self._text, self._asked = text, asked
        self._bases = asked.programs()
        self._known = [meaning(base) for base in self._bases]
        self._wanted = asked.wanted
        self._part = asked.part
        self._several = bool(MARKED.search(asked.initial))

    def choice(self) -> Choice:
        """Return the first choice that is new, else the best of the others."""
        steps = self._steps()
        first, edited = next(steps), next(steps)
        found = [first, edited]
        if first.kind < Kind.NEW and edited.kind == Kind.EDITS and not self._bases:
            return edited  # there is nothing known that they could be applied to
        for step in itertools.chain((first, edited), steps):
            if step.kind == Kind.NEW:
                return step
            if step.kind > Kind.NOT_DEFINED:
                found.append(step)
        return max(found, key=lambda each: each.kind)

    def _steps(self) -> Iterator[Choice]:
        text = self._text
        plain = finding.in_fences(text)
        yield self._of(plain)
        yield self._edited()
        seen = list(plain)
        places: tuple[Callable[[], list[Candidate]], ...] = (
            lambda: finding.in_moved_fences(text),
            lambda: finding.mended(seen),
            lambda: finding.within(text),
            lambda: finding.unfenced(text),
            lambda: finding.mended([Candidate(text)]),
        )
        for place in places:
            further = place()
            seen += further
            yield self._of(further)
        yield self._of(finding.joined(plain))
        for lenient in (self._renamed, self._as_body):
            yield self._last(filter(None, map(lenient, seen)))

    # ------------------------------------------------------------------- of candidates

    def _of(self, candidates: list[Candidate]) -> Choice:
        """Return the last of the best among candidates of one kind."""
        texts = [each.text for each in candidates if not each.other]
        if self._several:
            return self._parts(texts)
        if not self._wanted:
            return _of_unknown(candidates, any_text=bool(self._asked.initial.strip()))
        judged = [self._judged(each, texts) for each in candidates]
        pairs = list(zip(judged, candidates, strict=True))
        new = [(choice, each) for choice, each in pairs if choice.kind == Kind.NEW]
        if new:
            return self._preferred(new)
        return self._last(judged)

    def _last(self, choices: list[Choice] | filter[Choice]) -> Choice:
        found = list(choices)
        if not found:
            return Choice(Kind.NO_BLOCK, None, "no code block")
        best = max(each.kind for each in found)
        return [each for each in found if each.kind == best][-1]

    def _preferred(self, new: list[tuple[Choice, Candidate]]) -> Choice:
        """Return the last new program, unless the words above it call it the old one.

        Where an earlier one has the same functions and does nothing besides, as the program
        before a demonstration of it, it is taken.
        """
        kept = [pair for pair in new if not _is_old(pair[1])] or new
        last = kept[-1][0]
        for choice, _ in kept[:-1]:
            if _core(choice.program or "") == _core(last.program or "") and not _acts(
                choice.program or ""
            ):
                return choice
        return last

    def _judged(self, candidate: Candidate, others: list[str]) -> Choice:
        text = candidate.text
        if candidate.other:
            return Choice(Kind.ANOTHER_LANGUAGE, None, "no block of Python")
        tree = tree_of(text)
        if tree is None:
            return self._broken(text)
        names = sorted(self._wanted)
        if self._part and self._part == set(definitions(tree)):
            return self._compared(text)  # the improver puts it back into the whole
        if self._wanted <= assigned(tree):
            line = elision(text, tree, names, self._bases)
            if line:
                return Choice(Kind.LEFT_OUT, None, f"leaves code out: {line[:80]}")
            return self._compared(completed(text, tree, others, self._bases))
        whole = fits(text, self._bases)
        if whole is None and len(names) == 1:
            whole = of_a_class(text, tree, names[0])
        if whole is None:
            return Choice(Kind.NOT_DEFINED, None, f"does not define {', '.join(names)}"[:200])
        line = elision(text, tree, (), self._bases)
        if line:
            return Choice(Kind.LEFT_OUT, None, f"leaves code out: {line[:80]}")
        return self._compared(whole)

    def _broken(self, text: str) -> Choice:
        """Return what becomes of a block that is no Python; the sent one may be newer Python."""
        names = "|".join(map(re.escape, sorted(self._wanted)))
        if not re.search(rf"^[ \t]*(?:async[ \t]+def|def|class)[ \t]+(?:{names})\b", text, re.M):
            return Choice(
                Kind.NOT_DEFINED, None, f"does not define {', '.join(sorted(self._wanted))}"[:200]
            )
        return Choice(Kind.BROKEN, text, f"does not parse: {error_of(text)}")

    def _compared(self, program: str) -> Choice:
        if meaning(program) in self._known or self._core_is_known(program):
            return Choice(Kind.SAME, program, "same as what was sent")
        return Choice(Kind.NEW, program)

    def _core_is_known(self, program: str) -> bool:
        """Return whether a program defines what was sent and does something with it."""
        core = _core(program)
        return bool(core) and core in [_core(base) for base in self._bases]

    # ---------------------------------------------------------------------- of a kind

    def _edited(self) -> Choice:
        if not holds_edits(self._text):
            return Choice(Kind.NO_BLOCK, None, "no code block")
        for base in self._bases:
            for apply in (apply_edits, apply_diff):
                found = apply(base, self._text)
                tree = tree_of(found) if found is not None else None
                if found is not None and tree and self._wanted <= assigned(tree):
                    return self._compared(found.rstrip("\n"))
        return Choice(Kind.EDITS, None, "edits do not apply")

    def _parts(self, texts: list[str]) -> Choice:
        program = assembled(texts, self._asked)
        if program is None:
            return Choice(
                Kind.NOT_DEFINED if texts else Kind.NO_BLOCK, None, "no part of the program"
            )
        return self._compared(program)

    def _renamed(self, candidate: Candidate) -> Choice | None:
        tree = tree_of(candidate.text)
        if tree is None or len(self._wanted) != 1 or self._several:
            return None
        [name] = self._wanted
        found = renamed(candidate.text, tree, self._bases, name)
        return self._judged(Candidate(found), []) if found else None

    def _as_body(self, candidate: Candidate) -> Choice | None:
        tree = tree_of(candidate.text)
        if tree is None or len(self._wanted) != 1 or self._several or not self._bases:
            return None
        [name] = self._wanted
        found = as_body(candidate.text, tree, self._bases[0], name)
        return self._judged(Candidate(found), []) if found else None


def _is_old(candidate: Candidate) -> bool:
    words = candidate.before
    return bool(_OLD.search(words)) and not _NEW.search(words)


def _core(program: str) -> str:
    """Return what the definitions of a program mean, whatever stands beside them."""
    tree = tree_of(program)
    if tree is None:
        return ""
    return "\n".join(ast.dump(node) for node in tree.body if isinstance(node, Definition))


def _acts(program: str) -> bool:
    """Return whether a program does something besides defining: prints, asserts, loops."""
    tree = tree_of(program)
    kinds = (ast.Expr, ast.Assert, ast.For, ast.While, ast.If, ast.With)
    return tree is not None and any(
        isinstance(node, kinds)
        and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for node in tree.body
    )


# ----------------------------------------------------------------- nothing known beforehand


def _of_unknown(candidates: list[Candidate], *, any_text: bool) -> Choice:
    """Return the last program that defines something, where it is not known what was asked.

    Tests and what only calls an earlier program are left to the end. ``any_text``: what is no
    Python counts, too, as where the program that was sent is none.
    """
    best, rank = Choice(Kind.NO_BLOCK, None, "no code block"), -1
    defined: set[str] = set()
    for candidate in candidates:
        found = _rank(candidate, defined)
        if any_text and found < _BROKEN and not candidate.other:
            found = _BROKEN
        tree = tree_of(candidate.text)
        if tree is not None and not candidate.other:
            defined |= set(definitions(tree))
        if found >= rank:
            rank, best = found, _unknown(found, candidate.text)
    return best


def _unknown(rank: int, text: str) -> Choice:
    """Return the choice that a rank stands for."""
    if rank == _NO_PYTHON:
        return Choice(Kind.ANOTHER_LANGUAGE, None, "no block of Python")
    if rank == _BROKEN:
        return Choice(Kind.BROKEN, text, f"does not parse: {error_of(text)}")
    if rank == _ONLY_ACTS:
        return Choice(Kind.NOT_DEFINED, None, "defines nothing but tests")
    if rank == _LEAVES_OUT:
        return Choice(Kind.LEFT_OUT, None, "leaves code out")
    return Choice(Kind.NEW, text)


_NO_PYTHON, _ONLY_ACTS, _BROKEN, _LEAVES_OUT, _CALLS, _OLDER, _DEFINES = range(7)
"""How likely a block is the program where nothing is known, the likeliest last."""


def _rank(candidate: Candidate, defined: set[str]) -> int:
    tree = tree_of(candidate.text)
    if candidate.other or tree is None:
        python = _PYTHON.search(candidate.text) and not candidate.other
        return _BROKEN if python else _NO_PYTHON
    names = set(definitions(tree))
    if all(name.lower().startswith("test") for name in names or assigned(tree)):
        return _ONLY_ACTS
    if not names or needed(tree) & (defined - names):
        return _CALLS
    if elision(candidate.text, tree, names, ()):
        return _LEAVES_OUT
    return _OLDER if _is_old(candidate) else _DEFINES
