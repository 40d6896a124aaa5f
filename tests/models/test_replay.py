from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.prompts import answers, ask
from selftaught.errors import ModelError, PromptTooLongError, UsageError
from selftaught.models.recording import RECORD_LINE, RecordingModel, ResponseLine, write_line
from selftaught.models.replay import ReplayModel
from selftaught.models.scripted import ScriptedModel
from selftaught.ports import ModelRequest


def scripted() -> ScriptedModel:
    return ScriptedModel(lambda request, sample: f"{request.messages[-1].content} {sample} \ud800")


async def record(path: Path) -> None:
    model = RecordingModel(scripted(), path)
    for text in ("first prompt", "second\nprompt"):
        await answers(model, ask(2, text))
    await model.close()


async def test_what_was_recorded_is_served_under_the_recorded_name(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "record.jsonl"
    await record(path)
    replay = ReplayModel(path)
    assert replay.name == "scripted"
    assert await answers(replay, ask(2, "first prompt")) == await answers(
        scripted(), ask(2, "first prompt")
    )


async def test_a_miss_shows_the_nearest_prompt_and_the_difference(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    await record(path)
    replay = ReplayModel(path)
    with pytest.raises(ModelError, match=r"-prompt\n\+prompts"):
        await answers(replay, ask(2, "second\nprompts"))
    with pytest.raises(ModelError, match=r"samples \[0, 1\] only, not 2"):
        await answers(replay, ask((2,), "first prompt"))
    with pytest.raises(ModelError, match=r"\+invocation: other"):
        await answers(replay, ask(1, "first prompt", invocation="other"))


async def test_a_prompt_that_was_too_long_is_too_long_again(tmp_path: Path) -> None:
    def reply(request: ModelRequest, sample: int) -> str:
        if len(request.messages[-1].content) > 20:
            raise PromptTooLongError("scripted", "30 tokens > 20 maximum", 30, 20)
        return "fine"

    path = tmp_path / "record.jsonl"
    model = RecordingModel(ScriptedModel(reply), path)
    told = []
    with pytest.raises(PromptTooLongError) as first:
        await answers(model, ask(1, "x" * 30))
    told.append(first.value)
    assert [each.text for each in await answers(model, ask(1, "short"))] == ["fine"]
    await model.close()
    replay = ReplayModel(path)
    for samples in ((0,), (1,)):  # the prompt's fault, whichever sample is wanted
        with pytest.raises(PromptTooLongError, match="10 tokens too many") as again:
            await answers(replay, ask(samples, "x" * 30))
        told.append(again.value)
    assert len({str(error) for error in told}) == 1
    assert [each.text for each in await answers(replay, ask(1, "short"))] == ["fine"]


async def test_an_unfinished_line_is_passed_over_and_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    await record(path)
    with path.open("a") as file:
        file.write('{"kind": "response", "requ')
    assert len(await answers(ReplayModel(path), ask(2, "first prompt"))) == 2
    model = RecordingModel(scripted(), path)
    await answers(model, ask(1, "third"))
    await model.close()
    assert len(await answers(ReplayModel(path), ask(1, "third"))) == 1


async def test_an_error_is_recorded_too(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    model = RecordingModel(ScriptedModel(["only one"]), path)
    with pytest.raises(ModelError):
        await answers(model, ask(2))
    await model.close()
    assert '"kind":"error"' in path.read_text()
    assert [each.text for each in await answers(ReplayModel(path), ask(1))] == ["only one"]


@pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16"])
async def test_a_recording_that_an_editor_saved_anew_is_read(tmp_path: Path, charset: str) -> None:
    path = tmp_path / "record.jsonl"
    await record(path)
    saved = path.read_text().replace("\n", "\r\n").rstrip()  # its last line end is gone, too
    path.write_bytes(saved.encode(charset))
    given = await answers(ReplayModel(path), ask(2, "second\nprompt"))
    assert given == await answers(scripted(), ask(2, "second\nprompt"))


@pytest.mark.parametrize("text", ["", "not json\n", '{"kind": "other"}\n', "\x00\xff\n"])
def test_what_is_no_recording_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "record.jsonl"
    path.write_text(text)
    with pytest.raises(UsageError):
        ReplayModel(path)
    with pytest.raises(UsageError):
        ReplayModel(tmp_path / "missing")


@settings(max_examples=50)
@given(st.text(alphabet=st.characters()), st.integers(0), st.none() | st.floats(0, 1e6))
def test_a_line_is_read_as_it_was_written(text: str, tokens: int, cost: float | None) -> None:
    import json

    line = ResponseLine(request="r", sample=1, text=text, tokens_in=tokens, cost_usd=cost)
    written = write_line(line)
    assert written.isascii()
    assert written.count("\n") == 1
    assert RECORD_LINE.validate_python(json.loads(written)) == line
