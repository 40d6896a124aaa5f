"""What one tiny request tells about a model."""

from __future__ import annotations

from dataclasses import dataclass

from selftaught.models.abilities import NO_STREAM, NO_SYSTEM, STREAM_ONLY
from selftaught.models.options import ModelOptions
from selftaught.models.price import Price, context_tokens, price
from selftaught.models.request_form import ROLES
from selftaught.ports import LanguageModel, Message, ModelRequest, ModelResponse, Parameters

TEMPERATURE = 0.5
MAX_TOKENS = 64

_MESSAGES = (
    Message("system", "You answer in one word."),
    Message("user", "Which is the first letter of the alphabet?"),
)


@dataclass(frozen=True)
class CheckReport:
    """What a model answered to two samples of a tiny prompt.

    Attributes:
        model: its name.
        served: the name that the server gave itself.
        fingerprint: the server's; empty where it gave none.
        latency_seconds: wall time of the first answered request.
        choices: whether both samples came of one request (the server honours ``n``).
        usage: whether the server counted the tokens; else they are estimated.
        tokens_in: of both samples together.
        tokens_out: of both samples together.
        cost_usd: of the check; None where the price is unknown.
        price_usd: dollars for a token in and out; None where unknown.
        context_tokens: the model's context; None where unknown.
        finish: how the first answer ended.
        text: the first answer, at most 200 characters.
        notes: parameters that the model does not take, e.g. ``temperature``.
        system_role: the role in which the model takes the expertise.
        stream: whether answers come as streams: asked for so, or given in no other way.
    """

    model: str
    served: str
    fingerprint: str
    latency_seconds: float
    choices: bool
    usage: bool
    tokens_in: int
    tokens_out: int
    cost_usd: float | None
    price_usd: Price | None
    context_tokens: int | None
    finish: str
    text: str
    notes: tuple[str, ...]
    system_role: str
    stream: bool


async def check(model: LanguageModel, options: ModelOptions | None = None) -> CheckReport:
    """Return what two samples of a tiny prompt tell about the model.

    Args:
        model: the model, as `registry.open_model` returned it.
        options: the options that it was opened with, for the price.

    Raises:
        ModelError: it does not answer, or refuses to.
    """
    request = ModelRequest(
        messages=_MESSAGES,
        parameters=Parameters(temperature=TEMPERATURE, max_tokens=MAX_TOKENS),
        samples=(0, 1),
        invocation="check",
        seed=0,
        run="check",
    )
    given: list[ModelResponse] = [each async for each in model.respond(request)]
    first = given[0]
    notes = tuple(dict.fromkeys(note for each in given for note in each.notes))
    options = options or ModelOptions()
    learnt = [role for role in ROLES if NO_SYSTEM.format(role=role) in notes]
    costs = [each.cost_usd for each in given if each.cost_usd is not None]
    return CheckReport(
        model=model.name,
        served=first.model,
        fingerprint=first.fingerprint,
        latency_seconds=first.seconds,
        choices=first.more == len(request.samples) - 1,
        usage=not any(each.estimated for each in given),
        tokens_in=sum(each.tokens_in for each in given),
        tokens_out=sum(each.tokens_out for each in given),
        cost_usd=sum(costs) if len(costs) == len(given) else None,
        price_usd=price(model.name, options),
        context_tokens=context_tokens(model.name, options),
        finish=first.finish,
        text=first.text[:200],
        notes=notes,
        system_role=learnt[0] if learnt else options.system_role,
        stream=STREAM_ONLY in notes or (options.stream and NO_STREAM not in notes),
    )
