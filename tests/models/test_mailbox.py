from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from fakes.prompts import answers, ask, texts
from fakes.waiter import FakeWaiter
from selftaught.errors import ModelError
from selftaught.models.mailbox import MailboxModel
from selftaught.models.options import ModelOptions
from selftaught.ports import NO_TEXT

SHORT = ModelOptions(total_timeout_seconds=60)


def requests(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in sorted((folder / "requests").glob("*.json"))]


def reply(folder: Path, name: str, letter: Any) -> None:
    text = letter if isinstance(letter, str) else json.dumps(letter)
    (folder / "responses" / f"{name}.json").write_text(text)


def mailbox(folder: Path, options: ModelOptions = SHORT) -> MailboxModel:
    return MailboxModel(folder, options, FakeWaiter())


async def unanswered(folder: Path, samples: int = 2) -> list[dict[str, Any]]:
    """Ask, wait in vain, and return the requests that were written."""
    with pytest.raises(ModelError, match="before the deadline"):
        await answers(mailbox(folder), ask(samples, run="run-1"))
    return requests(folder)


async def test_each_sample_is_a_file_with_all_that_an_answerer_needs(tmp_path: Path) -> None:
    first, second = sorted(await unanswered(tmp_path), key=lambda each: each["sample"])
    assert first.keys() == {
        "id", "run", "invocation", "model", "messages", "parameters", "sample",
    }  # fmt: skip
    assert (first["run"], first["invocation"]) == ("run-1", "r1/c0/task/0")
    assert first["messages"][0] == {"role": "system", "content": "You are an expert."}
    assert (first["sample"], second["sample"]) == (0, 1)


async def test_a_resumed_run_takes_late_answers_and_asks_nothing_twice(tmp_path: Path) -> None:
    asked = await unanswered(tmp_path)
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "requests").iterdir()}
    for each in asked:
        reply(tmp_path, each["id"], {"text": f"answer {each['sample']}"})
    assert await texts(mailbox(tmp_path), ask(2, run="run-1")) == ["answer 0", "answer 1"]
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "requests").iterdir()} == times


async def test_answers_come_in_any_order_while_it_waits(tmp_path: Path) -> None:
    model = MailboxModel(tmp_path, SHORT)
    stream = aiter(model.respond(ask(3)))
    first = asyncio.ensure_future(anext(stream))
    while len(requests(tmp_path)) < 3:
        await asyncio.sleep(0.01)
    ids = {each["sample"]: each["id"] for each in requests(tmp_path)}
    reply(tmp_path, ids[2], {"text": "two"})
    assert (await first).sample == 2
    reply(tmp_path, ids[0], {"text": "zero"})
    reply(tmp_path, ids[1], {"text": "one"})
    assert {(await anext(stream)).text, (await anext(stream)).text} == {"zero", "one"}


@pytest.mark.parametrize(
    ("letter", "told"),
    [
        ('{"text": "half', "can't be read"),
        ("[1, 2]", "is wrong"),
        ({"text": 5}, "field text is wrong"),
        ({"text": "x", "tokens_in": -1}, "field tokens_in is wrong"),
        ('{"text": "x", "cost_usd": NaN}', "field cost_usd is wrong"),
        ({}, "neither text nor error"),
        ("[" * 100_000, "can't be read"),
    ],
)
async def test_what_cannot_be_read_is_left_and_named_at_the_deadline(
    tmp_path: Path, letter: Any, told: str
) -> None:
    (asked,) = await unanswered(tmp_path, 1)
    reply(tmp_path, asked["id"], letter)
    with pytest.raises(ModelError, match=told):
        await answers(mailbox(tmp_path), ask(1, run="run-1"))
    reply(tmp_path, asked["id"], {"text": "mended"})
    assert await texts(mailbox(tmp_path), ask(1, run="run-1")) == ["mended"]


@pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
async def test_an_answer_is_read_in_whatever_character_set_an_editor_left_it(
    tmp_path: Path, charset: str
) -> None:
    (asked,) = await unanswered(tmp_path, 1)
    letter = json.dumps({"text": "é “a”"}, ensure_ascii=False)
    (tmp_path / "responses" / f"{asked['id']}.json").write_bytes(letter.encode(charset))
    assert await texts(mailbox(tmp_path), ask(1, run="run-1")) == ["é “a”"]


@pytest.mark.parametrize("text", [None, "", " \n"])
async def test_an_empty_answer_is_one_and_says_why(tmp_path: Path, text: str | None) -> None:
    (asked,) = await unanswered(tmp_path, 1)
    reply(tmp_path, asked["id"], {"text": text})
    (given,) = await answers(mailbox(tmp_path), ask(1, run="run-1"))
    assert given.finish == "empty"
    assert given.notes[0].startswith(NO_TEXT)


async def test_an_error_is_raised_after_the_answers_that_there_are(tmp_path: Path) -> None:
    first, second = sorted(await unanswered(tmp_path), key=lambda each: each["sample"])
    reply(tmp_path, first["id"], {"error": "I don't know"})
    reply(tmp_path, second["id"], {"text": "fine"})
    stream = aiter(mailbox(tmp_path).respond(ask(2, run="run-1")))
    assert (await anext(stream)).text == "fine"
    with pytest.raises(ModelError, match="I don't know"):
        await anext(stream)


async def test_what_the_answerer_counted_is_kept(tmp_path: Path) -> None:
    (asked,) = await unanswered(tmp_path, 1)
    told = {"text": "x", "tokens_in": 7, "tokens_out": 3, "cost_usd": 0.5, "model": "a person"}
    reply(tmp_path, asked["id"], told)
    (given,) = await answers(mailbox(tmp_path), ask(1, run="run-1"))
    assert (given.tokens_in, given.tokens_out, given.cost_usd) == (7, 3, 0.5)
    assert (given.model, given.estimated) == ("a person", False)


async def test_other_runs_have_other_requests(tmp_path: Path) -> None:
    await unanswered(tmp_path, 1)
    with pytest.raises(ModelError):
        await answers(mailbox(tmp_path), ask(1, run="run-2"))
    assert len(requests(tmp_path)) == 2
