"""Answers that come in pieces: event streams and JSON lines, put together to one answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from selftaught.models.fault import Fault, FaultKind

EVENT_FIELD = re.compile(r"(?:data|event|id|retry):")
"""How a line of an event stream begins."""

DONE = "[DONE]"
"""The data of a stream's last event."""

BROKEN_STEP = (
    "see whether the server or a proxy before it ends long answers, then resume the run; "
    "--request-timeout-seconds is the time that one answer may take"
)

_LINE_END = re.compile(r"\r\n|\n|\r")
_ENDED = re.compile(rb"(?:^|\n|\r)data: ?\[DONE\]\s*$")
_THOUGHTS = ("reasoning_content", "reasoning", "thinking")


def is_over(body: bytes | bytearray) -> bool:
    """Return whether an event stream has said its last; some servers keep it open for ever."""
    return _ENDED.search(body[-32:]) is not None


def is_piece(data: Any) -> bool:
    """Return whether the data is a part of an answer, the first of several JSON lines."""
    if not isinstance(data, dict):
        return False
    if data.get("done") is False or str(data.get("object", "")).endswith(".chunk"):
        return True
    choices = data.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    return isinstance(first, dict) and "delta" in first and "message" not in first


def pieces(text: str) -> Iterator[Any]:
    """Yield the data of a stream's events, as text where it is no JSON.

    An event's data may take several lines, and the last one may lack its end. The data of an
    event that is called an error comes under that name.
    """
    lines: list[str] = []
    event = ""
    for line in [*_LINE_END.split(text), ""]:
        if line.startswith("data:"):
            lines.append(line[5:].removeprefix(" "))
        elif line.startswith("event:"):
            event = line[6:].strip()
        elif not line:
            for data in _data(lines):
                yield {"error": data} if event == "error" and "error" not in _dict(data) else data
            lines, event = [], ""


def json_lines(text: str) -> Iterator[Any]:
    """Yield the data of each line; the text itself of one that is no JSON."""
    for line in _LINE_END.split(text):
        if line.strip():
            yield _loaded(line.removeprefix("data:").strip())


def assembled(given: Iterator[Any]) -> Any:
    """Return pieces as one whole answer: a chat completion or an Anthropic message.

    What the server says of an error, in whatever piece, is returned as ``{"error": …}``; a
    stream that ends before its answer does is a fault. Pieces that are no objects are signs
    of life and say nothing.
    """
    stream: ChatStream | MessageStream | None = None
    for piece in given:
        if piece == DONE:
            break
        if isinstance(piece, str) and piece.startswith("{"):
            return _broken("in the middle of a piece", stream)
        if not isinstance(piece, dict):
            continue  # a sign of life
        if piece.get("error") or piece.get("type") == "error" or piece.get("object") == "error":
            return {"error": piece.get("error") or piece}
        if stream is None:
            stream = MessageStream() if _is_message(piece) else ChatStream()
        stream.add(piece)
    else:
        if stream is None or not stream.ended():
            return _broken("it ended before the answer did", stream)
    return stream.whole() if stream is not None else {"choices": []}


