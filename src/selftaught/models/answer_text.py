"""What a model said: the text of an answer, wherever a server put it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from selftaught.models.provider_client import ReplyChoice
from selftaught.values import syntax

_CODE = re.compile(
    r"^[ \t]*(?:```|~~~)|^<{5,} ?SEARCH|^@@ .*@@"
    r"|^[ \t]*(?:(?:async )?def \w+ ?\(|class \w+.*:|import [\w.]+[ \t]*$|from [\w.]+ import )",
    re.M,
)
"""What shows that a text holds code: a fence, an edit, a diff, or a line of Python."""
_FENCE = re.compile(r"^[ \t]*(?:```|~~~)", re.M)
_PLACES = ("reasoning_content", "reasoning", "thinking", "reasoning_text")
"""Where servers put what a model thinks, and by mistake the whole answer."""


def text_of(content: Any) -> str:
    """Return the text of a message's content: a text, a part, or a list of them.

    Parts that hold thoughts or a refusal are left out.

    Raises:
        TypeError: the content is none of these.
    """
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(text_of(part) for part in content)
    if isinstance(content, dict):
        if content.get("thought") or content.get("type") in ("thinking", "reasoning", "refusal"):
            return ""
        return text_of(content.get("text"))
    raise TypeError(f"content is {type(content).__name__}, not text")


def choice_of(message: Mapping[str, Any], finish: str) -> ReplyChoice:
    """Return the choice that a message of OpenAI's protocol is.

    Args:
        message: with ``content``, and whatever else the server put beside it.
        finish: how the server says that it ended, in our words.

    Raises:
        TypeError: its content is no text.
    """
    text = text_of(message.get("content"))
    if text.strip():
        return ReplyChoice(text, "stop" if finish == "tool" else finish)
    refused = message.get("refusal") or _refusal_part(message.get("content"))
    if refused:
        return ReplyChoice(text, "filtered", f"the model refused: {str(refused)[:200]}")
    place, thoughts = _thoughts(message)
    calls = list(_calls(message))
    if calls or finish == "tool":
        return tool_choice(calls)
    if finish in ("length", "filtered"):
        return ReplyChoice(text, finish, thought_away(thoughts) if finish == "length" else "")
    return misplaced(thoughts, place, finish)


def misplaced(thoughts: str, place: str, finish: str = "stop") -> ReplyChoice:
    """Return the choice of an answer that ended and has thoughts only.

    Where thinking is switched off, servers that look for it take the whole answer for it.
    Thoughts that hold code are taken for the answer, others are not.
    """
    if not thoughts.strip():
        return ReplyChoice("", finish)
    if finish == "stop" and _CODE.search(thoughts):
        return ReplyChoice(thoughts, "stop", f"text taken from {place}: content was empty")
    told = f"all {len(thoughts):,} characters of it are in {place}, and none of them is code"
    return ReplyChoice("", finish, told)


def thought_away(thoughts: str) -> str:
    """Return why an answer has no text that its bound of tokens ended; empty: no thoughts."""
    if not thoughts.strip():
        return ""
    return (
        f"the bound of tokens was used up by {len(thoughts):,} characters of thinking; raise it "
        "with --max-output-tokens, or have the model think less"
    )


def tool_choice(calls: list[tuple[str, Any]]) -> ReplyChoice:
    """Return the choice of an answer that calls tools: code in their arguments is its text.

    Args:
        calls: names and arguments, the latter as data or as JSON.
    """
    for name, arguments in calls:
        for value in _strings(_loaded(arguments)):
            if code := _code(value):
                return ReplyChoice(
                    code, "stop", f"text taken from a call of the tool {name[:60]!r}"
                )
    names = ", ".join(repr(name[:60]) for name, _ in calls[:3])
    told = f"the model called the tool {names}, and none was offered to it" if names else ""
    return ReplyChoice("", "tool", told)


def _refusal_part(content: Any) -> str:
    for part in content if isinstance(content, list) else ():
        if isinstance(part, dict) and part.get("type") == "refusal":
            return str(part.get("refusal") or "without a word")
    return ""


def _thoughts(message: Mapping[str, Any]) -> tuple[str, str]:
    """Return where a message holds thoughts, and what they are."""
    for place in _PLACES:
        told = _plain(message.get(place))
        if told.strip():
            return place, told
    content = message.get("content")
    return "thinking", _plain(content) if isinstance(content, list) else ""


def _plain(value: Any) -> str:
    """Return all text in a value, thoughts included."""
    if isinstance(value, list):
        return "".join(_plain(part) for part in value)
    if isinstance(value, dict):
        return next((_plain(value[name]) for name in ("text", "thinking") if value.get(name)), "")
    return value if isinstance(value, str) else ""


def _calls(message: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the name and arguments of each tool that a message calls."""
    given = message.get("tool_calls")
    calls = [each.get("function", each) for each in given or () if isinstance(each, dict)]
    for call in [*calls, message.get("function_call")]:
        if isinstance(call, dict):
            yield str(call.get("name") or ""), call.get("arguments", call.get("input"))


def _loaded(arguments: Any) -> Any:
    if not isinstance(arguments, str):
        return arguments
    try:
        return json.loads(arguments)
    except (ValueError, RecursionError):
        return arguments


def _strings(value: Any) -> Iterator[str]:
    """Yield the texts in arguments, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)


def _code(value: str) -> str:
    """Return the value if it holds code, within a fence; empty where it holds none."""
    if not _CODE.search(value):
        return ""
    if _FENCE.search(value):
        return value
    try:
        syntax.parse(value)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return value
    return f"```python\n{value}\n```"
