"""What someone may have meant who named a model without its kind, or with a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest

from selftaught.errors import UnknownNameError
from selftaught.models.name_suggestions import meant
from selftaught.models.registry import check_kind

KINDS = ["offline", "openai", "anthropic", "google", "ollama", "command", "replay", "mailbox"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("gpt-5", "openai/gpt-5"),
        ("GPT-4o-mini", "openai/gpt-4o-mini"),
        ("chatgpt-4o-latest", "openai/chatgpt-4o-latest"),
        ("o3-mini", "openai/o3-mini"),
        ("o1", "openai/o1"),
        ("claude-sonnet-4-5", "anthropic/claude-sonnet-4-5"),
        ("gemini-2.5-pro", "google/gemini-2.5-pro"),
        ("llama3", "ollama/llama3"),
        ("llama3:8b", "ollama/llama3:8b"),
        ("qwen2.5-coder:7b", "ollama/qwen2.5-coder:7b"),
        ("mistral", "ollama/mistral"),
        ("mixtral:8x7b", "ollama/mixtral:8x7b"),
        ("codellama", "ollama/codellama"),
        ("gpt-oss:20b", "ollama/gpt-oss:20b"),
        ("deepseek-r1:14b", "ollama/deepseek-r1:14b"),
        ("meta-llama/llama-3-8b", "ollama/llama-3-8b"),
        ("opnai/gpt-5", "openai/gpt-5"),
        ("OpenAI/gpt-5", "openai/gpt-5"),
        ("gpt/gpt-5", "openai/gpt-5"),
        ("antropic/claude-opus-4-1", "anthropic/claude-opus-4-1"),
        ("claude/claude-opus-4-1", "anthropic/claude-opus-4-1"),
        ("gemini/gemini-2.5-flash", "google/gemini-2.5-flash"),
        ("vertex_ai/gemini-2.5-flash", "google/gemini-2.5-flash"),
        ("olama/llama3", "ollama/llama3"),
        ("cmd:./ask.sh", "command:./ask.sh"),
        ("offlin", "offline"),
        ("Offline", "offline"),
        ("offline/3", "offline"),
        ("openai", "openai/NAME"),
        ("anthropc", "anthropic/NAME"),
        ("groq/llama-3.3-70b", "openai/llama-3.3-70b --base-url URL, with the address of groq"),
        ("vllm/Qwen/Qwen3-8B", "openai/Qwen/Qwen3-8B --base-url URL, with the address of vllm"),
        ("http://localhost:8000/v1", "openai/NAME --base-url http://localhost:8000/v1"),
    ],
)
def test_what_is_meant(name: str, expected: str) -> None:
    assert meant(name, KINDS)[0] == expected


@pytest.mark.parametrize("name", ["", "x", "my-own-model", ":", "foo/bar", "42"])
def test_nothing_is_offered_for_what_resembles_nothing(name: str) -> None:
    assert meant(name, KINDS) == []


def test_a_file_and_a_folder_are_offered_as_what_they_can_be(tmp_path: Path) -> None:
    script, recording = tmp_path / "ask.sh", tmp_path / "answers.jsonl"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    recording.write_text("{}\n")
    assert meant(str(script), KINDS) == [f"command:{script}"]
    assert meant(str(recording), KINDS) == [f"replay:{recording}"]
    assert meant(str(tmp_path), KINDS) == [f"mailbox:{tmp_path}"]


def test_the_error_asks_before_anything_is_opened() -> None:
    with pytest.raises(UnknownNameError, match=r"did you mean openai/gpt-5\?"):
        check_kind("gpt-5")
    with pytest.raises(UnknownNameError, match="a known model") as caught:
        check_kind("foo/bar")
    assert "openai/NAME" in caught.value.expected
