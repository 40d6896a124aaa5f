"""Meant: what someone may have meant who named a model without its kind, or with a wrong one."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable
from pathlib import Path

_FAMILIES = (
    (r"gpt-oss|codegemma|gemma|codellama|codestral|devstral", "ollama"),
    (r"gpt|chatgpt|o[1-9](?![0-9a-z])|codex|davinci", "openai"),
    (r"claude|sonnet|opus|haiku", "anthropic"),
    (r"gemini", "google"),
    (r"llama|qwen|qwq|[cm]i[sx]tral|phi|deepseek|starcoder|granite|smollm|yi-", "ollama"),
)
"""How names of models begin, and the kind that offers them; the first that fits counts."""

_OTHER_NAMES = {
    "anthropic": ("claude", "anthropic-ai", "anthropicai"),
    "google": ("gemini", "googleai", "google-genai", "google_genai", "vertex", "vertex_ai"),
    "openai": ("gpt", "chatgpt", "open-ai", "open_ai", "oai", "openai-chat", "openai_chat"),
    "ollama": ("ollama_chat", "ollama-chat", "olama"),
    "command": ("cmd", "exec", "shell"),
    "replay": ("recording", "record"),
}
"""What else a kind is called, elsewhere or in a hurry."""

_OWN_SERVERS = (
    *("azure", "openrouter", "groq", "together", "together_ai", "mistral", "deepseek", "xai"),
    *("fireworks", "fireworks_ai", "cerebras", "nvidia", "huggingface", "hf", "perplexity"),
    *("vllm", "hosted_vllm", "lmstudio", "lm_studio", "llamacpp", "llama.cpp", "localai", "tgi"),
)
"""Offer OpenAI's protocol at an address of their own."""

_LOCAL_FORM = ("command", "replay", "mailbox")


def meant(name: str, kinds: Iterable[str]) -> list[str]:
    """Return names of models that ``name`` may stand for, the likeliest first; may be empty.

    Args:
        name: what is no model's name.
        kinds: that exist.
    """
    if re.match(r"https?://", name):
        return [f"openai/NAME --base-url {name}"]
    kind, mark, rest = _parts(name)
    found = _of_a_family(name) if mark == ":" else []  # a tag of Ollama's, as in llama3:8b
    if mark and rest:
        found = found or _other_kind(kind.lower(), rest, kinds)
    return found or _of_a_path(name) or _of_a_family(name) or _alike(name, kinds)


def _parts(name: str) -> tuple[str, str, str]:
    found = re.match(r"([^/:]*)([/:])(.*)", name, re.S)
    return (found[1], found[2], found[3]) if found else (name, "", "")


def _other_kind(word: str, rest: str, kinds: Iterable[str]) -> list[str]:
    """Return the name with the kind put right, where ``word`` is a kind written otherwise."""
    if word in _OWN_SERVERS:
        return [f"openai/{rest} --base-url URL, with the address of {word}"]
    for kind, others in _OTHER_NAMES.items():
        if word in others and not rest[:1].isdigit():  # gemini:2.5 names a model, no provider
            return [_named(kind, rest)]
    near = difflib.get_close_matches(word, list(kinds), n=1, cutoff=0.7)
    return [_named(near[0], rest)] if near else []


def _of_a_path(name: str) -> list[str]:
    """Return what a file or folder of this name can serve as."""
    path = Path(name)
    if os.sep not in name and not path.suffix:
        return []
    if path.is_dir():
        return [f"mailbox:{name}"]
    if path.is_file():
        return [f"command:{name}" if os.access(path, os.X_OK) else f"replay:{name}"]
    return []


def _of_a_family(name: str) -> list[str]:
    last = name.rpartition("/")[2].lower()
    for pattern, kind in _FAMILIES:
        if re.match(pattern, last):
            return [_named(kind, last)]
    return []


def _alike(name: str, kinds: Iterable[str]) -> list[str]:
    near = difflib.get_close_matches(name.lower(), list(kinds), n=2, cutoff=0.6)
    return [_named(kind, "") for kind in near]


def _named(kind: str, rest: str) -> str:
    if kind == "offline":
        return kind
    last = rest or {"command": "CMD", "replay": "FILE", "mailbox": "DIR"}.get(kind, "NAME")
    return f"{kind}:{last}" if kind in _LOCAL_FORM else f"{kind}/{last}"
