"""A run on a repository: from what was asked for to the patch, with everything said before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rich.text import Text

from selftaught.app.files import refuse_unwritable, write_bytes
from selftaught.app.patch.aim import Aim, aim_of
from selftaught.app.patch.delivery import Delivery as Delivered
from selftaught.app.patch.delivery import deliver, refuse_branch
from selftaught.app.patch.planning import Wish, drafted, patch_plan
from selftaught.app.patch.result import PatchResult
from selftaught.app.plans import Plan
from selftaught.app.products import cost
from selftaught.app.session import Options, open_store
from selftaught.budget import WallTime
from selftaught.cli.answer import Answer
from selftaught.cli.carrying import carry_out
from selftaught.cli.consent import settle
from selftaught.cli.console import progress, visible
from selftaught.cli.detaching import in_background
from selftaught.cli.leaving import tell_leaving
from selftaught.cli.options import Consent
from selftaught.cli.repository import Delivery
from selftaught.errors import UsageError
from selftaught.repository.site import open_site
from selftaught.values.program import Program


@dataclass(frozen=True)
class Asked:
    """How a run on a repository is carried out, and what becomes of its patch."""

    options: Options
    consent: Consent
    delivery: Delivery
    detach: bool = False


def improve_repository(wish: Wish, asked: Asked) -> Answer:
    """Return the answer of a run on a repository.

    Raises:
        SelftaughtError: it may not start, or failed.
    """
    branch = asked.delivery.branch
    if asked.delivery.output:
        refuse_unwritable(asked.delivery.output)
    if branch:
        site = open_site(wish.folder, wish.goal)
        refuse_branch(wish.folder, branch, site.contents)
    _keep_apart(asked.options)
    draft = drafted(wish)
    tell_leaving(draft, asked.options, asked.consent)
    settle(cost(draft, asked.options.model), asked.consent)
    if asked.detach:
        return in_background(asked.options)
    wall = WallTime(wish.settings.caps.seconds)
    plan = patch_plan(wish, _say, wall)
    if plan.tasks[0].digest != draft.tasks[0].digest:
        raise UsageError(
            "target files that do not change during preparation",
            "targets that changed",
            "start again: the list of what is sent described the earlier contents",
        )
    answer = carry_out(plan, asked.options, None, output=asked.delivery.output, began=wall.began)
    return _delivered(answer, plan, asked)


def _say(text: str) -> None:
    progress().print(visible(text))


def _keep_apart(options: Options) -> None:
    """Let git pass over the folder of runs, where it is the one that we make."""
    folder = options.store.parent
    if folder.name == ".selftaught" and not folder.exists():
        write_bytes(folder / ".gitignore", b"*\n")


def _delivered(answer: Answer, plan: Plan, asked: Asked) -> Answer:
    """Return the answer with what was done with the patch."""
    found = PatchResult.model_validate(answer.data)
    aim = aim_of(plan.details)
    assert aim is not None
    if not found.claim:
        return answer
    data: dict[str, Any] = dict(answer.data)
    done: list[str] = []
    if asked.delivery.output and found.patch:
        done.append(f"written to {found.patch}")
    done += _put(aim, plan, found, asked)
    data["delivered"] = done
    words = answer.words
    return Answer(data, lambda: [*words(), *(Text(line) for line in done)], answer.status)


def _put(aim: Aim, plan: Plan, found: PatchResult, asked: Asked) -> list[str]:
    with open_store(asked.options, create=False) as store:
        program = Program(store.get(found.best.id))
    return deliver(
        aim,
        plan.tasks[0].digest,
        program,
        Delivered(
            apply=asked.delivery.apply,
            branch=asked.delivery.branch,
            message=found.message,
            patch=found.patch,
        ),
    )
