"""Most: what commands that judge improvers and programs can use at most."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from selftaught.app.minimising import FRESH
from selftaught.app.plans import Plan
from selftaught.engine.delta_debugging import most_standings
from selftaught.engine.settings import Products, Scale, products_of_run
from selftaught.values.task import Split, Task

Triple = tuple[int, int, int]


def judged(plan: Plan) -> Products | None:
    """Return the most that a plan can use; None where its command judges nothing."""
    details, scale = plan.details, plan.settings.scale
    improves = details.get("kind") == "run"
    if plan.command == "compare" and details.get("arms"):
        return _arms(plan)
    if plan.command == "paper":
        return _paper(plan)
    if plan.command in ("compare", "transfer"):
        extra = scale.calls if details.get("checkpoints") else 0
        return tournament(plan, len(plan.programs) * details["repeats"], extra)
    if plan.command == "revalidate":
        if improves:
            return tournament(plan, 2 * details["repeats"], 0)
        return _evaluations(plan, 2 * details["repeats"])
    if plan.command == "minimise":
        # the winner and the smallest version are scored as well; of each change its absence
        if improves:
            return tournament(plan, 2 * most_standings(details["tries"]) * scale.repeats, 0)
        return _evaluations(plan, (1 + FRESH) * most_standings(details["tries"]))
    return None


def tournament(plan: Plan, rounds: int, extra: int) -> Products:
    """Return the most of ``rounds`` invocations a task, each with ``extra`` test scores."""
    scale = plan.settings.scale
    invocations = rounds * len(plan.tasks)
    scored = 2 + extra
    return Products(
        invocations=invocations,
        responses=invocations * scale.calls * scale.responses,
        evaluations=invocations * (scale.utility_calls + scored),
        instance_calls=sum(
            rounds * (scale.utility_calls * train + scored * max(train, test))
            for train, test in (_judged_on(plan, task) for task in plan.tasks)
        ),
    )


def instances(task: Task) -> Triple:
    """Return how many train, gate and test instances a task has."""
    train, gate, test = (
        task.instances.get(split, 0) for split in (Split.TRAIN, Split.GATE, Split.TEST)
    )
    return train, gate, test


def _judged_on(plan: Plan, task: Task) -> tuple[int, int]:
    """Return how many instances answer an improver, and how many score what it returns."""
    if plan.details.get("split") == Split.PAPER:
        return task.instances[Split.PAPER_TRAIN], task.instances[Split.PAPER]
    train, _, test = instances(task)
    return train, test


def _evaluations(plan: Plan, count: int) -> Products:
    return Products(0, 0, count, count * instances(plan.tasks[0])[0])


def _arms(plan: Plan) -> Products:
    """Return the most of all replicates: rounds of B and C, and what A and D may spend."""
    settings, repeats = plan.settings, plan.details["repeats"]
    sets = plan.details["sets"].values()
    seen = [task for task in plan.tasks if task.name in plan.details["sets"]["tasks"]]
    rounds = products_of_run(
        replace(settings, control=True, freeze_improver=False),
        [instances(task) for task in seen],
        tests=0,
    )
    downstream = tournament(plan, 7, _doublings(settings.scale, rounds.evaluations))
    like_rounds = 1 + 1.5 * len(sets)  # A and the two of D may spend what C's rounds did
    return Products(
        *(
            round(repeats * (like_rounds * each + more))
            for each, more in zip(_numbers(rounds), _numbers(downstream), strict=True)
        )
    )


def _paper(plan: Plan) -> Products:
    """Return the most of all experiments of the paper."""
    details, scale = plan.details, plan.settings.scale
    by_name = {task.name: task for task in plan.tasks}

    def of(names: Iterable[str], rounds: int, extra: int = 0, split: str = "") -> Products:
        tasks = tuple(by_name[name] for name in names)
        part = replace(plan, tasks=tasks, details={**details, "split": split})
        return tournament(part, rounds, extra)

    runs, transfers = details["repeats"], 3 * details["transfer_repeats"]
    tested = runs * (2 * scale.rounds + 1) * scale.gate_pairs
    samples = details["samples"]
    parts = [
        _arms(plan),
        of(details["sets"]["tasks"], tested, scale.calls),
        of(details["unseen"], transfers),
        of(details["published"], transfers, split=Split.PAPER),
        Products(math.ceil(samples / scale.responses), samples, 0, 0),
    ]
    return Products(*(sum(each) for each in zip(*map(_numbers, parts), strict=True)))


def _doublings(scale: Scale, most: int) -> int:
    return max(1, (most // scale.utility_calls).bit_length())


def _numbers(products: Products) -> tuple[int, int, int, int]:
    return (
        products.invocations,
        products.responses,
        products.evaluations,
        products.instance_calls,
    )
