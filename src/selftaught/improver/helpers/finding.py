"""Finds what may be a program in an answer: fenced or not, in tags, in JSON, at a prompt."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from .cleaning import repaired, tidy, unescaped
from .fences import fenced
from .trees import parses, tree_of

_MOST = 200
"""Candidates of one kind; the last ones are looked at."""

_DEPTH = 3
"""How deep JSON, tags and fences may nest in each other."""

_OTHER_LANGUAGES = re.compile(
    r"(?:ba|z|fi)?sh|shell(?:-session)?|console|powershell|ps1|cmd|bat|terminal|ya?ml|toml|ini|html"
    r"|css|(?:java|type)script|[jt]sx?|c|c\+\+|cpp|java|rust|go|sql|csv|log|make|dockerfile"
    r"|mermaid|diff|patch|jsonl?|output|out|stdout|ruby|php|kotlin|swift|r|julia|haskell|scala|lua"
    r"|perl|pseudo(?:code)?|math|(?:la)?tex",
    re.IGNORECASE,
)
_LANGUAGE = re.compile(r"\{?[.]?([\w+#-]*)")
_QUOTED = re.compile(r"^>[ \t]?(?:[ \t]*)(?:`{3,}|~{3,})", re.MULTILINE)
_AFTER_WORDS = re.compile(
    r"^(?![ \t]*[`~]{3})(.*[^\s`])[ \t]*(`{3,}[ \t]*(?:python3?|py)?)[ \t]*$", re.M | re.I
)
_BEFORE_WORDS = re.compile(r"^([ \t]*`{3,})[ \t]+(\S+[ \t]+\S.*)$", re.MULTILINE)
_CODE_ON_FENCE = re.compile(
    r"^([ \t]*`{3,}[ \t]*(?:python3?|py)?)[ \t]+((?:def|class|import|from|async|@)\b.*)$",
    re.M | re.I,
)
_ONE_LINE = re.compile(r"(`+)(?:(?:python3?|py)[ \t]+)?([^`\n]+)\1(?!`)", re.IGNORECASE)
_TAG = re.compile(r"<([A-Za-z][\w:-]*)(?:\s[^<>\n]*)?>")
_CDATA = re.compile(r"\A\s*<!\[CDATA\[(.*?)\]\]>\s*\Z", re.DOTALL)
_HEREDOC = re.compile(r"<<-?[ \t]*(['\"]?)(\w+)\1[^\n]*\n(.*?)\n[ \t]*\2[ \t]*$", re.DOTALL | re.M)
_CODE_START = re.compile(r"^[ \t]*(?:def|class|async[ \t]+def)[ \t]+\w+", re.MULTILINE)
_DEFINES = re.compile(r"\b(?:def|class|lambda)\b")
_HEAD = re.compile(r"(?:async[ \t]+)?def[ \t]+\w+[ \t]*\(|class[ \t]+\w+[ \t]*[(:]")
_CONTINUES = re.compile(r"[)\]}]|(?:else|elif|except|finally|case)\b")


@dataclass(frozen=True)
class Candidate:
    """What may be a program.

    Attributes:
        text: as it may be run.
        before: the line of words above it.
        other: whether its fence names another language.
    """

    text: str
    before: str = ""
    other: bool = False


def in_fences(text: str) -> list[Candidate]:
    """Return the fenced blocks of a text."""
    return [
        Candidate(tidy(each.text), _line_above(text, each.start), _other(each.info))
        for each in fenced(text)[-_MOST:]
    ]


def in_moved_fences(text: str) -> list[Candidate]:
    """Return the fenced blocks after fences were put on lines of their own, quotes taken off."""
    moved = _without_quotes(text)
    moved = _CODE_ON_FENCE.sub(r"\1\n\2", moved)
    moved = _AFTER_WORDS.sub(r"\1\n\2", moved)
    moved = _BEFORE_WORDS.sub(_words_moved, moved)
    return in_fences(moved) if moved != text else []


def mended(candidates: list[Candidate]) -> list[Candidate]:
    """Return what candidates are after repair; those that are Python are left out."""
    return [
        Candidate(found, each.before)
        for each in candidates
        if not parses(each.text) and not _HEREDOC.search(each.text)
        for found in repaired(each.text)
    ]


def within(text: str, depth: int = _DEPTH) -> list[Candidate]:
    """Return what stands in JSON, tags, strings, here-documents or between backquotes."""
    found: list[Candidate] = []
    for inner in [*_in_json(text), *_in_tags(text), *_in_heredocs(text)]:
        found += _opened(inner, depth)
    for block in fenced(text)[-_MOST:]:
        if block.text != text and (_other(block.info) or not parses(block.text)):
            found += within(block.text, depth - 1) if depth else []
            found += in_fences(block.text) if "```" in block.text or "~~~" in block.text else []
        elif literal := _string(block.text):
            found += _opened(literal, depth)
    lines = [each[2].strip() for each in _ONE_LINE.finditer(text)]
    found += [Candidate(line) for line in lines if _DEFINES.search(line)][-_MOST:]
    return found[-_MOST:]


def unfenced(text: str) -> list[Candidate]:
    """Return the runs of lines that are code, where a text has no fences around it."""
    if not _CODE_START.search(text):
        return []
    found = []
    for lines in (_outside(text), text):
        for run in _indented_runs(lines):
            found += [Candidate(tidy(run))]
        found += [Candidate(run) for run in _runs(lines)]
    return found[-_MOST:]


def joined(candidates: list[Candidate]) -> list[Candidate]:
    """Return all candidates as one program, where there are several."""
    texts = [each.text for each in candidates if not each.other]
    return [Candidate("\n\n".join(texts)), Candidate("\n".join(texts))] if len(texts) > 1 else []


def _other(info: str) -> bool:
    found = _LANGUAGE.match(info)
    return bool(found and _OTHER_LANGUAGES.fullmatch(found[1]))


def _line_above(text: str, start: int) -> str:
    lines = text[max(0, start - 400) : start].rstrip().rpartition("\n")
    return lines[2].strip()[-200:]


def _without_quotes(text: str) -> str:
    """Return a text in which quotations that hold a fence are no quotations."""
    if not _QUOTED.search(text):
        return text
    lines = text.split("\n")
    quoted = [line for line in lines if line.startswith(">") and not line.startswith(">>>")]
    spaced = all(line[1:2] in ("", " ") for line in quoted)
    mark = re.compile(r"> ?" if spaced else r">")
    return "\n".join(
        mark.sub("", line, count=1) if line.startswith(">") and not line.startswith(">>>") else line
        for line in lines
    )


def _words_moved(found: re.Match[str]) -> str:
    return found[0] if "=" in found[2] or "{" in found[2] else f"{found[1]}\n{found[2]}"


def _opened(text: str, depth: int) -> list[Candidate]:
    """Return what a text from within may be: itself, and what stands in it."""
    if not depth:
        return []
    text = text.replace("\r\n", "\n")
    plain = tidy(text)
    found = [*in_fences(text), *within(text, depth - 1)]
    if not found or parses(plain):
        found.append(Candidate(plain))
    if not any(parses(each.text) for each in found):
        found += mended([Candidate(plain)])
    return found


def _string(text: str) -> str | None:
    """Return the text that a program stands for which is nothing but a string."""
    tree = tree_of(text)
    if tree is None or len(tree.body) != 1 or not isinstance(tree.body[0], ast.Expr):
        return None
    value = tree.body[0].value
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def _in_json(text: str) -> list[str]:
    """Return the strings of the JSON in a text, in order."""
    decoder = json.JSONDecoder(strict=False)
    found: list[str] = []
    at, tries = 0, 0
    while tries < _MOST and (place := re.compile(r"[{\[]\s*[\"{\[]|\A\s*\"").search(text, at)):
        tries += 1
        start = place.start() + (len(place[0]) - 1 if place[0].lstrip().startswith('"') else 0)
        try:
            value, at = decoder.raw_decode(text, start)
            found += _strings(value)
        except (ValueError, RecursionError):
            at = start + 1
    return found


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        if value and all(isinstance(each, str) for each in value):
            yield "\n".join(each.rstrip("\n") for each in value)
        else:
            for inner in value:
                yield from _strings(inner)


def _in_tags(text: str) -> list[str]:
    """Return what stands between an opening and a closing tag of one name, outer ones first."""
    found: list[str] = []
    for variant in dict.fromkeys((text, unescaped(text))):
        for tag in list(_TAG.finditer(variant))[-_MOST:]:
            end = variant.find(f"</{tag[1]}>", tag.end())
            inner = variant[tag.end() : end if end >= 0 else len(variant)]
            found.append(_CDATA.sub(r"\1", inner).strip("\n"))
    return found[-_MOST:]


def _in_heredocs(text: str) -> list[str]:
    return [each[3] for each in _HEREDOC.finditer(text)]


def _outside(text: str) -> str:
    """Return a text without its fenced blocks."""
    kept, at = "", 0
    for block in fenced(text):
        kept, at = kept + text[at : block.start] + "\n", block.end
    return kept + text[at:]


def _indented_runs(text: str) -> list[str]:
    """Return the runs of lines that are indented, each with the blank lines within."""
    runs: list[list[str]] = [[]]
    for line in text.split("\n"):
        if not line.strip() or line[0] in " \t":
            runs[-1].append(line)
        elif runs[-1]:
            runs.append([])
    return ["\n".join(run) for run in runs if _CODE_START.search("\n".join(run))][-_MOST:]


def _runs(text: str) -> list[str]:
    """Return the runs of top-level statements that are code, the longest that parse.

    What stands beside a definition that does not parse is a part of a program, and left out.
    """
    found: list[list[str]] = [[]]
    broken: list[list[str]] = []
    for chunk in _chunks(text):
        kind = _kind(chunk)
        if kind == "words":
            found.append([])
        elif kind == "broken":
            broken.append(found[-1])
        elif found[-1] or kind == "code":
            found[-1].append(chunk)
    texts = [_trimmed(run) for run in found if not any(run is each for each in broken)]
    return [each for each in texts if _CODE_START.search(each) and parses(each)][-_MOST:]


def _chunks(text: str) -> Iterator[str]:
    """Yield the lines that belong together: a line and those that are indented below it."""
    chunk: list[str] = []
    for line in text.split("\n"):
        starts = bool(line.strip()) and line[0] not in " \t" and not _CONTINUES.match(line)
        if chunk and starts and not _open("\n".join(chunk)):
            yield "\n".join(chunk)
            chunk = []
        chunk.append(line)
    yield "\n".join(chunk)


def _open(chunk: str) -> bool:
    """Return whether a chunk goes on: a decorator, or a string over lines that is open."""
    decorators = all(line.startswith("@") for line in chunk.split("\n") if line.strip())
    code = chunk.lstrip().startswith(("def ", "class ", "async ", "@")) or "=" in chunk
    return decorators or (code and any(chunk.count(mark) % 2 for mark in ('"""', "'''")))


def _kind(chunk: str) -> str:
    """Return what a chunk is: "code", "broken", "words" or "comment", which may stand amid code."""
    if not chunk.strip() or not re.search(r"^[ \t]*[^#\s]", chunk, re.M):
        return "comment"
    tree = tree_of(chunk)
    if tree is None or not tree.body:
        return "broken" if _HEAD.match(chunk) else "words"
    first = tree.body[0]
    value = first.value if isinstance(first, ast.Expr) else None
    if isinstance(first, ast.AnnAssign) and first.value is None:
        return "words"
    if isinstance(first, ast.Expr) and not isinstance(value, ast.Call):
        return "words"
    return "code"


def _trimmed(run: list[str]) -> str:
    """Return a run without comments and blank lines at its end."""
    while run and _kind(run[-1]) == "comment":
        run.pop()
    return "\n".join(run).strip("\n").rstrip()
