"""Responses made of a server's reply: finish, tokens and dollars of each sample."""

from __future__ import annotations

from selftaught.models.price import Tariff
from selftaught.models.tokens import estimate_tokens, prompt_tokens, share
from selftaught.models.wire import Choice, Reply
from selftaught.ports import NO_TEXT, ModelRequest, ModelResponse

_WHY = {
    "empty": "the server sent an empty answer",
    "filtered": "the provider's filter withheld the answer",
    "length": "the bound of tokens was used up before the answer began; raise it with "
    "--max-output-tokens, or have the model think less",
    "tool": "the model called a tool, and none was offered to it",
}
"""Why an answer has no text, by how it ended, where its provider's reader knows no more."""


def responses(
    request: ModelRequest,
    samples: tuple[int, ...],
    reply: Reply,
    tariff: Tariff,
    seconds: float,
) -> list[ModelResponse]:
    """Return one response for each choice, at most one a sample.

    The first carries the prompt's tokens; the answers' tokens and dollars are shared out
    by length where the server counts them together. Counts that are missing or 0 are
    estimated and marked.
    """
    choices = reply.choices[: len(samples)]
    lengths = [estimate_tokens(choice.text) for choice in choices]
    tokens_in = reply.tokens_in or prompt_tokens(request.messages)
    tokens_out = reply.tokens_out or sum(lengths)
    estimated = not reply.tokens_in or (not reply.tokens_out and any(lengths))
    outs = share(tokens_out, lengths)
    costs = _costs(reply, tariff, tokens_in, outs)
    return [
        ModelResponse(
            sample=sample,
            text=choice.text,
            tokens_in=tokens_in if place == 0 else 0,
            tokens_out=outs[place],
            cost_usd=costs[place],
            estimated=estimated,
            model=reply.model,
            fingerprint=reply.fingerprint,
            finish=_finish(choice),
            notes=(*_notes(choice), *reply.notes),
            seconds=seconds,
            more=len(choices) - place - 1,
        )
        for place, (sample, choice) in enumerate(zip(samples, choices, strict=False))
    ]


def _finish(choice: Choice) -> str:
    return "empty" if choice.finish == "stop" and not choice.text.strip() else choice.finish


def _notes(choice: Choice) -> tuple[str, ...]:
    """Return what there is to say of one answer; of one without text, always why."""
    if choice.text.strip():
        return (choice.note,) if choice.note else ()
    return (NO_TEXT + (choice.note or _WHY.get(_finish(choice), _WHY["empty"])),)


def _costs(reply: Reply, tariff: Tariff, tokens_in: int, outs: list[int]) -> list[float | None]:
    """Return the dollars of each response; the first pays for the prompt."""
    total = reply.cost_usd
    if total is None:
        total = tariff.cost(tokens_in, sum(outs), reply.model)
    if total is None:
        return [None] * len(outs)
    prompt = min(total, tariff.cost(tokens_in, 0, reply.model) or 0.0)
    weights = outs if sum(outs) else [1] * len(outs)
    costs: list[float | None] = [(total - prompt) * weight / sum(weights) for weight in weights]
    costs[0] = (costs[0] or 0.0) + prompt
    return costs
