"""Products: the most that a run can ask for and cost, told before it starts."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from selftaught.app.controls import asking_controls
from selftaught.app.most import instances, judged
from selftaught.app.patch.names import COMMAND as PATCH
from selftaught.app.patch.names import DETAIL
from selftaught.app.patch.work import TRIES, draws
from selftaught.app.plans import Plan
from selftaught.app.selecting import gate_size, most_evaluations
from selftaught.engine.delta_debugging import most_standings
from selftaught.engine.settings import Products, Scale, products_of_improve, products_of_run
from selftaught.models.options import ModelOptions
from selftaught.models.price import chosen_price, costs_nothing, price
from selftaught.models.registry import check_kind
from selftaught.values.task import Split, Task

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


def cost(plan: Plan, options: ModelOptions) -> Cost:
    """Return the most that a plan can ask for, and what that costs.

    Raises:
        UnknownNameError: there is no such kind of model.
    """
    check_kind(plan.model)
    products = _products(plan)
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


def _products(plan: Plan) -> Products:
    scale = plan.settings.scale
    if plan.command == "bypass":
        samples = plan.details["samples"]
        return Products(math.ceil(samples / scale.responses), samples, 0, 0)
    if plan.command == PATCH:
        return _of_patch(plan)
    if plan.command == "improve":
        return _of_improve(scale, plan.tasks[0])
    return judged(plan) or _of_run(plan)


def _of_run(plan: Plan) -> Products:
    """Return the most of the rounds, and of the controls that the final test measures."""
    scale, of_tasks = plan.settings.scale, [instances(task) for task in plan.tasks]
    asking = asking_controls(plan.programs)
    most = products_of_run(plan.settings, of_tasks, controls=asking)
    unchanged = scale.gate_pairs * (len(plan.programs) - asking)
    largest = max(test for _, _, test in of_tasks)
    return replace(
        most,
        invocations=most.invocations + unchanged,
        evaluations=most.evaluations + unchanged,
        instance_calls=most.instance_calls + unchanged * largest,
    )


def _of_improve(scale: Scale, task: Task) -> Products:
    """Return the most of the search, and of deciding afterwards which program is better."""
    search = products_of_improve(scale, _count(task, Split.TRAIN), _count(task, Split.TEST))
    selection = most_evaluations(task)
    return replace(
        search,
        evaluations=search.evaluations + selection,
        instance_calls=search.instance_calls + selection * gate_size(task),
    )


def _of_patch(plan: Plan) -> Products:
    """Return the most of the search, of best-of-N beside it, and of leaving out changes."""
    scale, arms = plan.settings.scale, 2 if plan.details[DETAIL]["best_of_n"] else 1
    faster = bool(plan.details[DETAIL]["goal"]["faster"])
    smaller = len(draws(faster=faster)) * most_standings(TRIES)
    evaluations = 1 + arms * (scale.utility_calls + 1) + smaller
    return Products(
        invocations=arms,
        responses=arms * scale.calls * scale.responses,
        evaluations=evaluations,
        instance_calls=evaluations,
    )


def _count(task: Task, split: Split) -> int:
    return task.instances.get(split, 0)


def _prompt_tokens(plan: Plan, task: Task) -> float:
    longest = max(len(task.seed.source), len(plan.improver.source) if _rewrites(plan) else 0)
    return PROMPT_TOKENS + (longest + len(task.text)) / CHARACTERS_PER_TOKEN


def _rewrites(plan: Plan) -> bool:
    return plan.command in ("run", "paper") or "arms" in plan.details
