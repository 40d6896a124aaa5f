from __future__ import annotations

import pytest

from selftaught.models.fault import Fault, FaultKind
from selftaught.models.openai import read_reply
from selftaught.models.response_body import MISTAKES, Body, hear


def refusal(status: int, text: str, headers: object) -> Fault:
    return Fault(FaultKind.REFUSED, text)


async def heard(error: Exception) -> object:
    async def post() -> Body:
        raise error

    return await hear(post, read_reply, refusal, 1000)


@pytest.mark.parametrize("mistake", MISTAKES)
async def test_a_mistake_in_the_program_is_not_taken_for_a_bad_answer(
    mistake: type[Exception],
) -> None:
    with pytest.raises(mistake, match="ours"):
        await heard(mistake("ours"))


@pytest.mark.parametrize("failure", [OSError, ValueError, KeyError, RuntimeError])
async def test_what_a_client_makes_of_a_bad_answer_is_a_fault(failure: type[Exception]) -> None:
    fault = await heard(failure("theirs"))
    assert isinstance(fault, Fault)
    assert fault.kind is FaultKind.FAILED
    assert "theirs" in fault.detail


@pytest.mark.parametrize("body", [b"[]", b"5", b"null", b"nope", b"\xff", b'{"choices": "x"}'])
async def test_rubbish_is_a_fault(body: bytes) -> None:
    async def post() -> Body:
        return Body(body)

    fault = await hear(post, read_reply, refusal, 1000)
    assert isinstance(fault, Fault)
    assert fault.kind is FaultKind.FAILED
