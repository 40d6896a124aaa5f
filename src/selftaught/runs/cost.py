"""Costs: the most that a run can ask for, and what that costs, told before it starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from selftaught.engine.settings import Products
from selftaught.models.options import ModelOptions
from selftaught.models.price import chosen_price, costs_nothing, price
from selftaught.models.registry import check_kind
from selftaught.runs.experiment import Plan
from selftaught.values.task import Task

CHARACTERS_PER_TOKEN = 3.5
PROMPT_TOKENS = 300
"""Of a prompt's own words, beside the program and the utility's text."""
ANSWER_TOKENS = 2_000


@dataclass(frozen=True)
class Cost:
    """What a run can cost.

    Attributes:
        products: calls at most.
        remote: whether the model may cost dollars at all.
        usd: dollars, estimated from the lengths of the seed programs and of the tasks'
            texts and 2,000 tokens an answer, or the run's own limit where that is less;
            None where the price is unknown.
    """

    products: Products
    remote: bool
    usd: float | None


def cost(plan: Plan[Any], options: ModelOptions) -> Cost:
    """Return the most that a plan can ask for, and what that costs.

    Raises:
        UnknownNameError: there is no such kind of model.
    """
    check_kind(plan.model)
    products = plan.experiment.most(plan)
    caps = plan.settings.caps
    responses = min(products.responses, caps.responses or products.responses)
    if not responses:
        return Cost(products, False, 0.0)
    if costs_nothing(plan.model, options) and chosen_price(options) is None:
        return Cost(products, False, 0.0)
    rates = price(plan.model, options)
    if rates is None:
        return Cost(products, True, None)
    prompt = max((_prompt_tokens(plan, task) for task in plan.tasks), default=PROMPT_TOKENS)
    usd = responses * (prompt * rates[0] + ANSWER_TOKENS * rates[1])
    if caps.tokens:
        usd = min(usd, caps.tokens * max(rates))
    return Cost(products, True, min(usd, caps.cost_usd or usd))


def _prompt_tokens(plan: Plan[Any], task: Task) -> float:
    longest = len(task.seed.source)
    if plan.experiment.improves_improvers:
        longest = max(longest, len(plan.improver.source))
    return PROMPT_TOKENS + (longest + len(task.text)) / CHARACTERS_PER_TOKEN