class ChatStream:
    """A chat completion that grows; its choices may come interleaved."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._choices: dict[int, dict[str, Any]] = {}
        self._head: dict[str, Any] = {}
        self._done = False

    def add(self, piece: dict[str, Any]) -> None:
        """Add a piece: of OpenAI's protocol, or of Ollama's own."""
        for name in ("model", "system_fingerprint", "usage"):
            if piece.get(name):
                self._head[name] = piece[name]
        choices = piece.get("choices")
        if choices is None and ("message" in piece or "response" in piece):
            said = piece.get("message") or {"content": piece.get("response")}
            choices = [{"delta": said, "finish_reason": piece.get("done_reason")}]
        self._done = self._done or piece.get("done") is True
        for choice in choices if isinstance(choices, list) else ():
            if isinstance(choice, dict):
                self._grow(choice)

    def ended(self) -> bool:
        """Return whether every choice that began has ended."""
        begun = self._choices.values()
        return self._done or (bool(begun) and all(each["finish_reason"] for each in begun))

    def length(self) -> int:
        """Return the characters that came so far."""
        return sum(len(each["message"]["content"]) for each in self._choices.values())

    def whole(self) -> dict[str, Any]:
        """Return the completion, its choices in order."""
        choices = [self._choices[index] for index in sorted(self._choices)]
        return {**self._head, "choices": choices}

    def _grow(self, choice: dict[str, Any]) -> None:
        index = choice.get("index")
        at = index if isinstance(index, int) else 0
        fresh = {"index": at, "message": {"content": ""}, "finish_reason": None}
        kept = self._choices.setdefault(at, fresh)
        for name in ("finish_reason", "error"):
            if choice.get(name):
                kept[name] = choice[name]
        message = kept["message"]
        if isinstance(choice.get("delta"), dict):
            _extend(message, choice["delta"])
        elif isinstance(choice.get("message"), dict):
            said = _text(choice["message"].get("content"))
            if said.startswith(message["content"]):  # each piece repeats what came before
                message["content"] = ""
            _extend(message, choice["message"])
        elif isinstance(choice.get("text"), str):
            message["content"] += choice["text"]


class MessageStream:
    """A message of Anthropic's that grows block by block."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._message: dict[str, Any] = {}
        self._blocks: dict[int, dict[str, Any]] = {}
        self._stopped = False

    def add(self, piece: dict[str, Any]) -> None:
        """Add an event."""
        kind, index = piece.get("type"), piece.get("index")
        at = index if isinstance(index, int) else 0
        delta = piece.get("delta")
        if kind == "message_start" and isinstance(piece.get("message"), dict):
            self._message = dict(piece["message"])
        elif kind == "content_block_start" and isinstance(piece.get("content_block"), dict):
            self._blocks[at] = dict(piece["content_block"])
        elif kind == "content_block_delta" and isinstance(delta, dict):
            block = self._blocks.setdefault(at, {"type": "text"})
            for name, target in (("text", "text"), ("thinking", "thinking"), ("partial_json", "")):
                if isinstance(delta.get(name), str):
                    block[target or "_json"] = str(block.get(target or "_json") or "") + delta[name]
        elif kind == "message_delta" and isinstance(delta, dict):
            self._message["stop_reason"] = delta.get("stop_reason")
            usage = {**_dict(self._message.get("usage")), **_dict(piece.get("usage"))}
            self._message["usage"] = usage
        self._stopped = self._stopped or kind == "message_stop"

    def ended(self) -> bool:
        """Return whether the message has ended."""
        return self._stopped or bool(self._message.get("stop_reason"))

    def length(self) -> int:
        """Return the characters that came so far."""
        return sum(len(str(each.get("text") or "")) for each in self._blocks.values())

    def whole(self) -> dict[str, Any]:
        """Return the message, its blocks in order."""
        blocks = [self._blocks[index] for index in sorted(self._blocks)]
        for block in blocks:
            if "_json" in block:
                block["input"] = _loaded(block.pop("_json"))
        return {**self._message, "content": blocks}


def _extend(message: dict[str, Any], delta: dict[str, Any]) -> None:
    """Add to a message what a delta holds: text, thoughts, a refusal, arguments of tools."""
    message["content"] += _text(delta.get("content"))
    for name in (*_THOUGHTS, "refusal"):
        if said := _text(delta.get(name)):
            message[name] = message.get(name, "") + said
    calls = delta.get("tool_calls")
    for place, call in enumerate(calls if isinstance(calls, list) else ()):
        if isinstance(call, dict):
            _extend_call(message.setdefault("tool_calls", []), place, call)


def _extend_call(kept: list[dict[str, Any]], place: int, call: dict[str, Any]) -> None:
    index = call.get("index")
    at = index if isinstance(index, int) else place
    found = next((each for each in kept if each["index"] == at), None)
    if found is None:
        found = {"index": at, "function": {"name": "", "arguments": ""}}
        kept.append(found)
    said = _dict(call.get("function"))
    for name in ("name", "arguments"):
        part = said.get(name)
        found["function"][name] += part if isinstance(part, str) else ""


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "".join(_text(each) for each in value)
    if isinstance(value, dict):
        return _text(value.get("text"))
    return value if isinstance(value, str) else ""


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _is_message(piece: dict[str, Any]) -> bool:
    kind = str(piece.get("type") or "")
    return kind == "ping" or kind.startswith(("message_", "content_block_"))


def _data(lines: list[str]) -> Iterator[Any]:
    """Yield what an event's lines hold: one value, or one a line where blank lines are left out."""
    whole = _loaded("\n".join(lines)) if lines else ""
    if isinstance(whole, str) and len(lines) > 1:
        yield from (_loaded(line) for line in lines if line.strip())
    elif whole != "":
        yield whole


def _loaded(text: str) -> Any:
    """Return the JSON in a text, or the text stripped where there is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text.strip()


def _broken(what: str, stream: ChatStream | MessageStream | None) -> Fault:
    came = stream.length() if stream is not None else 0
    told = f"a stream that broke off: {what}, after {came:,} characters"
    return Fault(FaultKind.FAILED, told, BROKEN_STEP)
